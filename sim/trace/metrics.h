// SPDX-License-Identifier: Apache-2.0
/*
 * metrics.h: Flink's gauges of each subtask over time.
 *
 * - Fed with events: task_metrics stand for the time before them, the last one also for the rest
 *   of the run if that is shorter; gate_debloated and what checkpoints measured hold until the
 *   next ones, or until the attempt fails or is cancelled. Nothing is kept of a job that tells no
 *   task_metrics. Of several gates that were given a size at one instant the largest counts.
 * - Memory is bounded: see series.h. Who runs a job of more than SNAP_METRICS_TASKS_MAX subtasks
 *   should not ask for its gauges.
 * - finish makes lines of a vertex: one a subtask where there are few, else the least, the median
 *   and the largest of all subtasks; all lines have the same bins of time, as those of flow.h.
 * - NaN: not known.
 */
#ifndef SNAP_TRACE_METRICS_H
#define SNAP_TRACE_METRICS_H

#include "base/arena.h"
#include "model/event.h"
#include "model/job.h"
#include "trace/series.h"

enum snap_metric {
    SNAP_METRIC_BUSY, /* ms per second */
    SNAP_METRIC_BACKPRESSURED,
    SNAP_METRIC_IDLE,
    SNAP_METRIC_IN_POOL, /* share; overdraft buffers make it more than 1 */
    SNAP_METRIC_OUT_POOL,
    SNAP_METRIC_BUFFER_SIZE, /* bytes */
    SNAP_METRIC_TO_CONSUME,  /* ms */
    SNAP_METRIC_START_DELAY, /* ns */
    SNAP_METRIC_ALIGNMENT,   /* ns */
    SNAP_METRIC_COUNT,
};

enum {
    SNAP_METRICS_TASKS_MAX = 400,
    SNAP_METRICS_LINES_MAX = 16, /* of a vertex with a line for each subtask */
};

enum snap_metrics_line_kind {
    SNAP_METRICS_SUBTASK,
    SNAP_METRICS_LEAST,
    SNAP_METRICS_MEDIAN,
    SNAP_METRICS_LARGEST,
};

struct snap_metrics_line {
    uint32_t vertex;
    enum snap_metrics_line_kind kind;
    uint32_t subtask; /* SUBTASK */
};

struct snap_metrics_task;

struct snap_metrics {
    struct snap_arena arena;
    struct snap_arena series_arena; /* until finish */
    const struct snap_job *job;     /* borrowed */
    struct snap_metrics_task *tasks;
    bool told; /* some gauge came */

    /* From finish on. */
    snap_ns end_ns;
    snap_ns width_ns;
    uint32_t bin_count;
    struct snap_metrics_line *lines; /* vertex by vertex; NULL: nothing is known */
    uint32_t line_count;
    double *values; /* (line * bin_count + bin) * SNAP_METRIC_COUNT + metric */
};

/* Returns Flink's name of the gauge. */
const char *snap_metric_name(enum snap_metric metric);

/* Makes empty metrics of the job (borrowed until fini). */
void snap_metrics_init(struct snap_metrics *metrics, const struct snap_job *job);
void snap_metrics_fini(struct snap_metrics *metrics);

/* Takes an event of those named above; passes over all others. In the order of time. */
void snap_metrics_event(struct snap_metrics *metrics, const struct snap_event *event);

/* Makes the lines; `end_ns` is the end of the run. */
void snap_metrics_finish(struct snap_metrics *metrics, snap_ns end_ns);

/* The finished metrics of one execution, when it began, and which vertex of the whole each of its
 * vertices is. */
struct snap_metrics_part {
    const struct snap_metrics *metrics;
    const uint32_t *vertices;
    snap_ns from_ns;
};

/* Makes the lines of metrics that nothing was told to from those of executions of the run, the last
 * one last. What no execution knows of a subtask at a time is NaN: also in a bin that has less than
 * half of its time in executions. */
void snap_metrics_join(struct snap_metrics *metrics, const struct snap_metrics_part *parts,
                       uint32_t count);

/* Makes room for so many lines of so many bins; for who fills them from a file. */
void snap_metrics_make_lines(struct snap_metrics *metrics, uint32_t bin_count);

/* Returns the values of the line in the bin, by metric. */
double *snap_metrics_at(const struct snap_metrics *metrics, uint32_t line, uint32_t bin);

/* Returns when the bin begins and ends, in nanoseconds; the last one ends with the run. */
snap_ns snap_metrics_from(const struct snap_metrics *metrics, uint32_t bin);
snap_ns snap_metrics_until(const struct snap_metrics *metrics, uint32_t bin);

#endif
