// SPDX-License-Identifier: Apache-2.0
#include "verify/key_table.h"

#include "base/check.h"
#include "base/hash.h"
#include "model/string_pool.h"

enum { SLOTS_FIRST = 64 };

static bool same_key(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    if (kind == SNAP_VALUE_LONG)
        return a.number == b.number;
    return snap_string_equal(a.string, b.string);
}

static struct snap_key_slot *find(const struct snap_key_table *table, union snap_value key,
                                  uint32_t split)
{
    uint64_t content = table->kind == SNAP_VALUE_LONG ? (uint64_t)key.number : key.string->hash;
    uint32_t mask = table->slot_count - 1;
    uint32_t at = (uint32_t)snap_mix64(content + split * UINT64_C(0x9e3779b97f4a7c15)) & mask;

    for (;; at = (at + 1) & mask) {
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
    table->slots = SNAP_ARENA_ARRAY(table->arena, struct snap_key_slot, table->slot_count);
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].used)
            *find(table, old[i].key, old[i].split) = old[i];
}

struct snap_key_slot *snap_key_table_get(struct snap_key_table *table, union snap_value key,
                                         uint32_t split)
{
    struct snap_key_slot *slot;

    if (table->used_count >= table->slot_count / 2)
        widen(table);
    slot = find(table, key, split);
    if (!slot->used) {
        *slot = (struct snap_key_slot){.used = true, .split = split, .key = key};
        table->used_count++;
    }
    return slot;
}
