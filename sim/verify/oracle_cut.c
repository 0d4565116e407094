// SPDX-License-Identifier: Apache-2.0
/*
 * A completed checkpoint is a consistent cut: a record is in a state's snapshot, or was written
 * before a sink's, if and only if its source had sent it before its own snapshot.
 *
 * - Each source's split has a mark at each snapshot: its next origin. Each subtask with states or
 *   sinks keeps, for each stretch between two snapshots, the lowest and highest origin by split.
 *   Marks rise within an attempt, so a stretch need only be compared with the completed
 *   checkpoints (or the restored one) next to it.
 * - In at-least-once mode a record may be in the snapshot too early, never too late; with unaligned
 *   checkpoints it may come later, out of the in-flight data, which oracle_channels.c looks at.
 * - Not looked at: what comes from sources that cannot replay, and what lies behind operators that
 *   hold records back. Splits without a mark (their source had finished) say nothing.
 * - A task's book and its splits' books are its own thread's; compared at the end.
 */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "model/names.h"
#include "verify/books.h"
#include "verify/oracle.h"

struct range {
    uint32_t split;
    bool used;
    uint64_t low;
    uint64_t high; /* inclusive */
};

/* A stretch of an attempt: from this snapshot or restore to the next one. */
struct epoch {
    snap_checkpoint_id checkpoint; /* at its begin */
    bool restored;                 /* it begins an attempt */
    uint32_t first;                /* its ranges */
    uint32_t count;
};

struct task_book {
    struct snap_arena arena;
    struct epoch *epochs;
    uint32_t epoch_count;
    uint32_t epoch_capacity;
    struct range *ranges;
    uint32_t range_count;
    uint32_t range_capacity;
    struct range *table; /* of the stretch now: open addressing, at most half full */
    uint32_t table_capacity;
    uint32_t table_count;
    uint32_t *splits; /* that it sends */
    uint32_t split_count;
    uint32_t split_capacity;
};

struct split_book {
    bool owned;
    uint64_t next;
    struct snap_split_mark *marks; /* ascending */
    uint32_t mark_count;
    uint32_t mark_capacity;
};

struct books {
    bool *counts; /* by operator */
    struct task_book *tasks;
    struct split_book *splits;
    struct snap_checkpoint_notes completed;
};

/* ---- which operators ---- */

/* Whether records reach the operator at once, from sources that can replay. */
static bool flows(const struct snap_oracle_case *at, const bool *flows_at, uint32_t index)
{
    const struct snap_operator *op = &at->job->operators[index];
    const struct snap_operator_rules *rules = at->rules[index];

    if (rules->kind == SNAP_RULE_SOURCE)
        return snap_source_replays(op);
    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        uint32_t producer = at->job->edges[op->in_edges[i]].producer;
        const struct snap_operator_rules *before = at->rules[producer];

        if (!flows_at[producer] || before->holds)
            return false;
        if (before->kind != SNAP_RULE_SOURCE && before->kind != SNAP_RULE_PURE &&
            before->kind != SNAP_RULE_FOLD)
            return false;
    }
    return true;
}

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;
    const struct snap_job *job = at->job;

    if (!snap_oracle_has_records(at))
        return false;
    books->counts = SNAP_ARENA_ARRAY(at->arena, bool, job->operator_count);
    books->tasks = SNAP_ARENA_ARRAY(at->arena, struct task_book, job->task_count);
    books->splits = SNAP_ARENA_ARRAY(at->arena, struct split_book, job->split_count);
    /* Operators need not stand in the order of the flow: repeat until nothing changes. */
    for (uint32_t round = 0; round < job->operator_count; round++)
        for (uint32_t i = 0; i < job->operator_count; i++)
            books->counts[i] = flows(at, books->counts, i);
    for (uint32_t t = 0; t < job->task_count; t++)
        snap_arena_init(&books->tasks[t].arena);
    return true;
}

static void fini(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    for (uint32_t t = 0; books->tasks && t < at->job->task_count; t++)
        snap_arena_fini(&books->tasks[t].arena);
}

/* ---- what subtasks handle ---- */

static struct range *slot_of(const struct task_book *task, uint32_t split)
{
    uint32_t mask = task->table_capacity - 1;
    uint32_t i = (uint32_t)snap_mix64(split + UINT64_C(1)) & mask;

    while (task->table[i].used && task->table[i].split != split)
        i = (i + 1) & mask;
    return &task->table[i];
}

static void grow_table(struct task_book *task)
{
    struct range *old = task->table;
    uint32_t capacity = task->table_capacity;

    task->table_capacity = capacity ? capacity * 2 : 8;
    task->table = SNAP_ARENA_ARRAY(&task->arena, struct range, task->table_capacity);
    for (uint32_t i = 0; i < capacity; i++)
        if (old[i].used)
            *slot_of(task, old[i].split) = old[i];
}

static struct range *range_of(struct task_book *task, uint64_t origin)
{
    uint32_t split = snap_origin_split(origin);
    struct range *range;

    if (task->table_count * 2 >= task->table_capacity)
        grow_table(task);
    range = slot_of(task, split);
    if (!range->used) {
        *range = (struct range){split, true, origin, origin};
        task->table_count++;
    }
    return range;
}

static void handled(struct task_book *task, const struct snap_span *span)
{
    struct range *range = NULL;

    for (uint32_t i = 0; i < span->count; i++) {
        uint64_t origin = snap_record_view_origin(&span->records, i);

        if (!range || range->split != snap_origin_split(origin))
            range = range_of(task, origin);
        range->low = origin < range->low ? origin : range->low;
        range->high = origin > range->high ? origin : range->high;
    }
}

/* The stretch is over: its ranges are put by. */
static void close_epoch(struct task_book *task)
{
    struct epoch *epoch;

    if (task->epoch_count == 0)
        return;
    epoch = &task->epochs[task->epoch_count - 1];
    epoch->first = task->range_count;
    for (uint32_t i = 0; i < task->table_capacity && task->table_count > 0; i++) {
        if (!task->table[i].used)
            continue;
        task->ranges = snap_arena_grow(&task->arena, task->ranges, task->range_count,
                                       &task->range_capacity, sizeof(*task->ranges));
        task->ranges[task->range_count++] = task->table[i];
    }
    epoch->count = task->range_count - epoch->first;
    if (task->table_count > 0)
        memset(task->table, 0, task->table_capacity * sizeof(*task->table));
    task->table_count = 0;
}

static void open_epoch(struct task_book *task, snap_checkpoint_id checkpoint, bool restored)
{
    close_epoch(task);
    task->epochs = snap_arena_grow(&task->arena, task->epochs, task->epoch_count,
                                   &task->epoch_capacity, sizeof(*task->epochs));
    task->epochs[task->epoch_count++] =
        (struct epoch){.checkpoint = checkpoint, .restored = restored};
}

/* ---- what sources send ---- */

static void mark(struct task_book *task, struct split_book *split, snap_checkpoint_id checkpoint)
{
    split->marks = snap_arena_grow(&task->arena, split->marks, split->mark_count,
                                   &split->mark_capacity, sizeof(*split->marks));
    split->marks[split->mark_count++] = (struct snap_split_mark){checkpoint, split->next};
}

/* The first record of a split: at this attempt's snapshots so far it stood here, and at the one
 * that the attempt began with, which another execution may have taken. */
static void own(struct task_book *task, uint32_t index, struct split_book *split, uint64_t origin)
{
    uint32_t first = task->epoch_count;

    SNAP_CHECK(first > 0);
    split->owned = true;
    split->next = origin;
    task->splits = snap_arena_grow(&task->arena, task->splits, task->split_count,
                                   &task->split_capacity, sizeof(*task->splits));
    task->splits[task->split_count++] = index;
    do
        first--;
    while (first > 0 && !task->epochs[first].restored);
    for (; first < task->epoch_count; first++)
        mark(task, split, task->epochs[first].checkpoint);
}

static void sent(struct books *books, struct task_book *task, const struct snap_span *span)
{
    for (uint32_t i = 0; i < span->count; i++) {
        uint64_t origin = snap_record_view_origin(&span->records, i);
        uint32_t index = snap_origin_split(origin);
        struct split_book *split = &books->splits[index];

        if (!split->owned)
            own(task, index, split, origin);
        split->next = origin + 1;
    }
}

static void see_span(struct snap_oracle_case *at, const struct snap_span *span)
{
    struct books *books = at->books;
    const struct snap_vertex *vertex =
        &at->job->vertices[at->job->operators[span->operator_index].vertex];
    struct task_book *task = &books->tasks[vertex->task_first + span->subtask];

    if (!books->counts[span->operator_index])
        return;
    if (span->kind == SNAP_SPAN_EMITTED)
        sent(books, task, span);
    else if (span->kind == SNAP_SPAN_AFFECTED || span->kind == SNAP_SPAN_WRITTEN)
        handled(task, span);
}

static const struct snap_split_mark *mark_of(const struct split_book *split, snap_checkpoint_id id)
{
    uint32_t low = 0;
    uint32_t high = split->mark_count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (split->marks[middle].checkpoint < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < split->mark_count && split->marks[low].checkpoint == id ? &split->marks[low]
                                                                         : NULL;
}

static void see_local(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    struct task_book *task;

    if (event->type == SNAP_EVENT_SNAPSHOT_STARTED) {
        task = &books->tasks[event->actor];
        open_epoch(task, event->args[0], false);
        for (uint32_t i = 0; i < task->split_count; i++)
            mark(task, &books->splits[task->splits[i]], event->args[0]);
    } else if (event->type == SNAP_EVENT_RESTORED) {
        task = &books->tasks[event->actor];
        open_epoch(task, event->args[1], true);
        for (uint32_t i = 0; i < task->split_count; i++) {
            struct split_book *split = &books->splits[task->splits[i]];
            const struct snap_split_mark *from = mark_of(split, event->args[1]);

            split->next = from ? from->next_origin : snap_origin_make(task->splits[i], 0);
        }
    }
}

/* ---- the judgement ---- */

static void see_merged(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
        *snap_checkpoint_note(&books->completed, at->arena, event->args[0]) = 1;
}

/* What another execution has completed may have data in flight, which comes later. */
static bool is_boundary(const struct books *books, const struct epoch *epoch)
{
    return epoch->checkpoint > 0 && snap_checkpoint_note_of(&books->completed, epoch->checkpoint);
}

static void object(struct snap_oracle_case *at, uint32_t task, uint64_t origin,
                   snap_checkpoint_id checkpoint, const char *how)
{
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    snap_oracle_object(at, NULL, "checkpoint %" PRId64 " is no consistent cut: %s came to %s %s",
                       checkpoint, snap_origin_name(at->job, origin, &scratch),
                       snap_actor_name(at->job, task, &scratch), how);
    snap_arena_fini(&scratch);
}

/* Compares the ranges of the stretch with the checkpoint: sent before or behind it. */
static void compare(struct snap_oracle_case *at, uint32_t index, const struct epoch *epoch,
                    snap_checkpoint_id checkpoint, bool before)
{
    const struct books *books = at->books;
    const struct task_book *task = &books->tasks[index];

    for (uint32_t i = epoch->first; i < epoch->first + epoch->count; i++) {
        const struct range *range = &task->ranges[i];
        const struct snap_split_mark *cut = mark_of(&books->splits[range->split], checkpoint);

        if (!cut)
            continue;
        if (before && range->high >= cut->next_origin)
            object(at, index, range->high, checkpoint,
                   "before its snapshot, and its source sent it after its own");
        if (!before && range->low < cut->next_origin)
            object(at, index, range->low, checkpoint,
                   "after its snapshot, and its source sent it before its own");
    }
}

static void judge_task(struct snap_oracle_case *at, uint32_t index)
{
    struct books *books = at->books;
    struct task_book *task = &books->tasks[index];
    const struct snap_checkpoint_config *config = &at->sim->config.checkpoint;
    bool exactly = snap_checkpoint_mode(config) == SNAP_MODE_EXACTLY_ONCE;
    bool overtaken = config->unaligned.enabled;
    snap_checkpoint_id since = SNAP_NO_CHECKPOINT;
    snap_checkpoint_id until = SNAP_NO_CHECKPOINT;

    close_epoch(task);
    for (uint32_t i = 0; i < task->epoch_count; i++) {
        const struct epoch *epoch = &task->epochs[i];

        if (is_boundary(books, epoch))
            since = epoch->checkpoint;
        else if (epoch->restored)
            since = SNAP_NO_CHECKPOINT;
        if (since > 0 && !overtaken)
            compare(at, index, epoch, since, false);
    }
    for (uint32_t i = task->epoch_count; exactly && i > 0; i--) {
        const struct epoch *epoch = &task->epochs[i - 1];

        if (until > 0)
            compare(at, index, epoch, until, true);
        if (epoch->restored)
            until = SNAP_NO_CHECKPOINT;
        else if (is_boundary(books, epoch))
            until = epoch->checkpoint;
    }
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    (void)end;
    for (uint32_t t = 0; t < at->job->task_count; t++)
        judge_task(at, t);
}

const struct snap_oracle snap_oracle_cut = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .span = see_span,
    .local = see_local,
    .event = see_merged,
    .end = judge,
    .fini = fini,
};
