// SPDX-License-Identifier: Apache-2.0
#include "scenario/sabotage.h"

static bool add(struct snap_reader *reader, const struct snap_node *node, uint32_t *sabotage)
{
    const struct snap_sabotage_name *table = snap_sabotage_names();
    const char *names[SNAP_BROKEN_COUNT + 1];
    uint32_t index = 0;

    for (size_t i = 0; i <= SNAP_BROKEN_COUNT; i++)
        names[i] = table[i].name;
    if (!snap_reader_choice(reader, node, "sabotage", names, &index))
        return false;
    *sabotage |= (uint32_t)table[index].bit;
    return true;
}

bool snap_sabotage_read(struct snap_reader *reader, const struct snap_node *node,
                        uint32_t *sabotage)
{
    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    if (node->kind == SNAP_NODE_SCALAR)
        return add(reader, node, sabotage);
    if (!snap_reader_expect(reader, node, SNAP_NODE_LIST, "sabotage"))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!add(reader, node->items[i], sabotage))
            return false;
    return true;
}
