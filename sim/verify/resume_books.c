// SPDX-License-Identifier: Apache-2.0
/*
 * From the books of the executions so far to those of the next one.
 */
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "verify/ledger.h"
#include "verify/ledger_parts.h"
#include "verify/window_check.h"

/* One resumption. */
struct resumption {
    struct snap_ledger *ledger;      /* the new execution's */
    const struct snap_ledger *taken; /* of the execution that took the savepoint */
    const struct snap_execution_start *start;
};

static const struct snap_operator *same_in(const struct snap_ledger *ledger,
                                           const struct snap_operator *op)
{
    const struct snap_operator *same = snap_job_find_operator(ledger->job, op->uid);

    return same && same->type == op->type ? same : NULL;
}

/* ---- splits ---- */

/* Where the split stood at the savepoint; one whose owner took none had finished before. */
static uint64_t position_of(const struct resumption *at, uint32_t split)
{
    const struct snap_ledger *taken = at->taken;
    const struct snap_split_book *book;
    const struct snap_task_book *owner;

    if (split >= taken->job->split_count || taken->split_operator[split] == SNAP_NO_INDEX)
        return snap_origin_make(split, 0);
    book = &taken->splits[split];
    if (!book->seen)
        return taken->base_origin[split];
    owner =
        snap_ledger_task((struct snap_ledger *)taken, taken->split_operator[split], book->owner);
    if (!snap_moments_find(&owner->snapshots, at->start->savepoint))
        return book->end_origin;
    return snap_split_book_at(taken, split, at->start->savepoint);
}

static void resume_split(const struct resumption *at, uint32_t split)
{
    struct snap_ledger *ledger = at->ledger;
    struct snap_split_book *book = &ledger->splits[split];
    uint32_t source = ledger->split_operator[split];

    if (split < ledger->before->job->split_count)
        *book = ledger->before->splits[split];
    book->seen = false;
    book->owner = 0;
    book->marks = NULL;
    book->mark_count = 0;
    book->mark_capacity = 0;
    if (source == SNAP_NO_INDEX || !at->start->restored[source])
        return;
    ledger->base_origin[split] = position_of(at, split);
    book->next_origin = ledger->base_origin[split];
    if (!snap_source_replays(&ledger->job->operators[source]))
        book->gone_origin = book->end_origin;
}

/* ---- states ---- */

static uint32_t subtask_of(const struct snap_operator *op, union snap_value key)
{
    struct snap_parallelism parallelism = {op->parallelism, op->max_parallelism};
    int32_t hash = op->input_schemas[0].key == SNAP_VALUE_LONG
                       ? snap_java_hash_long(key.number)
                       : snap_java_hash_utf8(key.string->bytes, key.string->length);

    return snap_key_group_subtask(snap_key_group_of(hash, parallelism.max), parallelism);
}

/* What is not keyed stays with the number of its subtask, as far as there is one. */
static void deal_entry(const struct resumption *at, const struct snap_operator *op, uint32_t from,
                       const struct snap_log_entry *entry)
{
    uint32_t to = op->type->keyed ? subtask_of(op, entry->record.key) : from % op->parallelism;
    struct snap_task_book *task = snap_ledger_task(at->ledger, op->index, to);
    struct snap_stretch stretch = {snap_record_view_of(&entry->record), &entry->lineage, 1};

    snap_log_append(&at->ledger->books[op->index][to].journal.log, &task->arena, &stretch,
                    at->start->at_ns);
}

static void deal_content(const struct resumption *at, const struct snap_operator *op,
                         const struct snap_journal *journal, uint32_t from)
{
    const struct snap_journal_mark *mark = snap_journal_find_mark(journal, at->start->savepoint);
    struct snap_arena scratch;
    const struct snap_journal_range *ranges;
    uint32_t count;

    snap_arena_init(&scratch);
    ranges = mark ? snap_journal_content_at(journal, mark, &scratch, &count)
                  : snap_journal_content(journal, &scratch, &count);
    for (uint32_t i = 0; i < count; i++)
        for (uint64_t e = ranges[i].first; e < ranges[i].end; e++) {
            struct snap_log_entry entry = snap_log_entry_at(&journal->log, e);

            deal_entry(at, op, from, &entry);
        }
    snap_arena_fini(&scratch);
    /* Fingerprints cannot be taken apart; only their sum over the subtasks is ever asked for. */
    snap_fingerprint_merge(&at->ledger->books[op->index][0].journal.print,
                           mark ? &mark->print : &journal->print);
}

/* What windows had told of themselves by the savepoint: which subtask it is written down for does
 * not matter, only that it counts. */
static void deal_lines(const struct resumption *at, const struct snap_operator *op,
                       const struct snap_window_book *from, uint32_t subtask)
{
    struct snap_window_book *to = at->ledger->books[op->index][subtask].windows;
    struct snap_arena *arena = &snap_ledger_task(at->ledger, op->index, subtask)->arena;
    const struct snap_journal_mark *mark =
        snap_journal_find_mark(&from->journal, at->start->savepoint);
    struct snap_arena scratch;
    const struct snap_journal_range *ranges;
    uint32_t count;

    snap_arena_init(&scratch);
    ranges = mark ? snap_journal_content_at(&from->journal, mark, &scratch, &count)
                  : snap_journal_content(&from->journal, &scratch, &count);
    for (uint32_t i = 0; i < count; i++)
        for (uint64_t l = ranges[i].first; l < ranges[i].end; l++)
            snap_window_book_add(to, arena, &from->lines[l], at->start->at_ns);
    snap_arena_fini(&scratch);
}

/* How many subtasks of the operator had finished before the savepoint: they took no part in it. */
static uint32_t count_finished(const struct resumption *at, const struct snap_operator *op)
{
    const struct snap_operator *same = same_in(at->taken, op);
    uint32_t finished = 0;

    for (uint32_t i = 0; same && at->start->restored[op->index] && i < same->parallelism; i++) {
        const struct snap_task_book *task =
            snap_ledger_task((struct snap_ledger *)at->taken, same->index, i);

        /* One that had finished earlier still acknowledges, with nothing. */
        finished += task->began_finished ||
                    snap_moments_find(&task->snapshots, at->start->savepoint) == NULL;
    }
    return finished;
}

static bool is_fully_finished(const struct resumption *at, const struct snap_operator *op)
{
    const struct snap_operator *same = same_in(at->taken, op);

    return same && count_finished(at, op) == same->parallelism;
}

/* Whether it went on without the state of subtasks that had finished, in this execution or in one
 * that the savepoint's went on from: what they had is not there any more. */
static bool is_partly_finished(const struct resumption *at, const struct snap_operator *op)
{
    const struct snap_operator *same = same_in(at->taken, op);

    for (uint32_t i = 0; same && i < same->parallelism; i++)
        if (at->taken->books[same->index][i].partly_finished)
            return true;
    return count_finished(at, op) > 0 && !is_fully_finished(at, op);
}

/* What the run took for granted goes to those who have the key now. */
static void deal_base(const struct resumption *at, const struct snap_operator *op,
                      const struct snap_subtask_book *from, uint32_t subtask)
{
    for (uint32_t e = 0; e < from->base_entry_count; e++) {
        struct snap_state_entry entry = from->base_entries[e];
        struct snap_subtask_book *to;

        entry.operator_index = op->index;
        entry.subtask = op->type->keyed ? subtask_of(op, entry.key) : subtask % op->parallelism;
        to = &at->ledger->books[op->index][entry.subtask];
        to->dealt_entries = snap_arena_grow(
            &snap_ledger_task(at->ledger, op->index, entry.subtask)->arena, to->dealt_entries,
            to->base_entry_count, &to->dealt_capacity, sizeof(*to->dealt_entries));
        to->dealt_entries[to->base_entry_count++] = entry;
        to->base_entries = to->dealt_entries;
    }
}

static void deal_window(const struct resumption *at, const struct snap_operator *op,
                        struct snap_base_window window)
{
    struct snap_subtask_book *to;

    window.operator_index = op->index;
    window.subtask = subtask_of(op, window.key);
    to = &at->ledger->books[op->index][window.subtask];
    to->dealt_windows = snap_arena_grow(
        &snap_ledger_task(at->ledger, op->index, window.subtask)->arena, to->dealt_windows,
        to->base_window_count, &to->dealt_window_capacity, sizeof(*to->dealt_windows));
    to->dealt_windows[to->base_window_count++] = window;
    to->base_windows = to->dealt_windows;
    to->journal.log.keeps_timestamps = true;
}

/* Restored windows that were not over at the savepoint go to those who have the key now; what was
 * wrong by then is written down for any of them. */
static void deal_windows(const struct resumption *at, const struct snap_operator *op,
                         const struct snap_operator *same, uint32_t subtask)
{
    const struct snap_operator_rules *rules = at->ledger->rules[op->index];
    const struct snap_window_subject subject = {
        .op = same,
        .rules = at->taken->rules[same->index],
        .book = &at->taken->books[same->index][subtask],
    };
    struct snap_subtask_book *to = &at->ledger->books[op->index][subtask % op->parallelism];
    struct snap_arena scratch;
    struct snap_windows_left left;

    if (!subject.book->windows || !subject.rules->add_to_window)
        return;
    snap_arena_init(&scratch);
    snap_window_check_until(&subject, at->start->savepoint, &scratch, &left);
    to->base_wrong += left.wrong;
    to->base_has_other_size = to->base_has_other_size || left.has_other_size ||
                              rules->windows_grow != subject.rules->windows_grow;
    for (uint32_t i = 0; at->start->restored[op->index] && i < left.open_count; i++)
        deal_window(at, op, left.open[i]);
    snap_arena_fini(&scratch);
}

/* `same` is the operator in the execution that took the savepoint, or NULL. Results of windows have
 * been sent also where their state is not found again. */
static void deal_state(const struct resumption *at, const struct snap_operator *op,
                       const struct snap_operator *same)
{
    /* Before their records, whose times are asked for. */
    for (uint32_t i = 0; same && i < same->parallelism; i++)
        deal_windows(at, op, same, i);
    for (uint32_t i = 0; same && i < same->parallelism; i++) {
        const struct snap_subtask_book *from = &at->taken->books[same->index][i];

        if (at->start->restored[op->index]) {
            deal_content(at, op, &from->journal, i);
            deal_base(at, op, from, i);
        }
        if (from->windows)
            deal_lines(at, op, from->windows, i % op->parallelism);
    }
}

/* An operator that had finished as a whole has no snapshot to go back to: it stays as it was. */
static void resume_state(const struct resumption *at, const struct snap_operator *op)
{
    const struct snap_operator *same = same_in(at->taken, op);
    bool finished = is_fully_finished(at, op);
    bool partly = is_partly_finished(at, op);

    deal_state(at, op, same);
    for (uint32_t i = 0; i < op->parallelism; i++) {
        struct snap_subtask_book *book = &at->ledger->books[op->index][i];
        struct snap_arena *arena = &snap_ledger_task(at->ledger, op->index, i)->arena;

        book->partly_finished = partly;
        book->dealt_records = book->journal.log.count;
        if (!finished)
            snap_journal_mark(&book->journal, arena, at->start->savepoint, at->start->at_ns);
        if (!finished && book->windows)
            snap_journal_mark(&book->windows->journal, arena, at->start->savepoint,
                              at->start->at_ns);
    }
}

/* ---- all books ---- */

/* What was written stays written, and is judged under the number of its old subtask. */
static void resume_books(const struct resumption *at, const struct snap_operator *op)
{
    struct snap_ledger *ledger = at->ledger;
    const struct snap_ledger *before = ledger->before;
    const struct snap_operator *same = same_in(before, op);
    uint32_t old;

    /* It may have been away for a while. */
    for (; !same && before->before; same = same_in(before, op))
        before = before->before;
    old = same ? before->subtasks[same->index] : 0;
    snap_ledger_make_books(ledger, op, old > op->parallelism ? old : op->parallelism);
    for (uint32_t i = 0; i < old; i++) {
        struct snap_subtask_book *to = &ledger->books[op->index][i];
        const struct snap_subtask_book *from = &before->books[same->index][i];

        to->processed = from->processed;
        to->parts = from->parts;
        to->part_count = from->part_count;
        to->part_capacity = from->part_capacity;
        to->part_hint = from->part_hint;
        memcpy(to->restored, from->restored, sizeof(to->restored));
    }
    if (snap_rule_has_state(ledger->rules[op->index]->kind))
        resume_state(at, op);
}

/* The savepoint counts as confirmed, and as a snapshot of every new task that goes on. */
static void note_savepoint(const struct resumption *at)
{
    struct snap_ledger *ledger = at->ledger;
    uint32_t job_manager = snap_job_manager_actor(ledger->job);
    struct snap_ledger_moment moment = {.checkpoint = at->start->savepoint,
                                        .at_ns = at->start->at_ns};

    for (uint32_t v = 0; v < ledger->job->vertex_count; v++) {
        const struct snap_vertex *vertex = &ledger->job->vertices[v];
        bool finished = is_fully_finished(at, &ledger->job->operators[vertex->operators[0]]);

        for (uint32_t i = 0; i < vertex->parallelism; i++) {
            struct snap_task_book *task = &ledger->tasks[vertex->task_first + i];

            task->began_finished = finished;
            if (!finished)
                snap_moments_add(&task->snapshots, &task->arena, &moment);
        }
    }
    snap_moments_add(&ledger->tasks[job_manager].completions, &ledger->tasks[job_manager].arena,
                     &moment);
}

void snap_ledger_resume(struct snap_ledger *ledger, const struct snap_execution_start *start,
                        const struct snap_operator_rules *const *rules)
{
    struct resumption at = {.ledger = ledger, .start = start};
    struct snap_ledger *before = snap_arena_copy(&ledger->arena, ledger, sizeof(*ledger));

    SNAP_CHECK(start->job->split_count >= ledger->job->split_count);
    at.taken = before;
    while (at.taken->execution != start->taken_in)
        at.taken = at.taken->before;
    ledger->before = before;
    ledger->suspended = false;
    ledger->in_flight = start->in_flight;
    ledger->job = start->job;
    ledger->rules = rules;
    ledger->execution = start->number;
    ledger->began_ns = start->at_ns;
    snap_graph_init(&ledger->graph, &ledger->arena, ledger->job, rules);
    snap_ledger_make_forms(ledger);
    snap_ledger_make_tasks(ledger);
    snap_ledger_make_splits(ledger);
    for (uint32_t s = 0; s < ledger->job->split_count; s++)
        resume_split(&at, s);
    ledger->books =
        SNAP_ARENA_ARRAY(&ledger->arena, struct snap_subtask_book *, ledger->job->operator_count);
    ledger->subtasks = SNAP_ARENA_ARRAY(&ledger->arena, uint32_t, ledger->job->operator_count);
    for (uint32_t i = 0; i < ledger->job->operator_count; i++)
        resume_books(&at, &ledger->job->operators[i]);
    note_savepoint(&at);
}
