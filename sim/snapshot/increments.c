// SPDX-License-Identifier: Apache-2.0
#include "snapshot/increments.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "model/string_pool.h"
#include "state/keyed_copy.h"

enum { PLACES_LEAST = 16 };

static uint64_t print_of_value(enum snap_value_kind kind, union snap_value value)
{
    return kind == SNAP_VALUE_STRING ? value.string->hash : (uint64_t)value.number;
}

/* Tables of a restored state stand in the order of the files. */
static uint64_t print_of_name(const char *name)
{
    return snap_hash_bytes(name, strlen(name));
}

/* Never 0. */
static uint64_t print_of(const uint64_t *parts, size_t bytes)
{
    uint64_t print = snap_hash_bytes(parts, bytes);

    return print ? print : 1;
}

static uint64_t print_of_entry(const struct snap_keyed_snapshot *table, uint64_t name,
                               struct snap_keyed_entry entry)
{
    const uint64_t parts[] = {name, print_of_value(table->schema.key, entry.key),
                              print_of_value(table->schema.value, entry.value)};

    return print_of(parts, sizeof(parts));
}

static uint64_t print_of_item(const struct snap_scoped_snapshot *table, uint64_t name,
                              const struct snap_scoped_item *item)
{
    const uint64_t parts[] = {
        name,
        print_of_value(table->key_kind, item->scope.key),
        (uint64_t)item->scope.start_ms,
        (uint64_t)item->scope.end_ms,
        (uint64_t)item->scope.time_ms,
        (uint64_t)item->cell.value,
        item->cell.count,
    };

    return print_of(parts, sizeof(parts));
}

/* No matter whether the table is still being copied. */
static struct snap_keyed_entry entry_at(const struct snap_keyed_snapshot *table, uint32_t index)
{
    return table->copy ? snap_keyed_copy_entry(table->copy, index) : table->entries[index];
}

/* Calls the function with the print of each entry, in order; returns how many there are. */
static uint64_t for_each_print(const struct snap_operator_state *taken,
                               void (*see)(void *context, uint64_t print), void *context)
{
    struct snap_arena scratch = {0};
    const struct snap_operator_state seen = snap_keyed_copies_seen(taken, &scratch);
    const struct snap_operator_state *state = &seen;
    uint64_t count = 0;

    for (uint32_t t = 0; t < state->keyed_count; t++) {
        const struct snap_keyed_snapshot *table = &state->keyed[t];
        uint64_t name = print_of_name(table->name);
        uint32_t entries =
            table->copy ? table->copy->count : table->group_starts[table->group_count];

        for (uint32_t e = 0; see && e < entries; e++)
            see(context, print_of_entry(table, name, entry_at(table, e)));
        count += entries;
    }
    for (uint32_t t = 0; t < state->scoped_count; t++) {
        const struct snap_scoped_snapshot *table = &state->scoped[t];
        uint64_t name = print_of_name(table->name);
        uint32_t items = table->group_starts[table->group_count];

        for (uint32_t i = 0; see && i < items; i++)
            see(context, print_of_item(table, name, &table->items[i]));
        count += items;
    }
    snap_arena_fini(&scratch);
    return count;
}

static bool holds(const struct snap_increments *increments, uint64_t print)
{
    uint64_t at = print & increments->mask;

    if (!increments->prints)
        return false;
    while (increments->prints[at] && increments->prints[at] != print)
        at = (at + 1) & increments->mask;
    return increments->prints[at] != 0;
}

static void put(void *context, uint64_t print)
{
    struct snap_increments *increments = context;
    uint64_t at = print & increments->mask;

    while (increments->prints[at])
        at = (at + 1) & increments->mask;
    increments->prints[at] = print;
}

/* At least half of the places stay free. */
static void remember(struct snap_increments *increments, const struct snap_operator_state *state)
{
    uint64_t count = for_each_print(state, NULL, NULL);
    uint64_t places = PLACES_LEAST;

    while (places < 2 * count)
        places *= 2;
    snap_memory_give_back(increments->prints);
    increments->prints = snap_memory_take_zeroed(places * sizeof(*increments->prints));
    increments->mask = places - 1;
    for_each_print(state, put, increments);
}

struct comparison {
    const struct snap_increments *increments;
    uint64_t changed;
};

static void compare(void *context, uint64_t print)
{
    struct comparison *comparison = context;

    comparison->changed += !holds(comparison->increments, print);
}

void snap_increments_begin(struct snap_increments *increments,
                           const struct snap_operator_state *state)
{
    increments->pending_count = 0;
    if (state) {
        remember(increments, state);
        return;
    }
    snap_memory_give_back(increments->prints);
    increments->prints = NULL;
}

static void add_pending(struct snap_increments *increments, snap_checkpoint_id checkpoint,
                        uint64_t entries)
{
    if (increments->pending_count == increments->pending_capacity) {
        increments->pending_capacity =
            increments->pending_capacity ? 2 * increments->pending_capacity : 4;
        increments->pending = snap_memory_resize(
            increments->pending, increments->pending_capacity * sizeof(*increments->pending));
    }
    increments->pending[increments->pending_count++] = (struct snap_increment){checkpoint, entries};
}

int64_t snap_increments_take(struct snap_increments *increments,
                             const struct snap_operator_state *state, snap_checkpoint_id checkpoint,
                             enum snap_snapshot_kind kind)
{
    struct comparison comparison = {.increments = increments};
    uint64_t total = for_each_print(state, compare, &comparison);
    uint64_t written = comparison.changed;
    int64_t listed;

    if (total == 0 || snap_kind_is_savepoint(kind))
        return state->bytes;
    for (uint32_t i = 0; i < increments->pending_count; i++)
        written += increments->pending[i].entries;
    add_pending(increments, checkpoint, comparison.changed);
    remember(increments, state);
    if (kind == SNAP_KIND_FULL_CHECKPOINT || written >= total)
        return state->bytes;
    listed = snap_operator_state_list_bytes(state);
    return listed + (int64_t)((__int128)(state->bytes - listed) * written / total);
}

void snap_increments_confirm(struct snap_increments *increments, snap_checkpoint_id checkpoint)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < increments->pending_count; i++)
        if (increments->pending[i].checkpoint > checkpoint)
            increments->pending[kept++] = increments->pending[i];
    increments->pending_count = kept;
}

void snap_increments_fini(struct snap_increments *increments)
{
    snap_memory_give_back(increments->prints);
    snap_memory_give_back(increments->pending);
    memset(increments, 0, sizeof(*increments));
}
