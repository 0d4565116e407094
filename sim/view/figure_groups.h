// SPDX-License-Identifier: Apache-2.0
/*
 * figure_groups.h: the runs of a comparison as its figure shows them: those that differ in nothing
 * but their seed are one panel.
 *
 * - A group shows the checkpoints of one of its runs: of those with completed ones, the one whose
 *   checkpoints last a median time in the mean. Counts of records are medians over all its runs.
 * - A group could not go on if one of its runs could not.
 * - A count of states or of sinks is judged if it is in all runs. Totals are those of the runs in
 *   which they were judged; `all` in `runs` is of the run that is shown alone.
 */
#ifndef SNAP_VIEW_FIGURE_GROUPS_H
#define SNAP_VIEW_FIGURE_GROUPS_H

#include "view/figure.h"

/* What a row of the lower panels shows: lost and twice, of states, then of sinks. */
enum { SNAP_FIGURE_COUNTS = 4 };

/* Over the runs of a group; SNAP_UNJUDGED if some run's was not judged. */
struct snap_figure_range {
    int64_t least;
    int64_t most;
    bool at_least; /* of some run only the least is known */
};

/* Of states and sinks together, over the runs in which it was judged. */
struct snap_figure_total {
    struct snap_figure_range range; /* SNAP_UNJUDGED: in none */
    uint32_t unjudged;              /* runs in which it was not */
};

/* SNAP_COUNTER_LOST, SNAP_COUNTER_DUPLICATED. */
enum { SNAP_FIGURE_TOTALS = 2 };

struct snap_figure_groups {
    struct snap_figure_runs runs; /* one a group, in the order of their first runs */
    const uint32_t *sizes;        /* how many runs each has */
    const struct snap_figure_range (*ranges)[SNAP_FIGURE_COUNTS];
    const struct snap_figure_total (*totals)[SNAP_FIGURE_TOTALS];
};

/* Returns the count of a row, or the least that it can be. */
int64_t snap_figure_count(const struct snap_figure_input *input, uint32_t row);

/* Returns the groups; memory of the arena, texts and statistics are the runs'. */
struct snap_figure_groups snap_figure_groups_of(const struct snap_figure_runs *runs,
                                                struct snap_arena *arena);

#endif
