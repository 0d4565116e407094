// SPDX-License-Identifier: Apache-2.0
/*
 * A restart begins with the newest completed checkpoint: what a subtask restores is the one that
 * was completed last when it was deployed. A savepoint may be that one, but need not. As long as
 * nothing was completed an execution goes back to what it began with; the first one may begin with
 * a snapshot of an earlier run, which no event tells.
 */
#include <inttypes.h>

#include "verify/oracle.h"

struct books {
    snap_checkpoint_id newest;    /* checkpoint; 0: none */
    snap_checkpoint_id savepoint; /* newer than that; 0: none */
    snap_checkpoint_id *checkpoints;
    snap_checkpoint_id *savepoints; /* as of each subtask's deployment */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    books->checkpoints = SNAP_ARENA_ARRAY(at->arena, snap_checkpoint_id, at->job->task_count);
    books->savepoints = SNAP_ARENA_ARRAY(at->arena, snap_checkpoint_id, at->job->task_count);
    return true;
}

static void completed(struct books *books, const struct snap_event *event)
{
    if (event->args[3] == SNAP_KIND_CHECKPOINT || event->args[3] == SNAP_KIND_FULL_CHECKPOINT) {
        books->newest = event->args[0];
        books->savepoint = 0;
    } else {
        books->savepoint = event->args[0];
    }
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    int64_t from = event->args[1];

    switch ((int)event->type) {
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        completed(books, event);
        return;
    case SNAP_EVENT_JOB_RESUMED:
        books->newest = event->args[1];
        return;
    case SNAP_EVENT_TASK_DEPLOYED:
        books->checkpoints[event->args[0]] = books->newest;
        books->savepoints[event->args[0]] = books->savepoint;
        return;
    case SNAP_EVENT_RESTORED:
        if (books->checkpoints[event->actor] != 0 && from != books->checkpoints[event->actor] &&
            from != books->savepoints[event->actor])
            snap_oracle_object(
                at, event, "checkpoint %" PRId64 " is restored, and %" PRId64 " was completed last",
                from, books->checkpoints[event->actor]);
        return;
    default:
        return;
    }
}

const struct snap_oracle snap_oracle_newest = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
};
