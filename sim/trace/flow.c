// SPDX-License-Identifier: Apache-2.0
#include "trace/flow.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

/* Large jobs get coarser bins: the memory grows with the tasks. */
enum { BINS = 256, BINS_OF_MANY = 64, MANY_TASKS = 400 };

/* Columns of a task's series: the uses of time, then this one. */
enum { RECORDS = SNAP_TIME_USES, TASK_COLUMNS };

static uint32_t capacity_of(const struct snap_job *job)
{
    return job->task_count > MANY_TASKS ? BINS_OF_MANY : BINS;
}

void snap_flow_init(struct snap_flow *flow, const struct snap_job *job)
{
    memset(flow, 0, sizeof(*flow));
    snap_arena_init(&flow->arena);
    snap_arena_init(&flow->series_arena);
    flow->job = job;
}

void snap_flow_fini(struct snap_flow *flow)
{
    snap_arena_fini(&flow->arena);
    snap_arena_fini(&flow->series_arena);
    memset(flow, 0, sizeof(*flow));
}

void snap_flow_expect_stints(struct snap_flow *flow, snap_ns until_ns)
{
    const struct snap_job *job = flow->job;

    flow->until_ns = until_ns;
    flow->tasks = SNAP_ARENA_ARRAY(&flow->series_arena, struct snap_series, job->task_count);
    for (uint32_t t = 0; t < job->task_count; t++)
        snap_series_init(&flow->tasks[t], &flow->series_arena, TASK_COLUMNS, capacity_of(job));
}

void snap_flow_stint(void *context, const struct snap_stint *stint)
{
    struct snap_flow *flow = context;
    struct snap_series *series = &flow->tasks[stint->task];
    struct snap_amount amount = {stint->from_ns, snap_ns_min(stint->until_ns, flow->until_ns), 0};
    double share = 1;

    if (amount.until_ns < amount.from_ns)
        return;
    amount.amount = (double)(amount.until_ns - amount.from_ns);
    if (amount.until_ns < stint->until_ns)
        share = amount.amount / (double)(stint->until_ns - stint->from_ns);
    if (amount.amount > 0)
        snap_series_add(series, stint->use, &amount);
    amount.amount = (double)stint->records * share;
    if (amount.amount > 0)
        snap_series_add(series, RECORDS, &amount);
}

/* ---- what is queued ---- */

static void expect_queues(struct snap_flow *flow)
{
    uint32_t count = flow->job->vertex_count + 1;

    flow->queues = SNAP_ARENA_ARRAY(&flow->series_arena, struct snap_flow_queue, count);
    for (uint32_t q = 0; q < count; q++)
        snap_series_init(&flow->queues[q].series, &flow->series_arena, 1, BINS);
}

/* Accounts what was queued since the last change, up to the instant. */
static void account_queue(struct snap_flow_queue *queue, snap_ns until_ns)
{
    snap_ns since = queue->since_ns;
    struct snap_amount amount = {since, until_ns, queue->amount * (double)(until_ns - since)};

    if (until_ns <= since)
        return;
    if (amount.amount > 0)
        snap_series_add(&queue->series, 0, &amount);
    queue->since_ns = until_ns;
}

void snap_flow_queued(struct snap_flow *flow, const struct snap_queued *change)
{
    struct snap_flow_queue *records;
    struct snap_flow_queue *bytes;

    if (!flow->queues)
        expect_queues(flow);
    records = &flow->queues[change->vertex];
    bytes = &flow->queues[flow->job->vertex_count];
    account_queue(records, change->at_ns);
    account_queue(bytes, change->at_ns);
    records->amount += (double)change->records;
    bytes->amount += (double)change->bytes;
}

/* ---- rows ---- */

static snap_ns widest(const struct snap_flow *flow)
{
    const struct snap_job *job = flow->job;
    snap_ns width = SNAP_SERIES_WIDTH_MIN;

    for (uint32_t t = 0; flow->tasks && t < job->task_count; t++)
        width = snap_ns_max(width, flow->tasks[t].width_ns);
    for (uint32_t v = 0; flow->queues && v < job->vertex_count; v++)
        width = snap_ns_max(width, flow->queues[v].series.width_ns);
    while ((flow->end_ns - 1) / width >= capacity_of(job))
        width *= 2;
    return width;
}

static void widen(struct snap_flow *flow)
{
    const struct snap_job *job = flow->job;

    flow->width_ns = widest(flow);
    for (uint32_t t = 0; flow->tasks && t < job->task_count; t++)
        snap_series_widen(&flow->tasks[t], flow->width_ns);
    for (uint32_t v = 0; flow->queues && v < job->vertex_count; v++)
        snap_series_widen(&flow->queues[v].series, flow->width_ns);
}

snap_ns snap_flow_from(const struct snap_flow *flow, uint32_t bin)
{
    return (snap_ns)bin * flow->width_ns;
}

snap_ns snap_flow_until(const struct snap_flow *flow, uint32_t bin)
{
    return snap_ns_min((snap_ns)(bin + 1) * flow->width_ns, flow->end_ns);
}

/* The sum of a column over the subtasks of the vertex. */
static double sum_of(const struct snap_flow *flow, const struct snap_vertex *vertex,
                     uint32_t column, uint32_t bin)
{
    double sum = 0;

    for (uint32_t i = 0; i < vertex->parallelism; i++)
        sum += snap_series_get(&flow->tasks[vertex->task_first + i], column, bin);
    return sum;
}

static void fill_row(const struct snap_flow *flow, const struct snap_vertex *vertex, uint32_t bin,
                     struct snap_flow_row *row)
{
    double bin_ns = (double)(snap_flow_until(flow, bin) - snap_flow_from(flow, bin));
    double time_ns = bin_ns * vertex->parallelism;

    *row = (struct snap_flow_row){NAN, NAN, NAN, NAN, NAN};
    if (flow->tasks) {
        row->records_per_s = sum_of(flow, vertex, RECORDS, bin) * 1e9 / bin_ns;
        /* A record in work at the end was accounted as a whole. */
        row->busy = fmin(1, sum_of(flow, vertex, SNAP_TIME_BUSY, bin) / time_ns);
        row->backpressured =
            fmin(1 - row->busy, sum_of(flow, vertex, SNAP_TIME_BACKPRESSURED, bin) / time_ns);
        row->idle = fmin(1 - row->busy - row->backpressured,
                         sum_of(flow, vertex, SNAP_TIME_IDLE, bin) / time_ns);
    }
    if (flow->queues && !snap_job_vertex_is_source(flow->job, vertex->index))
        row->backlog = snap_series_get(&flow->queues[vertex->index].series, 0, bin) / bin_ns;
}

void snap_flow_finish(struct snap_flow *flow, snap_ns end_ns)
{
    const struct snap_job *job = flow->job;

    flow->end_ns = end_ns;
    for (uint32_t q = 0; flow->queues && q <= job->vertex_count; q++)
        account_queue(&flow->queues[q], end_ns);
    if ((!flow->tasks && !flow->queues) || end_ns <= 0)
        return;
    widen(flow);
    flow->bin_count = (uint32_t)((end_ns + flow->width_ns - 1) / flow->width_ns);
    flow->rows = SNAP_ARENA_ARRAY(&flow->arena, struct snap_flow_row,
                                  (size_t)job->vertex_count * flow->bin_count);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        for (uint32_t bin = 0; bin < flow->bin_count; bin++)
            fill_row(flow, &job->vertices[v], bin, &flow->rows[v * flow->bin_count + bin]);
}

/* ---- executions ---- */

/* Adds a value that held for so much of the bin; what is not known adds nothing. */
static void add_share(double *sum, double value, double share)
{
    if (!isnan(value))
        *sum = (isnan(*sum) ? 0 : *sum) + value * share;
}

/* Before an execution began its rows are empty, and none is behind its end: rows just add up. */
static void add_part(struct snap_flow *flow, const struct snap_flow_part *part, uint32_t vertex)
{
    const struct snap_flow *from = part->flow;

    for (uint32_t b = 0; from->rows && b < from->bin_count; b++) {
        const struct snap_flow_row *row = snap_flow_at(from, vertex, b);
        uint32_t bin = (uint32_t)(snap_flow_from(from, b) / flow->width_ns);
        struct snap_flow_row *sum = &flow->rows[part->vertices[vertex] * flow->bin_count + bin];
        double share = (double)(snap_flow_until(from, b) - snap_flow_from(from, b)) /
                       (double)(snap_flow_until(flow, bin) - snap_flow_from(flow, bin));

        add_share(&sum->records_per_s, row->records_per_s, share);
        add_share(&sum->busy, row->busy, share);
        add_share(&sum->backpressured, row->backpressured, share);
        add_share(&sum->idle, row->idle, share);
        add_share(&sum->backlog, row->backlog, share);
    }
}

void snap_flow_join(struct snap_flow *flow, const struct snap_flow_part *parts, uint32_t count)
{
    size_t rows;

    flow->end_ns = parts[count - 1].flow->end_ns;
    for (uint32_t i = 0; i < count; i++)
        flow->width_ns = snap_ns_max(flow->width_ns, parts[i].flow->width_ns);
    if (flow->width_ns == 0)
        return;
    flow->bin_count = (uint32_t)((flow->end_ns + flow->width_ns - 1) / flow->width_ns);
    rows = (size_t)flow->job->vertex_count * flow->bin_count;
    flow->rows = SNAP_ARENA_ARRAY(&flow->arena, struct snap_flow_row, rows);
    for (size_t i = 0; i < rows; i++)
        flow->rows[i] = (struct snap_flow_row){NAN, NAN, NAN, NAN, NAN};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t v = 0; v < parts[i].flow->job->vertex_count; v++)
            add_part(flow, &parts[i], v);
}

void snap_flow_drop_series(struct snap_flow *flow)
{
    snap_arena_fini(&flow->series_arena);
    flow->tasks = NULL;
    flow->queues = NULL;
}

const struct snap_flow_row *snap_flow_at(const struct snap_flow *flow, uint32_t vertex,
                                         uint32_t bin)
{
    SNAP_CHECK(vertex < flow->job->vertex_count && bin < flow->bin_count);
    return &flow->rows[vertex * flow->bin_count + bin];
}

/* ---- means over the rest of the run ---- */

/* The sum of the column over [from_ns, end_ns), bins in parts. */
static double sum_after(const struct snap_flow *flow, const struct snap_series *series,
                        uint32_t column, snap_ns from_ns)
{
    double sum = 0;

    for (uint32_t bin = 0; bin < series->count; bin++) {
        snap_ns from = (snap_ns)bin * series->width_ns;
        snap_ns until = snap_ns_min(from + series->width_ns, flow->end_ns);

        if (until > from_ns)
            sum += snap_series_get(series, column, bin) *
                   (double)(until - snap_ns_max(from, from_ns)) / (double)(until - from);
    }
    return sum;
}

double snap_flow_bytes_after(const struct snap_flow *flow, snap_ns from_ns)
{
    const struct snap_flow_queue *bytes;

    if (!flow->queues || from_ns >= flow->end_ns)
        return NAN;
    bytes = &flow->queues[flow->job->vertex_count];
    return sum_after(flow, &bytes->series, 0, from_ns) / (double)(flow->end_ns - from_ns);
}

double snap_flow_throughput_after(const struct snap_flow *flow, snap_ns from_ns)
{
    const struct snap_job *job = flow->job;
    double sum = 0;

    if (!flow->tasks || from_ns >= flow->end_ns)
        return NAN;
    for (uint32_t v = 0; v < job->vertex_count; v++)
        for (uint32_t i = 0; i < job->vertices[v].parallelism; i++)
            if (snap_job_vertex_is_source(job, v))
                sum += sum_after(flow, &flow->tasks[job->vertices[v].task_first + i], RECORDS,
                                 from_ns);
    return sum * 1e9 / (double)(flow->end_ns - from_ns);
}
