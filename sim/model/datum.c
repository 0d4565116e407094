// SPDX-License-Identifier: Apache-2.0
#include "model/datum.h"

void snap_datum_keep_bytes(struct snap_datum *datum, struct snap_arena *arena)
{
    if (datum->kind == SNAP_DATUM_BYTES || datum->kind == SNAP_DATUM_OPAQUE) {
        datum->bytes.at = snap_arena_copy(arena, datum->bytes.at, datum->bytes.count);
    } else if (datum->kind >= SNAP_DATUM_LIST && datum->kind < SNAP_DATUM_OPAQUE) {
        for (uint32_t i = 0; i < datum->count; i++)
            snap_datum_keep_bytes(&datum->items[i], arena);
    }
}
