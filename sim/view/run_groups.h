// SPDX-License-Identifier: Apache-2.0
/*
 * run_groups.h: the runs of a comparison, those that differ in nothing but the seed together.
 *
 * - Groups stand in the order of their first runs. A group's name is its variant, with the runtime
 *   behind it where groups have different ones.
 */
#ifndef SNAP_VIEW_RUN_GROUPS_H
#define SNAP_VIEW_RUN_GROUPS_H

#include "base/arena.h"
#include "view/summary_json.h"

struct snap_run_group {
    const struct snap_summary **runs; /* arena; the runs are borrowed */
    uint32_t count;
};

struct snap_run_groups {
    struct snap_run_group *items; /* arena */
    uint32_t count;
    uint32_t largest;     /* runs in the largest group */
    bool runtimes_differ; /* between groups */
};

struct snap_run_groups snap_run_groups_of(const struct snap_summary *runs, uint32_t count,
                                          struct snap_arena *arena);

/* "exactly-once", or "exactly-once (threads)". */
const char *snap_run_group_name(const struct snap_run_groups *groups, uint32_t index,
                                struct snap_arena *arena);

/* Median, least and most of what is known; of nothing all are NaN. */
struct snap_range {
    double median;
    double min;
    double max;
    uint32_t count;
};

/* Describes the values that are not NaN; reorders them. Of an even number the median is the mean of
 * the middle two. */
struct snap_range snap_range_of(double *values, uint32_t count);

#endif
