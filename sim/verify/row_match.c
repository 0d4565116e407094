// SPDX-License-Identifier: Apache-2.0
#include "verify/row_match.h"

#include <stdlib.h>

#include "verify/key_table.h"

/* The record that a row shows. */
struct row {
    uint64_t origin;
    uint64_t lineage;
    snap_ns at_ns;
    uint32_t subtask;
    bool wanted;  /* some record should have its key */
    bool missing; /* its key has no row, or an earlier record's */
};

struct work {
    struct snap_row_match *match;
    struct snap_walk walk;
    struct snap_key_table keys; /* last: number of the row; present, value: what it has */
    struct row *rows;           /* of all keys that were met, with a row or without */
    uint32_t count;
    uint32_t capacity;
    bool keeps_order;
};

static struct snap_key_slot *slot_of(struct work *work, union snap_value key)
{
    struct snap_key_slot *slot = snap_key_table_get(&work->keys, key, 0);

    if (slot->compared)
        return slot;
    slot->compared = true;
    slot->last = work->count;
    work->rows = snap_arena_grow(work->match->arena, work->rows, work->count, &work->capacity,
                                 sizeof(*work->rows));
    work->rows[work->count++] = (struct row){0};
    return slot;
}

/* Runs stand by subtask, then time; of two subtasks the later record replaces the other's. */
static void take_run(struct work *work, const struct snap_run *run)
{
    for (uint32_t i = 0; run->phase == SNAP_PART_VISIBLE && i < run->slice.count; i++) {
        struct snap_log_entry entry = snap_slice_entry(&run->slice, i);
        struct snap_key_slot *slot = slot_of(work, entry.record.key);
        struct row *row = &work->rows[slot->last];
        snap_ns at_ns = snap_run_time_of(run, i);

        if (slot->present && row->at_ns > at_ns)
            continue;
        slot->present = true;
        slot->value = entry.record.value;
        *row = (struct row){entry.record.origin, entry.lineage, at_ns, run->subtask, false, false};
    }
}

static void miss(struct work *work, struct row *row, const struct snap_copy *copy)
{
    struct snap_row_match *match = work->match;

    if (row->missing)
        return;
    row->missing = true;
    if (match->stopped) {
        match->pending++;
        return;
    }
    match->lost++;
    snap_finding_offer(&match->first, &(struct snap_finding){
                                          .found = true,
                                          .counter = SNAP_COUNTER_LOST,
                                          .operator_index = match->op->index,
                                          .subtask = row->subtask,
                                          .origin = copy->record.origin,
                                          .lineage = copy->lineage,
                                          .at_ns = row->at_ns,
                                      });
}

/* The row shows this record, with a value that it should not have. */
static bool is_falsified(const struct work *work, const struct snap_key_slot *slot,
                         const struct row *row, const struct snap_copy *copy)
{
    enum snap_value_kind kind = work->match->op->input_schemas[0].value;

    return row->origin == copy->record.origin && row->lineage == copy->lineage &&
           (copy->known & SNAP_PART_VALUE) &&
           !snap_value_same(kind, slot->value, copy->record.value);
}

/* A row must not be older than a record of the same split that should have replaced it. */
static void want(struct work *work, const struct snap_copy *copy)
{
    struct snap_key_slot *slot = slot_of(work, copy->record.key);
    struct row *row = &work->rows[slot->last];

    row->wanted = true;
    if (!slot->present || is_falsified(work, slot, row, copy))
        miss(work, row, copy);
    else if (work->keeps_order &&
             snap_origin_split(copy->record.origin) == snap_origin_split(row->origin) &&
             copy->record.origin > row->origin)
        miss(work, row, copy);
}

static void walk_split(struct work *work, uint32_t split)
{
    const struct snap_ledger *ledger = work->match->ledger;
    const struct snap_log *sent = &ledger->splits[split].sent;

    for (uint64_t at = 0; at < sent->count;) {
        struct snap_slice slice = snap_log_slice(sent, at, sent->count);

        for (uint32_t i = 0; i < slice.count; i++) {
            struct snap_log_entry entry = snap_slice_entry(&slice, i);

            snap_walk_from(&work->walk, ledger->split_operator[split], &entry.record, 1);
            for (uint32_t c = 0; c < work->walk.count; c++)
                want(work, &work->walk.copies[c]);
        }
        at += slice.count;
    }
}

/* Whether order is kept shows only when all records have been walked, so they are twice. */
static void walk_all(struct work *work)
{
    const struct snap_ledger *ledger = work->match->ledger;

    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t s = 0; s < ledger->job->split_count; s++)
            if (ledger->split_operator[s] != SNAP_NO_INDEX &&
                work->walk.aim.reaching[ledger->split_operator[s]])
                walk_split(work, s);
        work->keeps_order =
            snap_graph_keeps_order(&ledger->graph, work->walk.changes_key, work->match->op->index);
        if (!work->keeps_order)
            return;
    }
}

static void repeat(struct snap_row_match *match, const struct row *row)
{
    match->duplicated++;
    snap_finding_offer(&match->first, &(struct snap_finding){
                                          .found = true,
                                          .counter = SNAP_COUNTER_DUPLICATED,
                                          .operator_index = match->op->index,
                                          .subtask = row->subtask,
                                          .origin = row->origin,
                                          .lineage = row->lineage,
                                          .at_ns = row->at_ns,
                                      });
}

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;

    if (a->origin != b->origin)
        return a->origin < b->origin ? -1 : 1;
    if (a->lineage != b->lineage)
        return a->lineage < b->lineage ? -1 : 1;
    return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

/* Leaves the rows that are there, by their records. */
static struct row *sorted_rows(struct work *work, uint32_t *count)
{
    struct row *rows = SNAP_ARENA_ARRAY(work->match->arena, struct row, work->count);

    *count = 0;
    for (uint32_t i = 0; i < work->keys.slot_count; i++)
        if (work->keys.slots[i].used && work->keys.slots[i].present)
            rows[(*count)++] = work->rows[work->keys.slots[i].last];
    if (*count > 1)
        qsort(rows, *count, sizeof(*rows), compare_rows);
    return rows;
}

static void count_repeats(struct work *work, bool keys_known)
{
    uint32_t count;
    const struct row *rows = sorted_rows(work, &count);

    work->match->rows = count;
    for (uint32_t i = 0; i < count; i++) {
        bool again =
            i > 0 && rows[i].origin == rows[i - 1].origin && rows[i].lineage == rows[i - 1].lineage;

        /* All that was under way in a snapshot on disk has one origin. */
        if (snap_ledger_is_past(work->match->ledger, rows[i].origin))
            continue;
        if (again || (keys_known && !rows[i].wanted))
            repeat(work->match, &rows[i]);
    }
}

void snap_row_match_run(struct snap_row_match *match)
{
    const struct snap_graph *graph = &match->ledger->graph;
    uint32_t index = match->op->index;
    /* What went another way in an earlier execution of the job may have had another key. */
    bool keys_known = !match->ledger->before && (graph->known[index] & SNAP_PART_KEY) != 0 &&
                      graph->countable[index] && !graph->behind_window[index];
    struct work work = {.match = match};

    work.keys =
        (struct snap_key_table){.arena = match->arena, .kind = match->op->input_schemas[0].key};
    for (uint32_t r = 0; r < match->runs->count; r++)
        take_run(&work, &match->runs->items[r]);
    if (keys_known) {
        snap_walk_init_to(&work.walk, graph, index);
        walk_all(&work);
        snap_walk_fini(&work.walk);
    } else {
        match->lost = SNAP_UNJUDGED;
        match->pending = SNAP_UNJUDGED;
        match->doubt = match->ledger->before ? SNAP_ROWS_STARTED_AGAIN : SNAP_ROWS_KEYS_UNKNOWN;
    }
    count_repeats(&work, keys_known);
    if (graph->behind_window[index])
        match->duplicated = SNAP_UNJUDGED;
}
