// SPDX-License-Identifier: Apache-2.0
/*
 * unkeyed_table.h: a table from key to value that is no keyed state: any subtask may have any key.
 *
 * - It is a table of keyed_state.h that has all key groups.
 * - In a snapshot it is a list of entries, spread on a restore as the operator says.
 */
#ifndef SNAP_OPERATORS_UNKEYED_TABLE_H
#define SNAP_OPERATORS_UNKEYED_TABLE_H

#include "operators/operator.h"
#include "state/keyed_state.h"

struct snap_unkeyed_entry {
    uint64_t subtask; /* that wrote it */
    struct snap_keyed_entry entry;
};

/* Prepares an empty table of the schema in the arena. */
void snap_unkeyed_table_init(struct snap_keyed_state *table, struct snap_arena *arena,
                             const char *name, struct snap_schema schema);

/* How a table goes into a snapshot. */
struct snap_unkeyed_writing {
    uint32_t subtask;
    enum snap_list_mode mode;
};

/* Adds all entries to the snapshot, as a list under the table's name. */
void snap_unkeyed_table_snapshot(const struct snap_keyed_state *table,
                                 const struct snap_unkeyed_writing *writing,
                                 struct snap_arena *arena, struct snap_operator_state *out);

/* Returns item `index` of the restored list. */
struct snap_unkeyed_entry snap_unkeyed_entry_at(const struct snap_list_snapshot *list,
                                                uint32_t index);

/* The types of keys and values in files; an item as a pair of them, and back: memory of the arena.
 */
void snap_unkeyed_types(struct snap_schema schema, enum snap_element_type types[2]);
void snap_unkeyed_encode(struct snap_schema schema, const struct snap_list_item *item,
                         struct snap_element elements[2]);
void snap_unkeyed_decode(struct snap_arena *arena, const struct snap_element elements[2],
                         struct snap_list_item *item);

/* An item as one element, with its subtask, and back: for lists that only their operator reads.
 * Errors: SNAP_ERROR_RESTORE. */
void snap_unkeyed_pack(struct snap_schema schema, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *element);
bool snap_unkeyed_unpack(struct snap_schema schema, const struct snap_item_maker *maker,
                         const struct snap_element *element, struct snap_list_item *item,
                         struct snap_error *error);

/* Calls `entry` for each entry as the state of the operator's subtask. */
void snap_unkeyed_table_each(const struct snap_keyed_state *table,
                             const struct snap_operator_context *context,
                             void (*entry)(void *to, const struct snap_state_entry *), void *to);

#endif
