// SPDX-License-Identifier: Apache-2.0
#include "state/packed.h"

#include <string.h>

#include "base/check.h"
#include "model/string_pool.h"

enum { FIELD_HEAD_BYTES = 1 + sizeof(int64_t), TTL_BYTES = 2 * sizeof(int64_t) };

union snap_value snap_map_field_pack(struct snap_arena *arena, const struct snap_map_field *field)
{
    size_t length = FIELD_HEAD_BYTES + field->name.count;
    char *bytes = snap_arena_alloc(arena, length);

    bytes[0] = (char)field->is_null;
    memcpy(bytes + 1, &field->value, sizeof(field->value));
    memcpy(bytes + FIELD_HEAD_BYTES, field->name.at, field->name.count);
    return (union snap_value){.string = snap_string_make(arena, bytes, length)};
}

struct snap_map_field snap_map_field_unpack(union snap_value packed)
{
    const struct snap_string *string = packed.string;
    struct snap_map_field field;

    SNAP_CHECK(string->length >= FIELD_HEAD_BYTES);
    field.is_null = string->bytes[0] != 0;
    memcpy(&field.value, string->bytes + 1, sizeof(field.value));
    field.name = (struct snap_bytes){(const uint8_t *)string->bytes + FIELD_HEAD_BYTES,
                                     string->length - FIELD_HEAD_BYTES};
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
