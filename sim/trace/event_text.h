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

/* A name as it stands in lines, with its quotes. */
struct snap_event_name {
    const char *text; /* NULL: nobody has asked for it yet */
    size_t length;
};

/* What the lines of a job's events have in common. Its functions take one thread. */
struct snap_event_texts {
    const struct snap_job *job; /* borrowed */
    struct snap_event_name *actors;
    struct snap_arena names;
    struct snap_arena scratch; /* texts of one line */
};

void snap_event_texts_init(struct snap_event_texts *texts, const struct snap_job *job);
void snap_event_texts_fini(struct snap_event_texts *texts);

/* Appends the event's line without its newline. */
void snap_event_text_add(struct snap_text *text, struct snap_event_texts *texts,
                         const struct snap_event *event);

#endif
