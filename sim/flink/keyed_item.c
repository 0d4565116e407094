// SPDX-License-Identifier: Apache-2.0
/* keyed_item.c: parts of an entry as trees, and values in the form of a layout. */
#include "flink/keyed_file.h"

enum { LIST_DELIMITER = ',' };

static bool read_part(const struct snap_keyed_reader *reader, struct snap_bytes bytes,
                      const struct snap_serializer *serializer, struct snap_arena *arena,
                      struct snap_datum *datum)
{
    struct snap_byte_reader part;

    *datum = (struct snap_datum){.kind = SNAP_DATUM_NULL};
    if (!serializer || bytes.count == 0)
        return true;
    snap_byte_reader_init(&part, bytes, 0, reader->error);
    return snap_datum_read(&part, serializer, arena, datum) &&
           snap_byte_reader_end(&part, "a part of an entry");
}

static const struct snap_state_meta *meta_of(const struct snap_keyed_reader *reader,
                                             const struct snap_keyed_item *item)
{
    return &reader->head.states.items[item->state];
}

bool snap_keyed_item_key(const struct snap_keyed_reader *reader, const struct snap_keyed_item *item,
                         struct snap_arena *arena, struct snap_datum *datum)
{
    return read_part(reader, item->key, &reader->head.key, arena, datum);
}

bool snap_keyed_item_namespace(const struct snap_keyed_reader *reader,
                               const struct snap_keyed_item *item, struct snap_arena *arena,
                               struct snap_datum *datum)
{
    const struct snap_state_meta *meta = meta_of(reader, item);
    const struct snap_serializer *serializer = meta->name_space;

    if (item->is_timer)
        serializer = &meta->value->nested[1];
    return read_part(reader, item->name_space, serializer, arena, datum);
}

static const struct snap_serializer *map_part(const struct snap_state_meta *meta, uint32_t index)
{
    const struct snap_serializer *value = meta->value;

    return value && value->kind == SNAP_SERIALIZER_MAP ? &value->nested[index] : NULL;
}

bool snap_keyed_item_user_key(const struct snap_keyed_reader *reader,
                              const struct snap_keyed_item *item, struct snap_arena *arena,
                              struct snap_datum *datum)
{
    const struct snap_serializer *part = map_part(meta_of(reader, item), 0);

    if (!part && item->user_key.count > 0) {
        *datum = (struct snap_datum){.kind = SNAP_DATUM_OPAQUE, .bytes = item->user_key};
        return true;
    }
    return read_part(reader, item->user_key, part, arena, datum);
}

/* Elements with a comma between them; how many there are is seen at the end. */
static bool read_joined(const struct snap_keyed_reader *reader, struct snap_bytes bytes,
                        const struct snap_serializer *element, struct snap_arena *arena,
                        struct snap_datum *datum)
{
    struct snap_byte_reader part;
    uint32_t capacity = 0;

    *datum = (struct snap_datum){.kind = SNAP_DATUM_LIST};
    snap_byte_reader_init(&part, bytes, 0, reader->error);
    while (snap_byte_reader_left(&part) > 0) {
        datum->items =
            snap_arena_grow(arena, datum->items, datum->count, &capacity, sizeof(*datum->items));
        if (!snap_datum_read(&part, element, arena, &datum->items[datum->count++]))
            return false;
        if (snap_byte_reader_left(&part) > 0 &&
            snap_read_u1(&part, "a comma in a list") != LIST_DELIMITER)
            return snap_byte_reader_fail(&part, "elements of a list have no comma between them");
    }
    return true;
}

/* Returns what a value in the canonical layout was written with. */
static const struct snap_serializer *canonical_value(const struct snap_state_meta *meta)
{
    const struct snap_serializer *value = meta->value;

    return meta->keyed_type == SNAP_KEYED_MAP && map_part(meta, 1) ? map_part(meta, 1) : value;
}

static bool is_joined(const struct snap_state_meta *meta, enum snap_keyed_layout layout)
{
    const struct snap_serializer *value = meta->value;

    return layout == SNAP_LAYOUT_CANONICAL && meta->keyed_type == SNAP_KEYED_LIST && value &&
           value->kind == SNAP_SERIALIZER_LIST && !snap_serializer_is_unknown(value);
}

bool snap_keyed_item_value(const struct snap_keyed_reader *reader,
                           const struct snap_keyed_item *item, struct snap_arena *arena,
                           struct snap_datum *datum)
{
    const struct snap_state_meta *meta = meta_of(reader, item);
    const struct snap_serializer *value = meta->value;

    if (item->is_opaque || (!value && item->value.count)) {
        *datum = (struct snap_datum){.kind = SNAP_DATUM_OPAQUE};
        datum->bytes = item->value;
        return true;
    }
    if (is_joined(meta, reader->layout))
        return read_joined(reader, item->value, value->nested, arena, datum);
    if (reader->layout == SNAP_LAYOUT_CANONICAL && meta->kind != SNAP_STATE_PRIORITY_QUEUE)
        value = canonical_value(meta);
    return read_part(reader, item->value, value, arena, datum);
}

void snap_keyed_delimiter_write(struct snap_byte_writer *writer)
{
    snap_write_u1(writer, LIST_DELIMITER);
}
