// SPDX-License-Identifier: Apache-2.0
#include "scenario/help.h"

#include <string.h>

#include "model/verdict.h"
#include "scenario/config_read.h"
#include "scenario/config_keys.h"
#include "scenario/document.h"
#include "scenario/model_read.h"
#include "scenario/operator_spec.h"
#include "scenario/sabotage.h"

void snap_scenario_help_common_keys(struct snap_text *text)
{
    for (const struct snap_common_key *key = snap_operator_common_keys(); key->name; key++)
        snap_text_printf(text, "  %-20s  %s; such as %s\n", key->name, key->doc, key->example);
}

/* Defaults are those of 2.3 where it still has the key. */
static void help_settings(struct snap_text *text)
{
    uint32_t count;
    const struct snap_config_key *keys = snap_config_keys(&count);

    for (uint32_t i = 0; i < count; i++) {
        const struct snap_config_declaration *now = &keys[i].versions[SNAP_FLINK_2_3];
        const struct snap_config_declaration *before = &keys[i].versions[SNAP_FLINK_1_20];
        const struct snap_config_declaration *shown = now->declared ? now : before;

        if (!snap_config_key_acts(keys[i].name))
            continue;
        snap_text_printf(text, "  %s: %s%s\n", keys[i].name,
                         shown->text_default ? shown->text_default : "(none)",
                         now->declared ? "" : "    1.20 only");
        if (shown->old_names)
            snap_text_printf(text, "      also written %s\n", shown->old_names);
    }
    snap_text_printf(text, "\nFlink's other %u settings are known and have no effect yet.\n",
                     count - snap_config_acting_count());
}

void snap_scenario_help_keys(struct snap_text *text)
{
    snap_text_add_string(text, "Keys of a scenario:\n");
    for (const struct snap_document_key *key = snap_document_keys(); key->name; key++)
        snap_text_printf(text, "  %-14s  %s; such as %s\n", key->name, key->doc, key->example);
    snap_text_add_string(text, "\nKeys of `model`, with their defaults:\n");
    for (const struct snap_model_key *key = snap_model_keys(); key->name; key++)
        snap_text_printf(text, "  %s: %s    %s\n", key->name, key->text_default, key->doc);
    snap_text_add_string(text, "\nSettings of Flink that act, with their defaults:\n");
    help_settings(text);
}

void snap_scenario_help_sabotage(struct snap_text *text)
{
    snap_text_add_string(text, "Rules that `sabotage` breaks on purpose:\n");
    for (const struct snap_sabotage_name *name = snap_sabotage_names(); name->name; name++)
        snap_text_printf(text, "  %-22s  %s\n", name->name, name->doc);
}

void snap_scenario_help_expect(struct snap_text *text)
{
    snap_text_add_string(text,
                         "Counters, of all or below the uid of a state or sink: a number or a "
                         "comparison, \"> 0\":\n     ");
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        snap_text_printf(text, " %s", snap_counter_name((enum snap_counter)c));
    snap_text_add_string(text, "\n\nNumbers: \"< 200 ms\", \"> 1.5 mb\", \">= 3\", or so many "
                               "times what another variant has, \"> 10 x unaligned\"; a list must "
                               "all be met. Times and sizes of checkpoints are medians of the "
                               "completed ones; of what each subtask has, the largest.\n");
    for (unsigned n = 0; n < SNAP_NUMBER_COUNT; n++) {
        const struct snap_number_info *info = snap_number_info_get((enum snap_number)n);

        snap_text_printf(text, "  %-31s  %s\n", info->name, info->doc);
    }
    snap_text_add_string(text, "\nWhat made the slowest checkpoint slow, as `explain` says:\n"
                               "  explain.cause                   one of");
    for (unsigned i = 0; i < SNAP_SLOW_COUNT; i++)
        snap_text_printf(text, "%s%s", i ? ", " : " ", snap_slow_key((enum snap_slow)i));
    snap_text_add_string(text, "\n  explain.subtask                 uid[i]: who\n\n"
                               "  job                             the final status\n"
                               "  oracles                         those that are to object\n");
}
