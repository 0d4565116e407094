// SPDX-License-Identifier: Apache-2.0
#include "state/state_spec.h"

#include <string.h>

#include "base/check.h"

const struct snap_state_spec *snap_state_specs_find(const struct snap_state_specs *specs,
                                                    const char *name)
{
    for (uint32_t i = 0; i < specs->count; i++)
        if (strcmp(specs->items[i].name, name) == 0)
            return &specs->items[i];
    return NULL;
}

uint32_t snap_long_item_encode(const struct snap_operator *op, const struct snap_list_item *item,
                               struct snap_arena *arena, struct snap_element *elements)
{
    (void)op;
    (void)arena;
    SNAP_CHECK(item->bytes == sizeof(elements->number));
    elements->type = SNAP_TYPE_LONG;
    memcpy(&elements->number, item->data, sizeof(elements->number));
    return 1;
}

bool snap_long_item_decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                           struct snap_list_item *item, struct snap_error *error)
{
    (void)error;
    item->data = snap_arena_copy(maker->arena, &elements->number, sizeof(elements->number));
    item->bytes = sizeof(elements->number);
    return true;
}
