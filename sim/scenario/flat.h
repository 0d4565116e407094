// SPDX-License-Identifier: Apache-2.0
/*
 * flat.h: a mapping written nested, dotted or mixed, as a list of full keys.
 *
 * - {a: {b: 1}, a.c: 2} is a.b and a.c. Lists are values. A key may be the prefix of another.
 * - A full key has one value a layer; layers (scenario, variant, command line) lie on each other,
 *   and null takes a key away.
 */
#ifndef SNAP_SCENARIO_FLAT_H
#define SNAP_SCENARIO_FLAT_H

#include "scenario/reader.h"

struct snap_flat_entry {
    const char *key;
    const struct snap_node *key_node;
    const struct snap_node *value; /* scalar, list or null */
};

struct snap_flat {
    struct snap_flat_entry *entries; /* arena */
    uint32_t count;
    uint32_t capacity;
};

/* Adds all full keys of the mapping (NULL or null: none). Errors: a full key twice. */
bool snap_flat_read(struct snap_reader *reader, const struct snap_node *map, const char *what,
                    struct snap_flat *flat);

/* Adds one entry at the end. */
void snap_flat_add(struct snap_reader *reader, struct snap_flat *flat,
                   struct snap_flat_entry entry);

/* Puts `over` on top of `base`: replaces, adds; null takes the key and all below it away. */
void snap_flat_overlay(struct snap_reader *reader, struct snap_flat *base,
                       const struct snap_flat *over);

/* Returns the value under the full key, NULL if there is none or it is null. */
const struct snap_node *snap_flat_get(const struct snap_flat *flat, const char *key);

#endif
