// SPDX-License-Identifier: Apache-2.0
/*
 * event_log.h: the events of one actor that the others have not caught up with, and their merge.
 *
 * - An actor appends in the order of its own time; run-ahead puts it ahead of the others.
 * - Merging hands all events before an instant to the observers, ordered by (time, actor,
 *   sequence); the instant must be one before which no actor will add anything.
 * - A log belongs to its actor's thread until the runtime merges.
 */
#ifndef SNAP_RUNTIME_EVENT_LOG_H
#define SNAP_RUNTIME_EVENT_LOG_H

#include <stdint.h>

#include "model/event.h"

struct snap_event_log {
    struct snap_event *events;
    uint32_t first; /* not merged yet: [first, count) */
    uint32_t count;
    uint32_t capacity;
};

void snap_event_log_fini(struct snap_event_log *log);

/* Appends; the event's time must not fall. */
void snap_event_log_add(struct snap_event_log *log, const struct snap_event *event);

/* Forgets events after the instant: they lie behind the end of the run. */
void snap_event_log_cut(struct snap_event_log *log, snap_ns after_ns);

/* Collects events of several logs and sorts them. */
struct snap_event_merge {
    struct snap_event *events;
    uint32_t count;
    uint32_t capacity;
};

void snap_event_merge_fini(struct snap_event_merge *merge);

/* Takes all events before `before_ns` out of the log. */
void snap_event_merge_take(struct snap_event_merge *merge, struct snap_event_log *log,
                           snap_ns before_ns);

/* Sorts what was taken. */
void snap_event_merge_sort(struct snap_event_merge *merge);

#endif
