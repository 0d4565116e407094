// SPDX-License-Identifier: Apache-2.0
/*
 * packed.h: values of several parts as strings, so that they go through snapshots as any value.
 *
 * - A field of a map state is one entry of its key: the field's name, and a long, a text or null. A
 *   name that is a long is its eight bytes, as Flink's serializer writes them; all fields of a
 * state have names and values of one kind each. A value with a time to live is the time of its last
 *   access and a long.
 * - The bytes are no text; equal parts give equal bytes. Strings lie in the arena that is handed
 * in. Flink: HeapMapState, TtlValue.
 */
#ifndef SNAP_STATE_PACKED_H
#define SNAP_STATE_PACKED_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "model/record.h"

/* Bytes of a name that is a long. */
enum { SNAP_LONG_NAME_BYTES = 8 };

struct snap_map_field {
    struct snap_bytes name; /* UTF-8, or SNAP_LONG_NAME_BYTES */
    bool is_null;
    bool is_text;
    int64_t value;          /* 0 if null or a text */
    struct snap_bytes text; /* UTF-8 */
};

struct snap_ttl_value {
    int64_t accessed_ms; /* of the last access, since 1970 */
    int64_t value;
};

/* Writes the name that a long is, and returns the long that a name is. */
struct snap_bytes snap_long_name(uint8_t bytes[SNAP_LONG_NAME_BYTES], int64_t number);
int64_t snap_long_of_name(struct snap_bytes name);

/* Returns the parts as one string; memory of the arena. */
union snap_value snap_map_field_pack(struct snap_arena *arena, const struct snap_map_field *field);
union snap_value snap_ttl_value_pack(struct snap_arena *arena, struct snap_ttl_value value);

/* Takes such a string apart; name and text point into it. */
struct snap_map_field snap_map_field_unpack(union snap_value packed);
struct snap_ttl_value snap_ttl_value_unpack(union snap_value packed);

#endif
