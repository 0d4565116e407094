// SPDX-License-Identifier: Apache-2.0
/* verb_help.c: `snapsim help [VERB | TOPIC]`, printed from the tables that the program uses. */
#include <string.h>

#include "cli/verbs.h"
#include "scenario/suggest.h"
#include "model/event.h"
#include "operators/operator.h"
#include "scenario/help.h"
#include "view/units.h"
#include "view/wrap.h"

static const struct snap_option_help options[] = {{NULL, NULL, NULL}};

/* Everything the type declares of one option, on one line. */
static void help_option(struct snap_text *text, const struct snap_option_type *option)
{
    snap_text_printf(text, "    %-15s  %s", option->name, option->doc ? option->doc : "");
    if (option->choices)
        snap_text_printf(text, "; one of %s", option->choices);
    if (option->required)
        snap_text_add_string(text, "; required");
    else if (option->text_default)
        snap_text_printf(text, "; default %s", option->text_default);
    if (option->example)
        snap_text_printf(text, "; such as %s: %s", option->name, option->example);
    snap_text_add_string(text, "\n");
}

static void help_type(struct snap_text *text, const struct snap_operator_type *type)
{
    static const char *const roles[] = {
        [SNAP_ROLE_SOURCE] = "source",
        [SNAP_ROLE_TRANSFORM] = "operator",
        [SNAP_ROLE_SINK] = "sink",
    };

    snap_text_printf(text, "\n  %s (%s%s): %s\n", type->name, roles[type->role],
                     type->keyed ? " with keyed state, its input needs ship: hash" : "",
                     type->doc ? type->doc : "");
    for (uint32_t i = 0; i < type->option_count; i++)
        help_option(text, &type->options[i]);
}

static void help_operators(struct snap_text *text)
{
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();

    snap_text_add_string(text, "Keys of every operator:\n");
    snap_scenario_help_common_keys(text);
    snap_text_add_string(text, "\nTypes and their options:\n");
    for (uint32_t i = 0; i < catalogue->count; i++)
        help_type(text, catalogue->types[i]);
}

static void help_event(struct snap_text *text, const struct snap_event_info *info)
{
    snap_text_printf(text, "  %s\n      %s\n", info->name, info->doc);
    for (uint32_t i = 0; i < info->arg_count; i++)
        snap_text_printf(text, "%s%s", i ? ", " : "      with ", info->args[i].name);
    if (info->arg_count)
        snap_text_add_string(text, "\n");
}

/* Events in words come first: they are what one writes into a scenario. */
static void help_events(struct snap_text *text)
{
    static const struct {
        enum snap_trace_level level;
        const char *heading;
    } levels[] = {
        {SNAP_TRACE_CHECKPOINTS, "at every level"},
        {SNAP_TRACE_BUFFERS, "with `--trace buffers` and `--trace records`"},
        {SNAP_TRACE_RECORDS, "with `--trace records`"},
    };

    snap_scenario_help_sentences(text);
    for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++) {
        snap_text_printf(text, "\nEvents of a trace, %s (docs/TRACE.md has their arguments)\n",
                         levels[l].heading);
        for (unsigned type = 0; type < SNAP_EVENT_COUNT; type++) {
            const struct snap_event_info *info = snap_event_info_get((enum snap_event_type)type);

            if (info->level == levels[l].level)
                help_event(text, info);
        }
    }
}

static void help_oracles(struct snap_text *text)
{
    snap_text_add_string(text, "Properties that every run is watched for:\n");
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        snap_text_printf(text, "  %-10s  %s\n", snap_oracle_name((enum snap_oracle_id)i),
                         snap_oracle_claim((enum snap_oracle_id)i));
}

static const struct {
    const char *name;
    const char *doc;
    void (*print)(struct snap_text *text);
} topics[] = {
    {"operators", "types of operators and their options", help_operators},
    {"actions", "what a timeline can do", snap_scenario_help_actions},
    {"events", "events of a trace, and in words", help_events},
    {"keys", "keys of a scenario, and Flink's settings that act", snap_scenario_help_keys},
    {"expect", "what a verdict may be expected to be", snap_scenario_help_expect},
    {"sabotage", "rules that can be broken on purpose", snap_scenario_help_sabotage},
    {"oracles", "properties that every run is watched for", help_oracles},
};

/* The lists of verbs and topics. */
static void help_all(struct snap_text *text)
{
    snap_text_add_string(text, "usage: snapsim VERB ...\n\n");
    for (const struct snap_verb *verb = snap_verbs(); verb->name; verb++)
        snap_text_printf(text, "  %-13s  %s\n", verb->name, verb->doc);
    snap_text_add_string(text, "\n`snapsim help VERB` has the options of a verb; more topics:\n\n");
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
        snap_text_printf(text, "  %-13s  %s\n", topics[i].name, topics[i].doc);
}

/* Verbs and topics share one name space; a verb wins. */
static bool help_topic(struct snap_text *text, const char *name)
{
    for (const struct snap_verb *verb = snap_verbs(); verb->name; verb++) {
        if (strcmp(verb->name, name) != 0)
            continue;
        snap_text_printf(text, "usage: snapsim %s %s\n\n%s\n", verb->name, verb->arguments,
                         verb->doc);
        if (verb->options->name)
            snap_text_add_string(text, "\n");
        snap_args_help(text, verb->options);
        if (verb->more)
            snap_text_printf(text, "\n%s\n", verb->more);
        return true;
    }
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        if (strcmp(topics[i].name, name) != 0)
            continue;
        topics[i].print(text);
        return true;
    }
    return false;
}

static bool fail_topic(const char *name, struct snap_error *error)
{
    struct snap_suggestion suggestion = {.wanted = name};

    for (const struct snap_verb *verb = snap_verbs(); verb->name; verb++)
        snap_suggestion_try(&suggestion, verb->name);
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
        snap_suggestion_try(&suggestion, topics[i].name);
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "there is no help on \"%s\";%s%s%s `snapsim help` lists verbs and topics",
                          name, suggestion.best ? " did you mean \"" : "",
                          suggestion.best ? suggestion.best : "", suggestion.best ? "\"?" : "");
}

static int run(char *const *argv)
{
    struct snap_arena arena;
    struct snap_args args;
    struct snap_error error = {0};
    struct snap_text text = {0};
    struct snap_text wrapped = {0};
    int code;

    snap_arena_init(&arena);
    if (snap_args_parse(options, argv, &arena, &args, &error)) {
        if (args.count == 0)
            help_all(&text);
        else if (args.count > 1)
            snap_error_set(&error, SNAP_ERROR_USAGE, "help takes one verb or topic");
        else if (!help_topic(&text, args.items[0].text))
            fail_topic(args.items[0].text, &error);
    }
    snap_wrap_text(&wrapped, snap_text_get(&text), snap_terminal_text_width());
    code = error.code == SNAP_OK ? snap_cli_show(&wrapped) : snap_cli_fail(&error);
    snap_text_fini(&wrapped);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_help = {
    .name = "help",
    .arguments = "[VERB | operators | actions | events | keys | expect | sabotage | oracles]",
    .doc = "explain a verb or a topic",
    .options = options,
    .run = run,
};
