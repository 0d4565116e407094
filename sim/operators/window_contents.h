// SPDX-License-Identifier: Apache-2.0
/*
 * window_contents.h: the windows of one subtask: what they hold, their timers, how sessions merge.
 *
 * - A window exists while it holds something. Its timers: one at its max timestamp, which fires it,
 *   and one when it is cleared; with no allowed lateness they are the same.
 * - Sessions of one key never overlap or touch; a record that joins some makes them one.
 * - All of it is keyed state, in key groups.
 * Flink: WindowOperator, MergingWindowSet, EventTimeTrigger, ProcessingTimeTrigger.
 */
#ifndef SNAP_OPERATORS_WINDOW_CONTENTS_H
#define SNAP_OPERATORS_WINDOW_CONTENTS_H

#include "base/arena.h"
#include "model/record.h"
#include "operators/window_assign.h"
#include "state/timers.h"

struct snap_window_contents {
    const struct snap_window_settings *settings;
    struct snap_scoped_table windows; /* an entry's link is the next session of its key */
    struct snap_scoped_table keys;    /* sessions: by key, cell.count is the first session + 1 */
    struct snap_timers timers;        /* of the settings' kind of time */
    int64_t watermark_ms;
};

/* Sets up empty contents, or the subtask's part of what was restored (may be NULL). */
void snap_window_contents_init(struct snap_window_contents *contents, struct snap_arena *arena,
                               const struct snap_scoped_options *options,
                               const struct snap_operator_state *restored);

/* Writes windows and timers into the snapshot's state. */
void snap_window_contents_snapshot(struct snap_window_contents *contents, struct snap_arena *arena,
                                   struct snap_operator_state *out);

/* Returns whether event time has left the window behind, lateness included. */
bool snap_window_is_late(const struct snap_window_contents *contents,
                         const struct snap_window *window);

/*
 * Makes sure that the key has this window, a session together with those that it touches: then
 * *window becomes the whole. Registers its timers. Returns the entry of the window.
 */
uint32_t snap_window_obtain(struct snap_window_contents *contents, union snap_value key,
                            struct snap_window *window);

/* Removes a window that is cleared. */
void snap_window_clear(struct snap_window_contents *contents, uint32_t index);

/* Adds one record to the window's aggregate. */
void snap_window_add(struct snap_window_cell *cell, enum snap_window_aggregate aggregate,
                     const struct snap_record *record, uint64_t lineage);

/* Returns the entry of the key's window; SNAP_SCOPED_NONE if it holds nothing. */
uint32_t snap_window_find(const struct snap_window_contents *contents,
                          const struct snap_scope *timer);

#endif
