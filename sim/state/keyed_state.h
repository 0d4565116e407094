// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_state.h: one keyed value state of one subtask: a table from key to value.
 *
 * - Entries lie densely in the order of their insertion, which is the order of iteration; slots
 *   find them by open addressing with linear probing. A string is hashed and compared by content.
 * - The key group of an entry is computed once, at insertion, and must be one of the subtask's.
 * - At most half of the slots are used; the slot count is a power of two.
 * - All memory lies in the arena of the attempt; a table that grows leaves its old place there.
 * - A pointer to a value is valid until the next insertion.
 * Flink: HashMapStateBackend, CopyOnWriteStateTable.
 */
#ifndef SNAP_STATE_KEYED_STATE_H
#define SNAP_STATE_KEYED_STATE_H

#include <stdint.h>

#include "base/arena.h"
#include "model/key_group.h"
#include "model/record.h"
#include "model/string_pool.h"
#include "state/operator_state.h"

struct snap_keyed_cell {
    union snap_value key;
    union snap_value value;
    uint32_t key_group;
    uint32_t slot_hash; /* of the key, for growing */
};

struct snap_keyed_state {
    struct snap_arena *arena; /* borrowed */
    const char *name;         /* borrowed */
    struct snap_schema schema;
    struct snap_key_group_range groups;
    uint32_t max_parallelism;
    uint32_t mask;   /* slots - 1 */
    uint32_t shift;  /* from a slot hash to a slot: its highest bits */
    uint32_t *slots; /* entry index + 1, 0: free */
    struct snap_keyed_cell *cells;
    uint32_t count;
    uint32_t capacity;
};

/* What a table is for; plain values that the table copies. */
struct snap_keyed_state_options {
    const char *name; /* outlives the table and its snapshots */
    struct snap_schema schema;
    uint32_t subtask;
    struct snap_parallelism parallelism;
};

/* Prepares an empty table in the arena of the attempt. */
void snap_keyed_state_init(struct snap_keyed_state *state, struct snap_arena *arena,
                           const struct snap_keyed_state_options *options);

/* Inserts a key that is not there, with a zero value; returns its value. */
union snap_value *snap_keyed_state_insert(struct snap_keyed_state *state, union snap_value key);

/*
 * Returns an immutable copy ordered by key group, inside a group by insertion; memory of `arena`.
 * Flink: CopyOnWriteStateTableSnapshot, KeyGroupPartitioner.
 */
const struct snap_keyed_snapshot *snap_keyed_state_snapshot(const struct snap_keyed_state *state,
                                                            struct snap_arena *arena);

/* Puts in the entries of those key groups of the snapshot that belong to this subtask. */
void snap_keyed_state_restore(struct snap_keyed_state *state,
                              const struct snap_keyed_snapshot *snapshot);

/* Neighbouring numbers get far slots, equal high or low halves do not collide. */
static inline uint32_t snap_keyed_hash_long(int64_t key)
{
    uint64_t x = (uint64_t)key;

    return (uint32_t)(((x ^ (x >> 32)) * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* Returns the value of a key that is a long, NULL if the key is not there. */
static inline union snap_value *snap_keyed_state_find_long(const struct snap_keyed_state *state,
                                                           int64_t key)
{
    uint32_t at = snap_keyed_hash_long(key) >> state->shift;

    for (; state->slots[at]; at = (at + 1) & state->mask) {
        struct snap_keyed_cell *cell = &state->cells[state->slots[at] - 1];

        if (cell->key.number == key)
            return &cell->value;
    }
    return NULL;
}

/* Returns the value of a key that is a string, NULL if the key is not there. */
static inline union snap_value *snap_keyed_state_find_string(const struct snap_keyed_state *state,
                                                             const struct snap_string *key)
{
    uint32_t at = (uint32_t)(key->hash >> 32) >> state->shift;

    for (; state->slots[at]; at = (at + 1) & state->mask) {
        struct snap_keyed_cell *cell = &state->cells[state->slots[at] - 1];

        if (snap_string_equal(cell->key.string, key))
            return &cell->value;
    }
    return NULL;
}

/* Returns the value of a key of either kind, NULL if the key is not there. */
static inline union snap_value *snap_keyed_state_find(const struct snap_keyed_state *state,
                                                      union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG
               ? snap_keyed_state_find_long(state, key.number)
               : snap_keyed_state_find_string(state, key.string);
}

/* Returns the value of a key of either kind, a new one is zero. */
static inline union snap_value *snap_keyed_state_obtain(struct snap_keyed_state *state,
                                                        union snap_value key)
{
    union snap_value *value = snap_keyed_state_find(state, key);

    return value ? value : snap_keyed_state_insert(state, key);
}

#endif
