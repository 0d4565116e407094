// SPDX-License-Identifier: Apache-2.0
/* The variants of one scenario beside each other. */
#include "model/names.h"
#include "trace/percentile.h"
#include "view/console.h"
#include "view/table.h"
#include "view/units.h"

/* Places of the columns that can tell runs apart. */
enum { RUNTIME = 1, SEED };

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

static void add_counters(struct snap_table *table, const struct snap_verdict *verdict)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        if (!verdict || verdict->counters[c] == SNAP_UNJUDGED)
            snap_table_cell(table, "-");
        else
            snap_table_printf(table, "%lld", (long long)verdict->counters[c]);
    }
}

static void add_run(struct snap_table *table, const struct snap_summary *run)
{
    const struct snap_statistics *statistics = run->statistics;

    snap_table_cell(table, run->simulation->variant ? run->simulation->variant : "(as written)");
    snap_table_cell(table, snap_runtime_kind_name(run->runtime));
    snap_table_printf(table, "%llu", (unsigned long long)run->simulation->seed);
    add_counters(table, run->verdict);
    snap_table_printf(table, "%u (%u)", statistics->completed_count, statistics->failed_count);
    snap_table_cell(table, median_duration(statistics, &table->arena));
    snap_table_printf(table, "%u", statistics->restart_count);
    snap_table_cell(table, snap_instant_name(statistics->end_ns, &table->arena));
    snap_table_cell(table, snap_job_status_name(statistics->job_status));
    snap_table_cell(table, run->expectation_met ? "yes" : "NO");
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
    }
}

void snap_compare_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                        uint32_t width)
{
    struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},
        [RUNTIME] = {"Runtime", SNAP_TABLE_LEFT, 4},
        [SEED] = {"Seed", SNAP_TABLE_RIGHT, 5},
        {"Lost", SNAP_TABLE_RIGHT, 0},
        {"Dupli- cated", SNAP_TABLE_RIGHT, 0},
        {"Out of Order", SNAP_TABLE_RIGHT, 0},
        {"Wrong State", SNAP_TABLE_RIGHT, 0},
        {"Uncom- mitted", SNAP_TABLE_RIGHT, 0},
        {"Pending", SNAP_TABLE_RIGHT, 3},
        {"Check- points (failed)", SNAP_TABLE_RIGHT, 2},
        {"Median End to End Duration", SNAP_TABLE_RIGHT, 1},
        {"Restarts", SNAP_TABLE_RIGHT, 6},
        {"Elapsed", SNAP_TABLE_RIGHT, 8},
        {"Job", SNAP_TABLE_LEFT, 7},
        {"As Ex- pected", SNAP_TABLE_LEFT, 0},
    };
    struct snap_table table;

    keep_differences(columns, runs, count);
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t i = 0; i < count; i++)
        add_run(&table, &runs[i]);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}
