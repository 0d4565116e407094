// SPDX-License-Identifier: Apache-2.0
/*
 * event_log.h: the events of one actor that the others have not caught up with, and their merge.
 *
 * - An actor appends in the order of its own time; run-ahead puts it ahead of the others.
 * - Merging hands all events before an instant to the observers, ordered by (time, actor,
 *   sequence); the instant must be one before which no actor will add anything.
 * - Each log is in order already, so a merge copies and sorts nothing: it always takes the first
 *   event of the log whose first event is the earliest, which a tournament among the logs tells.
 * - A log belongs to its actor's thread until the runtime merges.
 */
#ifndef SNAP_ACTOR_EVENT_LOG_H
#define SNAP_ACTOR_EVENT_LOG_H

#include <stdint.h>

#include "base/check.h"
#include "model/event.h"

struct snap_event_log {
    struct snap_event *events;
    uint32_t first; /* not merged yet: [first, count) */
    uint32_t count;
    uint32_t capacity;
};

void snap_event_log_fini(struct snap_event_log *log);

/* Makes room for one more event. */
void snap_event_log_grow(struct snap_event_log *log);

/* Returns the instant of the latest event that is not merged yet; 0 if there is none. */
static inline snap_ns snap_event_log_latest_ns(const struct snap_event_log *log)
{
    return log->count > log->first ? log->events[log->count - 1].at_ns : 0;
}

/* Appends an event of the instant, which must not fall, and returns it for the caller to fill in
 * the rest; it stays where it is until the next one is appended, or all are merged. */
static inline struct snap_event *snap_event_log_add(struct snap_event_log *log, snap_ns at_ns)
{
    struct snap_event *event;

    SNAP_CHECK(snap_event_log_latest_ns(log) <= at_ns);
    if (log->count == log->capacity)
        snap_event_log_grow(log);
    event = &log->events[log->count++];
    event->at_ns = at_ns;
    return event;
}

/* Forgets events after the instant: they lie behind the end of the run. */
void snap_event_log_cut(struct snap_event_log *log, snap_ns after_ns);

/* The first event of a log, or the winner of a match between two. */
struct snap_event_entrant {
    snap_ns at_ns; /* SNAP_NEVER: no event is left */
    uint32_t log;  /* in the order in which logs were added */
};

struct snap_event_merge {
    struct snap_event_log **logs;        /* borrowed until the merge is over */
    struct snap_event_entrant *entrants; /* a binary tree, its root at 1; the leaves are the logs */
    uint32_t count;
    uint32_t capacity;
    uint32_t deepest; /* where the tree's last level begins: a power of two, at least `count` */
    snap_ns before_ns;
};

void snap_event_merge_fini(struct snap_event_merge *merge);

/* Begins a merge of all events before `before_ns`; no log has been added. */
void snap_event_merge_begin(struct snap_event_merge *merge, snap_ns before_ns);

/* Adds the log of the next actor; of two events of one instant that of the log added first is
 * handed out first. */
void snap_event_merge_add(struct snap_event_merge *merge, struct snap_event_log *log);

/* All logs are added: from now on they must not change until the merge is over. */
void snap_event_merge_ready(struct snap_event_merge *merge);

/* Returns the next event (borrowed until the merge is over); NULL when none is left: then the merge
 * is over, and the logs have forgotten what was handed out. */
const struct snap_event *snap_event_merge_next(struct snap_event_merge *merge);

#endif
