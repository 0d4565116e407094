// SPDX-License-Identifier: Apache-2.0
#include "trace/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { BINS = 128, MS_NS = 1000000 };

/* Gauges that are told together, and for how long they are known. */
enum group { SAMPLED, DEBLOATED, CONSUMED, STARTED, ALIGNED, GROUPS };

static const enum group groups[SNAP_METRIC_COUNT] = {
    [SNAP_METRIC_BUFFER_SIZE] = DEBLOATED,
    [SNAP_METRIC_TO_CONSUME] = CONSUMED,
    [SNAP_METRIC_START_DELAY] = STARTED,
    [SNAP_METRIC_ALIGNMENT] = ALIGNED,
};

/* Columns of a task's series: value times time by metric, then the time by group. */
enum { COLUMNS = SNAP_METRIC_COUNT + GROUPS };

struct snap_metrics_task {
    struct snap_series series;
    double held[SNAP_METRIC_COUNT]; /* NaN: not told yet */
    snap_ns since_ns[GROUPS];
    snap_ns sample_ns; /* what the last sample stood for */
};

const char *snap_metric_name(enum snap_metric metric)
{
    static const char *const names[SNAP_METRIC_COUNT] = {
        "busyTimeMsPerSecond",
        "backPressuredTimeMsPerSecond",
        "idleTimeMsPerSecond",
        "inPoolUsage",
        "outPoolUsage",
        "debloatedBufferSize",
        "estimatedTimeToConsumeBuffersMs",
        "checkpointStartDelayNanos",
        "checkpointAlignmentTime",
    };

    return names[metric];
}

void snap_metrics_init(struct snap_metrics *metrics, const struct snap_job *job)
{
    memset(metrics, 0, sizeof(*metrics));
    snap_arena_init(&metrics->arena);
    snap_arena_init(&metrics->series_arena);
    metrics->job = job;
}

void snap_metrics_fini(struct snap_metrics *metrics)
{
    snap_arena_fini(&metrics->arena);
    snap_arena_fini(&metrics->series_arena);
    memset(metrics, 0, sizeof(*metrics));
}

static void begin(struct snap_metrics *metrics)
{
    uint32_t tasks = metrics->job->task_count;

    metrics->tasks = SNAP_ARENA_ARRAY(&metrics->series_arena, struct snap_metrics_task, tasks);
    for (uint32_t t = 0; t < tasks; t++) {
        snap_series_init(&metrics->tasks[t].series, &metrics->series_arena, COLUMNS, BINS);
        for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
            metrics->tasks[t].held[m] = NAN;
    }
}

/* What the group's gauges hold stands for the time. */
static void add(struct snap_metrics_task *task, enum group group, snap_ns from_ns, snap_ns until_ns)
{
    double time = (double)(until_ns - from_ns);
    struct snap_amount amount = {from_ns, until_ns, time};

    /* A damaged trace may tell of anything. */
    if (from_ns < 0 || until_ns <= from_ns)
        return;
    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++) {
        if (groups[m] != group)
            continue;
        if (isnan(task->held[m]))
            return;
        amount.amount = task->held[m] * time;
        snap_series_add(&task->series, m, &amount);
    }
    amount.amount = time;
    snap_series_add(&task->series, SNAP_METRIC_COUNT + group, &amount);
}

static void take_sample(struct snap_metrics_task *task, const struct snap_event *event)
{
    for (uint32_t m = 0; m <= SNAP_METRIC_IDLE; m++)
        task->held[m] = (double)event->args[1 + m];
    task->held[SNAP_METRIC_IN_POOL] = (double)event->args[4] / 1000;
    task->held[SNAP_METRIC_OUT_POOL] = (double)event->args[5] / 1000;
    add(task, SAMPLED, snap_ns_max(0, event->at_ns - event->args[0]), event->at_ns);
    task->since_ns[SAMPLED] = event->at_ns;
    task->sample_ns = event->args[0];
}

/* Ends what the group held until the instant; returns whether it was told at this very instant. */
static bool hold(struct snap_metrics_task *task, enum group group, snap_ns at_ns)
{
    bool again = task->since_ns[group] == at_ns;

    add(task, group, task->since_ns[group], at_ns);
    task->since_ns[group] = at_ns;
    return again;
}

/* Flink divides by one byte a second where nothing was used up: hours of which nothing is known. */
static void take_size(struct snap_metrics_task *task, const struct snap_event *event)
{
    double size = (double)event->args[4];
    double to_consume = event->args[1] > 0 ? (double)event->args[5] / MS_NS : NAN;

    if (hold(task, DEBLOATED, event->at_ns))
        size = fmax(size, task->held[SNAP_METRIC_BUFFER_SIZE]);
    if (hold(task, CONSUMED, event->at_ns))
        to_consume = fmax(to_consume, task->held[SNAP_METRIC_TO_CONSUME]);
    task->held[SNAP_METRIC_BUFFER_SIZE] = size;
    task->held[SNAP_METRIC_TO_CONSUME] = to_consume;
}

static void take_alignment(struct snap_metrics_task *task, snap_ns at_ns, int64_t alignment_ns)
{
    hold(task, ALIGNED, at_ns);
    task->held[SNAP_METRIC_ALIGNMENT] = (double)alignment_ns;
}

/* An attempt takes its gauges with it. */
static void end_attempt(struct snap_metrics_task *task, snap_ns at_ns)
{
    for (enum group group = DEBLOATED; group < GROUPS; group++)
        hold(task, group, at_ns);
    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
        task->held[m] = NAN;
    task->since_ns[SAMPLED] = at_ns;
}

static bool ends_attempt(const struct snap_event *event)
{
    return event->type == SNAP_EVENT_TASK_STATUS &&
           (event->args[1] == SNAP_TASK_FAILED || event->args[1] == SNAP_TASK_CANCELED);
}

void snap_metrics_event(struct snap_metrics *metrics, const struct snap_event *event)
{
    struct snap_metrics_task *task;
    bool gauge = event->type == SNAP_EVENT_TASK_METRICS || event->type == SNAP_EVENT_GATE_DEBLOATED;

    if (event->actor >= metrics->job->task_count)
        return;
    if (metrics->tasks && ends_attempt(event))
        end_attempt(&metrics->tasks[event->actor], event->at_ns);
    /* The first checkpoint may come before the first gauges do. */
    if (!gauge && event->type != SNAP_EVENT_SNAPSHOT_STARTED &&
        event->type != SNAP_EVENT_ALIGNMENT_MEASURED)
        return;
    if (!metrics->tasks && !gauge && metrics->job->task_count > SNAP_METRICS_TASKS_MAX)
        return;
    if (!metrics->tasks)
        begin(metrics);
    metrics->told = metrics->told || gauge;
    task = &metrics->tasks[event->actor];
    if (event->type == SNAP_EVENT_TASK_METRICS) {
        take_sample(task, event);
    } else if (event->type == SNAP_EVENT_GATE_DEBLOATED) {
        take_size(task, event);
    } else if (event->type == SNAP_EVENT_SNAPSHOT_STARTED) {
        hold(task, STARTED, event->at_ns);
        task->held[SNAP_METRIC_START_DELAY] = (double)event->args[1];
        take_alignment(task, event->at_ns, event->args[2]);
    } else if (event->type == SNAP_EVENT_ALIGNMENT_MEASURED) {
        take_alignment(task, event->at_ns, event->args[1]);
    }
}

/* ---- lines ---- */

snap_ns snap_metrics_from(const struct snap_metrics *metrics, uint32_t bin)
{
    return (snap_ns)bin * metrics->width_ns;
}

snap_ns snap_metrics_until(const struct snap_metrics *metrics, uint32_t bin)
{
    return snap_ns_min((snap_ns)(bin + 1) * metrics->width_ns, metrics->end_ns);
}

double *snap_metrics_at(const struct snap_metrics *metrics, uint32_t line, uint32_t bin)
{
    SNAP_CHECK(line < metrics->line_count && bin < metrics->bin_count);
    return &metrics->values[((size_t)line * metrics->bin_count + bin) * SNAP_METRIC_COUNT];
}

static uint32_t lines_of(const struct snap_vertex *vertex)
{
    return vertex->parallelism <= SNAP_METRICS_LINES_MAX
               ? vertex->parallelism
               : SNAP_METRICS_LARGEST - SNAP_METRICS_LEAST + 1;
}

void snap_metrics_make_lines(struct snap_metrics *metrics, uint32_t bin_count)
{
    const struct snap_job *job = metrics->job;
    uint32_t count = 0;

    for (uint32_t v = 0; v < job->vertex_count; v++)
        count += lines_of(&job->vertices[v]);
    metrics->bin_count = bin_count;
    metrics->lines = SNAP_ARENA_ARRAY(&metrics->arena, struct snap_metrics_line, count);
    metrics->values =
        SNAP_ARENA_ARRAY(&metrics->arena, double, (size_t)count *bin_count *SNAP_METRIC_COUNT);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        for (uint32_t i = 0; i < lines_of(&job->vertices[v]); i++) {
            bool each = job->vertices[v].parallelism <= SNAP_METRICS_LINES_MAX;

            metrics->lines[metrics->line_count++] = (struct snap_metrics_line){
                .vertex = v,
                .kind = each ? SNAP_METRICS_SUBTASK
                             : (enum snap_metrics_line_kind)(SNAP_METRICS_LEAST + i),
                .subtask = each ? i : 0,
            };
        }
}

static double value_of(const struct snap_metrics_task *task, uint32_t metric, uint32_t bin)
{
    double time = snap_series_get(&task->series, SNAP_METRIC_COUNT + groups[metric], bin);

    return time > 0 ? snap_series_get(&task->series, metric, bin) / time : NAN;
}

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* The least, the median or the largest of the vertex's subtasks for which it is known. */
static double rank_of(const struct snap_metrics *metrics, const struct snap_metrics_line *line,
                      uint32_t metric, uint32_t bin)
{
    const struct snap_vertex *vertex = &metrics->job->vertices[line->vertex];
    double values[SNAP_METRICS_TASKS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < vertex->parallelism && count < SNAP_METRICS_TASKS_MAX; i++) {
        double value = value_of(&metrics->tasks[vertex->task_first + i], metric, bin);

        if (!isnan(value))
            values[count++] = value;
    }
    if (count == 0)
        return NAN;
    qsort(values, count, sizeof(values[0]), compare_values);
    if (line->kind == SNAP_METRICS_LEAST)
        return values[0];
    return line->kind == SNAP_METRICS_LARGEST ? values[count - 1] : values[count / 2];
}

static void fill(struct snap_metrics *metrics, uint32_t index, uint32_t bin)
{
    const struct snap_metrics_line *line = &metrics->lines[index];
    const struct snap_vertex *vertex = &metrics->job->vertices[line->vertex];
    double *values = snap_metrics_at(metrics, index, bin);

    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
        values[m] = line->kind == SNAP_METRICS_SUBTASK
                        ? value_of(&metrics->tasks[vertex->task_first + line->subtask], m, bin)
                        : rank_of(metrics, line, m, bin);
}

/* The width that all series have, or are brought to; samples are not cut into finer bins. */
static snap_ns common_width(const struct snap_metrics *metrics)
{
    snap_ns width = SNAP_SERIES_WIDTH_MIN;

    for (uint32_t t = 0; t < metrics->job->task_count; t++)
        width = snap_ns_max(width, metrics->tasks[t].series.width_ns);
    while ((metrics->end_ns - 1) / width >= BINS || width < SNAP_SECOND / 2)
        width *= 2;
    return width;
}

/* What was sampled last holds for as long as a sample stands for; behind that nobody tells any
 * more: the subtask is over. */
static void hold_sample(struct snap_metrics_task *task, snap_ns end_ns)
{
    if (end_ns - task->since_ns[SAMPLED] <= task->sample_ns)
        add(task, SAMPLED, task->since_ns[SAMPLED], end_ns);
}

void snap_metrics_finish(struct snap_metrics *metrics, snap_ns end_ns)
{
    uint32_t tasks = metrics->job->task_count;

    metrics->end_ns = end_ns;
    if (!metrics->told || end_ns <= 0) {
        snap_arena_fini(&metrics->series_arena);
        metrics->tasks = NULL;
        return;
    }
    for (uint32_t t = 0; t < tasks; t++)
        hold_sample(&metrics->tasks[t], end_ns);
    for (uint32_t t = 0; t < tasks; t++)
        for (enum group group = DEBLOATED; group < GROUPS; group++)
            hold(&metrics->tasks[t], group, end_ns);
    metrics->width_ns = common_width(metrics);
    for (uint32_t t = 0; t < tasks; t++)
        snap_series_widen(&metrics->tasks[t].series, metrics->width_ns);
    snap_metrics_make_lines(metrics,
                            (uint32_t)((end_ns + metrics->width_ns - 1) / metrics->width_ns));
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++)
            fill(metrics, line, bin);
    snap_arena_fini(&metrics->series_arena);
    metrics->tasks = NULL;
}
