// SPDX-License-Identifier: Apache-2.0
/*
 * key_table.h: a hash table from a key, or (key, split), to what a check remembers of it.
 *
 * - Open addressing, at most three quarters full; keys are compared by content.
 * - Slots move when the table grows: use them before the next call. Memory comes from the arena.
 * - Many keys at a time are looked up faster than one by one: their places are asked for first.
 */
#ifndef SNAP_VERIFY_KEY_TABLE_H
#define SNAP_VERIFY_KEY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/record.h"

/* Half a line of the cache. */
struct snap_key_slot {
    union snap_value key;
    union snap_value value;
    uint64_t last; /* of the last record with the key: what the check wants to know of it */
    uint32_t split;
    bool used;
    bool present;  /* `value` is one */
    bool compared; /* met in the state */
};

struct snap_key_table {
    struct snap_arena *arena;
    enum snap_value_kind kind; /* of the keys */
    bool by_split;             /* keys of records of different splits are different */
    struct snap_key_slot *slots;
    uint32_t slot_count; /* power of two or 0 */
    uint32_t shift;      /* 64 less the logarithm of slot_count */
    uint32_t used_count;
};

/* Returns the slot of the key, a zeroed one with the key if it is new. */
struct snap_key_slot *snap_key_table_get(struct snap_key_table *table, union snap_value key,
                                         uint32_t split);

enum { SNAP_KEYS_AT_ONCE = 32 };

/* Writes the slots of the keys of `count` records, at most SNAP_KEYS_AT_ONCE. */
void snap_key_table_get_all(struct snap_key_table *table, const struct snap_record *records,
                            uint32_t count, struct snap_key_slot **slots);

#endif
