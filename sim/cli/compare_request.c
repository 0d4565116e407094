// SPDX-License-Identifier: Apache-2.0
#include "cli/compare_request.h"

#include <stdlib.h>
#include <string.h>

#include "cli/choice.h"
#include "cli/execution.h"
#include "cli/out_dir.h"
#include "cli/run_options.h"
#include "operators/operator.h"

enum { SEEDS_MAX = 1000 };

const struct snap_option_help snap_compare_options[] = {
    {"--variants", "A,B,...", "the variants to compare; default: all of the scenario"},
    {"--seeds", "N", "run each with N seeds, counted up from the scenario's; default: 1"},
    {"--runtime", "virtual,threads", "the runtimes to compare; default: virtual"},
    SNAP_OVERRIDE_OPTIONS,
    {"--seed", "N", "the first seed, instead of the scenario's"},
    SNAP_RUN_OPTIONS,
    {"--csv", NULL, "print a line of comma-separated values a run"},
    {NULL, NULL, NULL},
};

/* Calls `item` for each part of the option's list with commas. An empty part is refused: it is more
 * often a variable of the shell that is not set than meant. */
static bool each_part(const char *option, struct snap_compare_request *request,
                      bool (*item)(struct snap_compare_request *, const char *,
                                   struct snap_error *),
                      struct snap_error *error)
{
    const char *list = snap_args_get(&request->args, option);

    for (;;) {
        size_t length = strcspn(list, ",");

        if (length == 0)
            return snap_error_set(error, SNAP_ERROR_USAGE, "%s has an empty name in its list",
                                  option);
        if (!item(request, snap_arena_strndup(&request->arena, list, length), error))
            return false;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}

static bool add_variant(struct snap_compare_request *request, const char *name,
                        struct snap_error *error)
{
    if (name && (strcmp(name, "figures") == 0 || strcmp(name, "compare.json") == 0))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the variant \"%s\" has the name of what a comparison writes itself "
                              "beside its variants' folders; give the variant another name",
                              name);
    for (uint32_t i = 0; name && i < request->variant_count; i++)
        if (strcmp(request->variants[i], name) == 0)
            return snap_error_set(error, SNAP_ERROR_USAGE, "--variants names %s twice", name);
    if (request->variant_count == SNAP_COMPARE_VARIANTS_MAX)
        return snap_error_set(error, SNAP_ERROR_USAGE, "more than %d variants",
                              SNAP_COMPARE_VARIANTS_MAX);
    request->variants[request->variant_count++] = name;
    return true;
}

static bool add_runtime(struct snap_compare_request *request, const char *name,
                        struct snap_error *error)
{
    enum snap_runtime_kind runtime;

    if (!snap_runtime_parse(name, &runtime, error) ||
        !snap_runtime_check(request->scenario, runtime, error))
        return false;
    for (uint32_t i = 0; i < request->runtime_count; i++)
        if (request->runtimes[i] == runtime)
            return snap_error_set(error, SNAP_ERROR_USAGE, "--runtime names %s twice", name);
    request->runtimes[request->runtime_count++] = runtime;
    return true;
}

static bool read_seeds(struct snap_compare_request *request, struct snap_error *error)
{
    const char *text = snap_args_get(&request->args, "--seeds");
    char *end;
    long count = 1;

    if (text) {
        count = strtol(text, &end, 10);
        if (*end || end == text || count < 1 || count > SEEDS_MAX)
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "--seeds needs a number from 1 to %d, found \"%s\"", SEEDS_MAX,
                                  text);
    }
    request->seed_count = (uint32_t)count;
    return true;
}

static bool read_lists(struct snap_compare_request *request, struct snap_error *error)
{
    bool variants = snap_args_get(&request->args, "--variants") != NULL;
    bool runtimes = snap_args_get(&request->args, "--runtime") != NULL;
    uint32_t known = snap_scenario_variant_count(request->scenario);

    if (variants && !each_part("--variants", request, add_variant, error))
        return false;
    for (uint32_t i = 0; !variants && i < known; i++)
        if (!add_variant(request, snap_scenario_variant_name(request->scenario, i), error))
            return false;
    if (request->variant_count == 0)
        add_variant(request, NULL, error);
    if (runtimes)
        return each_part("--runtime", request, add_runtime, error);
    return add_runtime(request, "virtual", error);
}

bool snap_compare_request_read(char *const *argv, struct snap_compare_request *request,
                               struct snap_error *error)
{
    const char *out;

    if (!snap_args_parse(snap_compare_options, argv, &request->arena, &request->args, error) ||
        !snap_args_exclusive(&request->args, "--json", "--csv", error) ||
        !snap_choice_read(&request->args, &request->arena, &request->choice, error) ||
        !snap_trace_level_read(&request->args, &request->level, error) ||
        !snap_warm_up_read(&request->args, &request->warm_up_ns, error) ||
        !read_seeds(request, error))
        return false;
    request->path = snap_args_one(&request->args, "scenario", error);
    if (!request->path ||
        !snap_scenario_read(request->path, snap_operator_catalogue_get(), &request->scenario,
                            error) ||
        !read_lists(request, error))
        return false;
    out = snap_args_get(&request->args, "--out");
    request->directory =
        out ? out : snap_out_dir_default(snap_scenario_name(request->scenario), &request->arena);
    return true;
}

void snap_compare_request_fini(struct snap_compare_request *request)
{
    snap_scenario_destroy(request->scenario);
    snap_arena_fini(&request->arena);
}
