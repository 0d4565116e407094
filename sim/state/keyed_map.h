// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_map.h: one keyed map state of one subtask: a table from key to fields, each with a name and
 * a long, a text or null (packed.h).
 *
 * - A list of keyed_list.h holds the numbers of a key's fields, in the order of insertion; a field
 *   is found by walking it: maps here are small.
 * - A snapshot has an entry a field, packed (packed.h): those of one key follow each other.
 * - All memory lies in the arena of the attempt, but for texts that are put: they outlive it. A
 *   pointer to a field is valid until the next new one and the next snapshot.
 * Flink: MapState.
 */
#ifndef SNAP_STATE_KEYED_MAP_H
#define SNAP_STATE_KEYED_MAP_H

#include "state/keyed_list.h"
#include "state/packed.h"

struct snap_keyed_map {
    struct snap_keyed_list list; /* of numbers of fields */
    struct snap_map_field *fields;
    uint32_t count; /* those that were removed included */
    uint32_t capacity;
    uint32_t free; /* number + 1 of one that was removed; its value is that of the next. 0: none */
};

/* Prepares an empty table in the arena; options->schema has the kind of key. */
void snap_keyed_map_init(struct snap_keyed_map *map, struct snap_arena *arena,
                         const struct snap_keyed_state_options *options);

/* Returns the field of the key; a new one is the long 0. The name is copied. */
struct snap_map_field *snap_keyed_map_obtain(struct snap_keyed_map *map, union snap_value key,
                                             struct snap_bytes name);

/* Returns the field of the key, not to be changed; NULL if there is none. */
const struct snap_map_field *snap_keyed_map_find(const struct snap_keyed_map *map,
                                                 union snap_value key, struct snap_bytes name);

/* Removes the field of the key; returns whether there was one. */
bool snap_keyed_map_remove(struct snap_keyed_map *map, union snap_value key,
                           struct snap_bytes name);

/* Calls `take` for each field, key by key. */
void snap_keyed_map_each(const struct snap_keyed_map *map,
                         void (*take)(void *to, union snap_value key,
                                      const struct snap_map_field *field),
                         void *to);

/* Writes an immutable copy ordered by key group; memory of `arena`. */
struct snap_keyed_snapshot snap_keyed_map_snapshot(const struct snap_keyed_map *map,
                                                   struct snap_arena *arena);

/* The same, copied later: nothing of it may be read before keyed_copy.h has ordered it. Few fields
 * are copied at once. */
struct snap_keyed_snapshot snap_keyed_map_freeze(struct snap_keyed_map *map,
                                                 struct snap_arena *arena);

/* Puts in the fields of those key groups of the snapshot that belong to this subtask. */
void snap_keyed_map_restore(struct snap_keyed_map *map, const struct snap_keyed_snapshot *snapshot);

#endif
