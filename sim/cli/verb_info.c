// SPDX-License-Identifier: Apache-2.0
/* verb_info.c: `snapsim info SCENARIO`: parse, validate, print the job graph; run nothing. */
#include "base/json.h"
#include "cli/choice.h"
#include "cli/verbs.h"
#include "operators/operator.h"
#include "view/job_graph.h"
#include "view/plan_text.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    SNAP_CHOICE_OPTIONS,
    {"--dot", NULL, "the job graph for the dot program"},
    {"--json", NULL, "the job graph as Flink's plan in JSON"},
    {NULL, NULL, NULL},
};

/* What is asked, the graph, what is to happen and what is expected, then the names that --variant
 * takes. */
static void print_text(struct snap_text *text, const struct snap_scenario *scenario,
                       const struct snap_built *built)
{
    snap_cli_add_ask(text, scenario);
    snap_job_graph_text(text, built->sim.job);
    snap_timeline_text(text, &built->sim.timeline, snap_terminal_width());
    /* Who is asked does not want to read the answer. */
    if (!snap_scenario_ask(scenario))
        snap_expectation_text(text, &built->expectation, built->sim.job, snap_terminal_width());
    for (uint32_t i = 0; i < snap_scenario_variant_count(scenario); i++)
        snap_text_printf(text, "%s%s",
                         i ? ", " : "\nVariants: ", snap_scenario_variant_name(scenario, i));
    if (snap_scenario_variant_count(scenario))
        snap_text_add_string(text, "\n");
}

/* The plan has the members of Flink's; around it stands what is ours. */
static void print_json(struct snap_text *text, const struct snap_scenario *scenario,
                       const struct snap_built *built)
{
    static const char *const runtimes[] = {"virtual", "threads"};
    const struct snap_simulation *sim = &built->sim;
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_INDENTED);
    snap_json_object_begin(&json, NULL);
    snap_json_string(&json, "scenario", sim->name);
    snap_json_string(&json, "variant", sim->variant);
    snap_json_string(&json, "flink_version",
                     sim->config.version == SNAP_FLINK_1_20 ? "1.20" : "2.3");
    snap_json_array_begin(&json, "runtimes");
    snap_json_inline(&json);
    for (unsigned i = 0; i < 2; i++)
        if (snap_scenario_allows_runtime(scenario, (enum snap_runtime_kind)i))
            snap_json_string(&json, NULL, runtimes[i]);
    snap_json_array_end(&json);
    snap_json_array_begin(&json, "variants");
    snap_json_inline(&json);
    for (uint32_t i = 0; i < snap_scenario_variant_count(scenario); i++)
        snap_json_string(&json, NULL, snap_scenario_variant_name(scenario, i));
    snap_json_array_end(&json);
    snap_job_graph_json(&json, sim->job);
    snap_json_object_end(&json);
    snap_text_add_string(text, "\n");
}

static int print(const struct snap_args *args, const struct snap_scenario *scenario,
                 const struct snap_built *built)
{
    struct snap_text text = {0};
    int code;

    snap_cli_print_notes(built);
    if (snap_args_get(args, "--json"))
        print_json(&text, scenario, built);
    else if (snap_args_get(args, "--dot"))
        snap_job_graph_dot(&text, built->sim.job);
    else
        print_text(&text, scenario, built);
    code = snap_args_get(args, "--json") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    return code;
}

/* Every variant is checked too, unless arguments choose or change what is checked. */
static bool build(const struct snap_scenario *scenario, const struct snap_scenario_choice *choice,
                  struct snap_built *built, struct snap_error *error)
{
    if (!snap_choice_build(scenario, choice, built, error))
        return false;
    return choice->variant || choice->override_count > 0 || snap_scenario_check(scenario, error);
}

static int run(char *const *argv)
{
    struct snap_scenario *scenario = NULL;
    struct snap_built built = {0};
    struct snap_scenario_choice choice;
    struct snap_error error = {0};
    struct snap_args args;
    struct snap_arena arena;
    const char *path = NULL;
    int code;

    snap_arena_init(&arena);
    if (snap_args_parse(options, argv, &arena, &args, &error) &&
        snap_args_exclusive(&args, "--dot", "--json", &error) &&
        snap_choice_read(&args, &arena, &choice, &error))
        path = snap_args_one(&args, "scenario", &error);
    if (path && snap_scenario_read(path, snap_operator_catalogue_get(), &scenario, &error) &&
        build(scenario, &choice, &built, &error))
        code = print(&args, scenario, &built);
    else
        code = snap_cli_fail(&error);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_info = {
    .name = "info",
    .arguments = "SCENARIO",
    .doc = "check a scenario, print its job graph, timeline and expectation; run nothing",
    .options = options,
    .run = run,
};
