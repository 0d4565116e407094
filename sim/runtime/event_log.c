// SPDX-License-Identifier: Apache-2.0
#include "runtime/event_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

static struct snap_event *grown(struct snap_event *events, uint32_t count, uint32_t *capacity)
{
    if (count < *capacity)
        return events;
    *capacity = *capacity ? *capacity * 2 : 64;
    events = snap_memory_resize(events, *capacity * sizeof(struct snap_event));
    return events;
}

void snap_event_log_fini(struct snap_event_log *log)
{
    free(log->events);
    memset(log, 0, sizeof(*log));
}

void snap_event_log_add(struct snap_event_log *log, const struct snap_event *event)
{
    SNAP_CHECK(log->count == log->first || log->events[log->count - 1].at_ns <= event->at_ns);
    log->events = grown(log->events, log->count, &log->capacity);
    log->events[log->count++] = *event;
}

void snap_event_log_cut(struct snap_event_log *log, snap_ns after_ns)
{
    while (log->count > log->first && log->events[log->count - 1].at_ns > after_ns)
        log->count--;
}

void snap_event_merge_fini(struct snap_event_merge *merge)
{
    free(merge->events);
    memset(merge, 0, sizeof(*merge));
}

void snap_event_merge_take(struct snap_event_merge *merge, struct snap_event_log *log,
                           snap_ns before_ns)
{
    while (log->first < log->count && log->events[log->first].at_ns < before_ns) {
        merge->events = grown(merge->events, merge->count, &merge->capacity);
        merge->events[merge->count++] = log->events[log->first++];
    }
    if (log->first == log->count) {
        log->first = 0;
        log->count = 0;
    }
}

static int compare(const void *a, const void *b)
{
    return snap_event_compare(a, b);
}

void snap_event_merge_sort(struct snap_event_merge *merge)
{
    if (merge->count > 1)
        qsort(merge->events, merge->count, sizeof(struct snap_event), compare);
}
