// SPDX-License-Identifier: Apache-2.0
#include "protocol/operator_state_rescale.h"

#include <string.h>

#include "base/check.h"
#include "model/java_table_order.h"

/* One list of one handle. */
struct place {
    uint32_t handle;
    uint32_t list;
};

/* All lists of one name and mode, in the order of handles. */
struct group {
    const char *name;
    struct place *places;
    uint32_t count;
    uint32_t capacity;
};

struct groups {
    struct group *at;
    uint32_t count;
    uint32_t capacity;
};

struct rescale {
    const struct snap_operator_state_rescale *in;
    struct snap_arena *arena;
    struct snap_list_assignment *out;
};

static const struct snap_list_extent *extent_of(const struct rescale *r, struct place at)
{
    return &r->in->handles[at.handle].lists[at.list];
}

static struct group *group_of(const struct rescale *r, struct groups *groups, const char *name)
{
    struct group *group;

    for (uint32_t i = 0; i < groups->count; i++)
        if (!strcmp(groups->at[i].name, name))
            return &groups->at[i];
    groups->at = snap_arena_grow(r->arena, groups->at, groups->count, &groups->capacity,
                                 sizeof(*groups->at));
    group = &groups->at[groups->count++];
    memset(group, 0, sizeof(*group));
    group->name = name;
    return group;
}

/* The lists of one mode, by name; names in the order in which they are first seen. */
static struct groups collect(const struct rescale *r, enum snap_list_mode mode)
{
    struct groups groups = {0};

    for (uint32_t h = 0; h < r->in->handle_count; h++) {
        for (uint32_t l = 0; l < r->in->handles[h].list_count; l++) {
            struct group *group;

            if (r->in->handles[h].lists[l].mode != mode)
                continue;
            group = group_of(r, &groups, r->in->handles[h].lists[l].name);
            group->places = snap_arena_grow(r->arena, group->places, group->count, &group->capacity,
                                            sizeof(*group->places));
            group->places[group->count++] = (struct place){h, l};
        }
    }
    return groups;
}

static void give(const struct rescale *r, uint32_t subtask, struct snap_list_piece piece)
{
    struct snap_list_share *share = &r->out->shares[subtask];

    share->pieces = snap_arena_grow(r->arena, share->pieces, share->count, &share->capacity,
                                    sizeof(*share->pieces));
    share->pieces[share->count++] = piece;
}

static void give_whole(const struct rescale *r, uint32_t subtask, struct place at)
{
    give(r, subtask, (struct snap_list_piece){at.handle, at.list, 0, extent_of(r, at)->items});
}

/* Where the cutting of one name's list stands. */
struct cut {
    uint32_t place; /* the list being cut */
    uint32_t item;  /* its first item that nobody has */
};

/* Gives the next `wanted` items to the subtask; empty lists on the way go along. */
static void deal(const struct rescale *r, const struct group *group, struct cut *cut,
                 struct snap_list_piece want)
{
    uint32_t wanted = want.count;

    while (wanted > 0) {
        struct place at = group->places[cut->place];
        uint32_t left = extent_of(r, at)->items - cut->item;
        uint32_t taken = left < wanted ? left : wanted;

        give(r, want.first, (struct snap_list_piece){at.handle, at.list, cut->item, taken});
        cut->item += taken;
        wanted -= taken;
        if (taken == left) {
            cut->item = 0;
            cut->place++;
            SNAP_CHECK(wanted == 0 || cut->place < group->count);
        }
    }
}

/* Divides one name's list from subtask `start` on; returns where the next name starts. */
static uint32_t divide(const struct rescale *r, const struct group *group, uint32_t start)
{
    uint32_t subtasks = r->in->new_parallelism;
    uint64_t total = 0;
    uint32_t base;
    uint32_t extra;
    struct cut cut = {0};

    for (uint32_t i = 0; i < group->count; i++)
        total += extent_of(r, group->places[i])->items;
    base = (uint32_t)(total / subtasks);
    extra = (uint32_t)(total % subtasks);
    for (uint32_t i = 0; i < subtasks; i++)
        deal(
            r, group, &cut,
            (struct snap_list_piece){.first = (start + i) % subtasks, .count = base + (i < extra)});
    SNAP_CHECK(cut.item == 0);
    return (start + extra) % subtasks;
}

static bool is_behind(struct place a, struct place b)
{
    return a.handle > b.handle || (a.handle == b.handle && a.list > b.list);
}

/* Returns whether a list follows the first one of the name that was seen last. */
static bool is_any_behind_last_name(const struct groups *groups)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->at[i];

        if (is_behind(group->places[group->count - 1], groups->at[groups->count - 1].places[0]))
            return true;
    }
    return false;
}

static void divide_all(const struct rescale *r)
{
    struct groups split = collect(r, SNAP_LIST_SPLIT);
    const char **order = SNAP_ARENA_ARRAY(r->arena, const char *, split.count);
    uint32_t start = 0;

    for (uint32_t i = 0; i < split.count; i++)
        order[i] = split.at[i].name;
    snap_java_table_order(order, split.count, is_any_behind_last_name(&split), r->arena);
    for (uint32_t i = 0; i < split.count; i++)
        start = divide(r, group_of(r, &split, order[i]), start);
    r->out->split_order = order;
    r->out->split_count = split.count;
}

static void give_unions(const struct rescale *r, const struct groups *unions)
{
    for (uint32_t s = 0; s < r->in->new_parallelism; s++)
        for (uint32_t g = 0; g < unions->count; g++)
            for (uint32_t i = 0; i < unions->at[g].count; i++)
                give_whole(r, s, unions->at[g].places[i]);
}

static void give_broadcasts(const struct rescale *r, const struct groups *broadcasts)
{
    for (uint32_t s = 0; s < r->in->new_parallelism; s++)
        for (uint32_t g = 0; g < broadcasts->count; g++)
            give_whole(r, s, broadcasts->at[g].places[s % broadcasts->at[g].count]);
}

static bool file_repeats(const struct snap_operator_state_rescale *in)
{
    for (uint32_t h = 0; h < in->handle_count; h++)
        for (uint32_t k = h; k-- > 0 && in->handles[k].subtask == in->handles[h].subtask;)
            if (in->handles[k].file == in->handles[h].file)
                return true;
    return false;
}

/* What each subtask keeps when the parallelism stays: all but unions, which all get anew. */
static void keep_own(const struct rescale *r)
{
    for (uint32_t h = 0; h < r->in->handle_count; h++)
        for (uint32_t l = 0; l < r->in->handles[h].list_count; l++)
            if (r->in->handles[h].lists[l].mode != SNAP_LIST_UNION)
                give_whole(r, r->in->handles[h].subtask, (struct place){h, l});
}

/* Broadcast lists that some subtasks did not report; those that all did stay where they are. */
static bool is_partly_reported(const struct rescale *r, const struct group *group)
{
    uint32_t subtasks = 0;

    for (uint32_t i = 0; i < group->count; i++)
        subtasks += i == 0 || r->in->handles[group->places[i].handle].subtask !=
                                  r->in->handles[group->places[i - 1].handle].subtask;
    return subtasks < r->in->old_parallelism;
}

static void give_missing_broadcasts(const struct rescale *r, const struct groups *broadcasts)
{
    for (uint32_t g = 0; g < broadcasts->count; g++) {
        const struct group *group = &broadcasts->at[g];

        for (uint32_t s = 0; s < r->in->new_parallelism && is_partly_reported(r, group); s++) {
            struct place at = group->places[s % group->count];

            if (r->in->handles[at.handle].subtask != s)
                give_whole(r, s, at);
        }
    }
}

static bool keep_parallelism(const struct rescale *r, struct snap_error *error)
{
    struct groups unions = collect(r, SNAP_LIST_UNION);
    struct groups broadcasts = collect(r, SNAP_LIST_BROADCAST);
    bool partly = false;

    for (uint32_t g = 0; g < broadcasts.count; g++)
        partly = partly || is_partly_reported(r, &broadcasts.at[g]);
    r->out->unchanged = unions.count == 0 && !partly;
    if (r->out->unchanged)
        return true;
    if (file_repeats(r->in))
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "two handles of one subtask lie in the same file");
    keep_own(r);
    give_unions(r, &unions);
    give_missing_broadcasts(r, &broadcasts);
    return true;
}

bool snap_operator_state_rescale(const struct snap_operator_state_rescale *in,
                                 struct snap_arena *arena, struct snap_list_assignment *out,
                                 struct snap_error *error)
{
    struct rescale r = {in, arena, out};
    struct groups unions;
    struct groups broadcasts;

    SNAP_CHECK(in->new_parallelism > 0);
    memset(out, 0, sizeof(*out));
    out->shares = SNAP_ARENA_ARRAY(arena, struct snap_list_share, in->new_parallelism);
    if (in->new_parallelism == in->old_parallelism)
        return keep_parallelism(&r, error);
    divide_all(&r);
    unions = collect(&r, SNAP_LIST_UNION);
    broadcasts = collect(&r, SNAP_LIST_BROADCAST);
    give_unions(&r, &unions);
    give_broadcasts(&r, &broadcasts);
    return true;
}
