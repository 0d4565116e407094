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

static uint32_t home(const struct snap_keyed_state *state, union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG
               ? snap_keyed_home_long(state->slots, key.number)
               : snap_keyed_hash_string(key.string) >> state->slots.shift;
}

static bool is_free(const struct snap_keyed_state *state, uint32_t slot)
{
    union snap_value key = state->slots.at[slot].key;

    return state->schema.key == SNAP_VALUE_LONG ? key.number == SNAP_KEY_FREE : key.string == NULL;
}

/* Where a key that is not there belongs. */
static uint32_t free_slot(const struct snap_keyed_state *state, union snap_value key)
{
    uint32_t at = home(state, key);

    if (state->schema.key == SNAP_VALUE_LONG && key.number == SNAP_KEY_FREE)
        return state->slots.mask + 1;
    while (!is_free(state, at))
        at = (at + 1) & state->slots.mask;
    return at;
}

/* Gives the table 2^bits slots and moves all entries there. */
static void set_slots(struct snap_keyed_state *state, uint32_t bits)
{
    const struct snap_keyed_entry *old = state->slots.at;
    uint32_t count = UINT32_C(1) << bits;

    SNAP_CHECK(bits < 31);
    state->slots.at = SNAP_ARENA_ARRAY(state->arena, struct snap_keyed_entry, count + 1);
    state->slots.mask = count - 1;
    state->slots.shift = 32 - bits;
    for (uint32_t i = 0; state->schema.key == SNAP_VALUE_LONG && i < count; i++)
        state->slots.at[i].key.number = SNAP_KEY_FREE;
    for (uint32_t i = 0; i < state->count; i++) {
        const struct snap_keyed_entry *entry = &old[state->places[i].slot];

        state->places[i].slot = free_slot(state, entry->key);
        state->slots.at[state->places[i].slot] = *entry;
    }
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

static struct snap_keyed_entry *append(struct snap_keyed_state *state, union snap_value key,
                                       uint32_t key_group)
{
    struct snap_keyed_place place = {.key_group = key_group};

    if (state->schema.key == SNAP_VALUE_LONG && (uint64_t)key.number > state->key_most)
        state->key_most = (uint64_t)key.number;
    if (is_crowded(state))
        set_slots(state, 33 - state->slots.shift);
    place.slot = free_slot(state, key);
    state->slots.spare_used |= place.slot > state->slots.mask;
    state->places = snap_arena_grow(state->arena, state->places, state->count, &state->capacity,
                                    sizeof(*state->places));
    state->places[state->count++] = place;
    state->slots.at[place.slot].key = key;
    return &state->slots.at[place.slot];
}

union snap_value *snap_keyed_state_insert(struct snap_keyed_state *state, union snap_value key)
{
    uint32_t group = snap_key_group_of(java_hash(state, key), state->max_parallelism);

    /* A key of another subtask's group would be lost when the job is rescaled. */
    SNAP_CHECK(group >= state->groups.first && group <= state->groups.last);
    return &append(state, key, group)->value;
}

/* Counting sort: where each group starts, then every cell to the next place of its group. */
static const struct snap_keyed_entry *sort_by_group(const struct snap_keyed_state *state,
                                                    struct snap_arena *arena, uint32_t *starts)
{
    uint32_t groups = state->groups.last - state->groups.first + 1;
    struct snap_keyed_entry *entries =
        SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, state->count);

    for (uint32_t i = 0; i < state->count; i++)
        starts[state->places[i].key_group - state->groups.first + 1]++;
    for (uint32_t g = 1; g <= groups; g++)
        starts[g] += starts[g - 1];
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t to = starts[state->places[i].key_group - state->groups.first]++;

        entries[to] = *snap_keyed_state_entry(state, i);
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
        append(state, snapshot->entries[i].key, group)->value = snapshot->entries[i].value;
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
