// SPDX-License-Identifier: Apache-2.0
#include "verify/window_book.h"

void snap_window_book_add(struct snap_window_book *book, struct snap_arena *arena,
                          const struct snap_window_line *line, snap_ns at_ns)
{
    struct snap_record place = {.origin = book->count};
    struct snap_stretch stretch = {.records = snap_record_view_of(&place), .count = 1};

    book->lines =
        snap_arena_grow(arena, book->lines, book->count, &book->capacity, sizeof(*book->lines));
    book->lines[book->count++] = *line;
    snap_log_append(&book->journal.log, arena, &stretch, at_ns);
}

void snap_window_book_note(struct snap_window_book *book, struct snap_arena *arena,
                           const struct snap_span *span, uint64_t taken)
{
    struct snap_window_line line = {
        .kind = span->kind, .note = *span->window, .taken = taken, .execution = book->execution};

    if (span->count > 0) {
        line.record = snap_record_view_at(&span->records, 0);
        line.lineage = span->lineage ? span->lineage[0] : 0;
    }
    snap_window_book_add(book, arena, &line, span->at_ns);
}

void snap_window_book_each(const struct snap_window_book *book, struct snap_arena *arena,
                           void (*each)(void *to, const struct snap_window_line *line,
                                        uint64_t index),
                           void *to)
{
    uint32_t count;
    const struct snap_journal_range *ranges = snap_journal_content(&book->journal, arena, &count);

    for (uint32_t r = 0; r < count; r++)
        for (uint64_t i = ranges[r].first; i < ranges[r].end; i++)
            each(to, &book->lines[i], i);
}

static void count_dropped(void *to, const struct snap_window_line *line, uint64_t index)
{
    (void)index;
    *(int64_t *)to += line->kind == SNAP_SPAN_LATE && line->note.dropped;
}

int64_t snap_window_book_dropped(const struct snap_window_book *book, struct snap_arena *arena)
{
    int64_t dropped = 0;

    snap_window_book_each(book, arena, count_dropped, &dropped);
    return dropped;
}
