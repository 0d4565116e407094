// SPDX-License-Identifier: Apache-2.0
/* verb_compare.c: `snapsim compare SCENARIO`: variants, runtimes and seeds beside each other. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/whole_file.h"
#include "cli/compare_csv.h"
#include "cli/compare_notes.h"
#include "cli/compare_request.h"
#include "cli/compare_text.h"
#include "cli/execution.h"
#include "cli/explained.h"
#include "cli/interrupt.h"
#include "cli/run_options.h"
#include "cli/verbs.h"
#include "model/names.h"
#include "view/compare_json.h"
#include "view/figure_set.h"
#include "view/run_groups.h"

/* One run of the comparison. */
struct entry {
    struct snap_built built;
    struct snap_execution execution;
    struct snap_error error; /* why it could not go on; SNAP_OK: it did */
};

/* Seeds count up within a runtime, runtimes within a variant. */
static enum snap_runtime_kind runtime_of(const struct snap_compare_request *request, uint32_t index)
{
    return request->runtimes[index / request->seed_count % request->runtime_count];
}

/* DIR/VARIANT, with /RUNTIME and /seed-N where there are several of them. */
static const char *entry_directory(struct snap_compare_request *request, uint32_t index,
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
static bool build_entry(struct snap_compare_request *request, uint32_t index, struct entry *entry,
                        struct snap_error *error)
{
    struct snap_scenario_choice choice = request->choice;

    choice.variant = request->variants[index / (request->seed_count * request->runtime_count)];
    if (!snap_scenario_build(request->scenario, &choice, &entry->built, error))
        return false;
    entry->built.sim.seed += index % request->seed_count;
    return true;
}

static bool run_entry(struct snap_compare_request *request, uint32_t index, struct entry *entry)
{
    struct snap_execution_options what = {
        .built = &entry->built,
        .runtime = runtime_of(request, index),
        .level = request->level,
        .directory = entry_directory(request, index, &entry->built.sim),
        .warm_up_ns = request->warm_up_ns,
    };

    return snap_out_dir_prepare(what.directory, SNAP_OUT_DIR_MUST_BE_EMPTY, &entry->error) &&
           snap_execution_perform(&entry->execution, &what, &entry->error);
}

/* ---- what they came to ---- */

/* The runs of a comparison, told to people and programs. */
struct outcome {
    struct snap_summary *all; /* in their order, those that could not go on too */
    uint32_t count;
    struct snap_summary *good; /* those that could */
    struct entry **entries;    /* of the good ones */
    uint32_t good_count;
    struct snap_summary *failed;
    uint32_t failed_count;
    bool is_spoilt; /* the last of them could not write its files, and no other run began */
    unsigned asked; /* tables that their expectations are about */
};

static struct outcome outcome_of(struct snap_compare_request *request, struct entry *entries,
                                 uint32_t count)
{
    struct outcome outcome = {
        .all = SNAP_ARENA_ARRAY(&request->arena, struct snap_summary, count),
        .count = count,
        .good = SNAP_ARENA_ARRAY(&request->arena, struct snap_summary, count),
        .entries = SNAP_ARENA_ARRAY(&request->arena, struct entry *, count),
        .failed = SNAP_ARENA_ARRAY(&request->arena, struct snap_summary, count),
    };

    for (uint32_t i = 0; i < count; i++) {
        struct entry *entry = &entries[i];

        outcome.all[i] = entry->execution.summary;
        outcome.asked |= snap_compare_tables_of(&entry->built.expectation);
        if (entry->error.code == SNAP_OK) {
            outcome.entries[outcome.good_count] = entry;
            outcome.good[outcome.good_count++] = outcome.all[i];
        } else {
            outcome.all[i] = (struct snap_summary){.simulation = &entry->built.sim,
                                                   .runtime = runtime_of(request, i),
                                                   .failure = entry->error.message};
            outcome.failed[outcome.failed_count++] = outcome.all[i];
            outcome.is_spoilt = entry->error.code == SNAP_ERROR_IO;
        }
    }
    return outcome;
}

/* All summaries laid beside each other, as `--json` prints and DIR/compare.json keeps them. */
static void add_json(struct snap_text *text, const struct snap_compare_request *request,
                     const struct outcome *outcome)
{
    uint32_t count = outcome->good_count;
    struct snap_text *summaries = snap_heap_zeroed(count, sizeof(*summaries));
    const char **texts = snap_heap_zeroed(count, sizeof(*texts));
    struct snap_compare_summaries all = {
        .scenario = snap_scenario_name(request->scenario),
        .texts = texts,
        .count = count,
        .failed = outcome->failed,
        .failed_count = outcome->failed_count,
    };

    for (uint32_t i = 0; i < count; i++) {
        snap_summary_text(&summaries[i], &outcome->good[i]);
        texts[i] = snap_text_get(&summaries[i]);
    }
    snap_compare_json_text(text, &all);
    for (uint32_t i = 0; i < count; i++)
        snap_text_fini(&summaries[i]);
    free(texts);
    free(summaries);
}

static int print_comparison(struct snap_compare_request *request, const struct snap_text *json,
                            const struct outcome *outcome)
{
    const struct snap_compare_told told = {
        .all = outcome->all,
        .count = outcome->count,
        .good = outcome->good,
        .good_count = outcome->good_count,
        .failed = outcome->failed,
        /* What ends all has just been told. */
        .failed_count = outcome->failed_count - outcome->is_spoilt,
        .asked = outcome->asked,
    };
    struct snap_text text = {0};
    int code;

    if (snap_args_get(&request->args, "--json"))
        return snap_cli_print(json);
    if (snap_args_get(&request->args, "--csv"))
        snap_compare_csv(&text, outcome->all, outcome->count);
    else
        snap_compare_add_text(&text, request, &told);
    code = snap_args_get(&request->args, "--csv") ? snap_cli_print(&text) : snap_cli_show(&text);
    snap_text_fini(&text);
    return code;
}

static bool write_json(struct snap_compare_request *request, const struct snap_text *json,
                       struct snap_error *error)
{
    const char *path = snap_arena_printf(&request->arena, "%s/compare.json", request->directory);

    return snap_whole_file_write(path, json, error);
}

/* The figure is an extra: without gnuplot the comparison stands all the same. */
static void draw_figure(struct snap_compare_request *request, const struct snap_summary *runs,
                        uint32_t count)
{
    struct snap_figure_input *inputs =
        SNAP_ARENA_ARRAY(&request->arena, struct snap_figure_input, count);
    struct snap_figure_runs figure = {inputs, count};
    struct snap_figure_order order = {.directory = request->directory, .png = true, .svg = true};
    struct snap_error error = {0};

    for (uint32_t i = 0; i < count; i++)
        inputs[i] = snap_figure_input_of(&runs[i]);
    if (!snap_figures_of_comparison(&figure, &order, &error))
        snap_cli_tell("snapsim: note: no figure: %s\n", error.message);
}

/* Runs of the same runtime and seed, one a variant, are compared with each other. */
static bool compare_numbers(struct snap_compare_request *request, struct entry *entries,
                            uint32_t count, struct snap_error *error)
{
    uint32_t step = request->seed_count * request->runtime_count;

    for (uint32_t i = 0; i < count; i++) {
        struct snap_variant_numbers *others =
            SNAP_ARENA_ARRAY(&request->arena, struct snap_variant_numbers, request->variant_count);
        uint32_t other_count = 0;

        if (entries[i].error.code != SNAP_OK)
            continue;
        for (uint32_t o = i % step; o < count; o += step)
            if (request->variants[o / step] && entries[o].error.code == SNAP_OK &&
                !entries[o].execution.summary.interrupted)
                others[other_count++] = (struct snap_variant_numbers){
                    request->variants[o / step], &entries[o].execution.numbers};
        if (!snap_execution_compare(&entries[i].execution, others, other_count, error))
            return false;
    }
    return true;
}

/* Predictions beside the runs; programs ask `explain` for them. */
static void explain_forms(struct snap_compare_request *request, const struct outcome *outcome)
{
    struct snap_run_groups groups =
        snap_run_groups_of(outcome->good, outcome->good_count, &request->arena);

    if (request->level == SNAP_TRACE_OFF || !snap_compare_is_for_learning(&request->args))
        return;
    request->forms = SNAP_ARENA_ARRAY(&request->arena, struct snap_compare_form, groups.count);
    for (uint32_t g = 0; g < groups.count; g++) {
        const struct snap_execution *first =
            &outcome->entries[groups.items[g].runs[0] - outcome->good]->execution;

        request->forms[g] = snap_explained_forms(&first->statistics, first->options.directory);
        request->forms[g].name = snap_run_group_name(&groups, g, &request->arena);
    }
    request->form_count = groups.count;
}

/* Of all runs the worst. */
static int exit_code_of(const struct entry *entries, uint32_t count)
{
    int code = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct entry *entry = &entries[i];
        int one = entry->error.code == SNAP_OK ? snap_execution_exit_code(&entry->execution)
                                               : snap_error_exit_code(&entry->error);

        code = one > code ? one : code;
    }
    return code;
}

static int report(struct snap_compare_request *request, struct entry *entries, uint32_t count)
{
    struct outcome outcome;
    struct snap_text json = {0};
    struct snap_error error = {0};
    int code;

    if (!compare_numbers(request, entries, count, &error))
        return snap_cli_fail(&error);
    outcome = outcome_of(request, entries, count);
    code = exit_code_of(entries, count);
    add_json(&json, request, &outcome);
    explain_forms(request, &outcome);
    if (print_comparison(request, &json, &outcome) != 0)
        code = 4;
    if (!write_json(request, &json, &error))
        code = snap_cli_fail(&error);
    else if (outcome.good_count > 0)
        draw_figure(request, outcome.good, outcome.good_count);
    snap_text_fini(&json);
    return code;
}

/* A line a run, or on a terminal one line that changes. */
static void tell_progress(const struct snap_compare_request *request, const struct entry *entry,
                          uint32_t index, uint32_t count)
{
    bool terminal = isatty(STDERR_FILENO) != 0;

    if (count <= 1 || snap_args_get(&request->args, "--quiet"))
        return;
    if (terminal)
        fputs("\r\033[K", stderr);
    snap_cli_tell("run %u of %u: %s, %s, seed %llu%s", index + 1, count,
                  entry->built.sim.variant ? entry->built.sim.variant : "(as written)",
                  snap_runtime_kind_name(runtime_of(request, index)),
                  (unsigned long long)entry->built.sim.seed,
                  terminal && index + 1 < count ? "" : "\n");
    fflush(stderr);
}

/* Which of several runs it is; in the place of a line that changes. */
static void tell_failure(struct snap_compare_request *request, const struct entry *entry,
                         uint32_t index)
{
    const struct snap_summary run = {.simulation = &entry->built.sim,
                                     .runtime = runtime_of(request, index)};
    struct snap_error named = {0};

    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    snap_error_place(&named, entry->error.file, entry->error.line, entry->error.column);
    snap_error_set(&named, entry->error.code, "%s: %s",
                   snap_compare_run_name(&run, &request->arena), entry->error.message);
    snap_cli_fail(&named);
}

static void tell_interruption(const struct snap_compare_request *request,
                              const struct entry *entries, uint32_t done, uint32_t count)
{
    if (!snap_interrupted())
        return;
    if (done > 0)
        snap_execution_tell_interruption(&entries[done - 1].execution);
    snap_cli_tell("snapsim: interrupted after %u of %u %s; what they wrote is in %s\n", done, count,
                  snap_plural(count, "run", "runs"), request->directory);
}

/* Runtimes and seeds of a variant have the same notes. */
static void tell_notes(struct snap_compare_request *request, const struct entry *entries)
{
    const struct snap_built **variants =
        SNAP_ARENA_ARRAY(&request->arena, const struct snap_built *, request->variant_count);

    for (uint32_t v = 0; v < request->variant_count; v++)
        variants[v] = &entries[v * request->seed_count * request->runtime_count].built;
    snap_compare_tell_notes(variants, request->variant_count);
}

/* All is built before anything runs: a refusal leaves nothing half-written. */
static int perform(struct snap_compare_request *request, struct entry *entries, uint32_t count)
{
    struct snap_error error = {0};
    uint32_t done = 0;
    bool spoilt = false; /* what one run cannot write the next ones cannot either */
    int code;

    for (uint32_t i = 0; i < count; i++)
        if (!build_entry(request, i, &entries[i], &error))
            return snap_cli_fail(&error);
    if (!snap_out_dir_prepare(request->directory, snap_out_dir_rule_of(&request->args), &error))
        return snap_cli_fail(&error);
    tell_notes(request, entries);
    if (snap_compare_is_for_learning(&request->args))
        snap_cli_print_ask(request->scenario);
    snap_interrupts_note();
    while (done < count && !snap_interrupted() && !spoilt) {
        tell_progress(request, &entries[done], done, count);
        if (!run_entry(request, done, &entries[done])) {
            tell_failure(request, &entries[done], done);
            spoilt = entries[done].error.code == SNAP_ERROR_IO;
        }
        done++;
    }
    code = report(request, entries, done);
    tell_interruption(request, entries, done, count);
    if (spoilt && done < count)
        snap_cli_tell("snapsim: %u of %u runs have not begun\n", count - done, count);
    return snap_interrupted() ? SNAP_EXIT_INTERRUPTED : code;
}

static int run(char *const *argv)
{
    struct snap_compare_request request = {.path = NULL};
    struct snap_error error = {0};
    struct entry *entries = NULL;
    uint32_t count = 0;
    int code;

    snap_arena_init(&request.arena);
    if (snap_compare_request_read(argv, &request, &error)) {
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
    snap_compare_request_fini(&request);
    return code;
}

const struct snap_verb snap_verb_compare = {
    .name = "compare",
    .arguments = "SCENARIO",
    .doc = "run the variants of a scenario and show them beside each other",
    .options = snap_compare_options,
    .more =
        "Checkpoints: End to End is the median of all that completed, over all seeds. The "
        "figure has their bars, and below them the medians of what was in flight and saved; below "
        "that all subtasks of the longest checkpoint, and their medians if a variant completed "
        "several.\n"
        "Closed forms: of the first seed, the first completed checkpoints that have a form, ten "
        "at most. Closed Form and Measured are their medians, Form over Measured is the median "
        "of their ratios and not the ratio of the medians.",
    .run = run,
};
