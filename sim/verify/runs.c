// SPDX-License-Identifier: Apache-2.0
#include "verify/runs.h"

#include <stdlib.h>

/* Adds entries [first, end) of the log, a run a chunk; the other fields are those of `like`. */
static void add(struct snap_runs *runs, struct snap_arena *arena, struct snap_run like,
                struct snap_journal_range range)
{
    while (range.first < range.end) {
        like.slice = snap_log_slice(like.log, range.first, range.end);
        like.first = range.first;
        range.first += like.slice.count;
        runs->items =
            snap_arena_grow(arena, runs->items, runs->count, &runs->capacity, sizeof(*runs->items));
        runs->items[runs->count++] = like;
        runs->record_count += like.slice.count;
        if (like.phase == SNAP_PART_VISIBLE)
            runs->visible_count += like.slice.count;
    }
}

void snap_runs_add_journal(struct snap_runs *runs, struct snap_arena *arena,
                           const struct snap_subtask_book *book, uint32_t subtask)
{
    uint32_t count;
    const struct snap_journal_range *ranges = snap_journal_content(&book->journal, arena, &count);
    struct snap_run like = {
        .log = &book->journal.log,
        .subtask = subtask,
        .phase = SNAP_PART_VISIBLE,
    };

    for (uint32_t i = 0; i < count; i++)
        add(runs, arena, like, ranges[i]);
}

static void add_part(struct snap_runs *runs, struct snap_arena *arena,
                     const struct snap_part_book *part, uint32_t subtask)
{
    struct snap_run seen = {.log = &part->written, .subtask = subtask, .phase = part->phase};
    struct snap_run unseen = seen;
    uint64_t written = part->written.count;
    uint64_t lines = part->reported ? part->line_count : 0;
    uint64_t done = 0;

    unseen.phase = SNAP_PART_IN_PROGRESS;
    if (lines > written)
        lines = written;
    for (uint32_t i = 0; i < part->bad_count; i++) {
        uint64_t bad = part->bad_lines[i];

        add(runs, arena, seen, (struct snap_journal_range){done, bad});
        add(runs, arena, unseen, (struct snap_journal_range){bad, bad + 1});
        done = bad + 1;
    }
    add(runs, arena, seen, (struct snap_journal_range){done, lines});
    add(runs, arena, unseen, (struct snap_journal_range){lines, written});
}

void snap_runs_add_parts(struct snap_runs *runs, struct snap_arena *arena,
                         const struct snap_subtask_book *book, uint32_t subtask)
{
    for (uint32_t i = 0; i < book->part_count; i++)
        add_part(runs, arena, &book->parts[i], subtask);
}

snap_ns snap_run_time_of(const struct snap_run *run, uint32_t position)
{
    return snap_log_time_of(run->log, run->first + position);
}

static int compare_runs(const void *left, const void *right)
{
    const struct snap_run *a = left;
    const struct snap_run *b = right;
    snap_ns a_ns = snap_run_time_of(a, 0);
    snap_ns b_ns = snap_run_time_of(b, 0);

    if (a_ns != b_ns)
        return a_ns < b_ns ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

void snap_runs_sort(struct snap_runs *runs)
{
    for (uint32_t i = 0; i < runs->count; i++)
        runs->items[i].order = i;
    if (runs->count > 1)
        qsort(runs->items, runs->count, sizeof(*runs->items), compare_runs);
}
