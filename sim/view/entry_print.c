// SPDX-License-Identifier: Apache-2.0
#include "view/entry_print.h"

#include "base/hash.h"

static uint64_t hash_datum(const struct snap_datum *datum, uint64_t seed);

/* Each backend has an order of its own for the pairs: it does not count. */
static uint64_t hash_map(const struct snap_datum *map, uint64_t seed)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i + 1 < map->count; i += 2)
        sum += snap_mix64(hash_datum(&map->items[i + 1], hash_datum(&map->items[i], seed)));
    return snap_mix64(seed + sum);
}

static uint64_t hash_datum(const struct snap_datum *datum, uint64_t seed)
{
    uint64_t hash = snap_mix64(seed + 0x9e37 + (uint64_t)datum->kind);

    switch (datum->kind) {
    case SNAP_DATUM_NULL:
        return hash;
    case SNAP_DATUM_BOOLEAN:
        return snap_mix64(hash + datum->truth);
    case SNAP_DATUM_NUMBER:
        return snap_mix64(hash + (uint64_t)datum->number);
    case SNAP_DATUM_REAL:
        return hash ^ snap_hash_bytes(&datum->real, sizeof(datum->real));
    case SNAP_DATUM_TEXT:
    case SNAP_DATUM_BYTES:
    case SNAP_DATUM_OPAQUE:
        return snap_mix64(hash + snap_hash_bytes(datum->bytes.at, datum->bytes.count));
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_MAP:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
    case SNAP_DATUM_TTL:
    case SNAP_DATUM_TIMER:
    case SNAP_DATUM_ELEMENT:
        break;
    }
    if (datum->kind == SNAP_DATUM_MAP)
        return hash_map(datum, hash);
    for (uint32_t i = 0; i < datum->count; i++)
        hash = hash_datum(&datum->items[i], hash);
    return hash;
}

uint64_t snap_datum_print(const struct snap_datum *datum, uint64_t seed)
{
    return datum ? hash_datum(datum, seed) : seed;
}

struct snap_entry_print snap_entry_print_of(const struct snap_snapshot_item *item)
{
    uint64_t key = snap_datum_print(item->key, (uint64_t)item->time_ms);

    return (struct snap_entry_print){snap_datum_print(item->name_space, key),
                                     snap_datum_print(item->value, 0)};
}

struct snap_entry_print snap_element_print_of(const struct snap_snapshot_item *item)
{
    uint64_t value = snap_datum_print(item->value, 0);

    return (struct snap_entry_print){value, value};
}
