// SPDX-License-Identifier: Apache-2.0
/*
 * sink_lines.h: does a part hold what was written into it?
 *
 * - Line i of a part belongs to the i-th record that was written into it: "key TAB value", numbers
 *   in decimal, tab, newline and backslash in strings written as \t, \n and \\.
 * - A line that says something else makes its record unseen; lines behind the last record are
 *   alien. Used by one thread, after the run.
 */
#ifndef SNAP_VERIFY_SINK_LINES_H
#define SNAP_VERIFY_SINK_LINES_H

#include "base/arena.h"
#include "base/text.h"
#include "model/observer.h"
#include "model/record.h"
#include "verify/books.h"

/* Takes over the phase and number of lines; remembers those that differ from what was written. */
void snap_sink_lines_compare(struct snap_part_book *book, struct snap_arena *arena,
                             const struct snap_sink_part *part, struct snap_schema schema);

#endif
