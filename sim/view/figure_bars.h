// SPDX-License-Identifier: Apache-2.0
/*
 * figure_bars.h: stacked bars of what a checkpoint's duration is made of; the inside of figure.h.
 *
 * - The parts stand in the order in which they happen to a subtask; their sum is the time from the
 *   trigger to its acknowledgement at the coordinator.
 * - A checkpoint's bar is that of the subtask that acknowledged last. Where there are too many
 *   checkpoints neighbours share a bar, and the longest of them is shown.
 * - One that is under way has a bar of its own kind, as long as it has been under way.
 */
#ifndef SNAP_VIEW_FIGURE_BARS_H
#define SNAP_VIEW_FIGURE_BARS_H

#include "view/figure_parts.h"

enum snap_part_kind {
    SNAP_PART_START_DELAY,
    SNAP_PART_ALIGNMENT,
    SNAP_PART_SYNC,
    SNAP_PART_ASYNC,
    SNAP_PART_REST, /* on the way to the coordinator, and waiting there */
    SNAP_PART_KIND_COUNT,
};

struct snap_part_style {
    const char *title;
    const char *colour;
};

extern const struct snap_part_style snap_part_styles[SNAP_PART_KIND_COUNT];

/* The bars of one run in a figure. */
struct snap_bars {
    const struct snap_figure_input *input; /* borrowed */
    struct snap_axis_unit unit;
    uint32_t places;  /* room for so many, if there are fewer */
    uint32_t count;   /* bars */
    uint32_t step;    /* checkpoints that share one */
    uint32_t block;   /* of completed ones; the next has failed ones, then those under way */
    double highest;   /* in the unit; 0 without bars */
    const char *of;   /* stands in the names of blocks: " of a (virtual)"; or NULL */
    const char *note; /* stands behind the axis' title, "\\n" for a new line; or NULL */
};

/* Splits the subtask's time until its acknowledgement into its parts (SNAP_PART_KIND_COUNT
 * durations), which add up to it. Who overtakes takes its snapshot while it aligns: of the
 * alignment only what lies beside the other parts is one. */
void snap_part_split(const struct snap_checkpoint_stats *checkpoint,
                     const struct snap_subtask_part *part, snap_ns *parts);

/* The columns that snap_part_stack fills behind the 0, for readers of the data. */
#define SNAP_PART_COLUMNS "start delay, alignment, sync, async, ack"

/* Appends where each part ends, from 0 on. */
void snap_part_stack(struct snap_text *data, const snap_ns *parts, double unit_ns);

/* Adds the blocks of data; at most `count_max` bars. Fills in count, step, block
 * and highest. */
void snap_bars_add(struct snap_bars *bars, struct snap_figure *figure, uint32_t count_max);

/* Appends range and labels of the axis below the bars; at most `labels_max` labels. */
void snap_bars_axis(const struct snap_bars *bars, struct snap_text *script, uint32_t labels_max);

/* Appends its duration above each bar; where there is room for more than `values_max` bars above
 * the longest alone. */
void snap_bars_values(const struct snap_bars *bars, struct snap_text *script, uint32_t values_max);

/* Whether they stand upright, as so many would not fit beside each other. */
bool snap_bars_values_upright(uint32_t places, uint32_t values_max);

/* Appends the plot command, no legend; a line stands where a job was started again. */
void snap_bars_plot(const struct snap_bars *bars, struct snap_text *script);

/* Returns what bars of the run show: a bit a part that some subtask spent time on, the next if a
 * checkpoint failed, and the one behind it if one is under way. */
uint32_t snap_bars_shown(const struct snap_statistics *statistics);

/* Whether a checkpoint is under way. */
bool snap_bars_under_way(const struct snap_statistics *statistics);

/* A legend of what is shown, centred `pixels` below the upper edge of the figure. */
struct snap_bars_legend {
    double pixels;
    uint32_t shown;
};

/* Appends a plot of nothing but the legend. Call it first in a multiplot. */
void snap_bars_legend(struct snap_figure *figure, const struct snap_bars_legend *legend);

#endif
