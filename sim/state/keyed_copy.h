// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_copy.h: a snapshot of a keyed value state that is taken at once and copied later.
 *
 * - Taking it touches no entry. Entries never move nor go, and only values change: before one
 *   changes, the values of its page are copied, and with them those of the next page that nobody
 *   has touched. So a table in use is copied in passing, and its loops are as before when all
 *   pages are.
 * - Until it is finished or abandoned it belongs to the task, and the table knows of it. A table
 *   has one at a time: taking another one finishes the first.
 * - Once finished it has its values; its keys are still those of the attempt, until it is settled
 *   or ordered. Most snapshots are superseded before that.
 * - Its entries stand in the order of insertion until whoever has the snapshot then wants them to
 *   be read; many snapshots nobody reads.
 * - All memory lies in the arena of the snapshot.
 * Flink: CopyOnWriteStateTable, CopyOnWriteStateTableSnapshot.
 */
#ifndef SNAP_STATE_KEYED_COPY_H
#define SNAP_STATE_KEYED_COPY_H

#include "state/keyed_state.h"

/* Entries of a page, which grows with the table: so many that a table in use is soon copied, so few
 * that no record waits long for two of them (4 KiB each, at most). */
enum { SNAP_KEYED_PAGE_LEAST = 16, SNAP_KEYED_PAGE_MOST = 512 };

struct snap_keyed_copy {
    struct snap_keyed_state *table; /* NULL: finished or abandoned */
    const union snap_value *keys;   /* of the table as long as it is there, then of the snapshot */
    const uint32_t *key_groups;     /* likewise */
    union snap_value *values;
    bool *is_copied; /* by page */
    uint32_t count;
    uint32_t page_bits; /* a page has 2^page_bits entries */
    uint32_t next_page; /* all before it are copied */
};

/* Takes a snapshot of which nothing may be read before it is finished and ordered; a table of
 * one page is at once. Memory of `arena`. */
const struct snap_keyed_snapshot *snap_keyed_state_freeze(struct snap_keyed_state *state,
                                                          struct snap_arena *arena);

/* Returns entry `index` in the order of insertion as it was when the snapshot was taken. */
struct snap_keyed_entry snap_keyed_copy_entry(const struct snap_keyed_copy *copy, uint32_t index);

/* The task's: copies what is missing, of the values of all keyed states and of what is frozen
 * (frozen.h), and lets go of the tables. */
void snap_keyed_copies_finish(const struct snap_operator_state *state);

/* Copies the keys, too, into `arena`, that of the snapshot: then it points at nothing of the
 * attempt. All must be finished. */
void snap_keyed_copies_settle(const struct snap_operator_state *state, struct snap_arena *arena);

/* The task's: lets go of the tables; nobody will read this state. */
void snap_keyed_copies_abandon(const struct snap_operator_state *state);

/* Returns the state with lists, maps, windows and timers as they are right after it was taken, for
 * who has to read it then; memory of `arena`. Keyed values stay as snap_keyed_copy_entry has them.
 */
struct snap_operator_state snap_keyed_copies_seen(const struct snap_operator_state *taken,
                                                  struct snap_arena *arena);

/* Orders the entries of all keyed states by key group, if that is still to be done: then they must
 * be finished, and the caller the only user. `arena` is that of the snapshot. Flink:
 * KeyGroupPartitioner. */
void snap_keyed_copies_order(struct snap_operator_state *state, struct snap_arena *arena);

#endif
