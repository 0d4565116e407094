// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_report.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/restore_moves.h"
#include "operators/operator.h"
#include "storage/snapshot_dropped.h"
#include "view/console.h"
#include "view/storage_text.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

/* More names of states than fit here stand below the table. */
enum { NAMES_WIDTH = 30 };

static const struct snap_table_column columns[] = {
    {"Operator", SNAP_TABLE_LEFT, 0},
    {"In the Snapshot", SNAP_TABLE_RIGHT, 0},
    {"In this Job", SNAP_TABLE_RIGHT, 0},
    {"Key Groups", SNAP_TABLE_RIGHT, 2},
    {"State in the Snapshot", SNAP_TABLE_LEFT, 0},
};

static void add_number(struct snap_table *table, uint32_t number)
{
    if (number > 0)
        snap_table_printf(table, "%u", number);
    else
        snap_table_cell(table, "-");
}

/* A report on its way. */
struct report {
    const struct snap_restored *restored;
    const struct snap_image *image;
    const struct snap_job *job;
    bool is_read; /* states were: it can start */
};

static void add_name(struct snap_state_names *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return;
    if (names->count < SNAP_STATE_NAMES_MAX)
        names->items[names->count++] = name;
}

static void add_names(struct snap_state_names *names, const struct snap_operator_state *state)
{
    for (uint32_t i = 0; i < state->list_count; i++)
        add_name(names, state->lists[i].name);
    for (uint32_t i = 0; i < state->keyed_count; i++)
        add_name(names, state->keyed[i].name);
    for (uint32_t i = 0; i < state->scoped_count; i++)
        add_name(names, state->scoped[i].name);
}

/* What there is by its name, or in words if nothing has one. */
static struct snap_state_names find_unread(const struct report *report, uint32_t index)
{
    struct snap_state_names all = snap_restored_state_names(report->restored, index);
    struct snap_state_names named = {.count = 0, .has_more = all.has_more};

    for (uint32_t i = 0; i < all.count; i++)
        if (all.is_name[i])
            add_name(&named, all.items[i]);
    return named.count > 0 ? named : all;
}

/* What the operator takes up; if nothing was read, what there is. */
static struct snap_state_names find_names(const struct report *report, uint32_t index)
{
    const struct snap_image_operator *of = &report->image->operators[index];
    struct snap_state_names names = {.count = 0};

    if (!report->is_read)
        return find_unread(report, index);
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state)
            add_names(&names, of->subtasks[s].state);
    return names;
}

static void join_names(const struct snap_state_names *names, struct snap_text *text)
{
    for (uint32_t i = 0; i < names->count; i++)
        snap_text_printf(text, "%s%s", i ? ", " : "", names->items[i]);
    if (names->has_more)
        snap_text_add_string(text, ", ...");
}

/* Lines below the table tell of data in flight; it is no state. */
static bool has_in_flight(const struct report *report, uint32_t index)
{
    struct snap_state_names names = snap_restored_state_names(report->restored, index);

    for (uint32_t i = 0; i < names.count; i++)
        if (!names.is_name[i] && strcmp(names.items[i], SNAP_NAMED_IN_FLIGHT) == 0)
            return true;
    return false;
}

static void add_no_state(struct snap_table *table, const struct report *report, uint32_t index)
{
    snap_table_cell(table,
                    has_in_flight(report, index) ? "none, but " SNAP_NAMED_IN_FLIGHT : "none");
}

static void add_states(struct snap_table *table, const struct report *report, uint32_t index)
{
    struct snap_state_names names = find_names(report, index);
    struct snap_text text = {0};

    join_names(&names, &text);
    if (strcmp(snap_text_get(&text), SNAP_NAMED_IN_FLIGHT) == 0)
        add_no_state(table, report, index);
    else if (names.count > 1 && text.length > NAMES_WIDTH)
        snap_table_printf(table, "%u states, see below", names.count);
    else
        snap_table_printf(table, "%s", names.count ? snap_text_get(&text) : "none of its states");
    snap_text_fini(&text);
}

/* The names that had no room in the table. */
static void add_long_names(struct snap_text *text, const struct report *report)
{
    for (uint32_t i = 0; i < report->image->operator_count; i++) {
        const struct snap_image_operator *of = &report->image->operators[i];
        struct snap_state_names names = {.count = 0};
        struct snap_text line = {0};

        if (of->op)
            names = find_names(report, i);
        join_names(&names, &line);
        if (names.count > 1 && line.length > NAMES_WIDTH) {
            snap_text_printf(text, "States of %s:\n", of->op->uid);
            snap_paragraph_text(snap_text_get(&line), snap_terminal_width(), text);
        }
        snap_text_fini(&line);
    }
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

static void add_operator(struct snap_table *table, const struct report *report, uint32_t index)
{
    const struct snap_image_operator *of = &report->image->operators[index];
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    uint32_t finished = 0;

    snap_operator_id_format(&of->id, id);
    for (uint32_t s = 0; s < of->parallelism; s++)
        finished += of->subtasks[s].is_finished;
    snap_table_printf(table, "%s", *of->uid ? of->uid : *of->name ? of->name : id);
    add_number(table, of->parallelism);
    add_number(table, of->op ? of->op->parallelism : 0);
    add_number(table, of->max_parallelism);
    if (finished == of->parallelism)
        snap_table_cell(table, "had finished");
    else if (snap_image_operator_begins_anew(of))
        snap_table_cell(table, "starts empty");
    else if (!has_state(of))
        add_no_state(table, report, index);
    else if (!of->op)
        snap_table_cell(table, "nobody takes it");
    else
        add_states(table, report, index);
    snap_table_end_row(table);
}

static bool is_in(const struct snap_image *image, const struct snap_operator *op)
{
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (image->operators[i].op == op)
            return true;
    return false;
}

static void add_table(struct snap_text *text, const struct report *report)
{
    const struct snap_image *image = report->image;
    const struct snap_job *job = report->job;
    struct snap_table table;

    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    for (uint32_t i = 0; i < image->operator_count; i++)
        add_operator(&table, report, i);
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

static void add_finished(struct snap_text *text, const struct snap_image *image)
{
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *of = &image->operators[i];
        uint32_t count = 0;

        for (uint32_t s = 0; s < of->parallelism; s++)
            count += of->subtasks[s].is_finished;
        if (of->op && count > 0 && !of->is_finished)
            snap_text_printf(text, "Finished: %u of the %u subtasks of %s; they left no state\n",
                             count, of->parallelism, of->op->uid);
    }
}

/* ---- the verdict ---- */

static void add_moved(struct snap_text *text, const struct snap_moved_files *moved)
{
    if (moved->count > 0)
        snap_text_printf(text,
                         "Flink itself would fail in its tasks: %u %s not where the metadata says "
                         "(%s), and were found beside the snapshot\n",
                         moved->count, snap_plural(moved->count, "file is", "files are"),
                         moved->first);
}

/* What Flink would say in our place. */
static const char *flink_verdict(const struct snap_restored *restored,
                                 const struct snap_error *refusal)
{
    if (refusal->code == SNAP_ERROR_CONSENT)
        return "Flink would take it: it reads files wherever their absolute names lead.";
    return snap_restored_stage(restored) == SNAP_RESTORE_IN_TASKS
               ? "Flink would submit it, and fail in its tasks."
               : "Flink would refuse it at submission, too.";
}

/* How it goes on, and at what price. */
static void add_start(struct snap_text *text, const struct snap_image *image)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < image->operator_count; i++)
        count += snap_image_operator_is_dropped(&image->operators[i]) ||
                 snap_image_operator_begins_anew(&image->operators[i]);
    if (count > 0)
        snap_text_printf(text, "The job can start from it, without the state of %u %s.\n", count,
                         snap_plural(count, "operator", "operators"));
    else
        snap_text_add_string(text, "The job can start from it.\n");
}

static void add_verdict(struct snap_text *text, const struct snap_restored *restored,
                        const struct snap_error *refusal)
{
    if (refusal->code == SNAP_OK)
        add_start(text, snap_restored_image(restored));
    else if (refusal->code == SNAP_ERROR_UNSUPPORTED)
        snap_text_printf(text, "The job cannot start from it here: %s\n", refusal->message);
    else
        snap_text_printf(text, "The job cannot start from it: %s\n%s\n", refusal->message,
                         flink_verdict(restored, refusal));
}

/* Behind the table. */
static void add_words(struct snap_text *text, const struct report *report,
                      const struct snap_error *refusal)
{
    add_finished(text, report->image);
    add_long_names(text, report);
    if (report->is_read) {
        snap_restore_moves_text(text, report->restored);
        snap_text_add_string(text, snap_restored_dropped(report->restored));
        snap_restore_flight_text(text, report->restored);
        add_moved(text, snap_restored_moved(report->restored));
    }
    add_verdict(text, report->restored, refusal);
}

/* Appends the words, made to fit, and leaves none. */
static void add_wrapped(struct snap_text *text, struct snap_text *words)
{
    snap_text_make_printable(words);
    snap_wrap_text(text, snap_text_get(words), snap_terminal_line_width());
    snap_text_clear(words);
}

void snap_restore_report(struct snap_text *text, const struct snap_restored *restored,
                         const struct snap_simulation *sim, const struct snap_error *refusal)
{
    const struct report report = {restored, snap_restored_image(restored), sim->job,
                                  refusal->code == SNAP_OK};
    struct snap_text words = {0};

    snap_text_printf(&words, "Snapshot: %s\n", snap_restored_text(restored));
    add_wrapped(text, &words);
    snap_storage_text(text, sim);
    snap_text_add_string(text, "\n");
    add_table(text, &report);
    snap_text_add_string(text, "\n");
    add_words(&words, &report, refusal);
    add_wrapped(text, &words);
    snap_text_fini(&words);
}
