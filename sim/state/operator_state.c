// SPDX-License-Identifier: Apache-2.0
#include "state/operator_state.h"

#include <string.h>

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

void snap_operator_state_set_list(struct snap_operator_state *state, struct snap_arena *arena,
                                  const struct snap_list_snapshot *list)
{
    state->lists = snap_arena_copy(arena, list, sizeof(*list));
    state->list_count = 1;
    for (uint32_t i = 0; i < list->count; i++)
        state->bytes += list->items[i].bytes;
}
