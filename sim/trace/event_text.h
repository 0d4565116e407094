// SPDX-License-Identifier: Apache-2.0
/*
 * event_text.h: one event as a line of trace.jsonl.
 *
 * - A JSON object without white space: the keys "t", "e", "at", then the event's arguments in the
 *   order of model/event.h. Keys and names of events are texts that the compiler puts together from
 *   that table: a run writes very many of them.
 */
#ifndef SNAP_TRACE_EVENT_TEXT_H
#define SNAP_TRACE_EVENT_TEXT_H

#include "base/arena.h"
#include "base/text.h"
#include "model/event.h"
#include "model/job.h"

/* Appends the event's line without its newline; `scratch` is reset. */
void snap_trace_event_text(struct snap_text *text, const struct snap_job *job,
                           const struct snap_event *event, struct snap_arena *scratch);

#endif
