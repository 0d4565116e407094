// SPDX-License-Identifier: Apache-2.0
#include "state/keyed_state.h"

#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"

enum { SLOT_BITS_FIRST = 4 };

static int32_t java_hash(const struct snap_keyed_state *state, union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG ? snap_java_hash_long(key.number)
                                                : key.string->java_hash;
}

static uint32_t slot_hash(const struct snap_keyed_state *state, union snap_value key)
{
    return state->schema.key == SNAP_VALUE_LONG ? snap_keyed_hash_long(key.number)
                                                : (uint32_t)(key.string->hash >> 32);
}

/* Enters cell `index`, whose key is in no slot yet. */
static void link_cell(struct snap_keyed_state *state, uint32_t index)
{
    uint32_t at = state->cells[index].slot_hash >> state->shift;

    while (state->slots[at])
        at = (at + 1) & state->mask;
    state->slots[at] = index + 1;
}

static void set_slots(struct snap_keyed_state *state, uint32_t bits)
{
    SNAP_CHECK(bits < 32);
    state->slots = SNAP_ARENA_ARRAY(state->arena, uint32_t, UINT32_C(1) << bits);
    state->mask = (UINT32_C(1) << bits) - 1;
    state->shift = 32 - bits;
    for (uint32_t i = 0; i < state->count; i++)
        link_cell(state, i);
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

static void append(struct snap_keyed_state *state, const struct snap_keyed_cell *cell)
{
    if (state->count > state->mask / 2)
        set_slots(state, 33 - state->shift);
    state->cells = snap_arena_grow(state->arena, state->cells, state->count, &state->capacity,
                                   sizeof(*state->cells));
    state->cells[state->count] = *cell;
    link_cell(state, state->count);
    state->count++;
}

union snap_value *snap_keyed_state_insert(struct snap_keyed_state *state, union snap_value key)
{
    struct snap_keyed_cell cell = {.key = key};

    cell.key_group = snap_key_group_of(java_hash(state, key), state->max_parallelism);
    cell.slot_hash = slot_hash(state, key);
    /* A key of another subtask's group would be lost when the job is rescaled. */
    SNAP_CHECK(cell.key_group >= state->groups.first && cell.key_group <= state->groups.last);
    append(state, &cell);
    return &state->cells[state->count - 1].value;
}

/* Counting sort: where each group starts, then every cell to the next place of its group. */
static const struct snap_keyed_entry *sort_by_group(const struct snap_keyed_state *state,
                                                    struct snap_arena *arena, uint32_t *starts)
{
    uint32_t groups = state->groups.last - state->groups.first + 1;
    struct snap_keyed_entry *entries =
        SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, state->count);

    for (uint32_t i = 0; i < state->count; i++)
        starts[state->cells[i].key_group - state->groups.first + 1]++;
    for (uint32_t g = 1; g <= groups; g++)
        starts[g] += starts[g - 1];
    for (uint32_t i = 0; i < state->count; i++) {
        const struct snap_keyed_cell *cell = &state->cells[i];
        uint32_t to = starts[cell->key_group - state->groups.first]++;

        entries[to].key = cell->key;
        entries[to].value = cell->value;
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

    for (uint32_t i = snapshot->group_starts[index]; i < snapshot->group_starts[index + 1]; i++) {
        struct snap_keyed_cell cell = {
            .key = snapshot->entries[i].key,
            .value = snapshot->entries[i].value,
            .key_group = group,
            .slot_hash = slot_hash(state, snapshot->entries[i].key),
        };

        append(state, &cell);
    }
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
