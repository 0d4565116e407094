// SPDX-License-Identifier: Apache-2.0
/* What `compare` measures: of one run each side by side, of several seeds their median and range.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "view/console.h"
#include "view/run_groups.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

static const char *value_name(double value, enum snap_measure_unit unit, struct snap_arena *arena)
{
    if (isnan(value))
        return "-";
    switch (unit) {
    case SNAP_UNIT_PER_SECOND:
        return snap_arena_printf(arena, "%s/s", snap_amount_name(value, arena));
    case SNAP_UNIT_MS:
        return snap_duration_name((snap_ns)llround(value * (double)SNAP_MS), arena);
    case SNAP_UNIT_COUNT:
        return snap_amount_name(value, arena);
    case SNAP_UNIT_BYTES:
        return snap_size_name((int64_t)llround(value), arena);
    }
    return "-";
}

static struct snap_range range_of(const struct snap_run_group *group, unsigned measure,
                                  struct snap_arena *arena)
{
    double *values = SNAP_ARENA_ARRAY(arena, double, group->count);

    for (uint32_t i = 0; i < group->count; i++)
        values[i] = group->runs[i]->measures ? group->runs[i]->measures->values[measure] : NAN;
    return snap_range_of(values, group->count);
}

/* One run a group: a row each. */
static void add_single(struct snap_table *table, const struct snap_run_groups *groups)
{
    for (uint32_t g = 0; g < groups->count; g++) {
        snap_table_cell(table, snap_run_group_name(groups, g, &table->arena));
        for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++)
            snap_table_cell(table, value_name(range_of(&groups->items[g], m, &table->arena).median,
                                              snap_measure_info_get((enum snap_measure)m)->unit,
                                              &table->arena));
    }
}

/* Several seeds: a row a measure and group, so that what is compared stands below each other. */
static void add_ranges(struct snap_table *table, const struct snap_run_groups *groups)
{
    for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++) {
        const struct snap_measure_info *info = snap_measure_info_get((enum snap_measure)m);

        for (uint32_t g = 0; g < groups->count; g++) {
            struct snap_range range = range_of(&groups->items[g], m, &table->arena);

            snap_table_cell(table, g == 0 ? snap_title_mended(info->title, &table->arena) : "");
            snap_table_cell(table, snap_run_group_name(groups, g, &table->arena));
            snap_table_cell(table, value_name(range.median, info->unit, &table->arena));
            snap_table_cell(table, value_name(range.min, info->unit, &table->arena));
            snap_table_cell(table, value_name(range.max, info->unit, &table->arena));
            snap_table_printf(table, "%u", range.count);
        }
    }
}

static void add_title(struct snap_text *text, const struct snap_run_groups *groups, uint32_t width)
{
    struct snap_text title = {0};

    snap_text_add_string(&title, "Measures: ");
    if (groups->largest > 1)
        snap_text_printf(&title, "over %u seeds, ", groups->largest);
    snap_text_add_string(&title, "without the warm-up (\"-\": not known)\n");
    snap_wrap_text(text, snap_text_get(&title), width);
    snap_text_fini(&title);
}

void snap_measures_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                         uint32_t width)
{
    static const struct snap_table_column ranges[] = {
        {"Measure", SNAP_TABLE_LEFT, 0}, {"Variant", SNAP_TABLE_LEFT, 0},
        {"Median", SNAP_TABLE_RIGHT, 0}, {"Min", SNAP_TABLE_RIGHT, 0},
        {"Max", SNAP_TABLE_RIGHT, 0},    {"Runs", SNAP_TABLE_RIGHT, 1},
    };
    struct snap_table_column single[1 + SNAP_MEASURE_NUMBER] = {{"Variant", SNAP_TABLE_LEFT, 0}};
    struct snap_run_groups groups;
    struct snap_arena arena;
    struct snap_table table;

    for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++)
        single[m + 1] = (struct snap_table_column){
            snap_measure_info_get((enum snap_measure)m)->title, SNAP_TABLE_RIGHT, m + 1};
    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    add_title(text, &groups, width);
    if (groups.largest > 1)
        snap_table_init(&table, ranges, (uint32_t)(sizeof(ranges) / sizeof(ranges[0])));
    else
        snap_table_init(&table, single, 1 + SNAP_MEASURE_NUMBER);
    table.omits_blank = true;
    if (groups.largest > 1)
        add_ranges(&table, &groups);
    else
        add_single(&table, &groups);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    snap_arena_fini(&arena);
}
