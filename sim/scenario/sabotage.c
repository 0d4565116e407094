// SPDX-License-Identifier: Apache-2.0
#include "scenario/sabotage.h"

static bool add(struct snap_reader *reader, const struct snap_node *node,
                struct snap_simulation *sim)
{
    const struct snap_sabotage_name *table = snap_sabotage_names();
    const char *names[SNAP_BROKEN_COUNT + 1];
    uint32_t index = 0;

    for (size_t i = 0; i <= SNAP_BROKEN_COUNT; i++)
        names[i] = table[i].name;
    if (!snap_reader_choice(reader, node, "sabotage", names, &index))
        return false;
    sim->sabotage |= (uint32_t)table[index].bit;
    return index != SNAP_BROKEN_FORGET_RESTART || sim->until_ns != SNAP_NEVER ||
           snap_reader_fail(reader, node,
                            "with \"%s\" the job may wait forever: the scenario needs `until`",
                            table[index].name);
}

bool snap_sabotage_read(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_simulation *sim)
{
    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    if (node->kind == SNAP_NODE_SCALAR)
        return add(reader, node, sim);
    if (!snap_reader_expect(reader, node, SNAP_NODE_LIST, "sabotage"))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!add(reader, node->items[i], sim))
            return false;
    return true;
}
