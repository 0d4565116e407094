// SPDX-License-Identifier: Apache-2.0
#include "operators/unkeyed_table.h"

#include <string.h>

#include "base/check.h"
#include "operators/packed_record.h"

enum { KEY_GROUPS = 128 };

void snap_unkeyed_table_init(struct snap_keyed_state *table, struct snap_arena *arena,
                             const char *name, struct snap_schema schema)
{
    const struct snap_keyed_state_options options = {
        .name = name, .schema = schema, .parallelism = {1, KEY_GROUPS}};

    snap_keyed_state_init(table, arena, &options);
}

void snap_unkeyed_table_snapshot(const struct snap_keyed_state *table,
                                 const struct snap_unkeyed_writing *writing,
                                 struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snap_unkeyed_entry *entries =
        SNAP_ARENA_ARRAY(arena, struct snap_unkeyed_entry, table->count);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, table->count);
    struct snap_list_snapshot list = {.name = table->name,
                                      .mode = writing->mode,
                                      .of_subtask = true,
                                      .items = items,
                                      .count = table->count,
                                      .holds_addresses = table->schema.key == SNAP_VALUE_STRING ||
                                                         table->schema.value == SNAP_VALUE_STRING};

    for (uint32_t i = 0; i < table->count; i++) {
        entries[i].subtask = writing->subtask;
        entries[i].entry = snap_keyed_state_entry(table, i);
        items[i] = (struct snap_list_item){&entries[i], sizeof(entries[i])};
    }
    snap_operator_state_add_list(out, arena, &list);
}

struct snap_unkeyed_entry snap_unkeyed_entry_at(const struct snap_list_snapshot *list,
                                                uint32_t index)
{
    struct snap_unkeyed_entry entry;

    SNAP_CHECK(index < list->count && list->items[index].bytes == sizeof(entry));
    memcpy(&entry, list->items[index].data, sizeof(entry));
    return entry;
}

void snap_unkeyed_table_each(const struct snap_keyed_state *table,
                             const struct snap_operator_context *context,
                             void (*entry)(void *to, const struct snap_state_entry *), void *to)
{
    for (uint32_t i = 0; i < table->count; i++) {
        struct snap_state_entry out = {
            .operator_index = context->op->index,
            .subtask = context->subtask,
            .key = snap_keyed_state_entry(table, i).key,
            .value = snap_keyed_state_entry(table, i).value,
        };

        entry(to, &out);
    }
}

void snap_unkeyed_types(struct snap_schema schema, enum snap_element_type types[2])
{
    types[0] = schema.key == SNAP_VALUE_LONG ? SNAP_TYPE_LONG : SNAP_TYPE_STRING;
    types[1] = schema.value == SNAP_VALUE_LONG ? SNAP_TYPE_LONG : SNAP_TYPE_STRING;
}

static void set_element(struct snap_element *element, union snap_value value)
{
    if (element->type == SNAP_TYPE_LONG)
        element->number = value.number;
    else
        element->bytes =
            (struct snap_bytes){(const uint8_t *)value.string->bytes, value.string->length};
}

void snap_unkeyed_encode(struct snap_schema schema, const struct snap_list_item *item,
                         struct snap_element elements[2])
{
    enum snap_element_type types[2];
    struct snap_unkeyed_entry entry;

    SNAP_CHECK(item->bytes == sizeof(entry));
    memcpy(&entry, item->data, sizeof(entry));
    snap_unkeyed_types(schema, types);
    for (int i = 0; i < 2; i++) {
        elements[i] = (struct snap_element){.type = types[i]};
        set_element(&elements[i], i == 0 ? entry.entry.key : entry.entry.value);
    }
}

static union snap_value value_of(struct snap_arena *arena, const struct snap_element *element)
{
    if (element->type == SNAP_TYPE_LONG)
        return (union snap_value){.number = element->number};
    return (union snap_value){
        .string = snap_string_make(arena, (const char *)element->bytes.at, element->bytes.count)};
}

void snap_unkeyed_decode(struct snap_arena *arena, const struct snap_element elements[2],
                         struct snap_list_item *item)
{
    struct snap_unkeyed_entry *entry = SNAP_ARENA_NEW(arena, struct snap_unkeyed_entry);

    entry->entry.key = value_of(arena, &elements[0]);
    entry->entry.value = value_of(arena, &elements[1]);
    item->data = entry;
    item->bytes = sizeof(*entry);
}

void snap_unkeyed_pack(struct snap_schema schema, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *element)
{
    struct snap_packed_record packed = {.tag = 0};
    struct snap_unkeyed_entry entry;

    SNAP_CHECK(item->bytes == sizeof(entry));
    memcpy(&entry, item->data, sizeof(entry));
    packed.tag = entry.subtask;
    packed.record.key = entry.entry.key;
    packed.record.value = entry.entry.value;
    snap_packed_record_write(schema, &packed, arena, element);
}

bool snap_unkeyed_unpack(struct snap_schema schema, const struct snap_item_maker *maker,
                         const struct snap_element *element, struct snap_list_item *item,
                         struct snap_error *error)
{
    struct snap_unkeyed_entry *entry = SNAP_ARENA_NEW(maker->arena, struct snap_unkeyed_entry);
    struct snap_packed_record packed;

    if (!snap_packed_record_read(schema, maker, element, &packed, error))
        return false;
    entry->subtask = (uint32_t)packed.tag;
    entry->entry = (struct snap_keyed_entry){packed.record.key, packed.record.value};
    *item = (struct snap_list_item){entry, sizeof(*entry)};
    return true;
}
