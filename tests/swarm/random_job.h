// SPDX-License-Identifier: Apache-2.0
/*
 * random_job.h: from one seed a random small job, as the text of a scenario file.
 *
 * - The same seed and profile give the same text on every machine; a failing seed can be printed
 *   and run by hand.
 * - Every action of the timeline is optional, every job has an `until`: each text can be run.
 * - What the verdict has to be depends on the profile.
 */
#ifndef SNAP_TESTS_RANDOM_JOB_H
#define SNAP_TESTS_RANDOM_JOB_H

#include <stdint.h>

#include "base/text.h"

enum random_job_profile {
    RANDOM_JOB_ANYTHING,      /* any mode, any source and sink, also without checkpoints */
    RANDOM_JOB_EXACTLY_ONCE,  /* nothing may be lost or duplicated */
    RANDOM_JOB_AT_LEAST_ONCE, /* nothing may be lost */
    RANDOM_JOB_SABOTAGED,     /* exactly-once with skip-alignment, and crashes that show it */
    RANDOM_JOB_THREADS,       /* exactly-once, short enough for real time */
    RANDOM_JOB_BROKEN,        /* exactly-once with one or two broken rules, and crashes */
    RANDOM_JOB_FILES,         /* exactly-once, with files in `cp` and `sp`; its variant `again` has
                                 other parallelisms, maybe another backend */
};

/* Appends the scenario of the seed. RANDOM_JOB_FILES needs RocksDB if it is built in. */
void random_job_text(struct snap_text *text, enum random_job_profile profile, uint64_t seed);

#endif
