// SPDX-License-Identifier: Apache-2.0
#include "state/keyed_map.h"

#include <string.h>

#include "base/check.h"

/* Behind the arrays of the list. */
enum { FIELDS = 5 };

/* A snapshot on its way. */
struct map_copy {
    struct snap_frozen frozen; /* must stay first */
    struct snap_keyed_map as_it_was;
};

void snap_keyed_map_init(struct snap_keyed_map *map, struct snap_arena *arena,
                         const struct snap_keyed_state_options *options)
{
    struct snap_keyed_state_options numbers = *options;

    memset(map, 0, sizeof(*map));
    numbers.schema.value = SNAP_VALUE_LONG;
    snap_keyed_list_init(&map->list, arena, &numbers);
}

static uint32_t number_of(const struct snap_keyed_map *map, const struct snap_map_field *field)
{
    return (uint32_t)(field - map->fields);
}

static void before_change(struct snap_keyed_map *map, uint32_t field)
{
    if (map->list.frozen)
        snap_frozen_before_change(map->list.frozen, FIELDS, field);
}

static struct snap_map_field *find(const struct snap_keyed_map *map, union snap_value key,
                                   struct snap_bytes name)
{
    const struct snap_keyed_list_head *head = snap_keyed_list_find(&map->list, key);
    uint32_t link = head ? head->first : SNAP_NO_LINK;

    for (uint32_t i = 0; head && i < head->count; i++) {
        struct snap_map_field *field = &map->fields[map->list.links[link].value.number];

        if (snap_bytes_equal(field->name, name))
            return field;
        link = map->list.links[link].next;
    }
    return NULL;
}

/* With a NUL behind it, for who takes it as a text. */
static const uint8_t *copy_text(struct snap_arena *arena, struct snap_bytes text)
{
    return (const uint8_t *)snap_arena_strndup(arena, (const char *)text.at, text.count);
}

/* A new one, or one that was removed. */
static struct snap_map_field *take_field(struct snap_keyed_map *map)
{
    struct snap_map_field *field;

    if (map->free) {
        field = &map->fields[map->free - 1];
        before_change(map, number_of(map, field));
        map->free = (uint32_t)field->value;
        return field;
    }
    map->fields = snap_arena_grow(map->list.table.arena, map->fields, map->count, &map->capacity,
                                  sizeof(*map->fields));
    return &map->fields[map->count++];
}

struct snap_map_field *snap_keyed_map_obtain(struct snap_keyed_map *map, union snap_value key,
                                             struct snap_bytes name)
{
    struct snap_arena *arena = map->list.table.arena;
    struct snap_map_field *field = find(map, key, name);

    if (field) {
        before_change(map, number_of(map, field));
        return field;
    }
    field = take_field(map);
    snap_keyed_list_add(&map->list, key, (union snap_value){.number = number_of(map, field)});
    *field = (struct snap_map_field){.name = {copy_text(arena, name), name.count}};
    return field;
}

const struct snap_map_field *snap_keyed_map_find(const struct snap_keyed_map *map,
                                                 union snap_value key, struct snap_bytes name)
{
    return find(map, key, name);
}

/* Its name stays: a snapshot on its way may have it. */
bool snap_keyed_map_remove(struct snap_keyed_map *map, union snap_value key, struct snap_bytes name)
{
    struct snap_map_field *field = find(map, key, name);
    uint32_t number;

    if (!field)
        return false;
    number = number_of(map, field);
    snap_keyed_list_drop_number(&map->list, snap_keyed_list_of(&map->list, key), number);
    before_change(map, number);
    field->value = map->free;
    map->free = number + 1;
    return true;
}

void snap_keyed_map_each(const struct snap_keyed_map *map,
                         void (*take)(void *to, union snap_value key,
                                      const struct snap_map_field *field),
                         void *to)
{
    for (uint32_t i = 0; i < map->list.table.count; i++) {
        struct snap_keyed_entry entry = snap_keyed_state_entry(&map->list.table, i);
        const struct snap_keyed_list_head *head = &map->list.heads[entry.value.number];
        uint32_t link = head->first;

        for (uint32_t f = 0; f < head->count; f++, link = map->list.links[link].next)
            take(to, entry.key, &map->fields[map->list.links[link].value.number]);
    }
}

struct snap_keyed_snapshot snap_keyed_map_snapshot(const struct snap_keyed_map *map,
                                                   struct snap_arena *arena)
{
    struct snap_keyed_snapshot snapshot = snap_keyed_list_snapshot(&map->list, arena);
    uint32_t count = snapshot.group_starts[snapshot.group_count];
    struct snap_keyed_entry *packed = SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, count);

    for (uint32_t i = 0; i < count; i++) {
        packed[i].key = snapshot.entries[i].key;
        packed[i].value =
            snap_map_field_pack(arena, &map->fields[snapshot.entries[i].value.number]);
    }
    snapshot.schema.value = SNAP_VALUE_STRING;
    snapshot.entries = packed;
    return snapshot;
}

static void make(const void *table, struct snap_arena *arena, void *snapshot)
{
    *(struct snap_keyed_snapshot *)snapshot = snap_keyed_map_snapshot(table, arena);
}

static void copy_bytes(struct snap_arena *arena, struct snap_bytes *bytes)
{
    if (bytes->count)
        bytes->at = snap_arena_copy(arena, bytes->at, bytes->count);
}

/* Names lie in the attempt, and texts that were restored: their bytes never change. */
static void copy_names(struct snap_frozen *frozen)
{
    struct snap_keyed_map *map = &((struct map_copy *)frozen)->as_it_was;

    for (uint32_t i = 0; i < map->count; i++) {
        copy_bytes(frozen->arena, &map->fields[i].name);
        copy_bytes(frozen->arena, &map->fields[i].text);
    }
}

struct snap_keyed_snapshot snap_keyed_map_freeze(struct snap_keyed_map *map,
                                                 struct snap_arena *arena)
{
    struct map_copy *copy;

    if (map->count <= SNAP_FROZEN_PAGE)
        return snap_keyed_map_snapshot(map, arena);
    copy = SNAP_ARENA_NEW(arena, struct map_copy);
    copy->frozen = (struct snap_frozen){.table = map,
                                        .as_it_was = &copy->as_it_was,
                                        .make = make,
                                        .settle = copy_names,
                                        .arena = arena};
    copy->as_it_was = *map;
    snap_keyed_list_freeze_arrays(&map->list, &copy->frozen, &copy->as_it_was.list);
    copy->as_it_was.fields =
        snap_frozen_add(&copy->frozen, &map->fields, sizeof(*map->fields), map->count);
    SNAP_CHECK(copy->frozen.array_count == FIELDS + 1);
    return (struct snap_keyed_snapshot){.name = map->list.table.name,
                                        .schema = {map->list.table.schema.key, SNAP_VALUE_STRING},
                                        .frozen = &copy->frozen};
}

void snap_keyed_map_restore(struct snap_keyed_map *map, const struct snap_keyed_snapshot *snapshot)
{
    const struct snap_key_group_range *groups = &map->list.table.groups;

    SNAP_CHECK(snapshot->schema.key == map->list.table.schema.key);
    for (uint32_t g = 0; g < snapshot->group_count; g++) {
        uint32_t group = snapshot->group_first + g;

        if (group < groups->first || group > groups->last)
            continue;
        for (uint32_t i = snapshot->group_starts[g]; i < snapshot->group_starts[g + 1]; i++) {
            struct snap_map_field from = snap_map_field_unpack(snapshot->entries[i].value);
            struct snap_map_field *to =
                snap_keyed_map_obtain(map, snapshot->entries[i].key, from.name);

            from.name = to->name;
            if (from.is_text)
                from.text.at = copy_text(map->list.table.arena, from.text);
            *to = from;
        }
    }
}
