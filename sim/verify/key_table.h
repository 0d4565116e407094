// SPDX-License-Identifier: Apache-2.0
/*
 * key_table.h: a hash table from (key, split) to what a check remembers of it.
 *
 * - Open addressing, at most half full; keys are compared by content.
 * - Checks that go by key alone use split 0. Slots move when the table grows: use a slot before
 *   the next call. Memory comes from the arena handed in.
 */
#ifndef SNAP_VERIFY_KEY_TABLE_H
#define SNAP_VERIFY_KEY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/record.h"

struct snap_key_slot {
    bool used;
    bool present;  /* `value` is one */
    bool compared; /* met in the state */
    uint32_t split;
    union snap_value key;
    union snap_value value;
    uint64_t origin; /* of the last record with the key */
    uint64_t lineage;
    uint64_t log_index; /* where that record stands in its log */
};

struct snap_key_table {
    struct snap_arena *arena;
    enum snap_value_kind kind; /* of the keys */
    struct snap_key_slot *slots;
    uint32_t slot_count; /* power of two or 0 */
    uint32_t used_count;
};

/* Returns the slot of the key, a zeroed one with the key if it is new. */
struct snap_key_slot *snap_key_table_get(struct snap_key_table *table, union snap_value key,
                                         uint32_t split);

#endif
