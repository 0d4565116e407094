// SPDX-License-Identifier: Apache-2.0
#include "view/console.h"

#include <string.h>

#include "base/utf8.h"
#include "model/names.h"
#include "view/storage_text.h"
#include "view/table.h"
#include "view/total_text.h"
#include "view/units.h"
#include "view/verdict_remarks.h"
#include "view/wrap.h"

#define COLUMNS(columns) (columns), (uint32_t)(sizeof(columns) / sizeof((columns)[0]))

/* ---- job ---- */

static const char *operator_list(const struct snap_job *job, const struct snap_vertex *vertex,
                                 struct snap_arena *arena)
{
    const char *list = job->operators[vertex->operators[0]].uid;

    for (uint32_t i = 1; i < vertex->operator_count; i++)
        list = snap_arena_printf(arena, "%s, %s", list, job->operators[vertex->operators[i]].uid);
    return list;
}

static const char *input_list(const struct snap_job *job, const struct snap_vertex *vertex,
                              struct snap_arena *arena)
{
    const char *list = NULL;

    for (uint32_t i = 0; i < job->edge_count; i++) {
        const struct snap_edge *edge = &job->edges[i];

        if (edge->chained || job->operators[edge->consumer].vertex != vertex->index)
            continue;
        list = snap_arena_printf(arena, "%s%s%s (%s)", list ? list : "", list ? ", " : "",
                                 job->operators[edge->producer].uid, snap_ship_name(edge->ship));
    }
    return list ? list : "-";
}

/* Vertices, their operators and parallelism, and how they are connected. */
static void add_job(struct snap_text *text, const struct snap_job *job, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Vertex", SNAP_TABLE_LEFT, 0},           {"Parallelism", SNAP_TABLE_RIGHT, 0},
        {"Max Parallelism", SNAP_TABLE_RIGHT, 2}, {"Operators", SNAP_TABLE_LEFT, 1},
        {"Input (how)", SNAP_TABLE_LEFT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < job->vertex_count; i++) {
        const struct snap_vertex *vertex = &job->vertices[i];

        snap_table_cell(&table, vertex->name);
        snap_table_printf(&table, "%u", vertex->parallelism);
        snap_table_printf(&table, "%u", vertex->max_parallelism);
        snap_table_cell(&table, operator_list(job, vertex, &table.arena));
        snap_table_cell(&table, input_list(job, vertex, &table.arena));
    }
    snap_text_printf(text, "Job: %u %s, %u %s\n", job->vertex_count,
                     snap_plural(job->vertex_count, "vertex", "vertices"), job->task_count,
                     snap_plural(job->task_count, "subtask", "subtasks"));
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* ---- failures ---- */

static void add_failure(struct snap_table *table, const struct snap_job *job,
                        const struct snap_failure_stats *failure)
{
    bool restarts = failure->restarting_count > 0;

    snap_table_cell(table, snap_instant_name(failure->failed_ns, &table->arena));
    snap_table_cell(table, failure->task == SNAP_NO_TASK
                               ? "the job"
                               : snap_actor_name(job, failure->task, &table->arena));
    snap_table_cell(table, snap_failure_stats_cause(failure, &table->arena));
    snap_table_printf(table, "%u", failure->restarting_count);
    snap_table_cell(table, restarts ? snap_duration_name(failure->delay_ns, &table->arena) : "-");
    if (restarts && failure->checkpoint != SNAP_NO_CHECKPOINT)
        snap_table_printf(table, "%lld", (long long)failure->checkpoint);
    else
        snap_table_cell(table, restarts ? "none" : "-");
    snap_table_cell(table, snap_instant_name(failure->restarted_ns, &table->arena));
}

void snap_failure_table(struct snap_text *text, const struct snap_statistics *statistics,
                        uint32_t rows_max, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Time", SNAP_TABLE_RIGHT, 0},          {"Subtask", SNAP_TABLE_LEFT, 0},
        {"Cause", SNAP_TABLE_LEFT, 0},          {"Restarted Subtasks", SNAP_TABLE_RIGHT, 1},
        {"Restart Delay", SNAP_TABLE_RIGHT, 2}, {"Restored from Checkpoint", SNAP_TABLE_RIGHT, 0},
        {"Running Again", SNAP_TABLE_RIGHT, 0},
    };
    uint32_t count = statistics->failure_count;
    struct snap_table table;

    snap_text_printf(text, "Failures: %u, restarts: %u\n", count, statistics->restart_count);
    if (count == 0)
        return;
    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < count; i++) {
        i = snap_table_next_row(&table, i, (struct snap_table_rows){count, rows_max});
        add_failure(&table, statistics->job, &statistics->failures[i]);
    }
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}

/* ---- verdict ---- */

static void add_count(struct snap_table *table, int64_t count)
{
    if (count == SNAP_UNJUDGED)
        snap_table_cell(table, "-");
    else
        snap_table_printf(table, "%lld", (long long)count);
}

static void add_counts(struct snap_table *table, const int64_t *counters)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        add_count(table, counters[c]);
}

void snap_verdict_table(struct snap_text *text, const struct snap_job *job,
                        const struct snap_verdict *verdict, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"State or Sink", SNAP_TABLE_LEFT, 0},  {"Kind", SNAP_TABLE_LEFT, 1},
        {"Lost", SNAP_TABLE_RIGHT, 0},          {"Dupli- cated", SNAP_TABLE_RIGHT, 0},
        {"Out of Order", SNAP_TABLE_RIGHT, 0},  {"Wrong State", SNAP_TABLE_RIGHT, 0},
        {"Uncom- mitted", SNAP_TABLE_RIGHT, 0}, {"Pending", SNAP_TABLE_RIGHT, 2},
        {"Processed", SNAP_TABLE_RIGHT, 3},     {"Affected", SNAP_TABLE_RIGHT, 1},
    };
    struct snap_table table;

    snap_table_init(&table, COLUMNS(columns));
    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &verdict->judgements[i];

        snap_table_cell(&table, snap_judged_operator(judgement, job)->uid);
        snap_table_cell(&table, judgement->kind == SNAP_JUDGED_STATE ? "state" : "sink");
        add_counts(&table, judgement->counters);
        add_count(&table, judgement->processed);
        add_count(&table, judgement->affected);
    }
    snap_table_cell(&table, "all");
    snap_table_cell(&table, "");
    snap_total_cells(&table, verdict);
    snap_table_end_row(&table);
    snap_text_printf(text, "Verdict: records (\"-\": cannot be judged%s)\n",
                     snap_total_has_least(verdict) ? "; \">=\": at least" : "");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    snap_verdict_remarks_text(text, job, verdict, width);
}

/* "Cannot judge: progress (there was no fault)." */
static void add_not_judged(struct snap_text *text, const struct snap_verdict *verdict,
                           uint32_t width)
{
    struct snap_text names = {0};

    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (!verdict->oracles[i].judged)
            snap_text_printf(&names, "%s%s (%s)", names.length == 0 ? "Cannot judge: " : ", ",
                             snap_oracle_name((enum snap_oracle_id)i), verdict->oracles[i].why_not);
    if (names.length > 0)
        snap_paragraph_text(snap_text_get(&names), width, text);
    snap_text_fini(&names);
}

/* Those that object, with their first reason; else how many hold. */
static void add_oracles(struct snap_text *text, const struct snap_verdict *verdict, uint32_t width)
{
    struct snap_arena arena;
    uint32_t holding = 0;
    uint32_t objecting = 0;

    snap_arena_init(&arena);
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++) {
        const struct snap_oracle_result *result = &verdict->oracles[i];

        holding += result->judged && result->objections == 0;
        objecting += result->objections > 0;
        if (result->objections > 0)
            snap_paragraph_text(
                snap_arena_printf(&arena, "Oracle %s objects (%llu %s): %s",
                                  snap_oracle_name((enum snap_oracle_id)i),
                                  (unsigned long long)result->objections,
                                  snap_plural((int64_t)result->objections, "time", "times"),
                                  result->first),
                width, text);
    }
    snap_text_printf(text, "Oracles: %u hold, %u object, %u cannot judge\n", holding, objecting,
                     (unsigned)SNAP_ORACLE_COUNT - holding - objecting);
    add_not_judged(text, verdict, width);
    snap_arena_fini(&arena);
}

static void add_culprit(struct snap_text *text, const struct snap_job *job,
                        const struct snap_culprit *culprit, uint32_t width)
{
    struct snap_arena arena;

    if (!culprit->found)
        return;
    snap_arena_init(&arena);
    snap_paragraph_text(
        snap_arena_printf(
            &arena, "First %s: %s at %s[%u], %s: %s", snap_counter_name(culprit->counter),
            snap_origin_name(job, culprit->origin, &arena), culprit->uid, culprit->subtask,
            snap_instant_name(culprit->at_ns, &arena), culprit->story),
        width, text);
    snap_arena_fini(&arena);
}

/* ---- a whole run ---- */

/* Those that make a run other than expected stand among the reasons for that. */
static void add_unfired(struct snap_text *text, const struct snap_summary *summary)
{
    const char *title =
        summary->interrupted ? "Had not taken effect yet:\n" : "Never took effect (optional):\n";

    for (uint32_t i = 0; i < summary->unfired_count; i++) {
        const struct snap_unfired *unfired = &summary->unfired[i];

        if (!summary->interrupted && !unfired->optional)
            continue;
        snap_text_printf(text, "%s  %s", title, unfired->text);
        if (!summary->interrupted && unfired->why)
            snap_text_printf(text, ": %s", unfired->why);
        snap_text_add_string(text, "\n");
        title = "";
    }
}

/* Flink's command line tells the path of a savepoint when it is complete. */
static void add_left(struct snap_text *text, const struct snap_summary *summary)
{
    struct snap_text lines = {0};

    for (uint32_t i = 0; i < summary->left_count; i++)
        snap_text_printf(&lines, "%s  %s\n", i ? "" : "Snapshots on the disk:\n", summary->left[i]);
    if (summary->left_count > 0)
        snap_text_add_string(&lines, "\n");
    snap_text_make_printable(&lines);
    snap_text_add_string(text, snap_text_get(&lines));
    snap_text_fini(&lines);
}

static void add_last_lines(struct snap_text *text, const struct snap_summary *summary)
{
    const struct snap_statistics *statistics = summary->statistics;
    char hash[32] = "none (real threads)";
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (summary->hash)
        snap_trace_hash_text(summary->hash, hash);
    snap_text_printf(text, "%s. Job %s after %s.\n",
                     summary->interrupted       ? "Interrupted: expectations were not judged"
                     : summary->expectation_met ? "As expected"
                                                : "NOT as expected",
                     snap_job_status_name(statistics->job_status),
                     snap_instant_name(statistics->end_ns, &arena));
    snap_text_printf(text, "Runtime %s, seed %llu, trace hash %s\n",
                     snap_runtime_kind_name(summary->runtime),
                     (unsigned long long)summary->simulation->seed, hash);
    snap_arena_fini(&arena);
}

static uint32_t rows_max_of(const struct snap_summary *summary)
{
    return summary->interrupted ? SNAP_TABLE_ROWS_INTERRUPTED : SNAP_TABLE_ROWS_MAX;
}

/* What one execution of the job was and did. */
static void add_execution(struct snap_text *text, const struct snap_statistics *statistics,
                          uint32_t rows_max, uint32_t width)
{
    add_job(text, statistics->job, width);
    snap_text_add_string(text, "\n");
    snap_checkpoint_table(text, statistics, rows_max, width);
    snap_text_add_string(text, "\n");
    snap_failure_table(text, statistics, rows_max, width);
    snap_text_add_string(text, "\n");
    snap_subtask_table(text, statistics, width);
    snap_text_add_string(text, "\n");
}

static void add_start(struct snap_text *text, const struct snap_summary *summary)
{
    struct snap_text line = {0};

    if (!summary->started_from)
        return;
    snap_text_printf(&line, "Started from: %s\n%s", summary->started_from, summary->dropped);
    snap_text_make_printable(&line);
    snap_wrap_text(text, snap_text_get(&line), snap_terminal_line_width());
    snap_text_fini(&line);
}

/* ", then started again from savepoint 2": as figures name it. */
static void add_again(struct snap_text *line, const struct snap_whole_run *whole, uint32_t index)
{
    const struct snap_execution_change *change = whole ? &whole->changes[index] : NULL;

    snap_text_add_string(line, ", then started again");
    if (change && change->checkpoint != SNAP_NO_CHECKPOINT)
        snap_text_printf(line, " from %s %lld", change->savepoint ? "savepoint" : "checkpoint",
                         (long long)change->checkpoint);
    snap_text_add_string(line, ".\n");
}

static void add_earlier(struct snap_text *text, const struct snap_summary *summary, uint32_t width)
{
    for (uint32_t i = 0; i < summary->earlier_count; i++) {
        const struct snap_statistics *earlier = summary->earlier[i];
        struct snap_text line = {0};

        add_execution(text, earlier, rows_max_of(summary), width);
        snap_text_printf(&line, "Job %s at %.3f s", snap_job_status_name(earlier->job_status),
                         (double)earlier->end_ns / 1e9);
        add_again(&line, summary->whole, i);
        if (summary->dropped_behind && summary->dropped_behind[i])
            snap_text_printf(&line, "Note: %s.\n", summary->dropped_behind[i]);
        snap_text_make_printable(&line);
        snap_wrap_text(text, snap_text_get(&line), snap_terminal_line_width());
        snap_text_add_string(text, "\n");
        snap_text_fini(&line);
    }
}

void snap_run_report(struct snap_text *text, const struct snap_summary *summary, uint32_t width)
{
    const struct snap_job *job = summary->statistics->job;

    snap_text_printf(text, "%s%s%s%s\n\n", summary->simulation->name,
                     summary->simulation->variant ? " [" : "",
                     summary->simulation->variant ? summary->simulation->variant : "",
                     summary->simulation->variant ? "]" : "");
    snap_storage_text(text, summary->simulation);
    add_start(text, summary);
    snap_text_add_string(text, "\n");
    add_earlier(text, summary, width);
    add_execution(text, summary->statistics, rows_max_of(summary), width);
    if (summary->latency_count > 0) {
        snap_latency_table(text, summary, width);
        snap_text_add_string(text, "\n");
    }
    if (summary->verdict) {
        snap_verdict_table(text, job, summary->verdict, width);
        add_culprit(text, job, &summary->verdict->culprit, width);
        add_oracles(text, summary->verdict, width);
        snap_text_add_string(text, "\n");
    }
    add_left(text, summary);
    add_unfired(text, summary);
    snap_unchecked_text(text, summary);
    snap_reasons_text(text, summary, "Why not as expected");
    add_last_lines(text, summary);
}
