// SPDX-License-Identifier: Apache-2.0
/*
 * figure.h: the figures of a run and of a comparison.
 *
 * - timeline: a lane a subtask (processing, blocked by alignment, snapshot, down), the barriers of
 *   each checkpoint as lines through the lanes, failures and restarts.
 * - checkpoints: start delay, alignment, synchronous and asynchronous part, over all checkpoints,
 *   and per subtask for the longest one and in the median.
 * - flow: a row a vertex: records a second, what its subtasks' time went to, records waiting in
 *   front of it, over time. There is none if nothing is known of the flow.
 * - metrics: a panel a gauge of Flink's, over time, with a line for each subtask. There is none if
 *   nobody looked at the gauges.
 * - Where a job was stopped or cancelled and started again, a line says so; lanes that an execution
 *   did not have are empty in it.
 * - compare: the checkpoints of each variant and, as in `checkpoints`, their subtasks on one scale,
 *   very low ones on their own; and what states and sinks lost or have twice, if any did. Seeds of
 *   a variant share a panel.
 * - Live and from a trace they are made of the same statistics. Data is reduced to what a column
 *   of pixels can show before gnuplot sees it.
 */
#ifndef SNAP_VIEW_FIGURE_H
#define SNAP_VIEW_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/total.h"
#include "trace/whole_run.h"
#include "view/gnuplot.h"

/* What became of records in all states, or for the readers of all sinks. */
struct snap_figure_losses {
    struct snap_total lost;
    struct snap_total duplicated;
};

#define SNAP_FIGURE_UNJUDGED                                                                       \
    {                                                                                              \
        SNAP_TOTAL_NONE, SNAP_TOTAL_NONE                                                           \
    }

/* A run as figures show it. */
struct snap_figure_input {
    const struct snap_statistics *statistics;    /* finished; of all executions of the job */
    const struct snap_execution_change *changes; /* between them */
    uint32_t change_count;
    const struct snap_metrics *metrics; /* finished; of all executions; or NULL */
    const char *scenario;
    const char *variant; /* or NULL */
    const char *runtime;
    uint64_t seed;
    uint64_t seed_last; /* of a heading over several runs; else 0 */
    bool halted;        /* it could not go on: what became of records until then is not judged */
    bool judged;        /* the next are known */
    struct snap_figure_losses all;
    struct snap_figure_losses by_kind[SNAP_JUDGED_KINDS]; /* of these: states, and sinks */
};

/* Draws the figure `timeline`. Errors: as snap_figure_draw. */
bool snap_figure_timeline(const struct snap_figure_input *input,
                          const struct snap_figure_target *target, struct snap_error *error);

/* Draws the figure `checkpoints`. Errors: as snap_figure_draw. */
bool snap_figure_checkpoints(const struct snap_figure_input *input,
                             const struct snap_figure_target *target, struct snap_error *error);

/* Draws the figure `flow`; the statistics' flow has rows. Errors: as snap_figure_draw. */
bool snap_figure_flow(const struct snap_figure_input *input,
                      const struct snap_figure_target *target, struct snap_error *error);

/* Draws the figure `metrics`; the metrics have lines. Errors: as snap_figure_draw. */
bool snap_figure_metrics(const struct snap_figure_input *input,
                         const struct snap_figure_target *target, struct snap_error *error);

/* The runs of a comparison, in the order of the panels. */
struct snap_figure_runs {
    const struct snap_figure_input *inputs;
    uint32_t count;
};

/* Draws the figure `compare`. Errors: as snap_figure_draw. */
bool snap_figure_compare(const struct snap_figure_runs *runs,
                         const struct snap_figure_target *target, struct snap_error *error);

#endif
