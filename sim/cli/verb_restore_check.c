// SPDX-License-Identifier: Apache-2.0
/*
 * verb_restore_check.c: `snapsim restore-check SCENARIO -s SNAPSHOT`: whether the job could start
 * from the snapshot, and what would become of its state. Nothing is run or written.
 */
#include "base/utf8.h"
#include "cli/choice.h"
#include "cli/restore_json.h"
#include "cli/restore_options.h"
#include "cli/restore_report.h"
#include "cli/verbs.h"
#include "operators/operator.h"

static const struct snap_option_help options[] = {
    SNAP_CHOICE_OPTIONS,
    SNAP_RESTORE_OPTIONS,
    {"--json", NULL, "the same as JSON, with all subtasks"},
    {NULL, NULL, NULL},
};

static int report(const struct snap_args *args, const struct snap_restored *restored,
                  const struct snap_simulation *sim, const struct snap_error *refusal)
{
    struct snap_text text = {0};
    int code;

    if (snap_args_get(args, "--json")) {
        snap_restore_json(&text, restored, sim, refusal);
    } else {
        snap_restore_report(&text, restored, sim, refusal);
    }
    code = snap_args_get(args, "--json") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    return code ? code : refusal->code == SNAP_OK ? 0 : snap_error_exit_code(refusal);
}

static int check(const struct snap_args *args, const struct snap_built *built,
                 struct snap_arena *arena)
{
    struct snap_restore_request request;
    struct snap_restored *restored = NULL;
    struct snap_error error = {0};
    int code;

    if (!snap_restore_request_read(args, &built->sim, arena, &request, &error))
        return snap_cli_fail(&error);
    if (!request.place.pointer) {
        snap_error_set(&error, SNAP_ERROR_USAGE, "which snapshot? -s SNAPSHOT");
        return snap_cli_fail(&error);
    }
    restored = snap_restored_check(&built->sim, &request, &error);
    code = restored ? report(args, restored, &built->sim, &error) : snap_cli_fail(&error);
    snap_restored_close(restored);
    return code;
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
        snap_choice_read(&args, &arena, &choice, &error))
        path = snap_args_one(&args, "scenario", &error);
    if (path && snap_scenario_read(path, snap_operator_catalogue_get(), &scenario, &error) &&
        snap_choice_build(scenario, &choice, &built, &error))
        code = check(&args, &built, &arena);
    else
        code = snap_cli_fail(&error);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_restore_check = {
    .name = "restore-check",
    .arguments = "SCENARIO -s SNAPSHOT",
    .doc = "say whether a job could start from a snapshot, and what becomes of its state",
    .options = options,
    .run = run,
};
