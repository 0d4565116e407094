// SPDX-License-Identifier: Apache-2.0
/*
 * swarm_driver.h: runs a test for many seeds in child processes: a failed check, a crash or a hang
 * of one seed is that seed's failure and the others go on.
 *
 * - A child runs seed after seed until it dies; then the next child goes on behind that seed.
 * - The last line printed is "N passed, N failed"; notes come before it, and of failing seeds how
 *   many have a finding, failed a check, crashed or hung.
 */
#ifndef SNAP_TESTS_SWARM_DRIVER_H
#define SNAP_TESTS_SWARM_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

/* How a seed came out. */
enum { SWARM_NOTES = 20 };

enum swarm_result { SWARM_PASSED, SWARM_FAILED, SWARM_RESULTS };

/* What a test says about one seed. */
struct swarm_outcome {
    uint64_t seed;
    enum swarm_result result;
    uint64_t notes[SWARM_NOTES]; /* added up over all seeds, by note */
};

struct swarm_plan {
    const char *name;
    uint64_t seeds;
    uint64_t first_seed;
    /* Prints what is wrong, if anything. */
    void (*run)(uint64_t seed, struct swarm_outcome *outcome);
    const char *note_names[SWARM_NOTES]; /* NULL: not used */
    unsigned seconds_a_seed;             /* of work; a seed that takes more hangs */
};

/* Returns how many failed; `notes` (may be NULL) are the sums of the notes. */
uint64_t swarm_drive(const struct swarm_plan *plan, uint64_t notes[SWARM_NOTES]);

/* Reads "N [SEED0]" from the command line; returns false if they are no numbers. */
bool swarm_arguments(int argc, char **argv, struct swarm_plan *plan);

#endif
