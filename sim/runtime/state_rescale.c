// SPDX-License-Identifier: Apache-2.0
#include "runtime/state_rescale.h"

#include <string.h>

#include "base/check.h"
#include "protocol/keyed_state_assignment.h"

/* Where the entries of one key group lie. */
struct group_place {
    const struct snap_keyed_snapshot *from;
    uint32_t index; /* of the group in `from` */
};

/* The old handles of one named keyed state. */
struct keyed_handles {
    const char *name;
    const struct snap_keyed_snapshot **snapshots;
    struct snap_keyed_handle *handles;
    uint32_t count;
};

/* ---- what there is ---- */

static uint64_t count_entries(const struct snap_operator_state *state)
{
    uint64_t entries = 0;

    for (uint32_t i = 0; i < state->keyed_count; i++)
        if (state->keyed[i].group_count > 0)
            entries += state->keyed[i].group_starts[state->keyed[i].group_count];
    return entries;
}

static int64_t list_bytes(const struct snap_operator_state *state)
{
    int64_t bytes = 0;

    for (uint32_t l = 0; l < state->list_count; l++)
        for (uint32_t i = 0; i < state->lists[l].count; i++)
            bytes += state->lists[l].items[i].bytes;
    return bytes;
}

static void note_keyed(struct snap_state_rescale *rescale, const struct snap_operator_state *state)
{
    for (uint32_t k = 0; k < state->keyed_count; k++) {
        uint32_t at = 0;
        uint32_t capacity = rescale->keyed_count;

        while (at < rescale->keyed_count &&
               strcmp(rescale->keyed_names[at], state->keyed[k].name) != 0)
            at++;
        if (at < rescale->keyed_count)
            continue;
        rescale->keyed_names = snap_arena_grow(rescale->arena, rescale->keyed_names, at, &capacity,
                                               sizeof(*rescale->keyed_names));
        rescale->keyed_names[rescale->keyed_count++] = state->keyed[k].name;
    }
}

static void note_lists(struct snap_state_rescale *rescale, uint32_t subtask,
                       const struct snap_operator_state *state)
{
    struct snap_list_extent *extents =
        SNAP_ARENA_ARRAY(rescale->arena, struct snap_list_extent, state->list_count);

    for (uint32_t l = 0; l < state->list_count; l++)
        extents[l] = (struct snap_list_extent){state->lists[l].name, state->lists[l].mode,
                                               state->lists[l].count};
    rescale->handles[rescale->handle_count++] = (struct snap_list_handle){
        .file = subtask, .subtask = subtask, .lists = extents, .list_count = state->list_count};
}

void snap_state_rescale_init(struct snap_state_rescale *rescale, const struct snap_old_states *old,
                             const struct snap_operator *op, struct snap_arena *arena)
{
    struct snap_operator_state_rescale in = {.old_parallelism = old->op->parallelism,
                                             .new_parallelism = op->parallelism};
    struct snap_error error = {0};

    memset(rescale, 0, sizeof(*rescale));
    rescale->old = old;
    rescale->op = op;
    rescale->arena = arena;
    rescale->handles = SNAP_ARENA_ARRAY(arena, struct snap_list_handle, in.old_parallelism);
    for (uint32_t i = 0; i < in.old_parallelism; i++) {
        const struct snap_operator_state *state = old->states[i];

        if (!state)
            continue;
        note_keyed(rescale, state);
        note_lists(rescale, i, state);
        rescale->keyed_bytes += state->bytes - list_bytes(state);
        rescale->keyed_entries += count_entries(state);
    }
    in.handles = rescale->handles;
    in.handle_count = rescale->handle_count;
    /* Each subtask is a file of its own here: nothing can be refused. */
    SNAP_CHECK(snap_operator_state_rescale(&in, arena, &rescale->lists, &error));
}

/* ---- keyed state ---- */

static struct keyed_handles handles_of(const struct snap_state_rescale *rescale, const char *name)
{
    const struct snap_old_states *old = rescale->old;
    struct keyed_handles found = {.name = name};

    found.snapshots =
        SNAP_ARENA_ARRAY(rescale->arena, const struct snap_keyed_snapshot *, old->op->parallelism);
    found.handles =
        SNAP_ARENA_ARRAY(rescale->arena, struct snap_keyed_handle, old->op->parallelism);
    for (uint32_t i = 0; i < old->op->parallelism; i++) {
        const struct snap_keyed_snapshot *keyed =
            snap_operator_state_find_keyed(old->states[i], name);

        if (!keyed || keyed->group_count == 0)
            continue;
        found.snapshots[found.count] = keyed;
        found.handles[found.count].subtask = i;
        found.handles[found.count++].range = (struct snap_key_group_range){
            keyed->group_first, keyed->group_first + keyed->group_count - 1};
    }
    return found;
}

/* A new keyed state, and where each of its key groups lies. */
struct regrouping {
    struct snap_keyed_snapshot keyed;
    struct group_place *places;
};

/* Finds where each key group of the new state lies; false if none of them is anywhere. */
static bool find_groups(const struct snap_state_rescale *rescale, uint32_t subtask,
                        const struct keyed_handles *from, struct regrouping *to)
{
    struct snap_keyed_rescale in = {from->handles,
                                    from->count,
                                    rescale->old->op->parallelism,
                                    {rescale->op->parallelism, rescale->op->max_parallelism}};
    struct snap_keyed_piece *pieces =
        SNAP_ARENA_ARRAY(rescale->arena, struct snap_keyed_piece, from->count);
    uint32_t count = snap_keyed_state_assign(&in, subtask, pieces);

    for (uint32_t p = 0; p < count; p++) {
        const struct snap_keyed_snapshot *keyed = from->snapshots[pieces[p].handle];

        to->keyed.schema = keyed->schema;
        SNAP_CHECK(pieces[p].range.first >= to->keyed.group_first &&
                   pieces[p].range.last - to->keyed.group_first < to->keyed.group_count);
        for (uint32_t g = pieces[p].range.first; g <= pieces[p].range.last; g++)
            to->places[g - to->keyed.group_first] =
                (struct group_place){keyed, g - keyed->group_first};
    }
    return count > 0;
}

static uint32_t entries_at(const struct group_place *place)
{
    const uint32_t *starts = place->from ? place->from->group_starts : NULL;

    return starts ? starts[place->index + 1] - starts[place->index] : 0;
}

/* Copies the entries of the groups, in their order. */
static void copy_groups(struct regrouping *regrouping, struct snap_arena *arena)
{
    struct snap_keyed_snapshot *to = &regrouping->keyed;
    const struct group_place *places = regrouping->places;
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, to->group_count + 1);
    struct snap_keyed_entry *entries;

    for (uint32_t g = 0; g < to->group_count; g++)
        starts[g + 1] = starts[g] + entries_at(&places[g]);
    entries = SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, starts[to->group_count]);
    for (uint32_t g = 0; g < to->group_count; g++)
        if (entries_at(&places[g]) > 0)
            memcpy(&entries[starts[g]],
                   &places[g].from->entries[places[g].from->group_starts[places[g].index]],
                   entries_at(&places[g]) * sizeof(*entries));
    to->group_starts = starts;
    to->entries = entries;
}

static void assign_keyed(struct snap_state_rescale *rescale, uint32_t subtask,
                         struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snap_parallelism to = {rescale->op->parallelism, rescale->op->max_parallelism};
    struct snap_key_group_range range = snap_key_group_range(subtask, to);

    for (uint32_t k = 0; k < rescale->keyed_count; k++) {
        struct keyed_handles from = handles_of(rescale, rescale->keyed_names[k]);
        struct regrouping to_groups = {
            .keyed = {.name = from.name,
                      .group_first = range.first,
                      .group_count = range.last - range.first + 1},
        };

        to_groups.places =
            SNAP_ARENA_ARRAY(rescale->arena, struct group_place, to_groups.keyed.group_count);
        if (!find_groups(rescale, subtask, &from, &to_groups))
            continue;
        copy_groups(&to_groups, arena);
        snap_operator_state_add_keyed(out, arena, &to_groups.keyed);
    }
    if (rescale->keyed_entries > 0)
        out->bytes += (int64_t)((__int128)rescale->keyed_bytes * (__int128)count_entries(out) /
                                (__int128)rescale->keyed_entries);
}

/* ---- lists ---- */

/* A list that is being put together. */
struct joined {
    struct snap_list_snapshot list;
    struct snap_list_item *items;
};

/* The items of one name, piece after piece; returns the index of the first piece behind it. */
static uint32_t join_pieces(const struct snap_state_rescale *rescale,
                            const struct snap_list_share *share, uint32_t first,
                            struct joined *joined)
{
    struct snap_list_snapshot *list = &joined->list;
    uint32_t at = first;

    for (; at < share->count; at++) {
        const struct snap_list_piece *piece = &share->pieces[at];
        const struct snap_list_handle *handle = &rescale->handles[piece->handle];
        const struct snap_list_snapshot *from =
            &rescale->old->states[handle->subtask]->lists[piece->list];

        if (list->name && strcmp(list->name, from->name) != 0)
            break;
        list->name = from->name;
        list->mode = from->mode;
        if (piece->count > 0)
            memcpy(&joined->items[list->count], &from->items[piece->first],
                   piece->count * sizeof(*joined->items));
        list->count += piece->count;
    }
    return at;
}

static void assign_lists(struct snap_state_rescale *rescale, uint32_t subtask,
                         struct snap_arena *arena, struct snap_operator_state *out)
{
    const struct snap_list_share *share = &rescale->lists.shares[subtask];
    uint32_t at = 0;

    while (at < share->count) {
        uint32_t room = 0;
        struct joined joined = {0};

        for (uint32_t i = at; i < share->count; i++)
            room += share->pieces[i].count;
        joined.items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, room);
        joined.list.items = joined.items;
        at = join_pieces(rescale, share, at, &joined);
        snap_operator_state_add_list(out, arena, &joined.list);
    }
}

static void keep_lists(const struct snap_state_rescale *rescale, uint32_t subtask,
                       struct snap_arena *arena, struct snap_operator_state *out)
{
    const struct snap_operator_state *from = rescale->old->states[subtask];

    for (uint32_t l = 0; from && l < from->list_count; l++)
        snap_operator_state_add_list(out, arena, &from->lists[l]);
}

void snap_state_rescale_subtask(struct snap_state_rescale *rescale, uint32_t subtask,
                                struct snap_arena *arena, struct snap_operator_state *out)
{
    SNAP_CHECK(subtask < rescale->op->parallelism);
    assign_keyed(rescale, subtask, arena, out);
    if (rescale->lists.unchanged)
        keep_lists(rescale, subtask, arena, out);
    else
        assign_lists(rescale, subtask, arena, out);
}
