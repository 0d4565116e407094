// SPDX-License-Identifier: Apache-2.0
/*
 * State by key of a program's types: the value without a name, and values, lists and maps by name.
 * Flink: KeyedStateStore.getState, getListState, getMapState.
 */
#include <string.h>

#include "api/context.h"
#include "base/check.h"
#include "state/keyed_copy.h"

enum snap_value_kind snap_api_kind(enum snapsim_kind kind)
{
    return kind == SNAPSIM_TEXT ? SNAP_VALUE_STRING : SNAP_VALUE_LONG;
}

/* ---- declarations ---- */

static bool is_list_name(const struct snapsim_operator_type *type, const char *name)
{
    for (uint32_t i = 0; i < type->list_count; i++)
        if (strcmp(type->lists[i].name, name) == 0)
            return true;
    return false;
}

const char *snap_api_states_wrong(const struct snapsim_operator_type *type)
{
    if (type->state_count == 0)
        return NULL;
    if (!type->states)
        return "with a state_count has states";
    if (!type->keyed || !type->process)
        return "with states is keyed and has process";
    for (uint32_t i = 0; i < type->state_count; i++) {
        const struct snapsim_state *state = &type->states[i];

        if (!state->name || !state->name[0] || snap_api_name_is_taken(state->name))
            return "gives its states names, and not items, state, position or _timer_state/...";
        if ((unsigned)state->shape > SNAPSIM_SHAPE_MAP || (unsigned)state->kind > SNAPSIM_TEXT)
            return "with states says of each its shape and the kind of its values";
        if ((unsigned)state->field > SNAPSIM_TEXT)
            return "with maps says of each the kind of its fields";
        if (is_list_name(type, state->name))
            return "gives its lists and states different names";
        for (uint32_t other = 0; other < i; other++)
            if (strcmp(type->states[other].name, state->name) == 0)
                return "gives its states different names";
    }
    return NULL;
}

static struct snap_schema longs(const struct snap_operator *op)
{
    return (struct snap_schema){op->input_schemas[0].key, SNAP_VALUE_LONG};
}

static struct snap_schema texts(const struct snap_operator *op)
{
    return (struct snap_schema){op->input_schemas[0].key, SNAP_VALUE_STRING};
}

/* Items that are saved need no declaration, nor does a single plain state. */
void snap_api_states_fill(struct snap_api_class *made, struct snap_arena *arena)
{
    static const enum snap_state_shape shapes[] = {
        [SNAPSIM_SHAPE_VALUE] = SNAP_SHAPE_VALUE,
        [SNAPSIM_SHAPE_LIST] = SNAP_SHAPE_KEYED_LIST,
        [SNAPSIM_SHAPE_MAP] = SNAP_SHAPE_KEYED_MAP,
    };
    const struct snapsim_operator_type *type = made->type;
    uint32_t timers = type->timer ? SNAP_API_CLOCKS : 0;
    struct snap_state_spec *items;
    struct snap_state_specs *specs;

    if (timers == 0 && type->state_count == 0)
        return;
    specs = SNAP_ARENA_NEW(arena, struct snap_state_specs);
    items = SNAP_ARENA_ARRAY(arena, struct snap_state_spec, type->state_count + timers + 1);
    /* First: it is what the ledger is told of. */
    items[0] = (struct snap_state_spec){.name = SNAP_API_STATE_NAME, .shape = SNAP_SHAPE_VALUE};
    for (uint32_t i = 0; i < type->state_count; i++)
        items[i + 1] = (struct snap_state_spec){
            .name = type->states[i].name,
            .shape = shapes[type->states[i].shape],
            .schema = type->states[i].kind == SNAPSIM_TEXT ? texts : longs,
            .fields = {snap_api_kind(type->states[i].field), snap_api_kind(type->states[i].kind)},
        };
    for (uint32_t c = 0; c < timers; c++)
        items[type->state_count + 1 + c] = snap_api_timer_specs[c];
    *specs = (struct snap_state_specs){.items = items, .count = type->state_count + timers + 1};
    made->class.states = specs;
}

/* ---- attempts ---- */

static void open_named(struct snap_api_named *named, const struct snap_operator_context *context)
{
    const struct snapsim_state *declared = named->declared;
    const struct snap_keyed_state_options options = {
        .name = declared->name,
        .schema = {context->op->schema.key, snap_api_kind(declared->kind)},
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    if (declared->shape == SNAPSIM_SHAPE_MAP)
        snap_keyed_map_init(&named->map, context->arena, &options);
    else
        snap_keyed_list_init(&named->list, context->arena, &options);
}

void snap_api_states_open(struct snap_api_instance *instance)
{
    const struct snapsim_operator_type *type = instance->context.type;
    struct snap_operator_context empty = instance->running;

    empty.restored = NULL;
    snap_keyed_open(&instance->keyed, &empty, SNAP_API_STATE_NAME);
    instance->context.keyed = &instance->keyed.state;
    instance->context.named =
        SNAP_ARENA_ARRAY(instance->running.arena, struct snap_api_named, type->state_count);
    for (uint32_t i = 0; i < type->state_count; i++) {
        instance->context.named[i].declared = &type->states[i];
        open_named(&instance->context.named[i], &instance->running);
    }
}

/* Without others beside it, it is whatever state comes first. */
static const struct snap_keyed_snapshot *find_unnamed(const struct snapsim_operator_type *type,
                                                      const struct snap_operator_state *restored)
{
    if (type->state_count > 0)
        return snap_operator_state_find_keyed(restored, SNAP_API_STATE_NAME);
    return restored->keyed_count > 0 ? &restored->keyed[0] : NULL;
}

void snap_api_states_restore(struct snap_api_instance *instance,
                             const struct snap_operator_state *restored)
{
    const struct snapsim_operator_type *type = instance->context.type;
    const struct snap_keyed_snapshot *found = restored ? find_unnamed(type, restored) : NULL;

    if (found)
        snap_keyed_state_restore(&instance->keyed.state, found);
    for (uint32_t i = 0; i < type->state_count; i++) {
        struct snap_api_named *named = &instance->context.named[i];

        found = snap_operator_state_find_keyed(restored, named->declared->name);
        if (found && named->declared->shape == SNAPSIM_SHAPE_MAP)
            snap_keyed_map_restore(&named->map, found);
        else if (found)
            snap_keyed_list_restore(&named->list, found);
    }
}

static void put_named(struct snap_api_named *named, struct snap_arena *arena,
                      struct snap_operator_state *out, int64_t bytes_each)
{
    struct snap_keyed_snapshot keyed;
    uint64_t count = 0;

    switch (named->declared->shape) {
    case SNAPSIM_SHAPE_VALUE:
    case SNAPSIM_SHAPE_LIST:
        keyed = snap_keyed_list_freeze(&named->list, arena);
        count = named->list.count;
        break;
    case SNAPSIM_SHAPE_MAP:
        keyed = snap_keyed_map_freeze(&named->map, arena);
        count = named->map.list.count;
        break;
    }
    snap_operator_state_add_keyed(out, arena, &keyed);
    out->bytes += (int64_t)count * bytes_each;
}

void snap_api_states_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                              struct snap_operator_state *out)
{
    const struct snapsim_operator_type *type = instance->context.type;
    struct snap_keyed_state *state = &instance->keyed.state;
    int64_t bytes_each = instance->running.op->record_size_bytes;

    /* Who has others may never use it. */
    if (type->state_count == 0 || type->fold || state->count > 0) {
        snap_operator_state_add_keyed(out, arena, snap_keyed_state_freeze(state, arena));
        out->bytes += (int64_t)state->count * bytes_each;
    }
    for (uint32_t i = 0; i < type->state_count; i++)
        put_named(&instance->context.named[i], arena, out, bytes_each);
}
