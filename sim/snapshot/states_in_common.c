// SPDX-License-Identifier: Apache-2.0
#include "snapshot/states_in_common.h"

#include <string.h>

#include "operators/operator.h"

static bool has_state(const struct snap_state_specs *specs, const char *name)
{
    for (uint32_t i = 0; i < specs->count; i++)
        if (strcmp(specs->items[i].name, name) == 0)
            return true;
    return false;
}

bool snap_states_in_common(const struct snap_operator *from, const struct snap_operator *to)
{
    const struct snap_state_specs *old;
    const struct snap_state_specs *now;

    if (from->type == to->type)
        return true;
    old = snap_operator_class_of(from)->states;
    now = snap_operator_class_of(to)->states;
    if (!old || !now)
        return true;
    for (uint32_t i = 0; i < old->count; i++)
        if (has_state(now, old->items[i].name))
            return true;
    return false;
}
