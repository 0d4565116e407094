// SPDX-License-Identifier: Apache-2.0
/*
 * compare_text.h: what a comparison says to people: verdicts of all runs, tables of details, what
 * was not as expected, and the answer if the scenario asks something.
 *
 * - A scenario that asks something tells first what its expectations are about, then the answer,
 *   then the rest: whoever reads the answer sees the numbers that it speaks of.
 */
#ifndef SNAP_CLI_COMPARE_TEXT_H
#define SNAP_CLI_COMPARE_TEXT_H

#include "cli/compare_request.h"
#include "view/summary_json.h"

/* Tables of details, as bits. */
enum {
    SNAP_COMPARE_EACH = 1 << 0, /* each state and sink */
    SNAP_COMPARE_CHECKPOINTS = 1 << 1,
    SNAP_COMPARE_FORMS = 1 << 2,
    SNAP_COMPARE_MEASURES = 1 << 3,
    SNAP_COMPARE_ALL = (1 << 4) - 1,
};

/* The runs of a comparison as they are told; borrowed. */
struct snap_compare_told {
    const struct snap_summary *all; /* in their order, those that could not go on too */
    uint32_t count;
    const struct snap_summary *good; /* those that could */
    uint32_t good_count;
    const struct snap_summary *failed; /* whose errors are to be told below the tables */
    uint32_t failed_count;
    unsigned asked; /* tables that the expectations are about */
};

/* Returns the tables in which stands what is expected. */
unsigned snap_compare_tables_of(const struct snap_expectation *expectation);

/* "exactly-once, virtual, seed 1"; memory of the arena. */
const char *snap_compare_run_name(const struct snap_summary *run, struct snap_arena *arena);

/* Neither programs nor people who want it short are asked. */
bool snap_compare_is_for_learning(const struct snap_args *args);

/* Appends all that there is to say. */
void snap_compare_add_text(struct snap_text *text, struct snap_compare_request *request,
                           const struct snap_compare_told *told);

#endif
