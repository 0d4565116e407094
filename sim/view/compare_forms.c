// SPDX-License-Identifier: Apache-2.0
/* Closed forms of checkpoints beside what the runs of a comparison took. */
#include <math.h>

#include "view/compare_forms.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

static const char *time_name(double ns, struct snap_arena *arena)
{
    return isnan(ns) ? "-" : snap_duration_name((snap_ns)llround(ns), arena);
}

static void add_word(struct snap_text *words, bool here, const char *word)
{
    if (here)
        snap_text_printf(words, "%s%s", words->length > 0 ? ", " : "", word);
}

static const char *failing_words(const struct snap_form_limits *limits, struct snap_arena *arena)
{
    struct snap_text words = {0};
    const char *copy;

    add_word(&words, limits->skew, "skew");
    add_word(&words, limits->uneven != SNAP_NO_FACT, "uneven queues");
    add_word(&words, limits->fan_out != SNAP_NO_FACT, "fan-out");
    add_word(&words, limits->windows != SNAP_NO_FACT, "windows");
    add_word(&words, limits->startup, "start-up");
    add_word(&words, limits->filling, "queues filling");
    add_word(&words, limits->at_least_once, "at-least-once");
    add_word(&words, limits->no_output_timer, "no output timer");
    add_word(&words, limits->in_work, "work in progress");
    add_word(&words, limits->storage_faulty, "slow storage");
    add_word(&words, limits->hindered != SNAP_NO_FACT, "a subtask held up");
    add_word(&words, limits->timeout_unknown, "timeout not known");
    add_word(&words, limits->paused, "pauses");
    add_word(&words, limits->no_rates, "rates not known");
    copy = snap_arena_strdup(arena, snap_text_get(&words));
    snap_text_fini(&words);
    return copy;
}

static bool is_any_known(const struct snap_compare_form *forms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!isnan(forms[i].predicted_ns))
            return true;
    return false;
}

void snap_compare_forms_table(struct snap_text *text, const struct snap_compare_form *forms,
                              uint32_t count, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},       {"Closed Form", SNAP_TABLE_RIGHT, 0},
        {"Measured", SNAP_TABLE_RIGHT, 0},     {"Form over Measured", SNAP_TABLE_RIGHT, 0},
        {"Of Completed", SNAP_TABLE_RIGHT, 1}, {"Where Forms Fail", SNAP_TABLE_LEFT, 2},
    };
    struct snap_table table;

    if (!is_any_known(forms, count))
        return;
    snap_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    table.omits_blank = true;
    for (uint32_t i = 0; i < count; i++) {
        snap_table_cell(&table, forms[i].name);
        snap_table_cell(&table, time_name(forms[i].predicted_ns, &table.arena));
        snap_table_cell(&table, time_name(forms[i].measured_ns, &table.arena));
        if (isnan(forms[i].ratio))
            snap_table_cell(&table, "-");
        else
            snap_table_printf(&table, "%.2f", forms[i].ratio);
        snap_table_printf(&table, "%u of %u", forms[i].known, forms[i].completed);
        snap_table_cell(&table, failing_words(&forms[i].limits, &table.arena));
    }
    snap_text_add_string(text, "\n");
    snap_wrap_text(text,
                   "Closed forms (see `explain`), of the first seed's first completed checkpoints "
                   "that have one, ten at most: medians of the forms, of what was measured, and of "
                   "their ratios\n",
                   width);
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
}
