// SPDX-License-Identifier: Apache-2.0
/* The variants of one scenario beside each other. */
#include "model/names.h"
#include "trace/percentile.h"
#include "view/console.h"
#include "view/table.h"
#include "view/total_text.h"
#include "view/units.h"
#include "view/wrap.h"

/* Places of the columns that can tell runs apart. */
enum { RUNTIME = 1, SEED, RESTARTS = 11, JOB = 13, EXPECTED };

static const char *median_duration(const struct snap_statistics *statistics,
                                   struct snap_arena *arena)
{
    int64_t *numbers = SNAP_ARENA_ARRAY(arena, int64_t, statistics->checkpoint_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        if (statistics->checkpoints[i]->status == SNAP_CHECKPOINT_COMPLETED)
            numbers[count++] = statistics->checkpoints[i]->duration_ns;
    if (count == 0)
        return "-";
    return snap_duration_name((snap_ns)snap_distribution_of(numbers, count).percentiles[0], arena);
}

static void add_count(struct snap_table *table, int64_t count)
{
    if (count == SNAP_UNJUDGED)
        snap_table_cell(table, "-");
    else
        snap_table_printf(table, "%lld", (long long)count);
}

static const char *variant_of(const struct snap_summary *run)
{
    return run->simulation->variant ? run->simulation->variant : "(as written)";
}

/* Nothing is known of what it came to. */
static void add_failed(struct snap_table *table)
{
    for (uint32_t column = SEED + 1; column < EXPECTED; column++)
        snap_table_cell(table, "-");
    snap_table_cell(table, "ERROR");
}

static void add_run(struct snap_table *table, const struct snap_summary *run)
{
    const struct snap_statistics *statistics = run->statistics;

    snap_table_cell(table, variant_of(run));
    snap_table_cell(table, snap_runtime_kind_name(run->runtime));
    snap_table_printf(table, "%llu", (unsigned long long)run->simulation->seed);
    if (run->failure) {
        add_failed(table);
        return;
    }
    snap_total_cells(table, run->verdict);
    snap_table_printf(table, "%u (%u)", statistics->completed_count, statistics->failed_count);
    snap_table_cell(table, median_duration(statistics, &table->arena));
    snap_table_printf(table, "%u", statistics->restart_count);
    snap_table_cell(table, snap_instant_name(statistics->end_ns, &table->arena));
    snap_table_cell(table, snap_job_status_name(statistics->job_status));
    snap_table_cell(table, run->interrupted ? "-" : run->expectation_met ? "yes" : "NO");
}

/* What tells the runs apart must not be left out of a narrow table. */
static void keep_differences(struct snap_table_column *columns, const struct snap_summary *runs,
                             uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (runs[i].runtime != runs[0].runtime)
            columns[RUNTIME].priority = 0;
        if (runs[i].simulation->seed != runs[0].simulation->seed)
            columns[SEED].priority = 0;
        if (runs[i].failure || runs[0].failure)
            continue;
        if (runs[i].statistics->restart_count != runs[0].statistics->restart_count)
            columns[RESTARTS].priority = 1;
        if (runs[i].statistics->job_status != runs[0].statistics->job_status)
            columns[JOB].priority = 0;
    }
}

static bool starts_again(const struct snap_summary *runs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (runs[i].earlier_count > 0)
            return true;
    return false;
}

static bool has_least(const struct snap_summary *runs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (snap_total_has_least(runs[i].verdict))
            return true;
    return false;
}

void snap_compare_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                        uint32_t width)
{
    struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},
        [RUNTIME] = {"Runtime", SNAP_TABLE_LEFT, 10},
        [SEED] = {"Seed", SNAP_TABLE_RIGHT, 11},
        {"Lost", SNAP_TABLE_RIGHT, 0},
        {"Dupli- cated", SNAP_TABLE_RIGHT, 0},
        {"Out of Order", SNAP_TABLE_RIGHT, 0},
        {"Wrong State", SNAP_TABLE_RIGHT, 0},
        {"Uncom- mitted", SNAP_TABLE_RIGHT, 0},
        {"Pending", SNAP_TABLE_RIGHT, 4},
        {"Check- points (failed)", SNAP_TABLE_RIGHT, 3},
        {"Median End to End Duration", SNAP_TABLE_RIGHT, 2},
        [RESTARTS] = {"Restarts", SNAP_TABLE_RIGHT, 7},
        {"Elapsed", SNAP_TABLE_RIGHT, 9},
        [JOB] = {"Job", SNAP_TABLE_LEFT, 8},
        [EXPECTED] = {"As Ex- pected", SNAP_TABLE_LEFT, 0},
    };
    struct snap_table table;

    keep_differences(columns, runs, count);
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    table.omits_blank = true;
    for (uint32_t i = 0; i < count; i++)
        add_run(&table, &runs[i]);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    if (has_least(runs, count))
        snap_text_add_string(text, SNAP_TOTAL_LEAST_NOTE);
    if (starts_again(runs, count))
        snap_wrap_text(text,
                       "Of a job that starts again, checkpoints, restarts and durations are those "
                       "of its last execution; verdicts and the elapsed time are those of all of "
                       "them.\n",
                       width);
}

bool snap_compare_has_several_judgements(const struct snap_summary *runs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (runs[i].verdict && runs[i].verdict->judgement_count > 1)
            return true;
    return false;
}

/* The name of a run stands in its first row only. */
static void add_judgements(struct snap_table *table, const struct snap_summary *run)
{
    uint32_t rows = 0;

    for (uint32_t i = 0; i < run->verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &run->verdict->judgements[i];
        bool is_state = judgement->kind == SNAP_JUDGED_STATE;

        if (judgement->is_unread)
            continue;
        snap_table_cell(table, rows ? "" : variant_of(run));
        snap_table_cell(table, rows ? "" : snap_runtime_kind_name(run->runtime));
        rows++;
        snap_table_cell(table, snap_judged_operator(judgement, run->statistics->job)->uid);
        snap_table_cell(table, is_state ? "state" : "sink");
        add_count(table, judgement->counters[SNAP_COUNTER_LOST]);
        add_count(table, judgement->counters[SNAP_COUNTER_DUPLICATED]);
        add_count(table, judgement->counters[SNAP_COUNTER_WRONG_STATE]);
        add_count(table, judgement->counters[SNAP_COUNTER_UNCOMMITTED]);
        add_count(table, judgement->counters[SNAP_COUNTER_PENDING]);
        add_count(table, judgement->processed);
        add_count(table, judgement->affected);
    }
}

void snap_compare_judgements_table(struct snap_text *text, const struct snap_summary *runs,
                                   uint32_t count, uint32_t width)
{
    struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},       [RUNTIME] = {"Runtime", SNAP_TABLE_LEFT, 5},
        {"State or Sink", SNAP_TABLE_LEFT, 0}, {"Kind", SNAP_TABLE_LEFT, 1},
        {"Lost", SNAP_TABLE_RIGHT, 0},         {"Dupli- cated", SNAP_TABLE_RIGHT, 0},
        {"Wrong State", SNAP_TABLE_RIGHT, 0},  {"Uncom- mitted", SNAP_TABLE_RIGHT, 2},
        {"Pending", SNAP_TABLE_RIGHT, 2},      {"Processed", SNAP_TABLE_RIGHT, 4},
        {"Affected", SNAP_TABLE_RIGHT, 1},
    };
    struct snap_table table;

    if (!snap_compare_has_several_judgements(runs, count))
        return;
    for (uint32_t i = 0; i < count; i++)
        if (runs[i].runtime != runs[0].runtime)
            columns[RUNTIME].priority = 0;
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    table.omits_blank = true;
    for (uint32_t i = 0; i < count; i++)
        if (runs[i].verdict)
            add_judgements(&table, &runs[i]);
    snap_text_add_string(text, "\nEach state and sink\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}
