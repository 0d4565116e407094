// SPDX-License-Identifier: Apache-2.0
/*
 * total.h: a counter of the verdict summed up over states and sinks, known or not.
 *
 * - What cannot be judged is no 0. Where a part that counts is not known, a sum of 0 is not known
 *   either, and a larger one is the least that it can be.
 * - A part counts that may have something to find: a sink that readers see, and what a restore
 *   left in doubt. A counter that its kind does not have (`uncommitted` of a state) does not.
 * - All that shows a sum asks here: the verdict, the expectation, tables, figures, files.
 */
#ifndef SNAP_MODEL_TOTAL_H
#define SNAP_MODEL_TOTAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"

/* A sum in the making; fill it with SNAP_TOTAL_NONE before the first part. */
struct snap_total {
    int64_t found; /* in what was judged; SNAP_UNJUDGED: nothing was */
    bool is_open;  /* a part that counts is not known */
};

#define SNAP_TOTAL_NONE                                                                            \
    {                                                                                              \
        SNAP_UNJUDGED, false                                                                       \
    }

/* Adds the counter of one state or sink; its counters, kind and flags are looked at. */
void snap_total_add(struct snap_total *total, const struct snap_judgement *judgement,
                    enum snap_counter counter);

/* Returns the sum, or the least that it can be, or SNAP_UNJUDGED. */
int64_t snap_total_count(const struct snap_total *total);

/* Returns whether something was found, and it may be more. */
bool snap_total_is_at_least(const struct snap_total *total);

/* Returns the sum over all states and sinks of the verdict. */
struct snap_total snap_verdict_total(const struct snap_verdict *verdict, enum snap_counter counter);

#endif
