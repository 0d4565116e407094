// SPDX-License-Identifier: Apache-2.0
/*
 * figure_subtasks.h: stacked bars of all subtasks of a run: what each spent its time on in the
 * longest checkpoint, and in the median of all that completed; the inside of figure.h.
 *
 * - The last subtask to acknowledge says how long a checkpoint took, not who made it wait: that is
 *   seen here.
 * - A lane a subtask. One that finished before, or did not acknowledge, has no bar.
 * - Rows and lanes are memory of the arena, the rest is borrowed from the statistics.
 */
#ifndef SNAP_VIEW_FIGURE_SUBTASKS_H
#define SNAP_VIEW_FIGURE_SUBTASKS_H

#include "view/figure_bars.h"

enum snap_subtask_view {
    SNAP_SUBTASKS_LONGEST,
    SNAP_SUBTASKS_MEDIAN,
    SNAP_SUBTASK_VIEWS,
};

struct snap_subtask_row {
    bool shown;
    snap_ns parts[SNAP_PART_KIND_COUNT];
};

struct snap_subtask_bars {
    const struct snap_job *job;
    const struct snap_checkpoint_stats *longest; /* snap_longest_checkpoint: completed ones first */
    const char *longest_is;                      /* "the longest that completed" */
    uint32_t completed;                          /* of which the medians are */
    const struct snap_subtask_row *rows[SNAP_SUBTASK_VIEWS]; /* by task */
    snap_ns end_ns[SNAP_SUBTASK_VIEWS];                      /* of the view's longest bar */
    const double *lane_y;                                    /* the middle of each task's lane */
    double bottom;                                           /* lower edge of the lanes */
    uint32_t blocks[SNAP_SUBTASK_VIEWS];                     /* set when they are added */
};

struct snap_subtask_bars snap_subtasks_of(const struct snap_statistics *statistics,
                                          struct snap_arena *arena);

/* Adds the block of data of a view, in its unit of time. `of` stands in what it is called:
 * " of a (virtual)", or "". */
struct snap_subtask_block {
    enum snap_subtask_view view;
    double unit_ns;
    const char *of;
};

void snap_subtasks_add(struct snap_subtask_bars *bars, const struct snap_subtask_block *block,
                       struct snap_figure *figure);

/* Appends the plot command of a view, no legend. */
void snap_subtasks_plot(const struct snap_subtask_bars *bars, enum snap_subtask_view view,
                        struct snap_text *script);

/* When the subtask's parts are over, since the trigger. */
snap_ns snap_subtask_row_end(const struct snap_subtask_row *row);

#endif
