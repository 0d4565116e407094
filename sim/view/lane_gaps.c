// SPDX-License-Identifier: Apache-2.0
#include "view/lane_gaps.h"

/* Those of one subtask: of intervals that touch each other one is made. */
static struct snap_lane_gaps gaps_of(const struct snap_subtask_stats *subtask,
                                     struct snap_arena *arena)
{
    struct snap_lane_gaps gaps = {
        .items = SNAP_ARENA_ARRAY(arena, struct snap_lane_gap, subtask->interval_count)};

    for (uint32_t i = 0; i < subtask->interval_count; i++) {
        const struct snap_lane_interval *interval = &subtask->intervals[i];

        if (interval->kind != SNAP_LANE_DOWN && interval->kind != SNAP_LANE_INITIALIZING)
            continue;
        if (gaps.count > 0 && interval->from_ns <= gaps.items[gaps.count - 1].to_ns)
            gaps.items[gaps.count - 1].to_ns =
                snap_ns_max(gaps.items[gaps.count - 1].to_ns, interval->to_ns);
        else
            gaps.items[gaps.count++] = (struct snap_lane_gap){interval->from_ns, interval->to_ns};
    }
    return gaps;
}

/* What both have in common. */
static struct snap_lane_gaps meet(const struct snap_lane_gaps *one,
                                  const struct snap_lane_gaps *other, struct snap_arena *arena)
{
    struct snap_lane_gaps both = {
        .items = SNAP_ARENA_ARRAY(arena, struct snap_lane_gap, one->count + other->count)};
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < one->count && j < other->count) {
        snap_ns from_ns = snap_ns_max(one->items[i].from_ns, other->items[j].from_ns);
        snap_ns to_ns = snap_ns_min(one->items[i].to_ns, other->items[j].to_ns);

        if (from_ns < to_ns)
            both.items[both.count++] = (struct snap_lane_gap){from_ns, to_ns};
        if (one->items[i].to_ns < other->items[j].to_ns)
            i++;
        else
            j++;
    }
    return both;
}

struct snap_lane_gaps snap_lane_gaps_of(const struct snap_statistics *statistics,
                                        uint32_t task_first, uint32_t task_count,
                                        struct snap_arena *arena)
{
    struct snap_lane_gaps gaps = gaps_of(&statistics->subtasks[task_first], arena);

    for (uint32_t task = task_first + 1; task < task_first + task_count && gaps.count > 0; task++) {
        const struct snap_lane_gaps other = gaps_of(&statistics->subtasks[task], arena);

        gaps = meet(&gaps, &other, arena);
    }
    return gaps;
}

snap_ns snap_lane_gaps_end(struct snap_lane_gaps *gaps, snap_ns at_ns)
{
    while (gaps->next < gaps->count && gaps->items[gaps->next].to_ns <= at_ns)
        gaps->next++;
    return gaps->next < gaps->count && gaps->items[gaps->next].from_ns <= at_ns
               ? gaps->items[gaps->next].to_ns
               : at_ns;
}

snap_ns snap_lane_gaps_next(const struct snap_lane_gaps *gaps)
{
    return gaps->next < gaps->count ? gaps->items[gaps->next].from_ns : SNAP_NEVER;
}
