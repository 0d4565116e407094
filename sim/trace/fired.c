// SPDX-License-Identifier: Apache-2.0
#include "trace/fired.h"

static void note(void *context, const struct snap_event *event)
{
    bool *fired = context;

    if (event->type == SNAP_EVENT_ACTION_FIRED)
        fired[event->args[0]] = true;
}

static bool takes(const void *context, enum snap_event_type type)
{
    (void)context;
    return type == SNAP_EVENT_ACTION_FIRED;
}

struct snap_observer snap_fired_observer(bool *fired)
{
    return (struct snap_observer){.context = fired, .merged = note, .takes = takes};
}
