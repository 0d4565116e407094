// SPDX-License-Identifier: Apache-2.0
#include "scenario/node.h"

#include <string.h>

const struct snap_node *snap_node_get(const struct snap_node *map, const char *key)
{
    if (map->kind != SNAP_NODE_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

const struct snap_node *snap_node_of_argument(const struct snap_source *source, const char *text,
                                              struct snap_arena *arena)
{
    struct snap_node *node = SNAP_ARENA_NEW(arena, struct snap_node);

    node->kind = strcmp(text, "null") == 0 ? SNAP_NODE_NULL : SNAP_NODE_SCALAR;
    node->text = snap_arena_strdup(arena, text);
    node->source = source;
    node->weight = 1;
    return node;
}

const char *snap_node_kind_name(const struct snap_node *node)
{
    switch (node->kind) {
    case SNAP_NODE_NULL:
        return "nothing";
    case SNAP_NODE_SCALAR:
        return "a text";
    case SNAP_NODE_LIST:
        return "a list";
    case SNAP_NODE_MAP:
        return "a mapping";
    }
    return "?";
}
