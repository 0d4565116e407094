// SPDX-License-Identifier: Apache-2.0
#include "state/scoped_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "model/java_hash.h"
#include "model/string_pool.h"

enum { SLOTS_FIRST = 16 };

/* A snapshot on its way: of one array. */
struct scoped_copy {
    struct snap_frozen frozen; /* must stay first */
    struct snap_scoped_table as_it_was;
};

static void before_change(struct snap_scoped_table *table, uint32_t index)
{
    if (table->frozen)
        snap_frozen_before_change(table->frozen, 0, index);
}

void snap_scoped_table_init(struct snap_scoped_table *table, struct snap_arena *arena,
                            const struct snap_scoped_options *options)
{
    *table = (struct snap_scoped_table){
        .arena = arena,
        .key_kind = options->key_kind,
        .groups = snap_key_group_range(options->subtask, options->parallelism),
        .max_parallelism = options->parallelism.max,
        .removed_head = SNAP_SCOPED_NONE,
        .slots = SNAP_ARENA_ARRAY(arena, uint32_t, SLOTS_FIRST),
        .slot_mask = SLOTS_FIRST - 1,
    };
}

/* Returns whether two keys of the table's kind are equal. */
static bool same_key(const struct snap_scoped_table *table, union snap_value a, union snap_value b)
{
    return table->key_kind == SNAP_VALUE_LONG ? a.number == b.number
                                              : snap_string_equal(a.string, b.string);
}

static bool same(const struct snap_scoped_table *table, const struct snap_scope *a,
                 const struct snap_scope *b)
{
    return a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->time_ms == b->time_ms &&
           same_key(table, a->key, b->key);
}

static uint32_t hash_of(const struct snap_scoped_table *table, const struct snap_scope *scope)
{
    uint64_t key = table->key_kind == SNAP_VALUE_LONG ? snap_mix64((uint64_t)scope->key.number)
                                                      : scope->key.string->hash;

    key = snap_mix64(key + (uint64_t)scope->start_ms);
    key = snap_mix64(key + (uint64_t)scope->end_ms);
    return (uint32_t)snap_mix64(key + (uint64_t)scope->time_ms);
}

/* The slot of the scope, or the free one at which the search for it ends. */
static uint32_t slot_of(const struct snap_scoped_table *table, const struct snap_scope *scope)
{
    uint32_t at = hash_of(table, scope) & table->slot_mask;

    while (table->slots[at] &&
           !same(table, &table->entries[table->slots[at] - 1].item.scope, scope))
        at = (at + 1) & table->slot_mask;
    return at;
}

uint32_t snap_scoped_table_find(const struct snap_scoped_table *table,
                                const struct snap_scope *scope)
{
    uint32_t slot = table->slots[slot_of(table, scope)];

    return slot ? slot - 1 : SNAP_SCOPED_NONE;
}

static void grow_slots(struct snap_scoped_table *table)
{
    uint32_t count = (table->slot_mask + 1) * 2;

    table->slots = SNAP_ARENA_ARRAY(table->arena, uint32_t, count);
    table->slot_mask = count - 1;
    for (uint32_t i = 0; i < table->entry_count; i++)
        if (table->entries[i].used)
            table->slots[slot_of(table, &table->entries[i].item.scope)] = i + 1;
}

static uint32_t take_entry(struct snap_scoped_table *table)
{
    uint32_t index = table->removed_head;

    if (index != SNAP_SCOPED_NONE) {
        table->removed_head = table->entries[index].link;
        return index;
    }
    table->entries = snap_arena_grow(table->arena, table->entries, table->entry_count,
                                     &table->capacity, sizeof(*table->entries));
    return table->entry_count++;
}

static uint32_t group_of(const struct snap_scoped_table *table, union snap_value key)
{
    int32_t hash = table->key_kind == SNAP_VALUE_LONG ? snap_java_hash_long(key.number)
                                                      : key.string->java_hash;

    return snap_key_group_of(hash, table->max_parallelism);
}

uint32_t snap_scoped_table_insert(struct snap_scoped_table *table, const struct snap_scope *scope)
{
    uint32_t group = group_of(table, scope->key);
    uint32_t index;
    uint32_t slot;

    SNAP_CHECK(group >= table->groups.first && group <= table->groups.last);
    if (table->used_count > table->slot_mask / 2)
        grow_slots(table);
    slot = slot_of(table, scope);
    SNAP_CHECK(table->slots[slot] == 0);
    index = take_entry(table);
    before_change(table, index);
    table->entries[index] = (struct snap_scoped_entry){
        .item.scope = *scope,
        .key_group = group,
        .used = true,
        .link = SNAP_SCOPED_NONE,
        .sequence = table->sequence++,
    };
    table->slots[slot] = index + 1;
    table->used_count++;
    return index;
}

/* Entries behind a slot that becomes free move up, so that searches still find them. */
static void free_slot(struct snap_scoped_table *table, uint32_t hole)
{
    uint32_t at = hole;

    table->slots[hole] = 0;
    for (;;) {
        uint32_t home;

        at = (at + 1) & table->slot_mask;
        if (!table->slots[at])
            return;
        home = hash_of(table, &table->entries[table->slots[at] - 1].item.scope) & table->slot_mask;
        /* Its search would begin behind the hole: it may stay. */
        if (((at - home) & table->slot_mask) < ((at - hole) & table->slot_mask))
            continue;
        table->slots[hole] = table->slots[at];
        table->slots[at] = 0;
        hole = at;
    }
}

void snap_scoped_table_remove(struct snap_scoped_table *table, uint32_t index)
{
    struct snap_scoped_entry *entry = &table->entries[index];

    SNAP_CHECK(entry->used);
    before_change(table, index);
    free_slot(table, slot_of(table, &entry->item.scope));
    entry->used = false;
    entry->link = table->removed_head;
    table->removed_head = index;
    table->used_count--;
}

static int compare_entries(const void *left, const void *right)
{
    const struct snap_scoped_entry *a = *(const struct snap_scoped_entry *const *)left;
    const struct snap_scoped_entry *b = *(const struct snap_scoped_entry *const *)right;

    if (a->key_group != b->key_group)
        return a->key_group < b->key_group ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

struct snap_scoped_snapshot snap_scoped_table_snapshot(const struct snap_scoped_table *table,
                                                       struct snap_arena *arena, const char *name)
{
    uint32_t groups = table->groups.last - table->groups.first + 1;
    const struct snap_scoped_entry **order =
        SNAP_ARENA_ARRAY(arena, const struct snap_scoped_entry *, table->used_count);
    struct snap_scoped_item *items =
        SNAP_ARENA_ARRAY(arena, struct snap_scoped_item, table->used_count);
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, groups + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < table->entry_count; i++)
        if (table->entries[i].used)
            order[count++] = &table->entries[i];
    if (count > 1)
        qsort(order, count, sizeof(*order), compare_entries);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = order[i]->item;
        starts[order[i]->key_group - table->groups.first + 1]++;
    }
    for (uint32_t g = 1; g <= groups; g++)
        starts[g] += starts[g - 1];
    return (struct snap_scoped_snapshot){
        .name = name,
        .key_kind = table->key_kind,
        .group_first = table->groups.first,
        .group_count = groups,
        .group_starts = starts,
        .items = items,
    };
}

/* The name is not the table's: it stands in the snapshot already. */
static void make(const void *table, struct snap_arena *arena, void *snapshot)
{
    struct snap_scoped_snapshot *to = snapshot;

    *to = snap_scoped_table_snapshot(table, arena, to->name);
}

struct snap_scoped_snapshot snap_scoped_table_freeze(struct snap_scoped_table *table,
                                                     struct snap_arena *arena, const char *name)
{
    struct scoped_copy *copy;

    if (table->frozen)
        snap_frozen_finish(table->frozen);
    if (table->used_count <= SNAP_FROZEN_PAGE)
        return snap_scoped_table_snapshot(table, arena, name);
    copy = SNAP_ARENA_NEW(arena, struct scoped_copy);
    copy->frozen = (struct snap_frozen){.table = table,
                                        .hook = &table->frozen,
                                        .as_it_was = &copy->as_it_was,
                                        .make = make,
                                        .arena = arena};
    copy->as_it_was = *table;
    copy->as_it_was.entries = snap_frozen_add(&copy->frozen, &table->entries,
                                              sizeof(*table->entries), table->entry_count);
    table->frozen = &copy->frozen;
    return (struct snap_scoped_snapshot){
        .name = name, .key_kind = table->key_kind, .frozen = &copy->frozen};
}

void snap_scoped_snapshot_each(const struct snap_scoped_table *table,
                               const struct snap_scoped_snapshot *snapshot,
                               void (*take)(void *to, const struct snap_scoped_item *item),
                               void *to)
{
    SNAP_CHECK(snapshot->key_kind == table->key_kind);
    for (uint32_t g = 0; g < snapshot->group_count; g++) {
        uint32_t group = snapshot->group_first + g;

        if (group < table->groups.first || group > table->groups.last)
            continue;
        for (uint32_t i = snapshot->group_starts[g]; i < snapshot->group_starts[g + 1]; i++)
            take(to, &snapshot->items[i]);
    }
}
