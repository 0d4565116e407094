// SPDX-License-Identifier: Apache-2.0
/*
 * node.h: a YAML document as a small tree that remembers where everything stands.
 *
 * - Scalars keep the text as written: "1.20" stays "1.20", nothing is guessed to be a number.
 * - Keys are scalars; a mapping has no key twice.
 * - An alias is the very node that its anchor names, so a tree may share branches; `weight` counts
 *   them out and is capped, as are depth and size.
 * - Lines and columns count from 1; a node made from an argument has line 0.
 * - Owned by the arena it was made in; constant once parsed.
 */
#ifndef SNAP_SCENARIO_NODE_H
#define SNAP_SCENARIO_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "scenario/source_text.h"

enum snap_node_kind { SNAP_NODE_NULL, SNAP_NODE_SCALAR, SNAP_NODE_LIST, SNAP_NODE_MAP };

enum { SNAP_NODE_DEPTH_MAX = 64, SNAP_NODES_MAX = 200000, SNAP_ALIASES_MAX = 1000 };

struct snap_node {
    enum snap_node_kind kind;
    bool quoted;
    uint32_t line;
    uint32_t column;
    uint32_t weight; /* nodes in this branch, itself included */
    uint32_t count;  /* items of a list, pairs of a mapping */
    uint32_t capacity;
    const struct snap_source *source;
    const char *text;               /* of scalars and nulls, NUL-terminated */
    const struct snap_node **items; /* list items, mapping values */
    const struct snap_node **keys;  /* mapping keys */
};

/* Parses the one document of the source. Errors: SNAP_ERROR_SCENARIO with the place. */
const struct snap_node *snap_node_parse(const struct snap_source *source, struct snap_arena *arena,
                                        struct snap_error *error);

/* Returns the value under the key; NULL if the key is not there. */
const struct snap_node *snap_node_get(const struct snap_node *map, const char *key);

/* Makes a scalar whose place is the source itself; "null" makes a null. */
const struct snap_node *snap_node_of_argument(const struct snap_source *source, const char *text,
                                              struct snap_arena *arena);

/* "a text", "a list", "a mapping", "nothing": for messages. */
const char *snap_node_kind_name(const struct snap_node *node);

#endif
