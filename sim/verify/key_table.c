// SPDX-License-Identifier: Apache-2.0
#include "verify/key_table.h"

#include "base/check.h"
#include "model/string_pool.h"

enum { SLOTS_FIRST_BITS = 6, SLOTS_FIRST = 1 << SLOTS_FIRST_BITS };

_Static_assert(sizeof(struct snap_key_slot) == 32, "two slots fill a line of the cache");

static inline bool same_key(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    if (kind == SNAP_VALUE_LONG)
        return a.number == b.number;
    return snap_string_equal(a.string, b.string);
}

/* The upper bits of a product with the golden ratio: numbers in a row lie far apart, and do not
 * meet each other. */
static inline uint32_t home_of(const struct snap_key_table *table, union snap_value key,
                               uint32_t split)
{
    uint64_t content = table->kind == SNAP_VALUE_LONG ? (uint64_t)key.number : key.string->hash;

    content += split * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)((content ^ content >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> table->shift);
}

/* Looks from its home on. */
static inline struct snap_key_slot *find(const struct snap_key_table *table, union snap_value key,
                                         uint32_t split, uint32_t home)
{
    uint32_t mask = table->slot_count - 1;

    for (uint32_t at = home;; at = (at + 1) & mask) {
        struct snap_key_slot *slot = &table->slots[at];

        if (!slot->used || (slot->split == split && same_key(table->kind, slot->key, key)))
            return slot;
    }
}

static void widen(struct snap_key_table *table)
{
    struct snap_key_slot *old = table->slots;
    uint32_t old_count = table->slot_count;

    SNAP_CHECK(old_count <= UINT32_MAX / 4);
    table->slot_count = old_count ? old_count * 2 : SLOTS_FIRST;
    table->shift = old_count ? table->shift - 1 : 64 - SLOTS_FIRST_BITS;
    table->slots = SNAP_ARENA_ARRAY(table->arena, struct snap_key_slot, table->slot_count);
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].used)
            *find(table, old[i].key, old[i].split, home_of(table, old[i].key, old[i].split)) =
                old[i];
}

/* Makes room for so many more keys. */
static void reserve(struct snap_key_table *table, uint32_t count)
{
    while (table->used_count + count > table->slot_count / 4 * 3)
        widen(table);
}

static inline struct snap_key_slot *find_or_add(struct snap_key_table *table, union snap_value key,
                                                uint32_t split, uint32_t home)
{
    struct snap_key_slot *slot = find(table, key, split, home);

    if (!slot->used) {
        *slot = (struct snap_key_slot){.used = true, .split = split, .key = key};
        table->used_count++;
    }
    return slot;
}

struct snap_key_slot *snap_key_table_get(struct snap_key_table *table, union snap_value key,
                                         uint32_t split)
{
    reserve(table, 1);
    return find_or_add(table, key, split, home_of(table, key, split));
}

static uint32_t split_for(const struct snap_key_table *table, const struct snap_record *record)
{
    return table->by_split ? snap_origin_split(record->origin) : 0;
}

void snap_key_table_get_all(struct snap_key_table *table, const struct snap_record *records,
                            uint32_t count, struct snap_key_slot **slots)
{
    uint32_t homes[SNAP_KEYS_AT_ONCE];

    SNAP_CHECK(count <= SNAP_KEYS_AT_ONCE);
    reserve(table, count);
    for (uint32_t i = 0; i < count; i++) {
        homes[i] = home_of(table, records[i].key, split_for(table, &records[i]));
        __builtin_prefetch(&table->slots[homes[i]], 1);
    }
    for (uint32_t i = 0; i < count; i++)
        slots[i] = find_or_add(table, records[i].key, split_for(table, &records[i]), homes[i]);
}
