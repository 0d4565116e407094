// SPDX-License-Identifier: Apache-2.0
#include "model/datum.h"

static bool items_equal(const struct snap_datum *one, const struct snap_datum *other)
{
    for (uint32_t i = 0; i < one->count; i++)
        if (!snap_datum_equal(&one->items[i], &other->items[i]))
            return false;
    return true;
}

bool snap_datum_equal(const struct snap_datum *one, const struct snap_datum *other)
{
    if (one->kind != other->kind || one->count != other->count)
        return false;
    switch (one->kind) {
    case SNAP_DATUM_NULL:
        return true;
    case SNAP_DATUM_BOOLEAN:
        return one->truth == other->truth;
    case SNAP_DATUM_NUMBER:
        return one->number == other->number;
    case SNAP_DATUM_REAL:
        return memcmp(&one->real, &other->real, sizeof(one->real)) == 0;
    case SNAP_DATUM_TEXT:
    case SNAP_DATUM_BYTES:
    case SNAP_DATUM_OPAQUE:
        return snap_bytes_equal(one->bytes, other->bytes);
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_MAP:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
    case SNAP_DATUM_TTL:
    case SNAP_DATUM_TIMER:
    case SNAP_DATUM_ELEMENT:
        return items_equal(one, other);
    }
    return false;
}

void snap_datum_keep_bytes(struct snap_datum *datum, struct snap_arena *arena)
{
    if (datum->kind == SNAP_DATUM_BYTES || datum->kind == SNAP_DATUM_OPAQUE) {
        datum->bytes.at = snap_arena_copy(arena, datum->bytes.at, datum->bytes.count);
    } else if (datum->kind >= SNAP_DATUM_LIST && datum->kind < SNAP_DATUM_OPAQUE) {
        for (uint32_t i = 0; i < datum->count; i++)
            snap_datum_keep_bytes(&datum->items[i], arena);
    }
}
