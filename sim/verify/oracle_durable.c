// SPDX-License-Identifier: Apache-2.0
/*
 * A subtask acknowledges when its state is stored: the asynchronous part of the same checkpoint
 * came to its end before.
 */
#include <inttypes.h>

#include "verify/oracle.h"

struct books {
    struct snap_checkpoint_notes *stored; /* by task */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    books->stored = SNAP_ARENA_ARRAY(at->arena, struct snap_checkpoint_notes, at->job->task_count);
    return true;
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    uint8_t *stored;

    if (event->type != SNAP_EVENT_SNAPSHOT_ASYNC && event->type != SNAP_EVENT_ACK_SENT)
        return;
    stored = snap_checkpoint_note(&books->stored[event->actor], at->arena, event->args[0]);
    if (event->type == SNAP_EVENT_SNAPSHOT_ASYNC)
        *stored = 1;
    else if (!*stored)
        snap_oracle_object(at, event,
                           "checkpoint %" PRId64 " is acknowledged, and its state is not stored",
                           event->args[0]);
}

const struct snap_oracle snap_oracle_durable = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
};
