// SPDX-License-Identifier: Apache-2.0
#include "verify/prints.h"

struct prints {
    struct snap_sent *sent;
    uint32_t operator_index;
    struct snap_print_form form;
    struct snap_fingerprint expected;
    struct snap_fingerprint there;
};

/* ---- as tasks made them ---- */

static void add_expected(struct prints *prints)
{
    const struct snap_ledger *ledger = prints->sent->ledger;

    for (uint32_t t = 0; t < ledger->job->task_count; t++)
        if (ledger->tasks[t].expected)
            snap_fingerprint_merge(&prints->expected,
                                   &ledger->tasks[t].expected[prints->operator_index]);
}

/* False if readers found other lines in a part than were written. */
static bool add_parts(struct prints *prints, const struct snap_subtask_book *book)
{
    for (uint32_t i = 0; i < book->part_count; i++) {
        const struct snap_part_book *part = &book->parts[i];

        if (!part->reported || part->phase != SNAP_PART_VISIBLE)
            continue;
        if (part->bad_count || part->line_count < part->written.count)
            return false;
        snap_fingerprint_merge(&prints->there, &part->print);
    }
    return true;
}

static bool add_there(struct prints *prints)
{
    const struct snap_ledger *ledger = prints->sent->ledger;
    uint32_t index = prints->operator_index;

    for (uint32_t i = 0; i < ledger->subtasks[index]; i++) {
        const struct snap_subtask_book *book = &ledger->books[index][i];

        if (snap_rule_has_state(ledger->rules[index]->kind))
            snap_fingerprint_merge(&prints->there, &book->journal.print);
        else if (!add_parts(prints, book))
            return false;
    }
    return true;
}

/* ---- read from the logs ---- */

static void read_expected(void *to, const struct snap_record *records, uint32_t count)
{
    struct prints *prints = to;
    const struct snap_walk *walk;

    snap_sent_walk(prints->sent, records, count);
    walk = prints->sent->walk;
    for (uint32_t i = 0; i < walk->count; i++)
        if (!walk->copies[i].optional)
            snap_fingerprint_add_copy(&prints->expected, &prints->form, &walk->copies[i].record,
                                      walk->copies[i].lineage);
}

static void read_run(struct prints *prints, const struct snap_run *run)
{
    struct snap_log_entries entries = {.count = 0};

    for (uint32_t i = 0; i < run->slice.count; i += entries.count) {
        struct snap_stretch stretch = {snap_record_view_of(entries.records), entries.lineages, 0};

        snap_slice_read(&run->slice, i, &entries);
        stretch.count = entries.count;
        snap_fingerprint_add_stretch(&prints->there, &prints->form, &stretch);
    }
}

static void read_there(struct prints *prints, const struct snap_runs *runs)
{
    prints->there = (struct snap_fingerprint){0};
    for (uint32_t r = 0; r < runs->count; r++)
        if (runs->items[r].phase == SNAP_PART_VISIBLE)
            read_run(prints, &runs->items[r]);
}

bool snap_prints_equal(struct snap_sent *sent, uint32_t operator_index,
                       const struct snap_runs *runs)
{
    const struct snap_ledger *ledger = sent->ledger;
    struct prints prints = {.sent = sent, .operator_index = operator_index};

    prints.form.schema = ledger->job->operators[operator_index].input_schemas[0];
    prints.form.parts = ledger->graph.known[operator_index];
    if (ledger->prints)
        add_expected(&prints);
    else
        snap_sent_each(sent, read_expected, &prints);
    if (!ledger->prints || !add_there(&prints))
        read_there(&prints, runs);
    return snap_fingerprint_equal(&prints.expected, &prints.there);
}
