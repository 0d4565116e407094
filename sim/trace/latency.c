// SPDX-License-Identifier: Apache-2.0
#include "trace/latency.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

/* Origins of a split follow each other: the golden section spreads them evenly. */
#define SPREAD UINT64_C(0x9E3779B97F4A7C15)

enum { LOG_ENTRIES_MIN = 256, HALVINGS_MAX = 63 };

/* ---- logs ---- */

static bool is_kept(uint64_t origin, uint32_t halvings)
{
    return halvings == 0 || (origin * SPREAD) >> (64 - halvings) == 0;
}

static bool is_sink(const struct snap_operator *op)
{
    return op->out_edge_count == 0;
}

static bool has_sink(const struct snap_job *job, const struct snap_vertex *vertex)
{
    for (uint32_t i = 0; i < vertex->operator_count; i++)
        if (is_sink(&job->operators[vertex->operators[i]]))
            return true;
    return false;
}

void snap_latency_init(struct snap_latency *latency, const struct snap_job *job)
{
    uint32_t logs = 0;
    uint32_t capacity;

    memset(latency, 0, sizeof(*latency));
    snap_arena_init(&latency->arena);
    latency->job = job;
    latency->sent = SNAP_ARENA_ARRAY(&latency->arena, struct snap_latency_log, job->task_count);
    latency->taken = SNAP_ARENA_ARRAY(&latency->arena, struct snap_latency_log, job->task_count);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        logs += vertex->parallelism *
                ((snap_job_vertex_is_source(job, v) ? 1U : 0U) + (has_sink(job, vertex) ? 1U : 0U));
    }
    capacity = SNAP_LATENCY_ENTRIES_MAX / (logs > 0 ? logs : 1);
    capacity = capacity < LOG_ENTRIES_MIN ? LOG_ENTRIES_MIN : capacity;
    for (uint32_t t = 0; t < job->task_count; t++) {
        const struct snap_vertex *vertex = snap_job_task_vertex(job, t);

        if (snap_job_vertex_is_source(job, vertex->index))
            latency->sent[t].capacity_max = capacity;
        if (has_sink(job, vertex))
            latency->taken[t].capacity_max = capacity;
    }
}

static void drop_logs(struct snap_latency *latency)
{
    for (uint32_t t = 0; latency->job && t < latency->job->task_count; t++) {
        free(latency->sent[t].entries);
        free(latency->taken[t].entries);
        latency->sent[t] = (struct snap_latency_log){.count = 0};
        latency->taken[t] = (struct snap_latency_log){.count = 0};
    }
}

void snap_latency_fini(struct snap_latency *latency)
{
    drop_logs(latency);
    snap_arena_fini(&latency->arena);
    memset(latency, 0, sizeof(*latency));
}

static void cut(struct snap_latency_log *log, uint32_t halvings)
{
    uint32_t kept = 0;

    log->halvings = halvings;
    for (uint32_t i = 0; i < log->count; i++)
        if (is_kept(log->entries[i].origin, halvings))
            log->entries[kept++] = log->entries[i];
    log->count = kept;
}

static void grow(struct snap_latency_log *log)
{
    uint32_t capacity = log->capacity > 0 ? log->capacity * 2 : LOG_ENTRIES_MIN;

    log->capacity = capacity < log->capacity_max ? capacity : log->capacity_max;
    log->entries = snap_heap_resize(log->entries, log->capacity * sizeof(log->entries[0]));
}

static void add(struct snap_latency_log *log, const struct snap_latency_entry *entry)
{
    if (log->count == log->capacity && log->capacity < log->capacity_max)
        grow(log);
    while (log->count == log->capacity && log->halvings < HALVINGS_MAX)
        cut(log, log->halvings + 1);
    if (is_kept(entry->origin, log->halvings) && log->count < log->capacity)
        log->entries[log->count++] = *entry;
}

void snap_latency_span(void *context, const struct snap_span *span)
{
    struct snap_latency *latency = context;
    const struct snap_operator *op = &latency->job->operators[span->operator_index];
    uint32_t task = latency->job->vertices[op->vertex].task_first + span->subtask;
    struct snap_latency_log *log =
        span->kind == SNAP_SPAN_EMITTED ? &latency->sent[task] : &latency->taken[task];

    if (span->kind == SNAP_SPAN_AFFECTED || log->capacity_max == 0)
        return;
    for (uint32_t i = 0; i < span->count; i++) {
        uint64_t origin = snap_record_view_origin(&span->records, i);

        if (is_kept(origin, log->halvings))
            add(log, &(struct snap_latency_entry){origin, snap_span_record_instant(span, i),
                                                  span->operator_index});
    }
}

/* ---- joining ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct snap_latency_entry *left = a;
    const struct snap_latency_entry *right = b;

    if (left->origin != right->origin)
        return left->origin < right->origin ? -1 : 1;
    return (left->at_ns > right->at_ns) - (left->at_ns < right->at_ns);
}

static int compare_times(const void *a, const void *b)
{
    snap_ns left = *(const snap_ns *)a;
    snap_ns right = *(const snap_ns *)b;

    return (left > right) - (left < right);
}

static uint32_t most_halvings(const struct snap_latency *latency)
{
    uint32_t most = 0;

    for (uint32_t t = 0; t < latency->job->task_count; t++) {
        most = latency->sent[t].halvings > most ? latency->sent[t].halvings : most;
        most = latency->taken[t].halvings > most ? latency->taken[t].halvings : most;
    }
    return most;
}

/* All entries of the logs of one side, cut to the common share and sorted. */
static struct snap_latency_log gather(struct snap_latency *latency, struct snap_latency_log *logs)
{
    struct snap_latency_log all = {.count = 0};
    uint32_t count = 0;

    for (uint32_t t = 0; t < latency->job->task_count; t++) {
        cut(&logs[t], latency->halvings);
        count += logs[t].count;
    }
    all.entries = SNAP_ARENA_ARRAY(&latency->arena, struct snap_latency_entry, count + 1);
    for (uint32_t t = 0; t < latency->job->task_count; t++)
        for (uint32_t i = 0; i < logs[t].count; i++)
            all.entries[all.count++] = logs[t].entries[i];
    if (all.count > 0)
        qsort(all.entries, all.count, sizeof(all.entries[0]), compare_entries);
    return all;
}

/* Both logs are sorted by origin, then time: one pass finds the latest emission before. */
static void join(struct snap_latency *latency, const struct snap_latency_log *sent,
                 const struct snap_latency_log *taken)
{
    uint32_t next = 0;

    latency->all = SNAP_ARENA_ARRAY(&latency->arena, struct snap_latency_entry, taken->count + 1);
    latency->durations = SNAP_ARENA_ARRAY(&latency->arena, snap_ns, taken->count + 1);
    for (uint32_t i = 0; i < taken->count; i++) {
        const struct snap_latency_entry *entry = &taken->entries[i];

        while (next < sent->count && compare_entries(&sent->entries[next], entry) <= 0)
            next++;
        /* Results of several records may carry an origin that no source sent. */
        if (next == 0 || sent->entries[next - 1].origin != entry->origin)
            continue;
        latency->durations[latency->all_count] = entry->at_ns - sent->entries[next - 1].at_ns;
        latency->all[latency->all_count++] = *entry;
    }
}

/* ---- percentiles ---- */

/* The smallest of the sorted numbers that at least `permille` of them do not exceed. */
static snap_ns percentile(const snap_ns *sorted, uint32_t count, uint32_t permille)
{
    uint64_t rank = ((uint64_t)count * permille + 999) / 1000;

    return sorted[rank > 0 ? rank - 1 : 0];
}

/* Of the records that the sink took from the instant on; SNAP_NO_INDEX: any sink. */
static struct snap_latency_sink describe(const struct snap_latency *latency,
                                         uint32_t operator_index, snap_ns from_ns)
{
    struct snap_latency_sink sink = {.operator_index = operator_index};
    struct snap_arena arena;
    snap_ns *times;

    snap_arena_init(&arena);
    times = SNAP_ARENA_ARRAY(&arena, snap_ns, latency->all_count + 1);
    for (uint32_t i = 0; i < latency->all_count; i++)
        if ((operator_index == SNAP_NO_INDEX || latency->all[i].operator_index == operator_index) &&
            latency->all[i].at_ns >= from_ns)
            times[sink.count++] = latency->durations[i];
    if (sink.count > 0) {
        qsort(times, sink.count, sizeof(times[0]), compare_times);
        sink.p50_ns = percentile(times, sink.count, 500);
        sink.p90_ns = percentile(times, sink.count, 900);
        sink.p99_ns = percentile(times, sink.count, 990);
        sink.max_ns = times[sink.count - 1];
    }
    snap_arena_fini(&arena);
    return sink;
}

struct snap_latency_sink snap_latency_after(const struct snap_latency *latency, snap_ns from_ns)
{
    return describe(latency, SNAP_NO_INDEX, from_ns);
}

void snap_latency_finish(struct snap_latency *latency)
{
    const struct snap_job *job = latency->job;
    struct snap_latency_log sent;
    struct snap_latency_log taken;

    latency->halvings = most_halvings(latency);
    sent = gather(latency, latency->sent);
    taken = gather(latency, latency->taken);
    drop_logs(latency);
    join(latency, &sent, &taken);
    latency->sinks =
        SNAP_ARENA_ARRAY(&latency->arena, struct snap_latency_sink, job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (is_sink(&job->operators[i]))
            latency->sinks[latency->sink_count++] = describe(latency, i, 0);
}
