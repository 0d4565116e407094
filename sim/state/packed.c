// SPDX-License-Identifier: Apache-2.0
#include "state/packed.h"

#include <string.h>

#include "base/check.h"
#include "model/string_pool.h"

enum { FIELD_HEAD_BYTES = 1 + sizeof(int64_t), TTL_BYTES = 2 * sizeof(int64_t) };

/* In the first byte of a field. The number behind it is the value, or the length of a text, which
 * follows the name. */
enum { FIELD_IS_NULL = 1, FIELD_IS_TEXT = 2 };

struct snap_bytes snap_long_name(uint8_t bytes[SNAP_LONG_NAME_BYTES], int64_t number)
{
    for (unsigned i = 0; i < SNAP_LONG_NAME_BYTES; i++)
        bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    return (struct snap_bytes){bytes, SNAP_LONG_NAME_BYTES};
}

int64_t snap_long_of_name(struct snap_bytes name)
{
    uint64_t number = 0;

    SNAP_CHECK(name.count == SNAP_LONG_NAME_BYTES);
    for (unsigned i = 0; i < SNAP_LONG_NAME_BYTES; i++)
        number = number << 8 | name.at[i];
    return (int64_t)number;
}

static void put(char **to, const void *from, size_t count)
{
    if (count)
        memcpy(*to, from, count);
    *to += count;
}

union snap_value snap_map_field_pack(struct snap_arena *arena, const struct snap_map_field *field)
{
    bool is_text = field->is_text && !field->is_null;
    int64_t number = is_text ? (int64_t)field->text.count : field->is_null ? 0 : field->value;
    char marks = (char)((field->is_null ? FIELD_IS_NULL : 0) | (is_text ? FIELD_IS_TEXT : 0));
    size_t length = FIELD_HEAD_BYTES + field->name.count + (is_text ? field->text.count : 0);
    char *bytes = snap_arena_alloc(arena, length);
    char *at = bytes;

    put(&at, &marks, sizeof(marks));
    put(&at, &number, sizeof(number));
    put(&at, field->name.at, field->name.count);
    if (is_text)
        put(&at, field->text.at, field->text.count);
    return (union snap_value){.string = snap_string_make(arena, bytes, length)};
}

struct snap_map_field snap_map_field_unpack(union snap_value packed)
{
    const struct snap_string *string = packed.string;
    const uint8_t *name = (const uint8_t *)string->bytes + FIELD_HEAD_BYTES;
    struct snap_map_field field = {.value = 0};
    size_t text_bytes;

    SNAP_CHECK(string->length >= FIELD_HEAD_BYTES);
    field.is_null = (string->bytes[0] & FIELD_IS_NULL) != 0;
    field.is_text = (string->bytes[0] & FIELD_IS_TEXT) != 0;
    memcpy(&field.value, string->bytes + 1, sizeof(field.value));
    text_bytes = field.is_text ? (size_t)field.value : 0;
    SNAP_CHECK(string->length - FIELD_HEAD_BYTES >= text_bytes);
    field.name = (struct snap_bytes){name, string->length - FIELD_HEAD_BYTES - text_bytes};
    field.text = (struct snap_bytes){name + field.name.count, text_bytes};
    if (field.is_text)
        field.value = 0;
    return field;
}

union snap_value snap_ttl_value_pack(struct snap_arena *arena, struct snap_ttl_value value)
{
    const int64_t parts[2] = {value.accessed_ms, value.value};

    return (union snap_value){.string =
                                  snap_string_make(arena, (const char *)parts, sizeof(parts))};
}

struct snap_ttl_value snap_ttl_value_unpack(union snap_value packed)
{
    int64_t parts[2];

    SNAP_CHECK(packed.string->length == TTL_BYTES);
    memcpy(parts, packed.string->bytes, sizeof(parts));
    return (struct snap_ttl_value){parts[0], parts[1]};
}
