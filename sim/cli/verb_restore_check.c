// SPDX-License-Identifier: Apache-2.0
/*
 * verb_restore_check.c: `snapsim restore-check SCENARIO -s SNAPSHOT`: whether the job could start
 * from the snapshot, and what would become of its state. Nothing is run or written.
 */
#include <stdio.h>
#include <string.h>

#include "cli/choice.h"
#include "cli/restore_options.h"
#include "cli/verbs.h"
#include "operators/operator.h"
#include "view/console.h"
#include "view/table.h"
#include "view/units.h"

static const struct snap_option_help options[] = {
    SNAP_CHOICE_OPTIONS,
    SNAP_RESTORE_OPTIONS,
    {NULL, NULL, NULL},
};

static const struct snap_table_column columns[] = {
    {"Operator", SNAP_TABLE_LEFT, 0},     {"In the Snapshot", SNAP_TABLE_RIGHT, 0},
    {"In this Job", SNAP_TABLE_RIGHT, 0}, {"Key Groups", SNAP_TABLE_RIGHT, 2},
    {"Its State", SNAP_TABLE_LEFT, 1},
};

static void add_number(struct snap_table *table, uint32_t number)
{
    if (number > 0)
        snap_table_printf(table, "%u", number);
    else
        snap_table_cell(table, "-");
}

/* Names of what its subtasks have. */
static void add_names(struct snap_text *names, const struct snap_operator_state *state)
{
    const char *found[16];
    uint32_t count = 0;

    for (uint32_t i = 0; i < state->list_count && count < 16; i++)
        found[count++] = state->lists[i].name;
    for (uint32_t i = 0; i < state->keyed_count && count < 16; i++)
        found[count++] = state->keyed[i].name;
    for (uint32_t i = 0; i < state->scoped_count && count < 16; i++)
        found[count++] = state->scoped[i].name;
    for (uint32_t i = 0; i < count; i++)
        if (!names->data || !strstr(names->data, found[i]))
            snap_text_printf(names, "%s%s", names->length ? ", " : "", found[i]);
}

static bool has_state(const struct snap_image_operator *of)
{
    for (uint32_t s = 0; s < of->parallelism; s++) {
        const struct snap_operator_state *state = of->subtasks[s].state;

        if (state && (state->list_count || state->keyed_count || state->scoped_count))
            return true;
    }
    return of->has_coordinator_state;
}

static void add_operator(struct snap_table *table, const struct snap_image_operator *of)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    struct snap_text names = {0};

    snap_operator_id_format(&of->id, id);
    snap_table_printf(table, "%s", *of->uid ? of->uid : *of->name ? of->name : id);
    add_number(table, of->parallelism);
    add_number(table, of->op ? of->op->parallelism : 0);
    add_number(table, of->max_parallelism);
    for (uint32_t s = 0; of->op && s < of->parallelism; s++)
        if (of->subtasks[s].state)
            add_names(&names, of->subtasks[s].state);
    if (of->is_finished)
        snap_table_cell(table, "had finished");
    else if (!has_state(of))
        snap_table_cell(table, "none");
    else if (!of->op)
        snap_table_cell(table, "nobody takes it");
    else
        snap_table_printf(table, "%s", snap_text_get(&names));
    snap_table_end_row(table);
    snap_text_fini(&names);
}

static bool is_in(const struct snap_image *image, const struct snap_operator *op)
{
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (image->operators[i].op == op)
            return true;
    return false;
}

static void add_table(struct snap_text *text, const struct snap_image *image,
                      const struct snap_job *job)
{
    struct snap_table table;

    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t i = 0; i < image->operator_count; i++)
        add_operator(&table, &image->operators[i]);
    for (uint32_t o = 0; o < job->operator_count; o++) {
        if (is_in(image, &job->operators[o]))
            continue;
        snap_table_cell(&table, job->operators[o].uid);
        add_number(&table, 0);
        add_number(&table, job->operators[o].parallelism);
        add_number(&table, 0);
        snap_table_cell(&table, "starts empty");
        snap_table_end_row(&table);
    }
    snap_table_text(&table, snap_terminal_width(), text);
    snap_table_fini(&table);
}

static void add_in_flight(struct snap_text *text, const struct snap_image *image)
{
    for (uint32_t e = 0; e < image->edge_count; e++) {
        const struct snap_image_edge *edge = &image->edges[e];
        uint32_t count = 0;

        for (uint32_t i = 0; i < image->piece_count; i++)
            if (image->pieces[i].edge == e)
                count += image->pieces[i].count;
        if (count > 0)
            snap_text_printf(text,
                             "In flight: %u %s from %s to %s, which go on to who reads them "
                             "now\n",
                             count, snap_plural(count, "record", "records"), edge->op->uid,
                             image->operators[edge->consumer].uid);
    }
}

static int report(const struct snap_restored *restored, const struct snap_job *job,
                  const struct snap_error *refusal)
{
    const struct snap_image *image = snap_restored_image(restored);
    struct snap_text text = {0};
    int code;

    snap_text_printf(&text, "Snapshot: %s\n\n", snap_restored_text(restored));
    add_table(&text, image, job);
    snap_text_add_string(&text, "\n");
    add_in_flight(&text, image);
    if (refusal->code == SNAP_OK)
        snap_text_add_string(&text, "The job can start from it.\n");
    else
        snap_text_printf(&text, "The job cannot start from it: %s\n", refusal->message);
    code = snap_cli_print(&text);
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
    if (!request.pointer) {
        snap_error_set(&error, SNAP_ERROR_USAGE, "which snapshot? -s SNAPSHOT");
        return snap_cli_fail(&error);
    }
    restored = snap_restored_check(&built->sim, &request, &error);
    code = restored ? report(restored, built->sim.job, &error) : snap_cli_fail(&error);
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
        snap_scenario_build(scenario, &choice, &built, &error))
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
    .arguments = "SCENARIO",
    .doc = "say whether a job could start from a snapshot, and what becomes of its state",
    .options = options,
    .run = run,
};
