// SPDX-License-Identifier: Apache-2.0
#include "snapshot/state_rescale.h"

#include <string.h>

#include "base/check.h"
#include "protocol/keyed_state_assignment.h"

/* A snapshot by key group, whatever its items are. */
struct grouped {
    struct snap_keyed_snapshot keyed;   /* is_scoped false */
    struct snap_scoped_snapshot scoped; /* is_scoped true: windows or timers */
    bool is_scoped;
    uint32_t group_first;
    uint32_t group_count;
    const uint32_t *group_starts;
    const void *items;
};

/* Where the items of one key group lie. */
struct group_place {
    const struct grouped *from;
    uint32_t index; /* of the group in `from` */
};

/* The old handles of one named state. */
struct keyed_handles {
    const struct snap_named_state *state;
    struct grouped *snapshots;
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
    for (uint32_t i = 0; i < state->scoped_count; i++)
        if (state->scoped[i].group_count > 0)
            entries += state->scoped[i].group_starts[state->scoped[i].group_count];
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

static void note_name(struct snap_state_rescale *rescale, const char *name, bool is_scoped)
{
    uint32_t at = 0;
    uint32_t capacity = rescale->named_count;

    while (at < rescale->named_count && (rescale->named[at].is_scoped != is_scoped ||
                                         strcmp(rescale->named[at].name, name) != 0))
        at++;
    if (at < rescale->named_count)
        return;
    rescale->named =
        snap_arena_grow(rescale->arena, rescale->named, at, &capacity, sizeof(*rescale->named));
    rescale->named[rescale->named_count++] = (struct snap_named_state){name, is_scoped};
}

static void note_names(struct snap_state_rescale *rescale, const struct snap_operator_state *state)
{
    for (uint32_t k = 0; k < state->keyed_count; k++)
        note_name(rescale, state->keyed[k].name, false);
    for (uint32_t k = 0; k < state->scoped_count; k++)
        note_name(rescale, state->scoped[k].name, true);
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

void snap_state_rescale_init_lists(struct snap_state_rescale *rescale,
                                   const struct snap_old_states *old,
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
    for (uint32_t i = 0; i < in.old_parallelism; i++)
        if (old->states[i])
            note_lists(rescale, i, old->states[i]);
    in.handles = rescale->handles;
    in.handle_count = rescale->handle_count;
    /* Each subtask is a file of its own here: nothing can be refused. */
    SNAP_CHECK(snap_operator_state_rescale(&in, arena, &rescale->lists, &error));
}

void snap_state_rescale_init(struct snap_state_rescale *rescale, const struct snap_old_states *old,
                             const struct snap_operator *op, struct snap_arena *arena)
{
    snap_state_rescale_init_lists(rescale, old, op, arena);
    for (uint32_t i = 0; i < old->op->parallelism; i++) {
        const struct snap_operator_state *state = old->states[i];

        if (!state)
            continue;
        note_names(rescale, state);
        rescale->keyed_bytes += state->bytes - list_bytes(state);
        rescale->keyed_entries += count_entries(state);
    }
}

/* ---- state by key group ---- */

static bool find_grouped(const struct snap_operator_state *state,
                         const struct snap_named_state *named, struct grouped *to)
{
    const struct snap_keyed_snapshot *keyed =
        named->is_scoped ? NULL : snap_operator_state_find_keyed(state, named->name);
    const struct snap_scoped_snapshot *scoped =
        named->is_scoped ? snap_operator_state_find_scoped(state, named->name) : NULL;

    if (keyed)
        *to = (struct grouped){.keyed = *keyed,
                               .group_first = keyed->group_first,
                               .group_count = keyed->group_count,
                               .group_starts = keyed->group_starts,
                               .items = keyed->entries};
    if (scoped)
        *to = (struct grouped){.scoped = *scoped,
                               .is_scoped = true,
                               .group_first = scoped->group_first,
                               .group_count = scoped->group_count,
                               .group_starts = scoped->group_starts,
                               .items = scoped->items};
    return (keyed || scoped) && to->group_count > 0;
}

static struct keyed_handles handles_of(const struct snap_state_rescale *rescale,
                                       const struct snap_named_state *state)
{
    const struct snap_old_states *old = rescale->old;
    struct keyed_handles found = {.state = state};

    found.snapshots = SNAP_ARENA_ARRAY(rescale->arena, struct grouped, old->op->parallelism);
    found.handles =
        SNAP_ARENA_ARRAY(rescale->arena, struct snap_keyed_handle, old->op->parallelism);
    for (uint32_t i = 0; i < old->op->parallelism; i++) {
        struct grouped *at = &found.snapshots[found.count];

        if (!find_grouped(old->states[i], state, at))
            continue;
        found.handles[found.count].subtask = i;
        found.handles[found.count++].range =
            (struct snap_key_group_range){at->group_first, at->group_first + at->group_count - 1};
    }
    return found;
}

/* A new state, and where each of its key groups lies. */
struct regrouping {
    struct snap_key_group_range range;
    const struct grouped *like; /* one of those it is put together from */
    struct group_place *places;
};

static uint32_t group_count(const struct regrouping *regrouping)
{
    return regrouping->range.last - regrouping->range.first + 1;
}

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
        const struct grouped *grouped = &from->snapshots[pieces[p].handle];

        to->like = grouped;
        SNAP_CHECK(pieces[p].range.first >= to->range.first &&
                   pieces[p].range.last <= to->range.last);
        for (uint32_t g = pieces[p].range.first; g <= pieces[p].range.last; g++)
            to->places[g - to->range.first] =
                (struct group_place){grouped, g - grouped->group_first};
    }
    return count > 0;
}

static uint32_t items_at(const struct group_place *place)
{
    const uint32_t *starts = place->from ? place->from->group_starts : NULL;

    return starts ? starts[place->index + 1] - starts[place->index] : 0;
}

/* Copies the items of the groups, in their order; returns where each group starts. */
static uint32_t *copy_groups(const struct regrouping *regrouping, struct snap_arena *arena,
                             void **items)
{
    size_t bytes = regrouping->like->is_scoped ? sizeof(struct snap_scoped_item)
                                               : sizeof(struct snap_keyed_entry);
    uint32_t count = group_count(regrouping);
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, count + 1);
    char *to;

    for (uint32_t g = 0; g < count; g++)
        starts[g + 1] = starts[g] + items_at(&regrouping->places[g]);
    to = snap_arena_alloc(arena, starts[count] * bytes);
    for (uint32_t g = 0; g < count; g++) {
        const struct group_place *place = &regrouping->places[g];

        if (items_at(place) > 0)
            memcpy(to + starts[g] * bytes,
                   (const char *)place->from->items +
                       place->from->group_starts[place->index] * bytes,
                   items_at(place) * bytes);
    }
    *items = to;
    return starts;
}

/* Adds the new state to the others of the subtask. */
static void add_regrouped(const struct regrouping *regrouping, struct snap_arena *arena,
                          struct snap_operator_state *out)
{
    struct snap_keyed_snapshot keyed = regrouping->like->keyed;
    struct snap_scoped_snapshot scoped = regrouping->like->scoped;
    void *items;
    const uint32_t *starts = copy_groups(regrouping, arena, &items);

    if (regrouping->like->is_scoped) {
        scoped.group_first = regrouping->range.first;
        scoped.group_count = group_count(regrouping);
        scoped.group_starts = starts;
        scoped.items = items;
        snap_operator_state_add_scoped(out, arena, &scoped);
        return;
    }
    keyed.group_first = regrouping->range.first;
    keyed.group_count = group_count(regrouping);
    keyed.group_starts = starts;
    keyed.entries = items;
    snap_operator_state_add_keyed(out, arena, &keyed);
}

static void assign_keyed(struct snap_state_rescale *rescale, uint32_t subtask,
                         struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snap_parallelism to = {rescale->op->parallelism, rescale->op->max_parallelism};

    for (uint32_t k = 0; k < rescale->named_count; k++) {
        struct keyed_handles from = handles_of(rescale, &rescale->named[k]);
        struct regrouping regrouping = {.range = snap_key_group_range(subtask, to)};

        regrouping.places =
            SNAP_ARENA_ARRAY(rescale->arena, struct group_place, group_count(&regrouping));
        if (find_groups(rescale, subtask, &from, &regrouping))
            add_regrouped(&regrouping, arena, out);
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

static void assign_lists(const struct snap_state_rescale *rescale, uint32_t subtask,
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

void snap_state_rescale_lists(const struct snap_state_rescale *rescale, uint32_t subtask,
                              struct snap_arena *arena, struct snap_operator_state *out)
{
    if (rescale->lists.unchanged)
        keep_lists(rescale, subtask, arena, out);
    else
        assign_lists(rescale, subtask, arena, out);
}

void snap_state_rescale_subtask(struct snap_state_rescale *rescale, uint32_t subtask,
                                struct snap_arena *arena, struct snap_operator_state *out)
{
    SNAP_CHECK(subtask < rescale->op->parallelism);
    assign_keyed(rescale, subtask, arena, out);
    snap_state_rescale_lists(rescale, subtask, arena, out);
}
