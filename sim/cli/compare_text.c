// SPDX-License-Identifier: Apache-2.0
#include "cli/compare_text.h"

#include <inttypes.h>
#include <string.h>

#include "cli/verbs.h"
#include "model/names.h"
#include "view/compare_unjudged.h"
#include "view/console.h"
#include "view/units.h"
#include "view/wrap.h"

static unsigned table_of(enum snap_number number)
{
    const char *name = snap_number_info_get(number)->name;

    if (strncmp(name, "checkpoints.", strlen("checkpoints.")) == 0)
        return SNAP_COMPARE_CHECKPOINTS;
    if (number == SNAP_NUMBER_FORM)
        return SNAP_COMPARE_FORMS;
    if (number == SNAP_NUMBER_RECORDS)
        return SNAP_COMPARE_EACH;
    if (number == SNAP_NUMBER_RESTORE || number == SNAP_NUMBER_LATENCY ||
        number == SNAP_NUMBER_THROUGHPUT)
        return SNAP_COMPARE_MEASURES;
    return 0; /* it stands in the first table, or in none */
}

unsigned snap_compare_tables_of(const struct snap_expectation *expectation)
{
    unsigned tables = 0;

    for (uint32_t i = 0; i < expectation->counter_count; i++)
        if (!expectation->counters[i].on_total)
            tables |= SNAP_COMPARE_EACH;
    for (uint32_t i = 0; i < expectation->number_count; i++)
        tables |= table_of(expectation->numbers[i].number);
    return expectation->cause_given ? tables | SNAP_COMPARE_CHECKPOINTS : tables;
}

const char *snap_compare_run_name(const struct snap_summary *run, struct snap_arena *arena)
{
    const struct snap_simulation *sim = run->simulation;

    return snap_arena_printf(arena, "%s, %s, seed %" PRIu64,
                             sim->variant ? sim->variant : "(as written)",
                             snap_runtime_kind_name(run->runtime), sim->seed);
}

bool snap_compare_is_for_learning(const struct snap_args *args)
{
    return !snap_args_get(args, "--json") && !snap_args_get(args, "--csv") &&
           !snap_args_get(args, "--quiet");
}

/* The tables of details, each with a blank line before it. */
static void add_tables(struct snap_text *text, const struct snap_compare_request *request,
                       const struct snap_compare_told *told, unsigned tables)
{
    uint32_t width = snap_terminal_width();

    if (snap_args_get(&request->args, "--quiet") || told->good_count == 0)
        return;
    if ((tables & SNAP_COMPARE_EACH) && request->seed_count == 1)
        snap_compare_judgements_table(text, told->good, told->good_count, width);
    else if (tables & SNAP_COMPARE_EACH)
        snap_seeds_judgements_table(text, told->good, told->good_count, width);
    if (tables & SNAP_COMPARE_CHECKPOINTS) {
        snap_text_add_string(text, "\n");
        snap_compare_checkpoints_table(text, told->good, told->good_count, width);
    }
    if (tables & SNAP_COMPARE_FORMS)
        snap_compare_forms_table(text, request->forms, request->form_count, width);
    if (tables & SNAP_COMPARE_MEASURES) {
        snap_text_add_string(text, "\n");
        snap_measures_table(text, told->good, told->good_count, width);
    }
}

static void add_failure(struct snap_text *text, struct snap_compare_request *request,
                        const struct snap_summary *run)
{
    snap_text_printf(text, "Could not go on: %s:\n", snap_compare_run_name(run, &request->arena));
    snap_wrap_text(text, snap_arena_printf(&request->arena, "  %s\n", run->failure),
                   snap_terminal_line_width());
}

static void add_interruption(struct snap_text *text, struct snap_compare_request *request,
                             const struct snap_summary *run)
{
    if (run->interrupted)
        snap_text_printf(text, "Interrupted: expectations were not judged: %s, after %s\n",
                         snap_compare_run_name(run, &request->arena),
                         snap_instant_name(run->statistics->end_ns, &request->arena));
}

/* What went wrong, or could not be judged. */
static void add_remarks(struct snap_text *text, struct snap_compare_request *request,
                        const struct snap_compare_told *told)
{
    for (uint32_t i = 0; i < told->failed_count; i++)
        add_failure(text, request, &told->failed[i]);
    if (!snap_args_get(&request->args, "--quiet"))
        snap_compare_unjudged_text(text, told->good, told->good_count, snap_terminal_width());
    snap_compare_unchecked_text(text, told->good, told->good_count);
    for (uint32_t i = 0; i < told->good_count; i++)
        add_interruption(text, request, &told->good[i]);
    for (uint32_t i = 0; i < told->good_count; i++)
        snap_reasons_text(
            text, &told->good[i],
            snap_arena_printf(&request->arena, "Why not as expected: %s",
                              snap_compare_run_name(&told->good[i], &request->arena)));
}

void snap_compare_add_text(struct snap_text *text, struct snap_compare_request *request,
                           const struct snap_compare_told *told)
{
    bool answers =
        snap_compare_is_for_learning(&request->args) && snap_scenario_answer(request->scenario);
    unsigned first = answers ? told->asked : SNAP_COMPARE_ALL;
    struct snap_text remarks = {0};

    if (request->seed_count > 1)
        snap_seeds_table(text, told->all, told->count, snap_terminal_width());
    else
        snap_compare_table(text, told->all, told->count, snap_terminal_width());
    add_tables(text, request, told, first);
    add_remarks(&remarks, request, told);
    if (remarks.length > 0)
        snap_text_printf(text, "\n%s", snap_text_get(&remarks));
    snap_text_fini(&remarks);
    if (!answers)
        return;
    snap_cli_add_answer(text, request->scenario);
    add_tables(text, request, told, SNAP_COMPARE_ALL & ~told->asked);
}
