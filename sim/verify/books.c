// SPDX-License-Identifier: Apache-2.0
#include "verify/books.h"

#include "base/check.h"

struct snap_task_book *snap_ledger_task(struct snap_ledger *ledger, uint32_t operator_index,
                                        uint32_t subtask)
{
    const struct snap_operator *op = &ledger->job->operators[operator_index];

    SNAP_CHECK(subtask < op->parallelism);
    return &ledger->tasks[ledger->job->vertices[op->vertex].task_first + subtask];
}

bool snap_ledger_is_alive(const struct snap_task_book *task)
{
    return task->alive && task->attempt == task->sent;
}

void snap_moments_add(struct snap_moments *moments, struct snap_arena *arena,
                      const struct snap_ledger_moment *moment)
{
    moments->items = snap_arena_grow(arena, moments->items, moments->count, &moments->capacity,
                                     sizeof(*moments->items));
    moments->items[moments->count++] = *moment;
}

const struct snap_ledger_moment *snap_moments_find(const struct snap_moments *moments,
                                                   snap_checkpoint_id checkpoint)
{
    for (uint32_t i = moments->count; i > 0; i--)
        if (moments->items[i - 1].checkpoint == checkpoint)
            return &moments->items[i - 1];
    return NULL;
}

const struct snap_ledger_moment *snap_moments_before(const struct snap_moments *moments,
                                                     snap_ns at_ns)
{
    for (uint32_t i = moments->count; i > 0; i--)
        if (moments->items[i - 1].at_ns <= at_ns)
            return &moments->items[i - 1];
    return NULL;
}

/* Parts come and are handed in mostly in the order in which they were begun. */
static struct snap_part_book *find_part(struct snap_subtask_book *book, uint64_t part)
{
    for (uint32_t i = 0; i < book->part_count; i++) {
        uint32_t at = (book->part_hint + i) % book->part_count;

        if (book->parts[at].part == part) {
            book->part_hint = at;
            return &book->parts[at];
        }
    }
    return NULL;
}

bool snap_subtask_book_has_part(struct snap_subtask_book *book, uint64_t part)
{
    return find_part(book, part) != NULL;
}

struct snap_part_book *snap_subtask_book_part(struct snap_subtask_book *book,
                                              struct snap_arena *arena, uint64_t part)
{
    struct snap_part_book *found = find_part(book, part);

    if (found)
        return found;
    book->parts = snap_arena_grow(arena, book->parts, book->part_count, &book->part_capacity,
                                  sizeof(*book->parts));
    book->part_hint = book->part_count;
    found = &book->parts[book->part_count++];
    found->part = part;
    return found;
}
