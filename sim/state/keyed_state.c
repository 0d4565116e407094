// SPDX-License-Identifier: Apache-2.0
#include "state/keyed_state.h"

#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"

/* Larger tables are never widened just to give each key its own slot. */
enum { SLOT_BITS_FIRST = 4, OWN_SLOTS_MAX = 1 << 20 };

static int32_t java_hash(const struct snap_keyed_state *state, union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG ? snap_java_hash_long(key.number)
                                                : key.string->java_hash;
}

/* Fills the free slot at which the entry belongs. */
static void fill_slot(const struct snap_keyed_state *state, uint32_t index)
{
    struct snap_keyed_slots slots = state->slots;
    union snap_value key = state->keys[index];
    uint32_t at = state->schema.key == SNAP_VALUE_LONG ? snap_keyed_home_long(slots, key.number)
                                                       : snap_keyed_home_string(slots, key.string);

    while (snap_keyed_slot(slots, at))
        at = (at + 1) & slots.mask;
    if (slots.small)
        slots.small[at] = (uint16_t)(index + 1);
    else
        slots.large[at] = index + 1;
}

/* Gives the table 2^bits slots. */
static void set_slots(struct snap_keyed_state *state, uint32_t bits)
{
    uint32_t count = UINT32_C(1) << bits;

    SNAP_CHECK(bits < 31);
    state->slots.small = NULL;
    state->slots.large = NULL;
    /* Numbers of entries, which are fewer than slots, fit 16 bits: half the memory to look in. */
    if (bits <= 16)
        state->slots.small = SNAP_ARENA_ARRAY(state->arena, uint16_t, count);
    else
        state->slots.large = SNAP_ARENA_ARRAY(state->arena, uint32_t, count);
    state->slots.mask = count - 1;
    state->slots.shift = 32 - bits;
    for (uint32_t i = 0; i < state->count; i++)
        fill_slot(state, i);
}

void snap_keyed_state_init(struct snap_keyed_state *state, struct snap_arena *arena,
                           const struct snap_keyed_state_options *options)
{
    memset(state, 0, sizeof(*state));
    state->arena = arena;
    state->name = options->name;
    state->schema = options->schema;
    state->groups = snap_key_group_range(options->subtask, options->parallelism);
    state->max_parallelism = options->parallelism.max;
    set_slots(state, SLOT_BITS_FIRST);
}

/*
 * Half of the slots may be used. Of small numbers, which have a slot of their own each as soon as
 * there are enough of them, more may; and a table that would get there by being doubled once or
 * twice is doubled sooner.
 */
static bool is_crowded(const struct snap_keyed_state *state)
{
    uint32_t slots = state->slots.mask + 1;

    if (state->schema.key != SNAP_VALUE_LONG || state->key_most >= OWN_SLOTS_MAX ||
        state->key_most / 4 >= slots)
        return state->count >= slots / 2;
    return state->count >= (state->key_most < slots ? slots / 4 * 3 : slots / 4);
}

static void grow_entries(struct snap_keyed_state *state)
{
    uint32_t capacity = state->capacity;

    state->keys =
        snap_arena_grow(state->arena, state->keys, state->count, &capacity, sizeof(*state->keys));
    capacity = state->capacity;
    state->values = snap_arena_grow(state->arena, state->values, state->count, &capacity,
                                    sizeof(*state->values));
    state->key_groups = snap_arena_grow(state->arena, state->key_groups, state->count,
                                        &state->capacity, sizeof(*state->key_groups));
    SNAP_CHECK(capacity == state->capacity);
}

static union snap_value *append(struct snap_keyed_state *state, union snap_value key,
                                uint32_t key_group)
{
    uint32_t index = state->count;

    if (state->schema.key == SNAP_VALUE_LONG && (uint64_t)key.number > state->key_most)
        state->key_most = (uint64_t)key.number;
    if (is_crowded(state))
        set_slots(state, 33 - state->slots.shift);
    if (index == state->capacity)
        grow_entries(state);
    state->keys[index] = key;
    state->values[index].number = 0;
    state->key_groups[index] = key_group;
    state->count++;
    fill_slot(state, index);
    return &state->values[index];
}

union snap_value *snap_keyed_state_insert(struct snap_keyed_state *state, union snap_value key)
{
    uint32_t group = snap_key_group_of(java_hash(state, key), state->max_parallelism);

    /* A key of another subtask's group would be lost when the job is rescaled. */
    SNAP_CHECK(group >= state->groups.first && group <= state->groups.last);
    return append(state, key, group);
}

void snap_keyed_state_cut(struct snap_keyed_state *state, uint32_t count)
{
    size_t slots = (size_t)state->slots.mask + 1;

    SNAP_CHECK(!state->copy && count <= state->count);
    if (state->slots.small)
        memset(state->slots.small, 0, slots * sizeof(*state->slots.small));
    else
        memset(state->slots.large, 0, slots * sizeof(*state->slots.large));
    state->count = count;
    for (uint32_t i = 0; i < count; i++)
        fill_slot(state, i);
}

/* Counting sort: where each group starts, then every cell to the next place of its group. */
static const struct snap_keyed_entry *sort_by_group(const struct snap_keyed_state *state,
                                                    struct snap_arena *arena, uint32_t *starts)
{
    uint32_t groups = state->groups.last - state->groups.first + 1;
    struct snap_keyed_entry *entries =
        snap_arena_take(arena, state->count * sizeof(struct snap_keyed_entry));

    for (uint32_t i = 0; i < state->count; i++)
        starts[state->key_groups[i] - state->groups.first + 1]++;
    for (uint32_t g = 1; g <= groups; g++)
        starts[g] += starts[g - 1];
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t to = starts[state->key_groups[i] - state->groups.first]++;

        entries[to] = snap_keyed_state_entry(state, i);
    }
    /* Each start has moved to the start of the next group. */
    for (uint32_t g = groups; g > 0; g--)
        starts[g] = starts[g - 1];
    starts[0] = 0;
    return entries;
}

const struct snap_keyed_snapshot *snap_keyed_state_snapshot(const struct snap_keyed_state *state,
                                                            struct snap_arena *arena)
{
    struct snap_keyed_snapshot *snapshot = SNAP_ARENA_NEW(arena, struct snap_keyed_snapshot);
    uint32_t groups = state->groups.last - state->groups.first + 1;
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, groups + 1);

    snapshot->name = state->name;
    snapshot->schema = state->schema;
    snapshot->group_first = state->groups.first;
    snapshot->group_count = groups;
    snapshot->entries = sort_by_group(state, arena, starts);
    snapshot->group_starts = starts;
    return snapshot;
}

static void restore_group(struct snap_keyed_state *state,
                          const struct snap_keyed_snapshot *snapshot, uint32_t group)
{
    uint32_t index = group - snapshot->group_first;

    for (uint32_t i = snapshot->group_starts[index]; i < snapshot->group_starts[index + 1]; i++)
        *append(state, snapshot->entries[i].key, group) = snapshot->entries[i].value;
}

void snap_keyed_state_restore(struct snap_keyed_state *state,
                              const struct snap_keyed_snapshot *snapshot)
{
    SNAP_CHECK(snapshot->schema.key == state->schema.key);
    SNAP_CHECK(snapshot->schema.value == state->schema.value);
    for (uint32_t i = 0; i < snapshot->group_count; i++) {
        uint32_t group = snapshot->group_first + i;

        if (group >= state->groups.first && group <= state->groups.last)
            restore_group(state, snapshot, group);
    }
}
