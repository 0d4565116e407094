// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_state.h: one keyed value state of one subtask: a table from key to value.
 *
 * - Entries are numbered in the order of insertion, which is the order of iteration; keys, values
 *   and key groups lie in an array each. `slots` says where an entry is: open addressing with
 *   linear probing, some slots always free, their number a power of two.
 * - While all keys are small numbers, each has a slot of its own: no key need be compared then.
 * - A string is hashed and compared by content.
 * - The key group of an entry is computed once, at insertion, and must be one of the subtask's.
 * - All memory lies in the arena of the attempt; arrays that grow leave their old place there.
 * - A pointer to a value is valid until the next insertion and the next snapshot.
 * Flink: HashMapStateBackend, CopyOnWriteStateTable.
 */
#ifndef SNAP_STATE_KEYED_STATE_H
#define SNAP_STATE_KEYED_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/key_group.h"
#include "model/record.h"
#include "model/string_pool.h"
#include "state/operator_state.h"

/* From a key to its entry. */
struct snap_keyed_slots {
    uint16_t *small; /* index of an entry + 1; 0: free. NULL: so many that they are large */
    uint32_t *large; /* likewise */
    uint32_t mask;   /* number of slots - 1 */
    uint32_t shift;  /* from a hash to a slot: its highest bits */
};

struct snap_keyed_copy;

struct snap_keyed_state {
    struct snap_keyed_slots slots;
    union snap_value *keys;
    union snap_value *values;
    uint32_t *key_groups;
    uint32_t count;
    uint32_t capacity;
    struct snap_arena *arena; /* borrowed */
    const char *name;         /* borrowed */
    struct snap_schema schema;
    struct snap_key_group_range groups;
    uint32_t max_parallelism;
    uint64_t key_most;            /* longs: the greatest key, as an unsigned number */
    struct snap_keyed_copy *copy; /* has yet to copy pages before they change; NULL: none */
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

/* Keeps the first `count` entries, which the caller has put there, and forgets the others. Pointers
 * to values are valid no more; there must be no snapshot that has yet to copy. */
void snap_keyed_state_cut(struct snap_keyed_state *state, uint32_t count);

/*
 * Returns an immutable copy ordered by key group, inside a group by insertion; memory of `arena`.
 * Flink: CopyOnWriteStateTableSnapshot, KeyGroupPartitioner.
 */
const struct snap_keyed_snapshot *snap_keyed_state_snapshot(const struct snap_keyed_state *state,
                                                            struct snap_arena *arena);

/* Puts in the entries of those key groups of the snapshot that belong to this subtask. */
void snap_keyed_state_restore(struct snap_keyed_state *state,
                              const struct snap_keyed_snapshot *snapshot);

/* Copies the page of the entry for the snapshot that is being taken; keyed_copy.h. */
void snap_keyed_copy_before_change(struct snap_keyed_copy *copy, uint32_t entry);

/* Returns the value of an entry, which the caller may change. */
static inline union snap_value *snap_keyed_state_value(const struct snap_keyed_state *state,
                                                       uint32_t entry)
{
    if (__builtin_expect(state->copy != NULL, 0))
        snap_keyed_copy_before_change(state->copy, entry);
    return &state->values[entry];
}

/* Returns the slot where the search for a key begins. Keys below the number of slots have a slot of
 * their own each; every further run of so many keys is turned by its own multiplicative hash. */
static inline uint32_t snap_keyed_home_long(struct snap_keyed_slots slots, int64_t key)
{
    uint64_t run = (uint64_t)key >> (32 - slots.shift);

    return ((uint32_t)key + (uint32_t)((run * UINT64_C(0x9e3779b97f4a7c15)) >> 32)) & slots.mask;
}

static inline uint32_t snap_keyed_home_string(struct snap_keyed_slots slots,
                                              const struct snap_string *key)
{
    return (uint32_t)(key->hash >> 32) >> slots.shift;
}

/* Returns what the slot holds: the index of an entry + 1, or 0. */
static inline uint32_t snap_keyed_slot(struct snap_keyed_slots slots, uint32_t at)
{
    return slots.small ? slots.small[at] : slots.large[at];
}

/* Returns how many keys, from 0 on, have slots that belong to no other key and values that may be
 * changed in place; 0: they must be obtained. Valid until the next insertion or snapshot. */
static inline uint64_t snap_keyed_own_slots(const struct snap_keyed_state *state)
{
    return state->schema.key == SNAP_VALUE_LONG && state->key_most <= state->slots.mask &&
                   !state->copy
               ? (uint64_t)state->slots.mask + 1
               : 0;
}

/* Returns the value of a key that is a long, NULL if the key is not there. */
static inline union snap_value *snap_keyed_find_long(const struct snap_keyed_state *state,
                                                     int64_t key)
{
    struct snap_keyed_slots slots = state->slots;
    uint32_t at = snap_keyed_home_long(slots, key);
    uint32_t entry;

    while ((entry = snap_keyed_slot(slots, at)) && state->keys[entry - 1].number != key)
        at = (at + 1) & slots.mask;
    return entry ? snap_keyed_state_value(state, entry - 1) : NULL;
}

/* Returns the value of a key that is a string, NULL if the key is not there. */
static inline union snap_value *snap_keyed_find_string(const struct snap_keyed_state *state,
                                                       const struct snap_string *key)
{
    struct snap_keyed_slots slots = state->slots;
    uint32_t at = snap_keyed_home_string(slots, key);
    uint32_t entry;

    while ((entry = snap_keyed_slot(slots, at)) &&
           !snap_string_equal(state->keys[entry - 1].string, key))
        at = (at + 1) & slots.mask;
    return entry ? snap_keyed_state_value(state, entry - 1) : NULL;
}

/* Returns the value of a key of either kind, NULL if the key is not there. */
static inline union snap_value *snap_keyed_state_find(const struct snap_keyed_state *state,
                                                      union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG ? snap_keyed_find_long(state, key.number)
                                                : snap_keyed_find_string(state, key.string);
}

/* Returns the value of a key of either kind; that of a new key is zero. */
static inline union snap_value *snap_keyed_state_obtain(struct snap_keyed_state *state,
                                                        union snap_value key)
{
    union snap_value *value = snap_keyed_state_find(state, key);

    return value ? value : snap_keyed_state_insert(state, key);
}

/* Returns entry `index` in the order of insertion; index < state->count. */
static inline struct snap_keyed_entry snap_keyed_state_entry(const struct snap_keyed_state *state,
                                                             uint32_t index)
{
    return (struct snap_keyed_entry){state->keys[index], state->values[index]};
}

#endif
