// SPDX-License-Identifier: Apache-2.0
/*
 * window_book.h: what the windows of one subtask told of themselves, through snapshots and
 * restores.
 *
 * - A line is a result, a record that came too late for a window, or a window that was cleared.
 *   Each has the number of records that the subtask had taken by then, so that lines and the
 *   journal of the records can be read in one order.
 * - A journal with an entry a line says which lines count: a restore takes back what was told since
 *   its snapshot.
 * - Touched by the task's thread only while it runs; read by the judge afterwards.
 */
#ifndef SNAP_VERIFY_WINDOW_BOOK_H
#define SNAP_VERIFY_WINDOW_BOOK_H

#include "model/observer.h"
#include "verify/journal.h"

struct snap_window_line {
    enum snap_span_kind kind; /* FIRED, LATE or CLEARED */
    struct snap_window_note note;
    struct snap_record record; /* FIRED: the result; LATE: the record */
    uint64_t lineage;
    uint64_t taken; /* entries of the records' journal at that time */
    uint32_t execution;
};

struct snap_window_book {
    struct snap_journal journal; /* entry i is of line i */
    struct snap_window_line *lines;
    uint32_t count;
    uint32_t capacity;
    uint32_t execution; /* of the job, in which new lines are written */
};

/* Writes down a span of one of the three kinds; `taken` is what was journalled so far. */
void snap_window_book_note(struct snap_window_book *book, struct snap_arena *arena,
                           const struct snap_span *span, uint64_t taken);

/* Writes down a line of an earlier execution. */
void snap_window_book_add(struct snap_window_book *book, struct snap_arena *arena,
                          const struct snap_window_line *line, snap_ns at_ns);

/* Calls `each` for every line that counts, oldest first; scratch memory of the arena. */
void snap_window_book_each(const struct snap_window_book *book, struct snap_arena *arena,
                           void (*each)(void *to, const struct snap_window_line *line,
                                        uint64_t index),
                           void *to);

/* Returns how many records were dropped as late, those that a restore took back left out. */
int64_t snap_window_book_dropped(const struct snap_window_book *book, struct snap_arena *arena);

#endif
