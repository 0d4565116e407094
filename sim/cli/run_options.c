// SPDX-License-Identifier: Apache-2.0
#include "cli/run_options.h"

#include <string.h>

#include "cli/duration.h"
#include "model/names.h"

bool snap_runtime_parse(const char *name, enum snap_runtime_kind *runtime, struct snap_error *error)
{
    const char *names[SNAP_RUNTIME_THREADS + 1];

    for (unsigned i = 0; i <= SNAP_RUNTIME_THREADS; i++) {
        *runtime = (enum snap_runtime_kind)i;
        names[i] = snap_runtime_kind_name(*runtime);
        if (strcmp(names[i], name) == 0)
            return true;
    }
    if (strchr(name, ','))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--runtime %s: one runtime is enough here; `snapsim compare` runs "
                              "several",
                              name);
    return snap_args_fail_choice(
        &(struct snap_choice_words){"runtime", names, SNAP_RUNTIME_THREADS + 1}, name, error);
}

bool snap_runtime_check(const struct snap_scenario *scenario, enum snap_runtime_kind runtime,
                        struct snap_error *error)
{
    if (snap_scenario_allows_runtime(scenario, runtime))
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "the scenario \"%s\" does not run on %s: its `runtimes` names only the "
                          "other one",
                          snap_scenario_name(scenario), snap_runtime_kind_name(runtime));
}

bool snap_trace_level_read(const struct snap_args *args, enum snap_trace_level *level,
                           struct snap_error *error)
{
    static const char *const levels[] = {"off", "checkpoints", "buffers", "records"};
    const char *name = snap_args_get(args, "--trace");

    *level = SNAP_TRACE_CHECKPOINTS;
    if (!name || snap_trace_level_parse(name, level))
        return true;
    return snap_args_fail_choice(&(struct snap_choice_words){"trace level", levels, 4}, name,
                                 error);
}

bool snap_warm_up_read(const struct snap_args *args, snap_ns *warm_up_ns, struct snap_error *error)
{
    const char *text = snap_args_get(args, "--warm-up");

    *warm_up_ns = SNAP_NEVER;
    if (!text || snap_cli_duration("--warm-up", text, warm_up_ns))
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "--warm-up needs a duration such as \"500 ms\", found \"%s\"", text);
}

enum snap_out_dir_rule snap_out_dir_rule_of(const struct snap_args *args)
{
    return snap_args_get(args, "--overwrite") ? SNAP_OUT_DIR_OVERWRITE : SNAP_OUT_DIR_MUST_BE_EMPTY;
}
