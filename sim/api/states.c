// SPDX-License-Identifier: Apache-2.0
/*
 * State by key of a program's types: the value without a name, and values, lists and maps by name.
 * Flink: KeyedStateStore.getState, getListState, getMapState.
 */
#include <string.h>

#include "api/context.h"
#include "base/check.h"
#include "state/keyed_copy.h"

static enum snap_value_kind kind_of(const struct snapsim_state *state)
{
    return state->kind == SNAPSIM_TEXT ? SNAP_VALUE_STRING : SNAP_VALUE_LONG;
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
        if (state->shape == SNAPSIM_SHAPE_MAP && state->kind != SNAPSIM_LONG)
            return "has maps of longs";
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
    const struct snap_keyed_snapshot *restored =
        snap_operator_state_find_keyed(context->restored, declared->name);
    const struct snap_keyed_state_options options = {
        .name = declared->name,
        .schema = {context->op->schema.key, kind_of(declared)},
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    switch (declared->shape) {
    case SNAPSIM_SHAPE_VALUE:
        snap_keyed_state_init(&named->value, context->arena, &options);
        if (restored)
            snap_keyed_state_restore(&named->value, restored);
        return;
    case SNAPSIM_SHAPE_LIST:
        snap_keyed_list_init(&named->list, context->arena, &options);
        if (restored)
            snap_keyed_list_restore(&named->list, restored);
        return;
    case SNAPSIM_SHAPE_MAP:
        snap_keyed_map_init(&named->map, context->arena, &options);
        if (restored)
            snap_keyed_map_restore(&named->map, restored);
        return;
    }
    SNAP_CHECK(false);
}

void snap_api_states_open(struct snap_api_instance *instance)
{
    const struct snapsim_operator_type *type = instance->context.type;
    struct snap_operator_context unnamed = instance->running;
    struct snap_operator_state alone = {0};

    /* With others beside it, it is not whatever state comes first. */
    if (type->state_count > 0 && unnamed.restored) {
        alone.keyed = snap_operator_state_find_keyed(unnamed.restored, SNAP_API_STATE_NAME);
        alone.keyed_count = alone.keyed ? 1 : 0;
        unnamed.restored = &alone;
    }
    snap_keyed_open(&instance->keyed, &unnamed, SNAP_API_STATE_NAME);
    instance->context.keyed = &instance->keyed.state;
    instance->context.named =
        SNAP_ARENA_ARRAY(instance->running.arena, struct snap_api_named, type->state_count);
    for (uint32_t i = 0; i < type->state_count; i++) {
        instance->context.named[i].declared = &type->states[i];
        open_named(&instance->context.named[i], &instance->running);
    }
}

static void put_named(struct snap_api_named *named, struct snap_arena *arena,
                      struct snap_operator_state *out, int64_t bytes_each)
{
    struct snap_keyed_snapshot keyed;
    uint64_t count = 0;

    switch (named->declared->shape) {
    case SNAPSIM_SHAPE_VALUE:
        keyed = *snap_keyed_state_freeze(&named->value, arena);
        count = named->value.count;
        break;
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

/* ---- what callbacks ask for ---- */

/* The state of this name and shape; NULL, and the job fails, if it may not be used now. */
static struct snap_api_named *named_of(struct snapsim_context *context, const char *name,
                                       enum snapsim_shape shape)
{
    static const char *const words[] = {"value", "list", "map"};
    const struct snapsim_operator_type *type = context->type;

    for (uint32_t i = 0; name && context->named && context->in && i < type->state_count; i++)
        if (type->states[i].shape == shape && strcmp(type->states[i].name, name) == 0)
            return &context->named[i];
    snapsim_fail(context,
                 "the %s \"%s\" by key belongs to process and timer of a type that "
                 "declares it",
                 words[shape], name ? name : "");
    return NULL;
}

bool snapsim_value_get(struct snapsim_context *context, const char *state,
                       struct snapsim_value *value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_VALUE);
    const union snap_value *found =
        named ? snap_keyed_state_find(&named->value, context->in->key) : NULL;

    *value = (struct snapsim_value){.number = 0};
    if (found)
        *value = snap_api_value_out(kind_of(named->declared), *found);
    return found != NULL;
}

bool snapsim_value_put(struct snapsim_context *context, const char *state,
                       struct snapsim_value value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_VALUE);
    union snap_value in;

    if (!named || !snap_api_value_in(context, kind_of(named->declared), value, &in))
        return false;
    *snap_keyed_state_obtain(&named->value, context->in->key) = in;
    return true;
}

bool snapsim_list_add(struct snapsim_context *context, const char *state,
                      struct snapsim_value value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_LIST);
    union snap_value in;

    if (!named || !snap_api_value_in(context, kind_of(named->declared), value, &in))
        return false;
    snap_keyed_list_add(&named->list, context->in->key, in);
    return true;
}

uint32_t snapsim_list_each(struct snapsim_context *context, const char *state,
                           void (*take)(void *to, struct snapsim_value value), void *to)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_LIST);
    const struct snap_keyed_list_head *head =
        named ? snap_keyed_list_find(&named->list, context->in->key) : NULL;
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    for (uint32_t i = 0; take && head && i < head->count; i++) {
        const struct snap_keyed_link *at = &named->list.links[link];

        take(to, snap_api_value_out(kind_of(named->declared), at->value));
        link = at->next;
    }
    return head ? head->count : 0;
}

bool snapsim_list_clear(struct snapsim_context *context, const char *state)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_LIST);
    struct snap_keyed_list_head *head =
        named ? snap_keyed_list_of(&named->list, context->in->key) : NULL;

    while (head && head->count > 0)
        snap_keyed_list_drop_first(&named->list, head);
    return named != NULL;
}

/* The map, if it is there and the field has a name. */
static struct snap_keyed_map *map_of(struct snapsim_context *context, const char *state,
                                     const char *field)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_MAP);

    if (named && !field)
        snapsim_fail(context, "a field of the map \"%s\" without a name", state);
    return named && field ? &named->map : NULL;
}

bool snapsim_map_get(struct snapsim_context *context, const char *state, const char *field,
                     int64_t *value)
{
    struct snap_keyed_map *map = map_of(context, state, field);
    const struct snap_map_field *found =
        map ? snap_keyed_map_find(map, context->in->key, snap_bytes_of(field)) : NULL;

    *value = found ? found->value : 0;
    return found != NULL;
}

bool snapsim_map_put(struct snapsim_context *context, const char *state, const char *field,
                     int64_t value)
{
    struct snap_keyed_map *map = map_of(context, state, field);
    struct snap_map_field *to;

    if (!map)
        return false;
    to = snap_keyed_map_obtain(map, context->in->key, snap_bytes_of(field));
    to->is_null = false;
    to->value = value;
    return true;
}

bool snapsim_map_remove(struct snapsim_context *context, const char *state, const char *field)
{
    struct snap_keyed_map *map = map_of(context, state, field);

    return map && snap_keyed_map_remove(map, context->in->key, snap_bytes_of(field));
}

/* The fields of the key in work are a list of their numbers. */
uint32_t snapsim_map_each(struct snapsim_context *context, const char *state,
                          void (*take)(void *to, struct snapsim_value field, int64_t value),
                          void *to)
{
    struct snap_keyed_map *map = map_of(context, state, "");
    const struct snap_keyed_list_head *head =
        map ? snap_keyed_list_find(&map->list, context->in->key) : NULL;
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    for (uint32_t i = 0; take && head && i < head->count; i++) {
        const struct snap_map_field *field = &map->fields[map->list.links[link].value.number];

        take(to,
             (struct snapsim_value){.text = (const char *)field->name.at,
                                    .length = field->name.count},
             field->value);
        link = map->list.links[link].next;
    }
    return head ? head->count : 0;
}

bool snapsim_map_clear(struct snapsim_context *context, const char *state)
{
    struct snap_keyed_map *map = map_of(context, state, "");
    const struct snap_keyed_list_head *head =
        map ? snap_keyed_list_find(&map->list, context->in->key) : NULL;

    while (head && head->count > 0)
        snap_keyed_map_remove(map, context->in->key,
                              map->fields[map->list.links[head->first].value.number].name);
    return map != NULL;
}
