// SPDX-License-Identifier: Apache-2.0
#include "view/datum_order.h"

#include <stdlib.h>
#include <string.h>

static int compare_bytes(struct snap_bytes one, struct snap_bytes other)
{
    size_t count = one.count < other.count ? one.count : other.count;
    int order = count ? memcmp(one.at, other.at, count) : 0;

    return order ? order : (one.count > other.count) - (one.count < other.count);
}

static int compare_items(const struct snap_datum *one, const struct snap_datum *other);

static int compare(const struct snap_datum *one, const struct snap_datum *other)
{
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    switch (one->kind) {
    case SNAP_DATUM_NULL:
        return 0;
    case SNAP_DATUM_BOOLEAN:
        return one->truth - other->truth;
    case SNAP_DATUM_NUMBER:
        return (one->number > other->number) - (one->number < other->number);
    case SNAP_DATUM_REAL:
        return (one->real > other->real) - (one->real < other->real);
    case SNAP_DATUM_TEXT:
    case SNAP_DATUM_BYTES:
    case SNAP_DATUM_OPAQUE:
        return compare_bytes(one->bytes, other->bytes);
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_MAP:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
    case SNAP_DATUM_TTL:
    case SNAP_DATUM_TIMER:
    case SNAP_DATUM_ELEMENT:
        break;
    }
    return compare_items(one, other);
}

static int compare_items(const struct snap_datum *one, const struct snap_datum *other)
{
    int order = 0;

    for (uint32_t i = 0; i < one->count && i < other->count && order == 0; i++)
        order = compare(&one->items[i], &other->items[i]);
    return order ? order : (one->count > other->count) - (one->count < other->count);
}

static int compare_pairs(const void *left, const void *right)
{
    return compare(left, right);
}

struct snap_datum snap_datum_ordered(const struct snap_datum *datum, struct snap_arena *arena)
{
    struct snap_datum copy = *datum;

    if (datum->count == 0)
        return copy;
    copy.items = SNAP_ARENA_ARRAY(arena, struct snap_datum, datum->count);
    for (uint32_t i = 0; i < datum->count; i++)
        copy.items[i] = snap_datum_ordered(&datum->items[i], arena);
    /* A pair begins with its key. */
    if (datum->kind == SNAP_DATUM_MAP)
        qsort(copy.items, copy.count / 2, 2 * sizeof(*copy.items), compare_pairs);
    return copy;
}
