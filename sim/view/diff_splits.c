// SPDX-License-Identifier: Apache-2.0
#include "view/diff_splits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* All splits of one side, by rising name. */
struct splits {
    const struct snap_snapshot_split **items;
    uint32_t count;
    uint32_t capacity;
};

/* Shorter names are smaller, so that numbers stand in their order. */
static int compare(const void *left, const void *right)
{
    const char *a = (*(const struct snap_snapshot_split *const *)left)->name;
    const char *b = (*(const struct snap_snapshot_split *const *)right)->name;
    size_t lengths[2] = {strlen(a), strlen(b)};

    if (lengths[0] != lengths[1])
        return lengths[0] < lengths[1] ? -1 : 1;
    return strcmp(a, b);
}

static bool gather(const struct snap_snapshot_operator *of, struct splits *splits,
                   struct snap_arena *arena)
{
    for (uint32_t s = 0; of && s < of->subtask_count; s++)
        for (uint32_t i = 0; i < of->subtasks[s].split_count; i++) {
            if (!of->subtasks[s].splits[i].name)
                return false;
            splits->items = snap_arena_grow(arena, splits->items, splits->count, &splits->capacity,
                                            sizeof(*splits->items));
            splits->items[splits->count++] = &of->subtasks[s].splits[i];
        }
    if (splits->count > 0)
        qsort(splits->items, splits->count, sizeof(*splits->items), compare);
    return true;
}

static const char *position_of(const struct snap_snapshot_split *split, struct snap_arena *arena)
{
    return split ? snap_arena_printf(arena, "[%" PRId64 ",%" PRId64 "]", split->next, split->end)
                 : NULL;
}

/* Either may be NULL: that side lacks it. */
static void add(struct snap_state_diff *state, const struct snap_snapshot_split *one,
                const struct snap_snapshot_split *other, uint32_t keys_max,
                struct snap_arena *arena)
{
    enum snap_difference what = !one     ? SNAP_DIFFERS_NEW
                                : !other ? SNAP_DIFFERS_GONE
                                         : SNAP_DIFFERS_CHANGED;

    state->added += !one;
    state->removed += !other;
    state->changed += one && other;
    if (state->key_count == keys_max)
        return;
    state->keys[state->key_count++] =
        (struct snap_key_diff){.what = what,
                               .key = snap_arena_printf(arena, "\"%s\"", (one ? one : other)->name),
                               .value = {position_of(one, arena), position_of(other, arena)}};
}

bool snap_diff_splits(const struct snap_operator_diff *of, struct snap_state_diff *state,
                      uint32_t keys_max, struct snap_arena *arena)
{
    struct splits sides[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    uint32_t at[2] = {0, 0};

    if (strcmp(state->name, "SourceReaderState") != 0 || !gather(of->of[0], &sides[0], arena) ||
        !gather(of->of[1], &sides[1], arena) || sides[0].count + sides[1].count == 0)
        return false;
    state->keys = SNAP_ARENA_ARRAY(arena, struct snap_key_diff, sides[0].count + sides[1].count);
    while (at[0] < sides[0].count || at[1] < sides[1].count) {
        const struct snap_snapshot_split **one =
            at[0] < sides[0].count ? &sides[0].items[at[0]] : NULL;
        const struct snap_snapshot_split **other =
            at[1] < sides[1].count ? &sides[1].items[at[1]] : NULL;
        int order = !one ? 1 : !other ? -1 : compare(one, other);

        at[0] += order <= 0;
        at[1] += order >= 0;
        if (order != 0)
            add(state, order < 0 ? *one : NULL, order > 0 ? *other : NULL, keys_max, arena);
        else if ((*one)->next != (*other)->next || (*one)->end != (*other)->end)
            add(state, *one, *other, keys_max, arena);
    }
    return true;
}
