// SPDX-License-Identifier: Apache-2.0
/*
 * figure_parts.h: what the figures have in common; the inside of figure.h.
 */
#ifndef SNAP_VIEW_FIGURE_PARTS_H
#define SNAP_VIEW_FIGURE_PARTS_H

#include "view/figure.h"

/* The unit of an axis that ends at `end_ns`. */
struct snap_axis_unit {
    const char *name; /* "s" */
    double ns;
};

struct snap_axis_unit snap_axis_unit_for(snap_ns end_ns);

/* Writes the title at the upper left: scenario, variant, what, runtime and seed. */
void snap_figure_title(struct snap_figure *figure, const struct snap_figure_input *input,
                       const char *what);

/* "job FINISHED", "resumed from savepoint 5": what stands beside a change (arena). */
const char *snap_change_end(const struct snap_execution_change *change, struct snap_arena *arena);
const char *snap_change_begin(const struct snap_execution_change *change, struct snap_arena *arena);

/* Appends lines where executions ended and began, over the whole height of the plots that follow,
 * and shades the time between. */
void snap_changes_add(struct snap_text *script, const struct snap_figure_input *input,
                      double unit_ns);

/* Appends lines where something failed and where all ran again, likewise. */
void snap_failures_add(struct snap_text *script, const struct snap_figure_input *input,
                       double unit_ns);

/* Says what these lines are, if there are any, at the right, so many pixels below the top. */
void snap_failures_legend(struct snap_figure *figure, const struct snap_figure_input *input,
                          uint32_t top);

/* The scale of a panel over time: a few values far above all others are cut off, and told. */
struct snap_usual_scale {
    double most; /* NaN: nothing is known */
    double top;
};

/* Returns the scale of so many values, some of which may be NaN; sorts them. The top lies `room`
 * times as high as the largest, if that is not cut off. */
struct snap_usual_scale snap_usual_scale_of(double *values, uint32_t count, double room);

/* Adds up what one state or sink lost and has twice, in the sums of all and of its
 * kind. */
void snap_figure_add_losses(struct snap_figure_input *input,
                            const struct snap_judgement *judgement);

/* More lanes than these do not all get a name. */
enum { SNAP_LANES_NAMED_MAX = 72 };

/* The height of a lane in pixels, where so many are drawn. */
uint32_t snap_lane_pixels(uint32_t lanes);

/* Returns the middle of each task's lane, from 0 downwards (arena); vertices stand a little apart.
 * *bottom is the lower edge. */
double *snap_place_lanes(const struct snap_job *job, struct snap_arena *arena, double *bottom);

/* The name in so many columns at most: a longer one has a "~" instead of its middle, as names often
 * differ at their ends (arena). */
const char *snap_name_cut(const char *name, uint32_t columns_max, struct snap_arena *arena);

/* "uid[index]" in so many columns at most: a long uid is cut, that of all subtasks alike (arena).
 */
const char *snap_lane_name(const struct snap_job *job, uint32_t task, uint32_t columns_max,
                           struct snap_arena *arena);

/* The pixels that the longest name of a lane needs. */
uint32_t snap_lane_margin(const struct snap_job *job);

/* Appends `set ytics`: the names of the lanes, or of some where there are too many. */
void snap_lane_names(struct snap_text *script, const struct snap_job *job, const double *lane_y);

/* The checkpoint with the longest end-to-end duration, completed ones first; NULL if there is
 * none. */
const struct snap_checkpoint_stats *
snap_longest_checkpoint(const struct snap_statistics *statistics);

/* The time of the one that took longest, or has been under way for longest; 1 ms: there is none. */
snap_ns snap_longest_taken(const struct snap_statistics *statistics);

/* Writes '|' into the columns of a line over the time of the run in which executions ended and
 * began. */
void snap_sketch_changes(const struct snap_figure_input *input, char *line, uint32_t columns);

/* The sketches for terminals, 80 columns wide. */
bool snap_sketch_timeline(const struct snap_figure_input *input,
                          const struct snap_figure_target *target, struct snap_error *error);
bool snap_sketch_checkpoints(const struct snap_figure_input *input,
                             const struct snap_figure_target *target, struct snap_error *error);
bool snap_sketch_flow(const struct snap_figure_input *input,
                      const struct snap_figure_target *target, struct snap_error *error);
bool snap_sketch_metrics(const struct snap_figure_input *input,
                         const struct snap_figure_target *target, struct snap_error *error);
/* The subtasks' panels of a comparison alone. */
void snap_sketch_subtasks(const struct snap_figure_runs *runs, struct snap_text *text);
struct snap_figure_groups;
bool snap_sketch_compare(const struct snap_figure_groups *groups,
                         const struct snap_figure_target *target, struct snap_error *error);

#endif
