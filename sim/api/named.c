// SPDX-License-Identifier: Apache-2.0
/*
 * What callbacks ask of states by key with a name: values, lists and maps. A value is a list of one
 * at most. Flink: ValueState, ListState, MapState.
 */
#include <string.h>

#include "api/context.h"
#include "model/string_pool.h"

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

static enum snap_value_kind kind_of(const struct snap_api_named *named)
{
    return snap_api_kind(named->declared->kind);
}

/* ---- values and lists ---- */

static const struct snap_keyed_list_head *find_list(const struct snap_api_named *named,
                                                    const struct snapsim_context *context)
{
    return named ? snap_keyed_list_find(&named->list, context->in->key) : NULL;
}

static bool clear_list(struct snapsim_context *context, struct snap_api_named *named)
{
    struct snap_keyed_list_head *head =
        named ? snap_keyed_list_of(&named->list, context->in->key) : NULL;

    if (head)
        snap_keyed_list_clear(&named->list, head);
    return named != NULL;
}

bool snapsim_value_get(struct snapsim_context *context, const char *state,
                       struct snapsim_value *value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_VALUE);
    const struct snap_keyed_list_head *head = find_list(named, context);

    *value = (struct snapsim_value){.number = 0};
    if (!head || head->count == 0)
        return false;
    *value = snap_api_value_out(kind_of(named), named->list.links[head->first].value);
    return true;
}

bool snapsim_value_put(struct snapsim_context *context, const char *state,
                       struct snapsim_value value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_VALUE);
    union snap_value in;

    if (!named || !snap_api_value_in(context, kind_of(named), value, &in))
        return false;
    snap_keyed_list_set(&named->list, context->in->key, in);
    return true;
}

bool snapsim_value_clear(struct snapsim_context *context, const char *state)
{
    return clear_list(context, named_of(context, state, SNAPSIM_SHAPE_VALUE));
}

bool snapsim_list_add(struct snapsim_context *context, const char *state,
                      struct snapsim_value value)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_LIST);
    union snap_value in;

    if (!named || !snap_api_value_in(context, kind_of(named), value, &in))
        return false;
    snap_keyed_list_add(&named->list, context->in->key, in);
    return true;
}

uint32_t snapsim_list_each(struct snapsim_context *context, const char *state,
                           void (*take)(void *to, struct snapsim_value value), void *to)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_LIST);
    const struct snap_keyed_list_head *head = find_list(named, context);
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    for (uint32_t i = 0; take && head && i < head->count; i++) {
        const struct snap_keyed_link *at = &named->list.links[link];

        take(to, snap_api_value_out(kind_of(named), at->value));
        link = at->next;
    }
    return head ? head->count : 0;
}

bool snapsim_list_clear(struct snapsim_context *context, const char *state)
{
    return clear_list(context, named_of(context, state, SNAPSIM_SHAPE_LIST));
}

/* ---- maps ---- */

/* A map and the name of a field as its tables have it. */
struct place {
    struct snap_api_named *named; /* NULL: there is none */
    uint8_t bytes[SNAP_LONG_NAME_BYTES];
    struct snap_bytes name;
};

static bool find_place(struct snapsim_context *context, const char *state,
                       struct snapsim_value field, struct place *place)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_MAP);
    bool is_text = field.text != NULL;

    if (!named)
        return false;
    if (is_text != (named->declared->field == SNAPSIM_TEXT))
        return snapsim_fail(context, "a %s as field of the map \"%s\", which has %s",
                            is_text ? "text" : "long", state, is_text ? "longs" : "texts");
    place->named = named;
    if (is_text)
        place->name = (struct snap_bytes){(const uint8_t *)field.text, field.length};
    else
        place->name = snap_long_name(place->bytes, field.number);
    return true;
}

static struct snapsim_value text_out(struct snap_bytes text)
{
    return (struct snapsim_value){.text = (const char *)text.at, .length = text.count};
}

/* A null is zeroed, whatever its kind. */
static struct snapsim_value value_out(const struct snap_map_field *field)
{
    if (field->is_text && !field->is_null)
        return text_out(field->text);
    return (struct snapsim_value){.number = field->is_null ? 0 : field->value};
}

static struct snapsim_value name_out(const struct snap_api_named *named,
                                     const struct snap_map_field *field)
{
    if (named->declared->field == SNAPSIM_TEXT)
        return text_out(field->name);
    return snapsim_long(snap_long_of_name(field->name));
}

bool snapsim_map_get(struct snapsim_context *context, const char *state, struct snapsim_value field,
                     struct snapsim_value *value)
{
    struct place at = {.named = NULL};
    const struct snap_map_field *found =
        find_place(context, state, field, &at)
            ? snap_keyed_map_find(&at.named->map, context->in->key, at.name)
            : NULL;

    *value = (struct snapsim_value){.number = 0};
    if (found)
        *value = value_out(found);
    return found != NULL;
}

bool snapsim_map_put(struct snapsim_context *context, const char *state, struct snapsim_value field,
                     struct snapsim_value value)
{
    struct place at = {.named = NULL};
    struct snap_map_field *to;
    union snap_value in;

    if (!find_place(context, state, field, &at) ||
        !snap_api_value_in(context, kind_of(at.named), value, &in))
        return false;
    to = snap_keyed_map_obtain(&at.named->map, context->in->key, at.name);
    *to = (struct snap_map_field){.name = to->name, .is_text = value.text != NULL};
    if (to->is_text)
        to->text = (struct snap_bytes){(const uint8_t *)in.string->bytes, in.string->length};
    else
        to->value = in.number;
    return true;
}

bool snapsim_map_remove(struct snapsim_context *context, const char *state,
                        struct snapsim_value field)
{
    struct place at = {.named = NULL};

    return find_place(context, state, field, &at) &&
           snap_keyed_map_remove(&at.named->map, context->in->key, at.name);
}

/* The fields of the key in work are a list of their numbers. */
uint32_t snapsim_map_each(struct snapsim_context *context, const char *state,
                          void (*take)(void *to, struct snapsim_value field,
                                       struct snapsim_value value),
                          void *to)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_MAP);
    const struct snap_keyed_map *map = named ? &named->map : NULL;
    const struct snap_keyed_list_head *head =
        map ? snap_keyed_list_find(&map->list, context->in->key) : NULL;
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    for (uint32_t i = 0; take && head && i < head->count; i++) {
        const struct snap_map_field *field = &map->fields[map->list.links[link].value.number];

        take(to, name_out(named, field), value_out(field));
        link = map->list.links[link].next;
    }
    return head ? head->count : 0;
}

bool snapsim_map_clear(struct snapsim_context *context, const char *state)
{
    struct snap_api_named *named = named_of(context, state, SNAPSIM_SHAPE_MAP);
    struct snap_keyed_map *map = named ? &named->map : NULL;
    const struct snap_keyed_list_head *head =
        map ? snap_keyed_list_find(&map->list, context->in->key) : NULL;

    while (head && head->count > 0)
        snap_keyed_map_remove(map, context->in->key,
                              map->fields[map->list.links[head->first].value.number].name);
    return map != NULL;
}
