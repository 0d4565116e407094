// SPDX-License-Identifier: Apache-2.0
/*
 * What states by key of a program's types hold, told as JSON: for results, and for the ledger,
 * which compares it with what a shadow has.
 */
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/heap.h"
#include "base/json.h"
#include "model/string_pool.h"

/* Who is told, of which operator and subtask. */
struct telling {
    const struct snap_api_instance *instance;
    void (*take)(void *to, const struct snap_named_entry *entry);
    void *to;
    struct snap_text text;
};

static void tell(struct telling *telling, const char *state, union snap_value key)
{
    const struct snap_named_entry entry = {
        .operator_index = telling->instance->context.op->index,
        .subtask = telling->instance->context.subtask,
        .state = state,
        .key = key,
        .content = snap_text_get(&telling->text),
    };

    telling->take(telling->to, &entry);
    snap_text_clear(&telling->text);
}

static void add_value(struct snap_text *text, enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        snap_json_add_number(text, value.number);
    else
        snap_json_add_bytes(text, value.string->bytes, value.string->length);
}

/* ---- values and lists ---- */

static void tell_unnamed(struct telling *telling)
{
    const struct snap_keyed_state *state = &telling->instance->keyed.state;

    for (uint32_t i = 0; i < state->count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(state, i);

        add_value(&telling->text, state->schema.value, entry.value);
        tell(telling, SNAP_API_STATE_NAME, entry.key);
    }
}

static void add_list(struct snap_text *text, const struct snap_keyed_list *list,
                     const struct snap_keyed_list_head *head)
{
    uint32_t link = head->first;

    snap_text_add_string(text, "[");
    for (uint32_t i = 0; i < head->count; i++, link = list->links[link].next) {
        snap_text_add_string(text, i ? "," : "");
        add_value(text, list->value_kind, list->links[link].value);
    }
    snap_text_add_string(text, "]");
}

static void tell_list(struct telling *telling, const struct snap_api_named *named)
{
    const struct snap_keyed_list *list = &named->list;

    for (uint32_t i = 0; i < list->table.count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(&list->table, i);
        const struct snap_keyed_list_head *head = &list->heads[entry.value.number];

        if (head->count == 0)
            continue;
        if (named->declared->shape == SNAPSIM_SHAPE_VALUE)
            add_value(&telling->text, list->value_kind, list->links[head->first].value);
        else
            add_list(&telling->text, list, head);
        tell(telling, named->declared->name, entry.key);
    }
}

/* ---- maps ---- */

static void add_field(struct snap_text *text, enum snapsim_kind kind,
                      const struct snap_map_field *field)
{
    if (kind == SNAPSIM_TEXT)
        snap_json_add_bytes(text, (const char *)field->name.at, field->name.count);
    else
        snap_text_printf(text, "\"%lld\"", (long long)snap_long_of_name(field->name));
    snap_text_add_string(text, ":");
    if (field->is_null)
        snap_text_add_string(text, "null");
    else if (field->is_text)
        snap_json_add_bytes(text, (const char *)field->text.at, field->text.count);
    else
        snap_json_add_number(text, field->value);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A map has no order of its own. */
static void add_map(struct snap_text *text, const struct snap_api_named *named,
                    const struct snap_keyed_list_head *head)
{
    char **fields = snap_heap_zeroed(head->count, sizeof(*fields));
    uint32_t link = head->first;
    struct snap_arena arena;
    struct snap_text one = {0};

    snap_arena_init(&arena);
    for (uint32_t i = 0; i < head->count; i++, link = named->map.list.links[link].next) {
        snap_text_clear(&one);
        add_field(&one, named->declared->field,
                  &named->map.fields[named->map.list.links[link].value.number]);
        fields[i] = snap_arena_strndup(&arena, one.data, one.length);
    }
    qsort(fields, head->count, sizeof(*fields), compare);
    snap_text_add_string(text, "{");
    for (uint32_t i = 0; i < head->count; i++) {
        snap_text_add_string(text, i ? "," : "");
        snap_text_add_string(text, fields[i]);
    }
    snap_text_add_string(text, "}");
    snap_text_fini(&one);
    snap_arena_fini(&arena);
    free(fields);
}

static void tell_map(struct telling *telling, const struct snap_api_named *named)
{
    const struct snap_keyed_list *list = &named->map.list;

    for (uint32_t i = 0; i < list->table.count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(&list->table, i);
        const struct snap_keyed_list_head *head = &list->heads[entry.value.number];

        if (head->count == 0)
            continue;
        add_map(&telling->text, named, head);
        tell(telling, named->declared->name, entry.key);
    }
}

/* ---- all of them ---- */

void snap_api_states_each(void *self, void (*entry)(void *to, const struct snap_named_entry *),
                          void *to)
{
    const struct snap_api_instance *instance = self;
    const struct snapsim_operator_type *type = instance->context.type;
    struct telling telling = {.instance = instance, .take = entry, .to = to};

    /* What fold decides is told by itself. */
    if (!type->fold)
        tell_unnamed(&telling);
    for (uint32_t i = 0; i < type->state_count; i++) {
        if (type->states[i].shape == SNAPSIM_SHAPE_MAP)
            tell_map(&telling, &instance->context.named[i]);
        else
            tell_list(&telling, &instance->context.named[i]);
    }
    snap_text_fini(&telling.text);
}
