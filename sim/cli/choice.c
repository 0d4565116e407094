// SPDX-License-Identifier: Apache-2.0
#include "cli/choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The whole text must be a number: strtoull alone would take "7 up" for 7. */
static bool read_seed(const char *text, struct snap_scenario_choice *choice,
                      struct snap_error *error)
{
    char *end;

    errno = 0;
    choice->seed = strtoull(text, &end, 10);
    choice->seed_given = true;
    if (*end || end == text || errno || choice->seed > INT64_MAX || !strchr("0123456789", text[0]))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--seed needs a number from 0 to %lld, found \"%s\"",
                              (long long)INT64_MAX, text);
    return true;
}

/* Cuts KEY=VALUE. */
static bool read_override(const struct snap_arg *arg, struct snap_arena *arena,
                          struct snap_scenario_override *override, struct snap_error *error)
{
    const char *equals = strchr(arg->text, '=');

    override->argument = arg->written;
    if (strcmp(arg->option->name, "-p") == 0) {
        override->kind = SNAP_OVERRIDE_CONFIG;
        override->key = "parallelism.default";
        override->value = arg->text;
        return true;
    }
    if (!equals || equals == arg->text)
        return snap_error_set(error, SNAP_ERROR_USAGE, "%s needs %s, found \"%s\"",
                              arg->option->name, arg->option->value, arg->text);
    override->kind =
        strcmp(arg->option->name, "-D") == 0 ? SNAP_OVERRIDE_CONFIG : SNAP_OVERRIDE_SET;
    override->key = snap_arena_strndup(arena, arg->text, (size_t)(equals - arg->text));
    override->value = equals + 1;
    return true;
}

/* -p is one too: Flink has it as another way to write parallelism.default. */
static bool is_override(const struct snap_arg *arg)
{
    return arg->option &&
           (strcmp(arg->option->name, "-D") == 0 || strcmp(arg->option->name, "--set") == 0 ||
            strcmp(arg->option->name, "-p") == 0);
}

bool snap_choice_read(const struct snap_args *args, struct snap_arena *arena,
                      struct snap_scenario_choice *choice, struct snap_error *error)
{
    struct snap_scenario_override *overrides =
        SNAP_ARENA_ARRAY(arena, struct snap_scenario_override, args->count);
    const char *seed = snap_args_get(args, "--seed");

    *choice = (struct snap_scenario_choice){.overrides = overrides};
    choice->variant = snap_args_get(args, "--variant");
    if (seed && !read_seed(seed, choice, error))
        return false;
    for (uint32_t i = 0; i < args->count; i++)
        if (is_override(&args->items[i]) &&
            !read_override(&args->items[i], arena, &overrides[choice->override_count++], error))
            return false;
    return true;
}

static bool can_build(const struct snap_scenario *scenario, struct snap_scenario_choice choice,
                      const char *variant)
{
    struct snap_error error = {0};
    struct snap_built built;
    bool can;

    choice.variant = variant;
    can = snap_scenario_build(scenario, &choice, &built, &error);
    snap_built_fini(&built);
    return can;
}

enum { LISTED_MAX = 5 };

/* Lists the variants that can be built, of many the first; returns whether there are any. */
static bool list_variants(const struct snap_scenario *scenario,
                          const struct snap_scenario_choice *choice, struct snap_text *list)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < snap_scenario_variant_count(scenario); i++) {
        const char *name = snap_scenario_variant_name(scenario, i);

        if (can_build(scenario, *choice, name) && found++ < LISTED_MAX)
            snap_text_printf(list, "%s%s", list->length ? ", " : "", name);
    }
    if (found > LISTED_MAX)
        snap_text_printf(list, " and %u more", found - LISTED_MAX);
    return found > 0;
}

bool snap_choice_build(const struct snap_scenario *scenario,
                       const struct snap_scenario_choice *choice, struct snap_built *built,
                       struct snap_error *error)
{
    struct snap_error plain = {0};
    struct snap_text variants = {0};

    if (snap_scenario_build(scenario, choice, built, &plain))
        return true;
    snap_error_place(error, plain.file, plain.line, plain.column);
    if (!choice->variant && list_variants(scenario, choice, &variants))
        snap_error_set(error, plain.code,
                       "%s; with a variant it can be built: give --variant NAME (%s), or compare "
                       "them with `snapsim compare`",
                       plain.message, snap_text_get(&variants));
    else
        snap_error_set(error, plain.code, "%s", plain.message);
    snap_text_fini(&variants);
    return false;
}
