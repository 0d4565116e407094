// SPDX-License-Identifier: Apache-2.0
#include "state/keyed_copy.h"

#include <string.h>

#include "base/check.h"
#include "state/frozen.h"

/* A table that is not large has so many pages at most. */
enum { PAGES_OF_SMALL = 32 };

static uint32_t page_bits_of(uint32_t count)
{
    uint32_t entries = SNAP_KEYED_PAGE_LEAST;

    while (entries < SNAP_KEYED_PAGE_MOST && entries * PAGES_OF_SMALL < count)
        entries *= 2;
    return (uint32_t)__builtin_ctz(entries);
}

static uint32_t page_count(const struct snap_keyed_copy *copy)
{
    return ((copy->count - 1) >> copy->page_bits) + 1;
}

/* A loop, of which compilers make a call: a memcpy of at most a page becomes an instruction that
 * not all machines carry out fast. */
static void copy_values(union snap_value *restrict to, const union snap_value *restrict from,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i].number = from[i].number;
}

static void copy_page(struct snap_keyed_copy *copy, uint32_t page)
{
    uint32_t first = page << copy->page_bits;
    uint32_t entries = UINT32_C(1) << copy->page_bits;
    uint32_t left = copy->count - first;

    if (copy->is_copied[page])
        return;
    copy_values(copy->values + first, copy->table->values + first, left < entries ? left : entries);
    copy->is_copied[page] = true;
}

static void let_go(struct snap_keyed_copy *copy)
{
    SNAP_CHECK(copy->table->copy == copy);
    copy->table->copy = NULL;
    copy->table = NULL;
}

static void finish(struct snap_keyed_copy *copy)
{
    uint32_t pages = page_count(copy);

    while (copy->next_page < pages)
        copy_page(copy, copy->next_page++);
    let_go(copy);
}

void snap_keyed_copy_before_change(struct snap_keyed_copy *copy, uint32_t entry)
{
    uint32_t pages = page_count(copy);

    if (entry < copy->count)
        copy_page(copy, entry >> copy->page_bits);
    while (copy->next_page < pages && copy->is_copied[copy->next_page])
        copy->next_page++;
    if (copy->next_page < pages)
        copy_page(copy, copy->next_page++);
    if (copy->next_page == pages)
        let_go(copy);
}

struct snap_keyed_entry snap_keyed_copy_entry(const struct snap_keyed_copy *copy, uint32_t index)
{
    bool is_copied;

    SNAP_CHECK(index < copy->count);
    is_copied = copy->is_copied[index >> copy->page_bits];
    return (struct snap_keyed_entry){copy->keys[index],
                                     is_copied ? copy->values[index] : copy->table->values[index]};
}

const struct snap_keyed_snapshot *snap_keyed_state_freeze(struct snap_keyed_state *state,
                                                          struct snap_arena *arena)
{
    struct snap_keyed_snapshot *snapshot;
    struct snap_keyed_copy *copy;

    if (state->copy)
        finish(state->copy);
    if (state->count <= SNAP_KEYED_PAGE_LEAST)
        return snap_keyed_state_snapshot(state, arena);
    snapshot = SNAP_ARENA_NEW(arena, struct snap_keyed_snapshot);
    copy = SNAP_ARENA_NEW(arena, struct snap_keyed_copy);
    copy->table = state;
    copy->count = state->count;
    copy->page_bits = page_bits_of(state->count);
    copy->keys = state->keys;
    copy->key_groups = state->key_groups;
    copy->values = snap_arena_take(arena, state->count * sizeof(*copy->values));
    copy->is_copied = SNAP_ARENA_ARRAY(arena, bool, page_count(copy));
    state->copy = copy;
    snapshot->name = state->name;
    snapshot->schema = state->schema;
    snapshot->group_first = state->groups.first;
    snapshot->group_count = state->groups.last - state->groups.first + 1;
    snapshot->copy = copy;
    return snapshot;
}

void snap_keyed_copies_finish(const struct snap_operator_state *state)
{
    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].copy && state->keyed[i].copy->table)
            finish(state->keyed[i].copy);
    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].frozen)
            snap_frozen_finish(state->keyed[i].frozen);
    for (uint32_t i = 0; i < state->scoped_count; i++)
        if (state->scoped[i].frozen)
            snap_frozen_finish(state->scoped[i].frozen);
}

void snap_keyed_copies_abandon(const struct snap_operator_state *state)
{
    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].copy && state->keyed[i].copy->table)
            let_go(state->keyed[i].copy);
    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].frozen)
            snap_frozen_abandon(state->keyed[i].frozen);
    for (uint32_t i = 0; i < state->scoped_count; i++)
        if (state->scoped[i].frozen)
            snap_frozen_abandon(state->scoped[i].frozen);
}

void snap_keyed_copies_settle(const struct snap_operator_state *state, struct snap_arena *arena)
{
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        struct snap_keyed_copy *copy = state->keyed[i].copy;

        if (!copy)
            continue;
        SNAP_CHECK(!copy->table);
        copy->keys = snap_arena_copy(arena, copy->keys, copy->count * sizeof(*copy->keys));
        copy->key_groups =
            snap_arena_copy(arena, copy->key_groups, copy->count * sizeof(*copy->key_groups));
    }
}

/* Counting sort: where each group starts, then every entry to the next place of its group. */
static void order(struct snap_keyed_snapshot *snapshot, struct snap_arena *arena)
{
    const struct snap_keyed_copy *copy = snapshot->copy;
    uint32_t groups = snapshot->group_count;
    uint32_t first = snapshot->group_first;
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, (size_t)groups + 1);
    struct snap_keyed_entry *entries = snap_arena_take(arena, copy->count * sizeof(*entries));

    SNAP_CHECK(!copy->table);
    for (uint32_t i = 0; i < copy->count; i++)
        starts[copy->key_groups[i] - first + 1]++;
    for (uint32_t g = 1; g <= groups; g++)
        starts[g] += starts[g - 1];
    for (uint32_t i = 0; i < copy->count; i++)
        entries[starts[copy->key_groups[i] - first]++] =
            (struct snap_keyed_entry){copy->keys[i], copy->values[i]};
    /* Each start has moved to the start of the next group. */
    for (uint32_t g = groups; g > 0; g--)
        starts[g] = starts[g - 1];
    starts[0] = 0;
    snapshot->entries = entries;
    snapshot->group_starts = starts;
    snapshot->copy = NULL;
}

static bool is_ordered(const struct snap_operator_state *state)
{
    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].copy || state->keyed[i].frozen)
            return false;
    for (uint32_t i = 0; i < state->scoped_count; i++)
        if (state->scoped[i].frozen)
            return false;
    return true;
}

/* Makes the snapshot of what is frozen: of the copy, or while nothing has changed of the table. */
static void make(const struct snap_frozen *frozen, struct snap_arena *arena, void *snapshot)
{
    frozen->make(frozen->table ? frozen->table : frozen->as_it_was, arena, snapshot);
}

static void make_all(struct snap_operator_state *state, struct snap_arena *arena)
{
    struct snap_keyed_snapshot *keyed =
        snap_arena_copy(arena, state->keyed, state->keyed_count * sizeof(*keyed));
    struct snap_scoped_snapshot *scoped =
        snap_arena_copy(arena, state->scoped, state->scoped_count * sizeof(*scoped));

    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (keyed[i].frozen)
            make(keyed[i].frozen, arena, &keyed[i]);
    for (uint32_t i = 0; i < state->scoped_count; i++)
        if (scoped[i].frozen)
            make(scoped[i].frozen, arena, &scoped[i]);
    state->keyed = keyed;
    state->scoped = scoped;
}

void snap_keyed_copies_order(struct snap_operator_state *state, struct snap_arena *arena)
{
    struct snap_keyed_snapshot *keyed;

    /* Readers may be at it already, of what was ordered for the first of them. */
    if (is_ordered(state))
        return;
    keyed = snap_arena_copy(arena, state->keyed, state->keyed_count * sizeof(*keyed));
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        SNAP_CHECK(!keyed[i].frozen || !keyed[i].frozen->table);
        if (keyed[i].copy)
            order(&keyed[i], arena);
    }
    for (uint32_t i = 0; i < state->scoped_count; i++)
        SNAP_CHECK(!state->scoped[i].frozen || !state->scoped[i].frozen->table);
    state->keyed = keyed;
    make_all(state, arena);
}

struct snap_operator_state snap_keyed_copies_seen(const struct snap_operator_state *taken,
                                                  struct snap_arena *arena)
{
    struct snap_operator_state seen = *taken;

    if (!is_ordered(taken))
        make_all(&seen, arena);
    return seen;
}
