// SPDX-License-Identifier: Apache-2.0
/* verb_run.c: `snapsim run SCENARIO`: one run, its report and its files. */
#include <stdio.h>

#include "cli/choice.h"
#include "cli/execution.h"
#include "cli/interrupt.h"
#include "cli/restore_guard.h"
#include "cli/restore_options.h"
#include "cli/run_options.h"
#include "cli/verbs.h"
#include "operators/operator.h"
#include "view/console.h"
#include "view/reasons.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    {"--runtime", "virtual|threads", "on simulated time (default) or on real threads"},
    SNAP_CHOICE_OPTIONS,
    SNAP_RUN_OPTIONS,
    /* Flink's, which must not be taken for -s with "ae". */
    {"-sae", NULL, NULL},
    {"--shutdownOnAttachedExit", NULL, NULL},
    SNAP_RESTORE_OPTIONS,
    {NULL, NULL, NULL},
};

/* What the command line asks for. */
struct request {
    struct snap_args args;
    struct snap_scenario_choice choice;
    enum snap_runtime_kind runtime;
    enum snap_trace_level level;
    snap_ns warm_up_ns;
    const char *path;
    const struct snap_scenario *scenario; /* NULL before it is read */
    struct snap_restored *restored;       /* NULL: it starts from nothing */
};

static bool read_request(char *const *argv, struct snap_arena *arena, struct request *request,
                         struct snap_error *error)
{
    const char *runtime;

    if (!snap_args_parse(options, argv, arena, &request->args, error) ||
        !snap_choice_read(&request->args, arena, &request->choice, error) ||
        !snap_trace_level_read(&request->args, &request->level, error) ||
        !snap_warm_up_read(&request->args, &request->warm_up_ns, error))
        return false;
    request->choice.restored = snap_args_get(&request->args, "-s") != NULL ||
                               snap_args_get(&request->args, "--fromSavepoint") != NULL;
    runtime = snap_args_get(&request->args, "--runtime");
    if (runtime && !snap_runtime_parse(runtime, &request->runtime, error))
        return false;
    request->path = snap_args_one(&request->args, "scenario", error);
    return request->path != NULL;
}

static void tell(const struct snap_reasons *reasons, const char *title)
{
    for (uint32_t i = 0; i < reasons->count; i++)
        snap_cli_tell("%s%s%s", i == 0 ? title : "; ", reasons->texts[i],
                      i + 1 == reasons->count ? "\n" : "");
}

/* Without the report people would have to look for the reason in the files. */
static void tell_reasons(const struct snap_summary *summary)
{
    struct snap_arena arena;
    struct snap_reasons reasons;

    snap_arena_init(&arena);
    reasons = snap_unchecked_of(summary, &arena);
    tell(&reasons, "snapsim: note: expected, but cannot be judged: ");
    reasons = snap_reasons_of(summary, &arena);
    tell(&reasons, "snapsim: not as expected: ");
    snap_arena_fini(&arena);
}

/* Neither programs nor people who want it short are asked. */
static bool is_for_learning(const struct snap_args *args)
{
    return !snap_args_get(args, "--json") && !snap_args_get(args, "--quiet");
}

/* Who runs what was made to be compared should know. */
static void tell_variants(const struct request *request, const struct snap_scenario *scenario)
{
    uint32_t count = snap_scenario_variant_count(scenario);

    if (request->choice.variant || count == 0 || !is_for_learning(&request->args))
        return;
    fputs("snapsim: note: this is the job as written, without any of its variants: ", stderr);
    for (uint32_t i = 0; i < count; i++)
        snap_cli_tell("%s%s", i ? ", " : "", snap_scenario_variant_name(scenario, i));
    fputs("; `--variant NAME` takes one, `snapsim compare` shows them all\n", stderr);
}

static bool build(const struct request *request, const struct snap_scenario *scenario,
                  struct snap_built *built, struct snap_error *error)
{
    if (!snap_runtime_check(scenario, request->runtime, error) ||
        !snap_choice_build(scenario, &request->choice, built, error))
        return false;
    tell_variants(request, scenario);
    return true;
}

static int report(const struct request *request, const struct snap_execution *execution)
{
    struct snap_text text = {0};
    uint32_t width = snap_terminal_width();
    int code;

    if (snap_args_get(&request->args, "--json"))
        snap_summary_text(&text, &execution->summary);
    else if (snap_args_get(&request->args, "--quiet"))
        snap_verdict_table(&text, execution->statistics.job, &execution->verdict, width);
    else
        snap_run_report(&text, &execution->summary, width);
    if (is_for_learning(&request->args))
        snap_cli_add_answer(&text, request->scenario);
    code = snap_args_get(&request->args, "--json") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    if (snap_args_get(&request->args, "--quiet"))
        tell_reasons(&execution->summary);
    snap_execution_tell_interruption(execution);
    /* A terminal that closed takes no report, and that is known. */
    return code && !execution->summary.interrupted ? code : snap_execution_exit_code(execution);
}

/* What had run is told as ever; the code is that of what was in the way. */
static int report_halted(const struct request *request, const struct snap_execution *execution,
                         const struct snap_error *error)
{
    report(request, execution);
    fflush(stdout);
    /* In short, the reasons have just been told there. */
    return snap_args_get(&request->args, "--quiet") ? snap_error_exit_code(error)
                                                    : snap_cli_fail(error);
}

static int perform(const struct request *request, const struct snap_built *built,
                   const char *directory)
{
    struct snap_execution_options what = {.built = built,
                                          .runtime = request->runtime,
                                          .level = request->level,
                                          .directory = directory,
                                          .restored = request->restored,
                                          .has_progress = !snap_args_get(&request->args, "--quiet"),
                                          .warm_up_ns = request->warm_up_ns};
    const enum snap_out_dir_rule rule = snap_out_dir_rule_of(&request->args);
    struct snap_execution execution = {.result = {.status = SNAP_JOB_CREATED}};
    struct snap_error error = {0};
    int code;

    if (rule == SNAP_OUT_DIR_OVERWRITE &&
        !snap_restore_guard_check(request->restored, directory, &error))
        return snap_cli_fail(&error);
    if (!snap_out_dir_prepare(directory, rule, &error))
        return snap_cli_fail(&error);
    snap_cli_print_notes(built);
    if (is_for_learning(&request->args))
        snap_cli_print_ask(request->scenario);
    snap_interrupts_note();
    if (snap_execution_perform(&execution, &what, &error))
        code = report(request, &execution);
    else if (execution.summary.halted && error.code == SNAP_ERROR_RESTORE)
        code = report_halted(request, &execution, &error);
    else
        code = snap_cli_fail(&error);
    snap_execution_fini(&execution);
    return code;
}

static int run(char *const *argv)
{
    struct request request = {.runtime = SNAP_RUNTIME_VIRTUAL};
    struct snap_scenario *scenario = NULL;
    struct snap_built built = {0};
    struct snap_error error = {0};
    struct snap_arena arena;
    int code;

    snap_arena_init(&arena);
    if (read_request(argv, &arena, &request, &error) &&
        snap_scenario_read(request.path, snap_operator_catalogue_get(), &scenario, &error) &&
        build(&request, scenario, &built, &error) &&
        snap_restore_read(&request.args, &built.sim, &arena, &request.restored, &error)) {
        const char *out = snap_args_get(&request.args, "--out");

        request.scenario = scenario;
        code = perform(&request, &built, out ? out : snap_out_dir_default(built.sim.name, &arena));
    } else {
        code = snap_cli_fail(&error);
    }
    snap_restored_close(request.restored);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_run = {
    .name = "run",
    .arguments = "SCENARIO",
    .doc = "run a scenario, print what happened and judge it",
    .options = options,
    .run = run,
};
