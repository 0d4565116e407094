// SPDX-License-Identifier: Apache-2.0
/*
 * lane_gaps.h: when none of some subtasks was running: down, or being started. The inside of
 * figure.h.
 *
 * - Instants must be asked for in their order.
 */
#ifndef SNAP_VIEW_LANE_GAPS_H
#define SNAP_VIEW_LANE_GAPS_H

#include "base/arena.h"
#include "trace/statistics.h"

struct snap_lane_gap {
    snap_ns from_ns;
    snap_ns to_ns;
};

struct snap_lane_gaps {
    struct snap_lane_gap *items; /* in the order of time, apart from each other; arena */
    uint32_t count;
    uint32_t next; /* the first that is not over */
};

/* Returns the gaps that all of so many subtasks have in common (arena). */
struct snap_lane_gaps snap_lane_gaps_of(const struct snap_statistics *statistics,
                                        uint32_t task_first, uint32_t task_count,
                                        struct snap_arena *arena);

/* Returns the end of the gap that the instant lies in; the instant itself if it lies in none. */
snap_ns snap_lane_gaps_end(struct snap_lane_gaps *gaps, snap_ns at_ns);

/* Returns where the next gap begins behind an instant that lies in none; SNAP_NEVER: nowhere. */
snap_ns snap_lane_gaps_next(const struct snap_lane_gaps *gaps);

#endif
