// SPDX-License-Identifier: Apache-2.0
#include "flink/canonical_entry.h"

bool snap_timer_split(struct snap_byte_reader *reader, const struct snap_serializer *element,
                      struct snap_keyed_item *item)
{
    struct snap_byte_reader part = snap_byte_reader_of_part(reader, item->value);
    const uint8_t *key, *name_space;

    if (!element || element->kind != SNAP_SERIALIZER_TIMER || snap_serializer_is_unknown(element))
        return true;
    item->is_timer = true;
    item->time_ms = (int64_t)((uint64_t)snap_read_i8(&part, "time of a timer") ^ UINT64_C(1) << 63);
    key = part.at;
    snap_datum_skip(&part, &element->nested[0]);
    name_space = part.at;
    item->key = (struct snap_bytes){key, (size_t)(name_space - key)};
    snap_datum_skip(&part, &element->nested[1]);
    item->name_space = (struct snap_bytes){name_space, (size_t)(part.at - name_space)};
    return snap_byte_reader_end(&part, "a timer") ||
           snap_byte_reader_fail(reader, "a timer cannot be read");
}

/* The value of a user key has a mark of null in front, behind which nothing need follow. */
static bool split_map_value(const struct snap_canonical_entry *entry, struct snap_keyed_item *item,
                            struct snap_error *error)
{
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, entry->value, entry->offset, error);
    item->is_null = snap_read_bool(&reader, "mark of a null in a map");
    item->value = (struct snap_bytes){reader.at, snap_byte_reader_left(&reader)};
    if (item->is_null)
        item->value.count = 0;
    return !reader.failed;
}

static bool split_queue(struct snap_byte_reader *reader, const struct snap_canonical_entry *entry,
                        struct snap_keyed_item *item)
{
    const struct snap_state_meta *meta = &entry->head->states.items[entry->state];

    item->key_group = snap_key_group_read(reader, entry->max_parallelism);
    item->value = snap_read_bytes(reader, snap_byte_reader_left(reader), "a timer");
    return !reader->failed && snap_timer_split(reader, meta->value, item);
}

bool snap_canonical_entry_split(const struct snap_canonical_entry *entry,
                                struct snap_keyed_item *item, struct snap_error *error)
{
    const struct snap_state_meta *meta = &entry->head->states.items[entry->state];
    struct snap_composite_key form =
        snap_composite_key_of(entry->head, entry->state, entry->max_parallelism);
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, entry->key, entry->offset, error);
    item->value = entry->value;
    if (meta->kind == SNAP_STATE_PRIORITY_QUEUE)
        return split_queue(&reader, entry, item);
    if (!snap_composite_key_read(&reader, &form, item))
        return false;
    return !form.is_map || split_map_value(entry, item, error);
}
