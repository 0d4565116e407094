// SPDX-License-Identifier: Apache-2.0
/*
 * event.h: hands the events of a run to a program, with names in place of numbers.
 *
 * - An observer's `merged`: in the order of time, one thread. What the program gets is valid
 *   during its callback.
 */
#ifndef SNAP_API_EVENT_H
#define SNAP_API_EVENT_H

#include "base/arena.h"
#include "model/event.h"
#include "model/job.h"
#include "snap.h"

struct snap_api_events {
    const struct snap_job *job;
    void (*on_event)(void *to, const struct snapsim_event *event);
    void *to;
    enum snap_trace_level level;
    struct snap_arena scratch; /* emptied at each event */
};

/* Whether the program is handed events of the type: its level is wanted (an observer's `takes`). */
bool snap_api_events_takes(const void *events, enum snap_event_type type);

/* Hands the event on; `events` is a struct snap_api_events. */
void snap_api_events_take(void *events, const struct snap_event *event);

#endif
