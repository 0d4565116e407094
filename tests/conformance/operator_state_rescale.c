// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <string.h>

#include "base/check.h"
#include "protocol/operator_state_rescale.h"

/* A case as the machine takes it; all memory is the arena's. */
struct rig {
    const json_t *old;
    struct snap_arena *arena;
    struct snap_list_handle *handles;
    const json_t **handle_jsons; /* by handle */
    uint32_t handle_count;
    bool has_missing; /* a handle of a subtask is null */
};

static enum snap_list_mode mode_named(const char *name)
{
    if (!strcmp(name, "split"))
        return SNAP_LIST_SPLIT;
    if (!strcmp(name, "union"))
        return SNAP_LIST_UNION;
    SNAP_CHECK(!strcmp(name, "broadcast"));
    return SNAP_LIST_BROADCAST;
}

static uint64_t file_number(const struct rig *rig, const char *file)
{
    for (uint32_t h = 0; h < rig->handle_count; h++)
        if (!strcmp(conform_string(rig->handle_jsons[h], "handle"), file))
            return rig->handles[h].file;
    return rig->handle_count;
}

static void add_handle(struct rig *rig, uint32_t subtask, const json_t *json)
{
    struct snap_list_handle *handle = &rig->handles[rig->handle_count];
    json_t *states = json_object_get(json, "states");
    struct snap_list_extent *lists =
        SNAP_ARENA_ARRAY(rig->arena, struct snap_list_extent, json_object_size(states));
    const char *name;
    json_t *state;

    handle->file = file_number(rig, conform_string(json, "handle"));
    handle->subtask = subtask;
    handle->lists = lists;
    json_object_foreach(states, name, state)
    {
        struct snap_list_extent *list = &lists[handle->list_count++];

        list->name = name;
        list->mode = mode_named(conform_string(state, "mode"));
        list->items = (uint32_t)json_array_size(conform_array(state, "offsets"));
    }
    rig->handle_jsons[rig->handle_count++] = json;
}

static void read_old(struct rig *rig)
{
    size_t room = 0;
    size_t i;
    size_t k;
    json_t *subtask;
    json_t *handle;

    json_array_foreach(rig->old, i, subtask) room += json_array_size(subtask);
    rig->handles = SNAP_ARENA_ARRAY(rig->arena, struct snap_list_handle, room);
    rig->handle_jsons = SNAP_ARENA_ARRAY(rig->arena, const json_t *, room);
    json_array_foreach(rig->old, i, subtask)
    {
        json_array_foreach(subtask, k, handle)
        {
            if (json_is_null(handle))
                rig->has_missing = true;
            else
                add_handle(rig, (uint32_t)i, handle);
        }
    }
}

/* The handle of this name among those the subtask got so far; added if it is new. */
static json_t *handle_in(json_t *list, const char *name)
{
    json_t *handle;
    size_t i;

    json_array_foreach(list, i, handle)
    {
        int order = strcmp(conform_string(handle, "handle"), name);

        if (order == 0)
            return handle;
        if (order > 0)
            break;
    }
    json_array_insert_new(list, i, json_pack("{s:s,s:{}}", "handle", name, "states"));
    return json_array_get(list, i);
}

static void add_piece(const struct rig *rig, json_t *list, const struct snap_list_piece *piece)
{
    const json_t *from = rig->handle_jsons[piece->handle];
    const char *name = rig->handles[piece->handle].lists[piece->list].name;
    const json_t *state = json_object_get(json_object_get(from, "states"), name);
    json_t *handle = handle_in(list, conform_string(from, "handle"));
    json_t *offsets = json_array();

    for (uint32_t i = 0; i < piece->count; i++)
        json_array_append(offsets,
                          json_array_get(conform_array(state, "offsets"), piece->first + i));
    json_object_set_new(
        json_object_get(handle, "states"), name,
        json_pack("{s:s,s:o}", "mode", conform_string(state, "mode"), "offsets", offsets));
}

/* By name; those that are missing come last. */
static bool may_precede(const json_t *a, const json_t *b)
{
    if (json_is_null(a) || json_is_null(b))
        return json_is_null(b);
    return strcmp(conform_string(a, "handle"), conform_string(b, "handle")) <= 0;
}

/* The subtasks' handles as they are. */
static json_t *write_old(const struct rig *rig)
{
    json_t *all = json_array();
    json_t *subtask;
    json_t *handle;
    size_t i;
    size_t k;

    json_array_foreach(rig->old, i, subtask)
    {
        json_t *list = json_array();

        json_array_foreach(subtask, k, handle)
        {
            size_t at = 0;

            while (at < json_array_size(list) && may_precede(json_array_get(list, at), handle))
                at++;
            json_array_insert(list, at, handle);
        }
        json_array_append_new(all, list);
    }
    return all;
}

/* Where the parallelism stays a subtask keeps its handles, also those without any list. */
static void keep_handles(const struct rig *rig, json_t *list, size_t subtask)
{
    json_t *handle;
    size_t i;

    json_array_foreach(json_array_get(rig->old, subtask), i, handle)
    {
        if (!json_is_null(handle))
            handle_in(list, conform_string(handle, "handle"));
    }
}

static json_t *write_new(const struct rig *rig, const struct snap_list_assignment *assignment,
                         uint32_t subtasks)
{
    json_t *all;

    if (assignment->unchanged)
        return write_old(rig);
    all = json_array();
    for (uint32_t s = 0; s < subtasks; s++) {
        json_t *list = json_array();

        if (json_array_size(rig->old) == subtasks)
            keep_handles(rig, list, s);
        for (uint32_t i = 0; i < assignment->shares[s].count; i++)
            add_piece(rig, list, &assignment->shares[s].pieces[i]);
        json_array_append_new(all, list);
    }
    return all;
}

static void compare_order(const json_t *json, const struct snap_list_assignment *assignment,
                          struct snap_text *why)
{
    json_t *order = json_array();

    for (uint32_t i = 0; i < assignment->split_count; i++)
        json_array_append_new(order, json_string(assignment->split_order[i]));
    conform_same_json(why, "split_order", conform_array(json, "split_order"), order);
    json_decref(order);
}

static void play(const json_t *json, struct snap_arena *arena, struct snap_text *why)
{
    struct rig rig = {.old = conform_array(json, "old"), .arena = arena};
    struct snap_operator_state_rescale in = {
        .old_parallelism = (uint32_t)conform_integer(json, "old_parallelism"),
        .new_parallelism = (uint32_t)conform_integer(json, "new_parallelism"),
    };
    struct snap_list_assignment assignment;
    struct snap_error error = {0};
    json_t *actual;
    bool ok;

    read_old(&rig);
    in.handles = rig.handles;
    in.handle_count = rig.handle_count;
    ok = snap_operator_state_rescale(&in, arena, &assignment, &error);
    /* Flink stumbles over handles that are missing when it adds to those of a subtask. */
    if (rig.has_missing && in.old_parallelism == in.new_parallelism)
        ok = ok && assignment.unchanged;
    if (!conform_same_string(why, "error", conform_string_or(json, "error", NULL) ? "yes" : "no",
                             ok ? "no" : "yes") ||
        !ok)
        return;
    /* Undefined where nothing is divided. */
    if (in.old_parallelism != in.new_parallelism)
        compare_order(json, &assignment, why);
    actual = write_new(&rig, &assignment, in.new_parallelism);
    conform_same_json(why, "new", conform_array(json, "new"), actual);
    json_decref(actual);
}

enum conform_result conform_operator_state_rescale_case(const struct conform_case *at,
                                                        struct snap_text *why)
{
    struct snap_arena arena;

    if (strcmp(conform_string(at->json, "kind"), "repartition"))
        return conform_skip(why, conform_string(at->json, "kind"));
    snap_arena_init(&arena);
    play(at->json, &arena, why);
    snap_arena_fini(&arena);
    return conform_verdict(why);
}
