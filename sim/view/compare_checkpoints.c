// SPDX-License-Identifier: Apache-2.0
/* What `compare` tells of the checkpoints of its runs. */
#include <math.h>

#include "view/console.h"
#include "view/run_groups.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

/* Those with a larger priority are left out first of a narrow table. */
static const struct {
    enum snap_number number;
    const char *title;
    uint32_t priority;
} shown[] = {
    {SNAP_NUMBER_COMPLETED, "Com- pleted", 5},
    {SNAP_NUMBER_FAILED, "Failed", 6},
    {SNAP_NUMBER_UNALIGNED, "Un- aligned", 0},
    {SNAP_NUMBER_END_TO_END, "End to End", 0},
    {SNAP_NUMBER_START_DELAY, "Start Delay", 0},
    {SNAP_NUMBER_ALIGNMENT, "Align- ment", 0},
    {SNAP_NUMBER_ASYNC, "Async", 3},
    {SNAP_NUMBER_PROCESSED, "Processed in-flight", 4},
    {SNAP_NUMBER_PERSISTED, "Persisted in-flight", 0},
    {SNAP_NUMBER_IN_FLIGHT, "In Flight", 2},
    {SNAP_NUMBER_APART, "Trigger to Trigger", 1},
};

enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };

static const char *value_name(enum snap_number number, double value, struct snap_arena *arena)
{
    if (isnan(value))
        return "-";
    switch (snap_number_info_get(number)->unit) {
    case SNAP_NUMBER_NS:
        return snap_duration_name((snap_ns)llround(value), arena);
    case SNAP_NUMBER_BYTES:
        return snap_size_name((int64_t)llround(value), arena);
    case SNAP_NUMBER_COUNT_OF:
    case SNAP_NUMBER_PER_SECOND:
    case SNAP_NUMBER_RATIO:
        break;
    }
    return snap_amount_name(value, arena);
}

/* Of several seeds the median. */
static double value_of(const struct snap_run_group *group, enum snap_number number,
                       struct snap_arena *arena)
{
    double *values = SNAP_ARENA_ARRAY(arena, double, group->count);

    for (uint32_t i = 0; i < group->count; i++) {
        const struct snap_verdict *verdict = group->runs[i]->verdict;

        values[i] = verdict && verdict->numbers ? verdict->numbers->values[number] : NAN;
        if (values[i] < 0)
            values[i] = NAN;
    }
    return snap_range_of(values, group->count).median;
}

static bool has_checkpoints(const struct snap_summary *runs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (runs[i].statistics->checkpoint_count > 0)
            return true;
    return false;
}

void snap_compare_checkpoints_table(struct snap_text *text, const struct snap_summary *runs,
                                    uint32_t count, uint32_t width)
{
    struct snap_table_column columns[1 + SHOWN] = {{"Variant", SNAP_TABLE_LEFT, 0}};
    struct snap_run_groups groups;
    struct snap_arena arena;
    struct snap_table table;

    if (!has_checkpoints(runs, count))
        return;
    for (uint32_t i = 0; i < SHOWN; i++)
        columns[i + 1] =
            (struct snap_table_column){shown[i].title, SNAP_TABLE_RIGHT, shown[i].priority};
    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    snap_table_init(&table, columns, 1 + SHOWN);
    table.omits_blank = true;
    for (uint32_t g = 0; g < groups.count; g++) {
        snap_table_cell(&table, snap_run_group_name(&groups, g, &table.arena));
        for (uint32_t i = 0; i < SHOWN; i++)
            snap_table_cell(&table,
                            value_name(shown[i].number,
                                       value_of(&groups.items[g], shown[i].number, &table.arena),
                                       &table.arena));
    }
    snap_wrap_text(text,
                   "Checkpoints: medians of completed ones; of what each subtask has, "
                   "the largest\n",
                   width);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    snap_arena_fini(&arena);
}
