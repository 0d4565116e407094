// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "verify/books.h"

/* Puts the split into its owner's list when its first record comes. */
static void own(struct snap_split_book *book, struct snap_task_book *task, uint32_t split,
                uint32_t subtask)
{
    if (book->seen)
        return;
    book->seen = true;
    book->owner = subtask;
    task->splits = snap_arena_grow(&task->arena, task->splits, task->split_count,
                                   &task->split_capacity, sizeof(*task->splits));
    task->splits[task->split_count++] = split;
}

/* Whether each origin is the next one, all of one split. */
static bool are_in_a_row(const struct snap_record_view *records, uint32_t count)
{
    uint64_t first = snap_record_view_origin(records, 0);
    uint64_t odd = 0;

    for (uint32_t i = 0; i < count; i++)
        odd |= snap_record_view_origin(records, i) ^ (first + i);
    return odd == 0 && snap_origin_split(first) == snap_origin_split(first + count - 1);
}

/* How many of the records continue the split with rising offsets. */
static uint32_t count_new(struct snap_split_book *book, const struct snap_record_view *records,
                          uint32_t count)
{
    uint64_t first = snap_record_view_origin(records, 0);
    uint64_t next = book->sent_any ? book->end_origin : first;
    uint32_t split = snap_origin_split(first);
    uint32_t i = 0;

    if (first >= next && are_in_a_row(records, count)) {
        book->gaps |= first != next;
        next = first + count;
        i = count;
    }
    for (; i < count; i++) {
        uint64_t origin = snap_record_view_origin(records, i);

        if (origin < next || snap_origin_split(origin) != split)
            break;
        book->gaps |= origin != next;
        next = origin + 1;
    }
    if (!book->sent_any)
        book->first_origin = first;
    book->sent_any = true;
    book->end_origin = next;
    return i;
}

/* What should become of new records is added up at once. */
static void expect_now(struct snap_walk *walk, uint32_t source, const struct snap_stretch *stretch)
{
    for (uint32_t i = 0; i < stretch->count; i += SNAP_WALK_RECORDS) {
        const struct snap_record_view records = snap_record_view_from(&stretch->records, i);
        uint32_t rest = stretch->count - i;

        snap_walk_from_view(walk, source, &records,
                            rest < SNAP_WALK_RECORDS ? rest : SNAP_WALK_RECORDS);
    }
}

/* Not the next one of its split: it was sent before, or lies below where the run began. */
static void sent_again(struct snap_ledger *ledger, struct snap_split_book *book, uint64_t origin)
{
    if (snap_ledger_is_past(ledger, origin) && origin < book->past_origin)
        book->past_origin = origin;
    book->next_origin = origin + 1;
}

void snap_split_books_emitted(struct snap_ledger *ledger, const struct snap_span *span)
{
    struct snap_task_book *task = snap_ledger_task(ledger, span->operator_index, span->subtask);

    for (uint32_t i = 0; i < span->count;) {
        struct snap_stretch stretch = {.records = snap_record_view_from(&span->records, i)};
        uint64_t origin = snap_record_view_origin(&stretch.records, 0);
        struct snap_split_book *book = &ledger->splits[snap_origin_split(origin)];

        SNAP_CHECK(snap_origin_split(origin) < ledger->job->split_count);
        own(book, task, snap_origin_split(origin), span->subtask);
        stretch.count = count_new(book, &stretch.records, span->count - i);
        if (!stretch.count) {
            sent_again(ledger, book, origin);
            i++;
            continue;
        }
        if (task->walk)
            expect_now(task->walk, span->operator_index, &stretch);
        if (ledger->mode == SNAP_LEDGER_FULL)
            snap_log_append(&book->sent, &task->arena, &stretch, span->at_ns);
        book->next_origin = book->end_origin;
        i += stretch.count;
    }
}

bool snap_split_book_find(const struct snap_split_book *book, uint64_t origin, uint64_t *index)
{
    uint64_t low = 0;
    uint64_t high = book->sent.count;

    if (origin < book->first_origin || origin >= book->end_origin)
        return false;
    if (!book->gaps) {
        *index = origin - book->first_origin;
        return true;
    }
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (snap_log_entry_at(&book->sent, middle).record.origin <= origin)
            low = middle;
        else
            high = middle;
    }
    *index = low;
    return snap_log_entry_at(&book->sent, low).record.origin == origin;
}

void snap_split_books_mark(struct snap_ledger *ledger, struct snap_task_book *task,
                           snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < task->split_count; i++) {
        struct snap_split_book *book = &ledger->splits[task->splits[i]];

        book->marks = snap_arena_grow(&task->arena, book->marks, book->mark_count,
                                      &book->mark_capacity, sizeof(*book->marks));
        book->marks[book->mark_count++] =
            (struct snap_split_mark){.checkpoint = checkpoint, .next_origin = book->next_origin};
    }
}

uint64_t snap_split_book_at(const struct snap_ledger *ledger, uint32_t split,
                            snap_checkpoint_id checkpoint)
{
    const struct snap_split_book *book = &ledger->splits[split];

    for (uint32_t i = book->mark_count; i > 0; i--)
        if (book->marks[i - 1].checkpoint == checkpoint)
            return book->marks[i - 1].next_origin;
    return ledger->base_origin[split];
}

bool snap_source_replays(const struct snap_operator *op)
{
    for (uint32_t i = 0; op->options && i < op->type->option_count; i++)
        if (strcmp(op->type->options[i].name, "replayable") == 0)
            return !op->options[i].set || op->options[i].number != 0;
    return true;
}

void snap_split_books_restore(struct snap_ledger *ledger, struct snap_task_book *task,
                              snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < task->split_count; i++) {
        uint32_t split = task->splits[i];
        struct snap_split_book *book = &ledger->splits[split];

        if (!snap_source_replays(&ledger->job->operators[ledger->split_operator[split]]))
            book->gone_origin = book->end_origin; /* it goes on where it stands */
        else if (checkpoint == SNAP_NO_CHECKPOINT ||
                 snap_moments_find(&task->snapshots, checkpoint))
            book->next_origin = snap_split_book_at(ledger, split, checkpoint);
    }
}
