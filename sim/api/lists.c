// SPDX-License-Identifier: Apache-2.0
/*
 * Lists of operator state of a program's types: items are bytes that only the program understands.
 * Flink: OperatorStateStore.getListState, getUnionListState.
 */
#include <string.h>

#include "api/context.h"

/* The list that snapsim_save fills. */
static const char OWN_NAME[] = "items";

static const enum snap_list_mode modes[] = {
    [SNAPSIM_LIST_SPLIT] = SNAP_LIST_SPLIT,
    [SNAPSIM_LIST_UNION] = SNAP_LIST_UNION,
    [SNAPSIM_LIST_BROADCAST] = SNAP_LIST_BROADCAST,
};

/* ---- declarations ---- */

/* Names that snapsim gives to what it keeps itself. */
bool snap_api_name_is_taken(const char *name)
{
    static const char *const taken[] = {OWN_NAME, SNAP_API_STATE_NAME, SNAP_API_POSITION_NAME};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    return strncmp(name, "_timer_state/", strlen("_timer_state/")) == 0;
}

const char *snap_api_lists_wrong(const struct snapsim_operator_type *type)
{
    if (type->list_count > 0 && !type->lists)
        return "with a list_count has lists";
    if (type->list_count > 0 && !type->snapshot)
        return "with lists has snapshot, which fills them";
    for (uint32_t i = 0; i < type->list_count; i++) {
        const struct snapsim_list *list = &type->lists[i];

        if (!list->name || !list->name[0] || snap_api_name_is_taken(list->name))
            return "gives its lists names, and not items, state, position or _timer_state/...";
        if ((unsigned)list->mode > SNAPSIM_LIST_BROADCAST)
            return "with lists says of each whether it is split, union or broadcast";
        for (uint32_t other = 0; other < i; other++)
            if (strcmp(type->lists[other].name, list->name) == 0)
                return "gives its lists different names";
    }
    return NULL;
}

/* ---- saving ---- */

static void add_item(struct snap_api_saving *saving, uint32_t list, const void *data, size_t bytes)
{
    struct snap_api_items *items = &saving->lists[list];

    items->items = snap_arena_grow(saving->arena, items->items, items->count, &items->capacity,
                                   sizeof(*items->items));
    items->items[items->count++] = (struct snap_list_item){
        .data = snap_arena_copy(saving->arena, data, bytes), .bytes = (uint32_t)bytes};
}

static bool may_save(struct snapsim_context *context, const void *data, size_t bytes)
{
    if (!context->saving || bytes > UINT32_MAX)
        return snapsim_fail(context, "snapsim_save belongs to snapshot, with less than 4 GiB");
    if (!data && bytes > 0)
        return snapsim_fail(context, "snapsim_save: %zu bytes at NULL", bytes);
    return true;
}

void snapsim_save(struct snapsim_context *context, const void *data, size_t bytes)
{
    if (may_save(context, data, bytes))
        add_item(context->saving, 0, data, bytes);
}

void snapsim_save_in(struct snapsim_context *context, const char *list, const void *data,
                     size_t bytes)
{
    const struct snapsim_operator_type *type = context->type;

    if (!may_save(context, data, bytes))
        return;
    for (uint32_t i = 0; list && i < type->list_count; i++)
        if (strcmp(type->lists[i].name, list) == 0) {
            add_item(context->saving, i + 1, data, bytes);
            return;
        }
    snapsim_fail(context, "the type %s declares no list \"%s\"", type->name, list ? list : "");
}

static void add_list(const struct snap_api_items *items, struct snap_list_snapshot list,
                     struct snap_arena *arena, struct snap_operator_state *out)
{
    list.of_subtask = true;
    list.items = items->items;
    list.count = items->count;
    if (items->count > 0)
        snap_operator_state_add_list(out, arena, &list);
}

bool snap_api_lists_snapshot(struct snap_api_instance *instance, snap_checkpoint_id checkpoint,
                             struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snapsim_context *context = &instance->context;
    const struct snapsim_operator_type *type = context->type;
    struct snap_api_saving saving = {
        arena, SNAP_ARENA_ARRAY(arena, struct snap_api_items, type->list_count + 1)};
    bool good;

    context->saving = &saving;
    good = type->snapshot(instance->self, checkpoint, context);
    context->saving = NULL;
    if (!good)
        return false;
    add_list(&saving.lists[0],
             (struct snap_list_snapshot){.name = OWN_NAME, .mode = SNAP_LIST_SPLIT}, arena, out);
    for (uint32_t i = 0; i < type->list_count; i++)
        add_list(&saving.lists[i + 1],
                 (struct snap_list_snapshot){.name = type->lists[i].name,
                                             .mode = modes[type->lists[i].mode]},
                 arena, out);
    return true;
}

/* ---- restoring ---- */

const char *snapsim_restored_list(const struct snapsim_context *context)
{
    return context->restored_list;
}

static bool restore_list(struct snap_api_instance *instance, const struct snap_list_snapshot *list)
{
    const struct snapsim_operator_type *type = instance->context.type;

    for (uint32_t i = 0; list && i < list->count; i++)
        if (!type->restore(instance->self, list->items[i].data, list->items[i].bytes,
                           &instance->context))
            return false;
    return true;
}

bool snap_api_lists_restore(struct snap_api_instance *instance,
                            const struct snap_operator_state *restored)
{
    struct snapsim_context *context = &instance->context;
    const struct snapsim_operator_type *type = context->type;
    bool good;

    if (!type->restore)
        return true;
    good = restore_list(instance, snap_operator_state_find(restored, OWN_NAME));
    for (uint32_t i = 0; good && i < type->list_count; i++) {
        context->restored_list = type->lists[i].name;
        good = restore_list(instance, snap_operator_state_find(restored, type->lists[i].name));
    }
    context->restored_list = NULL;
    return good;
}
