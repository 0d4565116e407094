// SPDX-License-Identifier: Apache-2.0
/* verb_compare.c: `snapsim compare SCENARIO`: variants, runtimes and seeds beside each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/whole_file.h"
#include "cli/choice.h"
#include "cli/compare_csv.h"
#include "cli/execution.h"
#include "cli/explained.h"
#include "cli/interrupt.h"
#include "cli/run_options.h"
#include "cli/verbs.h"
#include "model/names.h"
#include "operators/operator.h"
#include "view/compare_json.h"
#include "view/console.h"
#include "view/figure_set.h"
#include "view/run_groups.h"
#include "view/units.h"

enum { SEEDS_MAX = 1000, VARIANTS_MAX = 256 };

static const struct snap_option_help options[] = {
    {"--variants", "A,B,...", "the variants to compare; default: all of the scenario"},
    {"--seeds", "N", "run each with N seeds, counted up from the scenario's; default: 1"},
    {"--runtime", "virtual,threads", "the runtimes to compare; default: virtual"},
    SNAP_OVERRIDE_OPTIONS,
    {"--seed", "N", "the first seed, instead of the scenario's"},
    SNAP_RUN_OPTIONS,
    {"--csv", NULL, "print a line of comma-separated values a run"},
    {NULL, NULL, NULL},
};

/* What the command line asks for, and the scenario it asks it of. */
struct request {
    struct snap_arena arena;
    struct snap_args args;
    struct snap_scenario *scenario;
    const char *path;
    struct snap_scenario_choice choice;
    const char *variants[VARIANTS_MAX]; /* NULL: the scenario without overrides */
    uint32_t variant_count;
    enum snap_runtime_kind runtimes[2];
    uint32_t runtime_count;
    uint32_t seed_count;
    enum snap_trace_level level;
    snap_ns warm_up_ns;
    const char *directory;
    struct snap_compare_form *forms; /* of the runs with the first seed; arena */
    uint32_t form_count;
};

/* One run of the comparison. */
struct entry {
    struct snap_built built;
    struct snap_execution execution;
};

/* Calls `item` for each part of the option's list with commas. An empty part is refused: it is more
 * often a variable of the shell that is not set than meant. */
static bool each_part(const char *option, struct request *request,
                      bool (*item)(struct request *, const char *, struct snap_error *),
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

static bool add_variant(struct request *request, const char *name, struct snap_error *error)
{
    if (name && (strcmp(name, "figures") == 0 || strcmp(name, "compare.json") == 0))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the variant \"%s\" has the name of what a comparison writes itself "
                              "beside its variants' folders; give the variant another name",
                              name);
    for (uint32_t i = 0; name && i < request->variant_count; i++)
        if (strcmp(request->variants[i], name) == 0)
            return snap_error_set(error, SNAP_ERROR_USAGE, "--variants names %s twice", name);
    if (request->variant_count == VARIANTS_MAX)
        return snap_error_set(error, SNAP_ERROR_USAGE, "more than %d variants", VARIANTS_MAX);
    request->variants[request->variant_count++] = name;
    return true;
}

static bool add_runtime(struct request *request, const char *name, struct snap_error *error)
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

static bool read_seeds(struct request *request, struct snap_error *error)
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

static bool read_lists(struct request *request, struct snap_error *error)
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

static bool read_request(char *const *argv, struct request *request, struct snap_error *error)
{
    const char *out;

    if (!snap_args_parse(options, argv, &request->arena, &request->args, error) ||
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

/* Seeds count up within a runtime, runtimes within a variant. */
static enum snap_runtime_kind runtime_of(const struct request *request, uint32_t index)
{
    return request->runtimes[index / request->seed_count % request->runtime_count];
}

/* DIR/VARIANT, with /RUNTIME and /seed-N where there are several of them. */
static const char *entry_directory(struct request *request, uint32_t index,
                                   const struct snap_simulation *sim)
{
    const char *path = snap_arena_printf(&request->arena, "%s/%s", request->directory,
                                         sim->variant ? sim->variant : "as-written");

    if (request->runtime_count > 1)
        path = snap_arena_printf(&request->arena, "%s/%s", path,
                                 snap_runtime_kind_name(runtime_of(request, index)));
    if (request->seed_count > 1)
        path =
            snap_arena_printf(&request->arena, "%s/seed-%llu", path, (unsigned long long)sim->seed);
    return path;
}

/* Builds the entry; its seed counts on from that of the first. */
static bool build_entry(struct request *request, uint32_t index, struct entry *entry,
                        struct snap_error *error)
{
    struct snap_scenario_choice choice = request->choice;

    choice.variant = request->variants[index / (request->seed_count * request->runtime_count)];
    if (!snap_scenario_build(request->scenario, &choice, &entry->built, error))
        return false;
    entry->built.sim.seed += index % request->seed_count;
    return true;
}

/* Which of several runs cannot go on. */
static void name_run(struct snap_error *error, const struct snap_simulation *sim,
                     enum snap_runtime_kind runtime)
{
    struct snap_error named = {0};

    snap_error_place(&named, error->file, error->line, error->column);
    snap_error_set(&named, error->code, "%s, %s, seed %llu: %s",
                   sim->variant ? sim->variant : "(as written)", snap_runtime_kind_name(runtime),
                   (unsigned long long)sim->seed, error->message);
    *error = named;
}

static bool run_entry(struct request *request, uint32_t index, struct entry *entry,
                      struct snap_error *error)
{
    struct snap_execution_options what = {
        .built = &entry->built,
        .runtime = runtime_of(request, index),
        .level = request->level,
        .directory = entry_directory(request, index, &entry->built.sim),
        .warm_up_ns = request->warm_up_ns,
    };

    if (!snap_out_dir_prepare(what.directory, SNAP_OUT_DIR_MUST_BE_EMPTY, error))
        return false;
    if (snap_execution_perform(&entry->execution, &what, error))
        return true;
    name_run(error, &entry->built.sim, what.runtime);
    return false;
}

/* All summaries laid beside each other, as `--json` prints and DIR/compare.json keeps them. */
static void add_json(struct snap_text *text, const struct request *request,
                     const struct snap_summary *runs, uint32_t count)
{
    struct snap_text *summaries = snap_heap_zeroed(count, sizeof(*summaries));
    const char **texts = snap_heap_zeroed(count, sizeof(*texts));
    struct snap_compare_summaries all = {snap_scenario_name(request->scenario), texts, count};

    for (uint32_t i = 0; i < count; i++) {
        snap_summary_text(&summaries[i], &runs[i]);
        texts[i] = snap_text_get(&summaries[i]);
    }
    snap_compare_json_text(text, &all);
    for (uint32_t i = 0; i < count; i++)
        snap_text_fini(&summaries[i]);
    free(texts);
    free(summaries);
}

/* Neither programs nor people who want it short are asked. */
static bool is_for_learning(const struct snap_args *args)
{
    return !snap_args_get(args, "--json") && !snap_args_get(args, "--csv") &&
           !snap_args_get(args, "--quiet");
}

/* The tables, then for each run that is not as expected why. */
static void add_text(struct snap_text *text, const struct request *request,
                     const struct snap_summary *runs, uint32_t count)
{
    uint32_t width = snap_terminal_width();
    struct snap_text title = {0};

    if (request->seed_count > 1)
        snap_seeds_table(text, runs, count, width);
    else
        snap_compare_table(text, runs, count, width);
    if (!snap_args_get(&request->args, "--quiet")) {
        if (request->seed_count == 1)
            snap_compare_judgements_table(text, runs, count, width);
        snap_text_add_string(text, "\n");
        snap_compare_checkpoints_table(text, runs, count, width);
        snap_compare_forms_table(text, request->forms, request->form_count, width);
        snap_text_add_string(text, "\n");
        snap_measures_table(text, runs, count, width);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct snap_simulation *sim = runs[i].simulation;

        snap_text_clear(&title);
        snap_text_printf(&title, "Why not as expected: %s, %s, seed %llu",
                         sim->variant ? sim->variant : "(as written)",
                         snap_runtime_kind_name(runs[i].runtime), (unsigned long long)sim->seed);
        snap_reasons_text(text, &runs[i], snap_text_get(&title));
    }
    snap_text_fini(&title);
    if (is_for_learning(&request->args))
        snap_cli_add_answer(text, request->scenario);
}

static int print_comparison(const struct request *request, const struct snap_text *json,
                            const struct snap_summary *runs, uint32_t count)
{
    struct snap_text text = {0};
    int code;

    if (snap_args_get(&request->args, "--json"))
        return snap_cli_print(json);
    if (snap_args_get(&request->args, "--csv"))
        snap_compare_csv(&text, runs, count);
    else
        add_text(&text, request, runs, count);
    code = snap_cli_print(&text);
    snap_text_fini(&text);
    return code;
}

static bool write_json(struct request *request, const struct snap_text *json,
                       struct snap_error *error)
{
    const char *path = snap_arena_printf(&request->arena, "%s/compare.json", request->directory);

    return snap_whole_file_write(path, json, error);
}

/* The figure is an extra: without gnuplot the comparison stands all the same. */
static void draw_figure(struct request *request, const struct snap_summary *runs, uint32_t count)
{
    struct snap_figure_input *inputs =
        SNAP_ARENA_ARRAY(&request->arena, struct snap_figure_input, count);
    struct snap_figure_runs figure = {inputs, count};
    struct snap_figure_order order = {.directory = request->directory, .png = true, .svg = true};
    struct snap_error error = {0};

    for (uint32_t i = 0; i < count; i++)
        inputs[i] = snap_figure_input_of(&runs[i]);
    if (!snap_figures_of_comparison(&figure, &order, &error))
        fprintf(stderr, "snapsim: note: no figure: %s\n", error.message);
}

/* Runs of the same runtime and seed, one a variant, are compared with each other. */
static bool compare_numbers(struct request *request, struct entry *entries, uint32_t count,
                            struct snap_error *error)
{
    uint32_t step = request->seed_count * request->runtime_count;

    for (uint32_t i = 0; i < count; i++) {
        struct snap_variant_numbers *others =
            SNAP_ARENA_ARRAY(&request->arena, struct snap_variant_numbers, request->variant_count);
        uint32_t other_count = 0;

        for (uint32_t o = i % step; o < count; o += step)
            if (request->variants[o / step])
                others[other_count++] = (struct snap_variant_numbers){
                    request->variants[o / step], &entries[o].execution.numbers};
        if (!snap_execution_compare(&entries[i].execution, others, other_count, error))
            return false;
    }
    return true;
}

/* Predictions beside the runs; programs ask `explain` for them. */
static void explain_forms(struct request *request, struct entry *entries,
                          const struct snap_summary *runs, uint32_t count)
{
    struct snap_run_groups groups = snap_run_groups_of(runs, count, &request->arena);

    if (request->level == SNAP_TRACE_OFF || !is_for_learning(&request->args))
        return;
    request->forms = SNAP_ARENA_ARRAY(&request->arena, struct snap_compare_form, groups.count);
    for (uint32_t g = 0; g < groups.count; g++) {
        const struct snap_execution *first = &entries[groups.items[g].runs[0] - runs].execution;

        request->forms[g] = snap_explained_forms(&first->statistics, first->options.directory);
        request->forms[g].name = snap_run_group_name(&groups, g, &request->arena);
    }
    request->form_count = groups.count;
}

static int report(struct request *request, struct entry *entries, uint32_t count)
{
    struct snap_summary *runs = SNAP_ARENA_ARRAY(&request->arena, struct snap_summary, count);
    struct snap_text json = {0};
    struct snap_error error = {0};
    int code = 0;

    if (!compare_numbers(request, entries, count, &error))
        return snap_cli_fail(&error);
    for (uint32_t i = 0; i < count; i++) {
        int one = snap_execution_exit_code(&entries[i].execution);

        runs[i] = entries[i].execution.summary;
        code = one > code ? one : code;
    }
    add_json(&json, request, runs, count);
    explain_forms(request, entries, runs, count);
    if (print_comparison(request, &json, runs, count) != 0)
        code = 4;
    if (!write_json(request, &json, &error))
        code = snap_cli_fail(&error);
    else
        draw_figure(request, runs, count);
    snap_text_fini(&json);
    return code;
}

/* A line a run, or on a terminal one line that changes. */
static void tell_progress(const struct request *request, const struct entry *entry, uint32_t index,
                          uint32_t count)
{
    bool terminal = isatty(STDERR_FILENO) != 0;

    if (count <= 1 || snap_args_get(&request->args, "--quiet"))
        return;
    fprintf(stderr, "%srun %u of %u: %s, %s, seed %llu%s", terminal ? "\r\033[K" : "", index + 1,
            count, entry->built.sim.variant ? entry->built.sim.variant : "(as written)",
            snap_runtime_kind_name(runtime_of(request, index)),
            (unsigned long long)entry->built.sim.seed, terminal && index + 1 < count ? "" : "\n");
    fflush(stderr);
}

static void tell_interruption(const struct request *request, const struct entry *entries,
                              uint32_t done, uint32_t count)
{
    if (!snap_interrupted())
        return;
    snap_execution_tell_interruption(&entries[done - 1].execution);
    fprintf(stderr, "snapsim: interrupted after %u of %u %s; what they wrote is in %s\n", done,
            count, snap_plural(count, "run", "runs"), request->directory);
}

/* All is built before anything runs: a refusal leaves nothing half-written. */
static int perform(struct request *request, struct entry *entries, uint32_t count)
{
    struct snap_error error = {0};
    uint32_t done = 0;
    int code;

    for (uint32_t i = 0; i < count; i++)
        if (!build_entry(request, i, &entries[i], &error))
            return snap_cli_fail(&error);
    if (!snap_out_dir_prepare(request->directory, snap_out_dir_rule_of(&request->args), &error))
        return snap_cli_fail(&error);
    snap_cli_print_notes(&entries[0].built);
    if (is_for_learning(&request->args))
        snap_cli_print_ask(request->scenario);
    snap_interrupts_note();
    while (done < count) {
        tell_progress(request, &entries[done], done, count);
        if (!run_entry(request, done, &entries[done], &error))
            return snap_cli_fail(&error);
        done++;
        if (snap_interrupted())
            break;
    }
    code = report(request, entries, done);
    tell_interruption(request, entries, done, count);
    return snap_interrupted() ? SNAP_EXIT_INTERRUPTED : code;
}

static int run(char *const *argv)
{
    struct request request = {.path = NULL};
    struct snap_error error = {0};
    struct entry *entries = NULL;
    uint32_t count = 0;
    int code;

    snap_arena_init(&request.arena);
    if (read_request(argv, &request, &error)) {
        count = request.variant_count * request.runtime_count * request.seed_count;
        entries = snap_heap_zeroed(count, sizeof(*entries));
        code = perform(&request, entries, count);
    } else {
        code = snap_cli_fail(&error);
    }
    for (uint32_t i = 0; i < count; i++) {
        snap_execution_fini(&entries[i].execution);
        snap_built_fini(&entries[i].built);
    }
    free(entries);
    snap_scenario_destroy(request.scenario);
    snap_arena_fini(&request.arena);
    return code;
}

const struct snap_verb snap_verb_compare = {
    .name = "compare",
    .arguments = "SCENARIO",
    .doc = "run the variants of a scenario and show them beside each other",
    .options = options,
    .more =
        "Checkpoints: End to End is the median of all that completed, over all seeds. The "
        "figure has their bars, and below them the medians of what was in flight and saved.\n"
        "Closed forms: of the first seed, the first completed checkpoints that have a form, ten "
        "at most. Closed Form and Measured are their medians, Form over Measured is the median "
        "of their ratios and not the ratio of the medians.",
    .run = run,
};
