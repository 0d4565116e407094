// SPDX-License-Identifier: Apache-2.0
/*
 * figure_compared.h: the figure `compare` in the making; the inside of figure.h.
 *
 * - A column a variant and runtime, its seeds together. From above: its checkpoints, as the last
 *   subtask saw them; all subtasks of the longest, and their medians; what states and sinks lost or
 *   have twice. What no run has anything to show for has no panels.
 * - All panels of a kind have one scale but those that it would make too low to be seen: they have
 *   one of their own, in another colour, and say so.
 */
#ifndef SNAP_VIEW_FIGURE_COMPARED_H
#define SNAP_VIEW_FIGURE_COMPARED_H

#include "view/figure_groups.h"
#include "view/figure_subtasks.h"

enum {
    SNAP_COMPARED_BARS_MAX = 60,
    SNAP_COMPARED_VALUES_MAX = 22,
    SNAP_COMPARED_VERDICT_HEIGHT = 108, /* pixels */
};

struct snap_compared {
    struct snap_figure_groups groups;
    const struct snap_figure_runs *runs; /* one a group */
    struct snap_subtask_bars *subtasks;  /* one a run */
    struct snap_figure figure;
    struct snap_figure_input heading;
    struct snap_arena *arena;
    uint32_t columns;
    uint32_t rows;
    uint32_t margin;                          /* left of the first column, in pixels */
    uint32_t gap;                             /* between two columns */
    uint32_t row_height;                      /* in pixels, as what follows */
    uint32_t lanes;                           /* the height of a panel of subtasks */
    uint32_t subtasks_at[SNAP_SUBTASK_VIEWS]; /* below the top of a row */
    uint32_t verdict_at;
    snap_ns longest_ns; /* any checkpoint took, or has been under way */
    snap_ns subtasks_longest_ns[SNAP_SUBTASK_VIEWS]; /* any bar of a subtask takes */
    double room;                                     /* times the longest checkpoint */
    double most;                                     /* records lost or duplicated in any run */
    double bottom;                                   /* of the lanes, of whom has most */
    uint32_t views;     /* of subtasks; medians of one checkpoint tell nothing new */
    bool has_spread;    /* some number of records lost or twice is a range, or a least */
    bool has_changes;   /* some job was started again: a word stands above the bars */
    bool lanes_alike;   /* in all runs: they are named once a row */
    uint32_t bars_most; /* of any run */
    uint32_t verdict_block;
};

/* Whether what takes so long is too low on the scale of the longest. */
bool snap_low_on_scale(snap_ns highest_ns, snap_ns longest_ns);

/* Measures the runs, and places the panels; memory of the arena. */
void snap_compared_measure(struct snap_compared *compared);

/* "exactly-once (virtual, 3 seeds)": who a panel's run is, in the data and, a long variant cut,
 * above the panel (arena). */
const char *snap_compared_name(const struct snap_compared *compared, uint32_t run);
const char *snap_compared_title(const struct snap_compared *compared, uint32_t run);

/* Adds data and panels of a run. */
void snap_compared_add_checkpoints(struct snap_compared *compared, uint32_t run);
void snap_compared_add_subtasks(struct snap_compared *compared, uint32_t run);

/* Adds the data of the panels of all runs, and the panel of one. */
void snap_compared_add_verdict_block(struct snap_compared *compared);
void snap_compared_add_verdict(struct snap_compared *compared, uint32_t run);

/* Appends the place of a panel, so many pixels below the top of its row. */
void snap_compared_place(struct snap_compared *compared, uint32_t run, uint32_t below,
                         uint32_t height);

/* Returns the distance of numbers below a panel: 1, 2 or 5 times a power of ten, so that there are
 * few enough up to the end not to touch each other. */
double snap_compared_step(double end);

#endif
