// SPDX-License-Identifier: Apache-2.0
#include "state/operator_state.h"

#include <string.h>

int64_t snap_operator_state_list_bytes(const struct snap_operator_state *state)
{
    int64_t bytes = 0;

    for (uint32_t l = 0; l < state->list_count; l++)
        for (uint32_t i = 0; i < state->lists[l].count; i++)
            bytes += state->lists[l].items[i].bytes;
    return bytes;
}

const struct snap_list_snapshot *snap_operator_state_find(const struct snap_operator_state *state,
                                                          const char *name)
{
    if (!state)
        return NULL;
    for (uint32_t i = 0; i < state->list_count; i++) {
        if (strcmp(state->lists[i].name, name) == 0)
            return &state->lists[i];
    }
    return NULL;
}

const struct snap_scoped_snapshot *
snap_operator_state_find_scoped(const struct snap_operator_state *state, const char *name)
{
    for (uint32_t i = 0; state && i < state->scoped_count; i++)
        if (strcmp(state->scoped[i].name, name) == 0)
            return &state->scoped[i];
    return NULL;
}

const struct snap_keyed_snapshot *
snap_operator_state_find_keyed(const struct snap_operator_state *state, const char *name)
{
    if (!state)
        return NULL;
    for (uint32_t i = 0; i < state->keyed_count; i++) {
        if (strcmp(state->keyed[i].name, name) == 0)
            return &state->keyed[i];
    }
    return NULL;
}

/* Returns a longer copy with room for one more at the end: an operator has one to three. */
static void *lengthen(struct snap_arena *arena, const void *items, uint32_t count, size_t bytes)
{
    void *longer = snap_arena_alloc(arena, (count + (size_t)1) * bytes);

    if (count)
        memcpy(longer, items, count * bytes);
    return longer;
}

void snap_operator_state_add_list(struct snap_operator_state *state, struct snap_arena *arena,
                                  const struct snap_list_snapshot *list)
{
    struct snap_list_snapshot *lists =
        lengthen(arena, state->lists, state->list_count, sizeof(*lists));

    lists[state->list_count++] = *list;
    state->lists = lists;
    for (uint32_t i = 0; i < list->count; i++)
        state->bytes += list->items[i].bytes;
}

void snap_operator_state_add_keyed(struct snap_operator_state *state, struct snap_arena *arena,
                                   const struct snap_keyed_snapshot *keyed)
{
    struct snap_keyed_snapshot *all =
        lengthen(arena, state->keyed, state->keyed_count, sizeof(*all));

    all[state->keyed_count++] = *keyed;
    state->keyed = all;
}

void snap_operator_state_add_scoped(struct snap_operator_state *state, struct snap_arena *arena,
                                    const struct snap_scoped_snapshot *scoped)
{
    struct snap_scoped_snapshot *all =
        lengthen(arena, state->scoped, state->scoped_count, sizeof(*all));

    all[state->scoped_count++] = *scoped;
    state->scoped = all;
}
