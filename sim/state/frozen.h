// SPDX-License-Identifier: Apache-2.0
/*
 * frozen.h: a snapshot of a table of any kind that is taken at once and copied later: keyed_copy.h
 * for tables that are several arrays, whose items change, go and come again.
 *
 * - What is frozen is a number of items of each array. Before one of them changes its page is
 *   copied, and with it the next page of each array that nobody has touched.
 * - The copy is a table of its own, of which only the arrays are there: when all pages are copied
 *   it is the table as it was, and the snapshot is made of it as of any.
 * - Until it is finished or abandoned it belongs to the task, and the table knows of it. A table
 *   has one at a time: taking another one finishes the first.
 * - Once finished it points at nothing of the attempt. All memory lies in the arena of the
 *   snapshot.
 * Flink: CopyOnWriteStateTable, HeapPriorityQueueStateSnapshot.
 */
#ifndef SNAP_STATE_FROZEN_H
#define SNAP_STATE_FROZEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Items of a page, and arrays of a table at most. */
enum { SNAP_FROZEN_PAGE = 16, SNAP_FROZEN_ARRAYS_MAX = 6 };

struct snap_frozen_array {
    const void *const *live; /* where the table has its array now */
    size_t item_bytes;
    uint32_t count;     /* items when it was taken */
    uint8_t *items;     /* the copy */
    bool *is_copied;    /* by page */
    uint32_t next_page; /* all before it are copied */
};

/* The first part of each kind's own; the kind sets what its arrays are. */
struct snap_frozen {
    const void *table;         /* NULL: finished or abandoned */
    struct snap_frozen **hook; /* the table's pointer to this */
    const void *as_it_was;     /* the table that the copies are of */
    /* Writes the snapshot that the table is; memory of `arena`. */
    void (*make)(const void *table, struct snap_arena *arena, void *snapshot);
    /* NULL, or copies what items point at in the attempt, at the end. */
    void (*settle)(struct snap_frozen *frozen);
    struct snap_arena *arena;
    struct snap_frozen_array arrays[SNAP_FROZEN_ARRAYS_MAX];
    uint32_t array_count;
};

/* Adds an array of the table; returns its copy, whose items are not there yet. */
void *snap_frozen_add(struct snap_frozen *frozen, const void *live, size_t item_bytes,
                      uint32_t count);

/* The table's, before item `index` of the array changes, goes or is used again. */
void snap_frozen_before_change(struct snap_frozen *frozen, uint32_t array, uint32_t index);

/* Copies what is missing and lets go of the table; nothing happens if it has. */
void snap_frozen_finish(struct snap_frozen *frozen);

/* Lets go of the table; nobody will read this snapshot. */
void snap_frozen_abandon(struct snap_frozen *frozen);

#endif
