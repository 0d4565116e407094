// SPDX-License-Identifier: Apache-2.0
/* The tables of subtasks and of latencies. */
#include "model/names.h"
#include "view/console.h"
#include "view/table.h"
#include "view/units.h"

enum {
    SUBTASKS_MAX = 24,  /* with more, vertices of more than VERTEX_MAX subtasks are abbreviated */
    VERTEX_MAX = 4,     /* subtasks */
    VERTICES_MAX = 100, /* of more only the first are shown */
};

static const struct snap_table_column columns[] = {
    {"Subtask", SNAP_TABLE_LEFT, 0},        {"Records Received", SNAP_TABLE_RIGHT, 0},
    {"Records Sent", SNAP_TABLE_RIGHT, 0},  {"Busy", SNAP_TABLE_RIGHT, 0},
    {"Backpressured", SNAP_TABLE_RIGHT, 0}, {"Idle", SNAP_TABLE_RIGHT, 0},
    {"Not Running", SNAP_TABLE_RIGHT, 1},
};

/* ---- subtasks ---- */

static snap_ns elapsed_of(const struct snap_subtask_totals *totals)
{
    return totals->busy_ns + totals->backpressured_ns + totals->idle_ns + totals->initializing_ns +
           totals->down_ns + totals->finished_ns;
}

static void add_share(struct snap_table *table, snap_ns part_ns, snap_ns all_ns)
{
    double percent = all_ns > 0 ? 100 * (double)part_ns / (double)all_ns : 0;

    /* Nothing and almost nothing are not the same. */
    if (percent > 0 && percent < 0.5)
        snap_table_cell(table, "<1 %");
    else
        snap_table_printf(table, "%.0f %%", percent);
}

static void add_row(struct snap_table *table, const char *name,
                    const struct snap_subtask_totals *totals)
{
    snap_ns elapsed = elapsed_of(totals);

    snap_table_cell(table, name);
    snap_table_printf(table, "%lld", (long long)totals->records_in);
    snap_table_printf(table, "%lld", (long long)totals->records_out);
    add_share(table, totals->busy_ns, elapsed);
    add_share(table, totals->backpressured_ns, elapsed);
    add_share(table, totals->idle_ns, elapsed);
    add_share(table, totals->initializing_ns + totals->down_ns + totals->finished_ns, elapsed);
}

static struct snap_subtask_totals sum_of(const struct snap_statistics *statistics,
                                         const struct snap_vertex *vertex)
{
    struct snap_subtask_totals sum = {.known = true};

    for (uint32_t i = 0; i < vertex->parallelism; i++) {
        const struct snap_subtask_totals *one =
            &statistics->subtasks[vertex->task_first + i].totals;

        sum.records_in += one->records_in;
        sum.records_out += one->records_out;
        sum.busy_ns += one->busy_ns;
        sum.backpressured_ns += one->backpressured_ns;
        sum.idle_ns += one->idle_ns;
        sum.initializing_ns += one->initializing_ns;
        sum.down_ns += one->down_ns;
        sum.finished_ns += one->finished_ns;
    }
    return sum;
}

/* The whole vertex, and the subtasks with the most and the least to do. */
static void add_abbreviated(struct snap_table *table, const struct snap_statistics *statistics,
                            const struct snap_vertex *vertex)
{
    const struct snap_subtask_stats *subtasks = &statistics->subtasks[vertex->task_first];
    struct snap_subtask_totals sum = sum_of(statistics, vertex);
    const char *uid = statistics->job->operators[vertex->operators[0]].uid;
    uint32_t most = 0;
    uint32_t least = 0;

    for (uint32_t i = 1; i < vertex->parallelism; i++) {
        if (subtasks[i].totals.busy_ns > subtasks[most].totals.busy_ns)
            most = i;
        if (subtasks[i].totals.busy_ns < subtasks[least].totals.busy_ns)
            least = i;
    }
    add_row(table, snap_arena_printf(&table->arena, "%s, all %u", uid, vertex->parallelism), &sum);
    add_row(table, snap_arena_printf(&table->arena, "  busiest: %s[%u]", uid, most),
            &subtasks[most].totals);
    if (subtasks[least].totals.busy_ns < subtasks[most].totals.busy_ns)
        add_row(table, snap_arena_printf(&table->arena, "  least busy: %s[%u]", uid, least),
                &subtasks[least].totals);
}

static void add_vertex(struct snap_table *table, const struct snap_statistics *statistics,
                       const struct snap_vertex *vertex)
{
    const struct snap_job *job = statistics->job;

    if (job->task_count > SUBTASKS_MAX && vertex->parallelism > VERTEX_MAX) {
        add_abbreviated(table, statistics, vertex);
        return;
    }
    for (uint32_t i = 0; i < vertex->parallelism; i++)
        add_row(table, snap_actor_name(job, vertex->task_first + i, &table->arena),
                &statistics->subtasks[vertex->task_first + i].totals);
}

void snap_subtask_table(struct snap_text *text, const struct snap_statistics *statistics,
                        uint32_t width)
{
    const struct snap_job *job = statistics->job;
    struct snap_table table;

    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t v = 0; v < job->vertex_count && v < VERTICES_MAX; v++)
        add_vertex(&table, statistics, &job->vertices[v]);
    snap_text_add_string(text, "Subtasks: records, and what their time went to\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    if (job->vertex_count > VERTICES_MAX)
        snap_text_printf(text, "  ... and %u more vertices; summary.json has all\n",
                         job->vertex_count - VERTICES_MAX);
}

/* ---- latencies ---- */

void snap_latency_table(struct snap_text *text, const struct snap_summary *summary, uint32_t width)
{
    static const struct snap_table_column latency_columns[] = {
        {"Sink", SNAP_TABLE_LEFT, 0}, {"Records", SNAP_TABLE_RIGHT, 0},
        {"p50", SNAP_TABLE_RIGHT, 0}, {"p90", SNAP_TABLE_RIGHT, 0},
        {"p99", SNAP_TABLE_RIGHT, 0}, {"Max", SNAP_TABLE_RIGHT, 0},
    };
    const struct snap_job *job = summary->statistics->job;
    struct snap_table table;

    snap_table_init(&table, latency_columns,
                    (uint32_t)(sizeof(latency_columns) / sizeof(latency_columns[0])));
    for (uint32_t i = 0; i < summary->latency_count; i++) {
        const struct snap_latency_sink *sink = &summary->latencies[i];
        const snap_ns times[] = {sink->p50_ns, sink->p90_ns, sink->p99_ns, sink->max_ns};

        snap_table_cell(&table, job->operators[sink->operator_index].uid);
        snap_table_printf(&table, "%u", sink->count);
        for (size_t t = 0; t < sizeof(times) / sizeof(times[0]); t++)
            snap_table_cell(&table,
                            sink->count > 0 ? snap_duration_name(times[t], &table.arena) : "-");
    }
    snap_text_add_string(text, "Latency: from the source to the sink");
    if (summary->latency_one_in > 1)
        snap_text_printf(text, ", of 1 in %llu records",
                         (unsigned long long)summary->latency_one_in);
    snap_text_add_string(text, "\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}
