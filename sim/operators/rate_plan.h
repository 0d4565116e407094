// SPDX-License-Identifier: Apache-2.0
/*
 * rate_plan.h: when the records of a source may leave, whatever its rate does.
 *
 * - One rate: rate.h. Steps: the rate is added up over time; record g is due at the first instant
 *   at which the sum reaches g. All in whole numbers, so each due time is exact and can be found
 *   from the index alone, with any number of subtasks and after any restore.
 * - Before the first record nothing is due: with a first rate of 0 it waits for the end of that.
 * - Arrivals: the gaps are drawn in the order of the records, from one stream of the operator; all
 *   subtasks and attempts draw the same ones. Only a block of due times is kept, and where each
 *   earlier block began.
 * - Owned by an instance of a source, memory of its attempt.
 */
#ifndef SNAP_OPERATORS_RATE_PLAN_H
#define SNAP_OPERATORS_RATE_PLAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/real_table.h"
#include "base/rng.h"
#include "model/rate.h"
#include "operators/rate.h"

enum { SNAP_ARRIVALS_BLOCK = 1024 };

/* What has flowed, in records * an hour in nanoseconds. */
typedef unsigned __int128 snap_flow;

struct snap_rate_piece {
    snap_ns from_ns;
    uint64_t records_per_hour;
    snap_flow before; /* what flowed up to from_ns */
};

/* Where a block of arrivals begins: the due time before it, and the stream. */
struct snap_arrivals_mark {
    snap_ns at_ns;
    struct snap_rng rng;
};

struct snap_arrivals {
    struct snap_arena *arena;
    double mean_gap_ns;
    struct snap_real_table table;
    struct snap_arrivals_mark *marks; /* of the blocks 0 .. mark_count - 1 */
    uint32_t mark_count;
    uint32_t mark_capacity;
    uint64_t block;
    snap_ns due_ns[SNAP_ARRIVALS_BLOCK]; /* of that block */
};

struct snap_rate_plan {
    int64_t records_per_hour;             /* one rate; 0: no limit, or what follows */
    const struct snap_rate_piece *pieces; /* NULL: no steps */
    uint32_t piece_count;
    snap_ns period_ns;
    snap_flow period_flow;
    struct snap_arrivals *arrivals; /* NULL: none */
};

/* Which stream of random numbers arrivals come from. */
struct snap_rate_owner {
    uint64_t seed;
    const char *uid;
};

/* Makes the plan of `rate`, or of one rate if it is NULL (0: no limit); memory of the arena. */
void snap_rate_plan_init(struct snap_rate_plan *plan, const struct snap_rate *rate,
                         int64_t records_per_hour, const struct snap_rate_owner *owner,
                         struct snap_arena *arena);

/* Returns whether there is any limit. */
static inline bool snap_rate_plan_is_limited(const struct snap_rate_plan *plan)
{
    return plan->records_per_hour != 0 || plan->pieces || plan->arrivals;
}

/* Returns the instant at which record `index` is due. */
snap_ns snap_rate_plan_due(const struct snap_rate_plan *plan, uint64_t index);

/* Returns how many records of index 0, 1, ... are due by `now_ns` >= 0; of arrivals perhaps fewer,
 * but all up to the end of the block of `index`. */
uint64_t snap_rate_plan_due_by(const struct snap_rate_plan *plan, snap_ns now_ns, uint64_t index);

/* A due clock and how many records it is right for, at least 1. Not for arrivals. */
struct snap_due_run {
    struct snap_due_clock clock;
    uint64_t count;
};

struct snap_due_run snap_rate_plan_run(const struct snap_rate_plan *plan, uint64_t index,
                                       uint64_t stride);

#endif
