// SPDX-License-Identifier: Apache-2.0
/*
 * rate.h: when the records of a source may leave.
 *
 * - The record with global index g is due at ceil(g * one hour / records per hour): whole
 *   nanoseconds, exact over the whole run, whatever the number of subtasks.
 * - A rate of 0 is "no limit": everything is due at 0.
 * - A due clock walks over the indices g, g + stride, ... with additions only.
 */
#ifndef SNAP_OPERATORS_RATE_H
#define SNAP_OPERATORS_RATE_H

#include <stdint.h>

#include "base/time.h"

/* Returns the instant at which record `index` is due, below SNAP_NEVER. */
snap_ns snap_rate_due(int64_t records_per_hour, uint64_t index);

/* Returns how many records of index 0, 1, ... are due by `now_ns` >= 0. */
uint64_t snap_rate_due_by(int64_t records_per_hour, snap_ns now_ns);

struct snap_due_clock {
    uint64_t whole_ns; /* quotient and remainder of index * hour / rate */
    uint64_t rest;
    uint64_t step_ns; /* the same for the stride */
    uint64_t step_rest;
    uint64_t rate;
};

/* Sets the clock to record `index`; each step goes on by `stride` records. rate > 0. */
struct snap_due_clock snap_due_clock_at(int64_t records_per_hour, uint64_t index, uint64_t stride);

/* Returns the due time of the record it stands at, in milliseconds, and steps. */
static inline int64_t snap_due_clock_step(struct snap_due_clock *clock)
{
    uint64_t due_ns = clock->whole_ns + (clock->rest != 0);

    clock->whole_ns += clock->step_ns;
    clock->rest += clock->step_rest;
    if (clock->rest >= clock->rate) {
        clock->rest -= clock->rate;
        clock->whole_ns++;
    }
    return (int64_t)(due_ns / 1000000);
}

#endif
