// SPDX-License-Identifier: Apache-2.0
/*
 * packed.h: values of several parts as strings, so that they go through snapshots as any value.
 *
 * - A field of a map state is one entry of its key: the field's name, and a long or null. A value
 *   with a time to live is the time of its last access and a long.
 * - The bytes are no text; equal parts give equal bytes. Strings lie in the arena that is handed
 * in. Flink: HeapMapState, TtlValue.
 */
#ifndef SNAP_STATE_PACKED_H
#define SNAP_STATE_PACKED_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "model/record.h"

struct snap_map_field {
    struct snap_bytes name; /* UTF-8 */
    bool is_null;
    int64_t value; /* 0 if null */
};

struct snap_ttl_value {
    int64_t accessed_ms; /* of the last access, since 1970 */
    int64_t value;
};

/* Returns the parts as one string; memory of the arena. */
union snap_value snap_map_field_pack(struct snap_arena *arena, const struct snap_map_field *field);
union snap_value snap_ttl_value_pack(struct snap_arena *arena, struct snap_ttl_value value);

/* Takes such a string apart; the name points into it. */
struct snap_map_field snap_map_field_unpack(union snap_value packed);
struct snap_ttl_value snap_ttl_value_unpack(union snap_value packed);

#endif
