// SPDX-License-Identifier: Apache-2.0
/* composite_key.c: key group, key, namespace and user key in one row of bytes. */
#include <inttypes.h>

#include "base/check.h"
#include "flink/keyed_file.h"

enum {
    ONE_BYTE_GROUPS_MAX = 128, /* more need two bytes */
    LAST_OF_STATE = 0x80,      /* in the first byte: a mark of the file's, not the key's */
};

unsigned snap_key_group_bytes(uint32_t max_parallelism)
{
    return max_parallelism > ONE_BYTE_GROUPS_MAX ? 2 : 1;
}

uint32_t snap_key_group_read(struct snap_byte_reader *reader, uint32_t max_parallelism)
{
    unsigned count = snap_key_group_bytes(max_parallelism);
    uint32_t bits = (uint32_t)snap_read_unsigned(reader, count, "key group of an entry");

    return bits & ~((uint32_t)LAST_OF_STATE << 8 * (count - 1));
}

/* Without a fixed length of either, key and namespace could not be told apart backwards. */
static bool is_ambiguous(const struct snap_composite_key *form)
{
    return snap_serializer_length(form->key) < 0 && snap_serializer_length(form->name_space) < 0;
}

static void write_length(struct snap_byte_writer *writer, size_t length)
{
    do {
        snap_write_u1(writer, length & 0xff);
        length >>= 8;
    } while (length > 0);
}

static bool read_length(struct snap_byte_reader *reader, size_t length)
{
    do {
        uint8_t digit = snap_read_u1(reader, "length of a key's part");

        if (reader->failed)
            return false;
        if (digit != (length & 0xff))
            return snap_byte_reader_fail(reader, "length of a key's part: %zu expected, found %u",
                                         length & 0xff, digit);
        length >>= 8;
    } while (length > 0);
    return true;
}

static bool read_part(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                      bool has_length, struct snap_bytes *part)
{
    const uint8_t *start = reader->at;

    if (!snap_datum_skip(reader, serializer))
        return false;
    *part = (struct snap_bytes){start, (size_t)(reader->at - start)};
    return !has_length || read_length(reader, part->count);
}

static struct snap_bytes rest_of(struct snap_byte_reader *reader, const char *what)
{
    return snap_read_bytes(reader, snap_byte_reader_left(reader), what);
}

bool snap_composite_key_read(struct snap_byte_reader *reader, const struct snap_composite_key *form,
                             struct snap_keyed_item *item)
{
    /* Of an unknown namespace it is not known whether there are any: they are taken for its own. */
    bool has_lengths =
        form->name_space && !snap_serializer_is_unknown(form->name_space) && is_ambiguous(form);

    item->key_group = snap_key_group_read(reader, form->max_parallelism);
    if (!read_part(reader, form->key, has_lengths, &item->key))
        return false;
    /* The rest can be the key's too. */
    if (snap_serializer_is_unknown(form->key))
        return true;
    if (!form->name_space || snap_serializer_is_unknown(form->name_space)) {
        item->name_space = rest_of(reader, "a namespace");
        return true;
    }
    if (!read_part(reader, form->name_space, has_lengths, &item->name_space))
        return false;
    if (form->is_map && !form->user_key)
        item->user_key = rest_of(reader, "a user key");
    else if (form->is_map && !read_part(reader, form->user_key, false, &item->user_key))
        return false;
    return snap_byte_reader_end(reader, "the key of an entry");
}

void snap_composite_key_write(struct snap_byte_writer *writer,
                              const struct snap_composite_key *form,
                              const struct snap_keyed_item *item)
{
    bool has_lengths = is_ambiguous(form);

    SNAP_CHECK(item->key_group < form->max_parallelism);
    snap_write_unsigned(writer, item->key_group, snap_key_group_bytes(form->max_parallelism));
    snap_write_bytes(writer, item->key);
    if (has_lengths)
        write_length(writer, item->key.count);
    snap_write_bytes(writer, item->name_space);
    if (has_lengths)
        write_length(writer, item->name_space.count);
    if (form->is_map)
        snap_write_bytes(writer, item->user_key);
}

struct snap_composite_key snap_composite_key_of(const struct snap_keyed_head *head, uint32_t state,
                                                uint32_t max_parallelism)
{
    const struct snap_state_meta *meta = &head->states.items[state];
    const struct snap_serializer *value = meta->value;
    struct snap_composite_key form = {.max_parallelism = max_parallelism, .key = &head->key};

    form.name_space = meta->name_space;
    form.is_map = meta->keyed_type == SNAP_KEYED_MAP;
    if (form.is_map && value && value->kind == SNAP_SERIALIZER_MAP)
        form.user_key = value->nested;
    return form;
}
