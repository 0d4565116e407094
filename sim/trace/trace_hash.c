// SPDX-License-Identifier: Apache-2.0
#include "trace/trace_hash.h"

#include <string.h>

#include "base/hash.h"

static uint64_t feed(uint64_t state, uint64_t value)
{
    return snap_mix64(state * UINT64_C(0x9e3779b97f4a7c15) + value + 1);
}

bool snap_trace_hash_takes(const void *context, enum snap_event_type type)
{
    (void)context;
    return snap_event_info_get(type)->level == SNAP_TRACE_CHECKPOINTS;
}

void snap_trace_hash_event(void *context, const struct snap_event *event)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    struct snap_trace_hash *hash = context;
    uint64_t state = hash->state;

    if (info->level != SNAP_TRACE_CHECKPOINTS)
        return;
    state = feed(state, (uint64_t)event->at_ns);
    state = feed(state, event->actor);
    if (hash->names[event->type] == 0)
        hash->names[event->type] = snap_hash_bytes(info->name, strlen(info->name));
    state = feed(state, hash->names[event->type]);
    for (uint32_t i = 0; i < info->arg_count; i++)
        state = feed(state, (uint64_t)event->args[i]);
    hash->state = state;
    hash->events++;
}

uint64_t snap_trace_hash_value(const struct snap_trace_hash *hash)
{
    return feed(hash->state, hash->events);
}

void snap_trace_hash_text(const struct snap_trace_hash *hash, char *text)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t value = snap_trace_hash_value(hash);

    for (int i = SNAP_TRACE_HASH_DIGITS; i-- > 0; value >>= 4)
        text[i] = digits[value & 15];
    text[SNAP_TRACE_HASH_DIGITS] = '\0';
}
