// SPDX-License-Identifier: Apache-2.0
/*
 * scoped_table.h: keyed state below a key: what belongs to a key and a window, or a timer of them.
 *
 * - An entry is found by its scope: key, window, and the time of a timer (0 for contents). It
 *   belongs to the key group of its key; snapshots stand ordered by group, inside a group by
 *   insertion, so that another parallelism can take the groups it owns.
 * - An entry keeps its index until it is removed; indices of removed ones are used again.
 * - Strings are hashed and compared by content. Nothing depends on addresses.
 * - Scopes and contents are changed through functions only; a link may be set at any time, no
 *   snapshot has it.
 * - All memory lies in the arena of the attempt; arrays that grow leave their old place there.
 *   Owner and thread: the task.
 * Flink: HeapKeyedStateBackend's (key group, key, namespace), InternalTimer.
 */
#ifndef SNAP_STATE_SCOPED_TABLE_H
#define SNAP_STATE_SCOPED_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/key_group.h"
#include "state/frozen.h"
#include "state/operator_state.h"

struct snap_scoped_entry {
    struct snap_scoped_item item; /* what a snapshot holds of it */
    uint32_t key_group;
    bool used;
    uint32_t link;     /* removed: the next removed one; else its owner's */
    uint64_t sequence; /* in the order of insertion */
};

struct snap_scoped_table {
    struct snap_arena *arena; /* borrowed */
    enum snap_value_kind key_kind;
    struct snap_key_group_range groups;
    uint32_t max_parallelism;
    struct snap_scoped_entry *entries;
    uint32_t entry_count; /* used and removed ones */
    uint32_t capacity;
    uint32_t used_count;
    uint32_t removed_head;
    uint32_t *slots; /* open addressing: index of an entry + 1; 0: free */
    uint32_t slot_mask;
    uint64_t sequence;
    struct snap_frozen *frozen; /* has yet to copy pages before they change; NULL: none */
};

/* Whose keys a table holds. */
struct snap_scoped_options {
    enum snap_value_kind key_kind;
    uint32_t subtask;
    struct snap_parallelism parallelism;
};

/* "No entry." */
#define SNAP_SCOPED_NONE UINT32_MAX

/* Prepares an empty table in the arena of the attempt. */
void snap_scoped_table_init(struct snap_scoped_table *table, struct snap_arena *arena,
                            const struct snap_scoped_options *options);

/* Returns the index of the entry with the scope; SNAP_SCOPED_NONE if there is none. */
uint32_t snap_scoped_table_find(const struct snap_scoped_table *table,
                                const struct snap_scope *scope);

/* Inserts a scope that is not there, with zero contents; returns its index. */
uint32_t snap_scoped_table_insert(struct snap_scoped_table *table, const struct snap_scope *scope);

/* Removes the entry. */
void snap_scoped_table_remove(struct snap_scoped_table *table, uint32_t index);

/* Returns an immutable copy by key group; memory of `arena`. */
struct snap_scoped_snapshot snap_scoped_table_snapshot(const struct snap_scoped_table *table,
                                                       struct snap_arena *arena, const char *name);

/* The same, copied later: nothing of it may be read before keyed_copy.h has ordered it. Few entries
 * are copied at once. */
struct snap_scoped_snapshot snap_scoped_table_freeze(struct snap_scoped_table *table,
                                                     struct snap_arena *arena, const char *name);

/* Calls `take` for each item of the snapshot whose key group belongs to the table's subtask, in
 * the order of the snapshot. */
void snap_scoped_snapshot_each(const struct snap_scoped_table *table,
                               const struct snap_scoped_snapshot *snapshot,
                               void (*take)(void *to, const struct snap_scoped_item *item),
                               void *to);

static inline struct snap_scoped_entry *
snap_scoped_table_entry(const struct snap_scoped_table *table, uint32_t index)
{
    return &table->entries[index];
}

/* Returns the contents of the entry, which the caller may change; valid until the next insertion
 * and the next snapshot. */
static inline struct snap_window_cell *snap_scoped_table_cell(struct snap_scoped_table *table,
                                                              uint32_t index)
{
    if (table->frozen)
        snap_frozen_before_change(table->frozen, 0, index);
    return &table->entries[index].item.cell;
}

#endif
