// SPDX-License-Identifier: Apache-2.0
/*
 * No output is visible before its checkpoint is complete: a sink commits what a completed
 * checkpoint has prepared, or, with SNAP_NO_CHECKPOINT, what no checkpoint will ever confirm.
 */
#include <inttypes.h>

#include "base/text.h"
#include "verify/oracle.h"

enum note { UNKNOWN, TRIGGERED, COMPLETED };

struct books {
    struct snap_checkpoint_notes notes;
};

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    switch ((int)event->type) {
    case SNAP_EVENT_CHECKPOINT_TRIGGERED:
        *snap_checkpoint_note(&books->notes, at->arena, event->args[0]) = TRIGGERED;
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        *snap_checkpoint_note(&books->notes, at->arena, event->args[0]) = COMPLETED;
        return;
    case SNAP_EVENT_SINK_COMMITTED:
        /* What was not triggered here comes from an earlier run. */
        if (event->args[1] > 0 &&
            *snap_checkpoint_note(&books->notes, at->arena, event->args[1]) == TRIGGERED)
            snap_oracle_object(at, event,
                               "%s makes %" PRId64 " %s visible that checkpoint %" PRId64
                               " has not confirmed",
                               at->job->operators[event->args[0]].uid, event->args[3],
                               snap_plural(event->args[3], "record", "records"), event->args[1]);
        return;
    default:
        return;
    }
}

const struct snap_oracle snap_oracle_commits = {
    .books_bytes = sizeof(struct books),
    .event = see,
};
