// SPDX-License-Identifier: Apache-2.0
#include "view/total_text.h"

#include "model/total.h"

static bool is_least(const struct snap_verdict *verdict, unsigned counter)
{
    struct snap_total total = snap_verdict_total(verdict, (enum snap_counter)counter);

    return snap_total_is_at_least(&total);
}

void snap_total_cells(struct snap_table *table, const struct snap_verdict *verdict)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        if (!verdict || verdict->counters[c] == SNAP_UNJUDGED)
            snap_table_cell(table, "-");
        else
            snap_table_printf(table, "%s%lld", is_least(verdict, c) ? ">= " : "",
                              (long long)verdict->counters[c]);
    }
}

bool snap_total_has_least(const struct snap_verdict *verdict)
{
    for (unsigned c = 0; verdict && c < SNAP_COUNTER_COUNT; c++)
        if (is_least(verdict, c))
            return true;
    return false;
}

void snap_total_add_least(struct snap_text *text, const struct snap_verdict *verdict)
{
    const char *between = "";

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        if (!is_least(verdict, c))
            continue;
        snap_text_printf(text, "%s%s", between, snap_counter_name((enum snap_counter)c));
        between = " ";
    }
}

void snap_total_json(struct snap_json *json, const struct snap_verdict *verdict)
{
    snap_json_array_begin(json, "at_least");
    snap_json_inline(json);
    for (unsigned c = 0; verdict && c < SNAP_COUNTER_COUNT; c++)
        if (is_least(verdict, c))
            snap_json_string(json, NULL, snap_counter_name((enum snap_counter)c));
    snap_json_array_end(json);
}
