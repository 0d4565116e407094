// SPDX-License-Identifier: Apache-2.0
/*
 * What is restored is what the snapshot took: the digest of a subtask's state at its snapshot, in
 * the completed checkpoint, and after it was put back are the same. Only what this run took itself
 * can be judged, and of that the last checkpoints.
 */
#include <inttypes.h>

#include "verify/oracle.h"

enum { SNAPSHOTS_REMEMBERED = 32 };

struct taken {
    snap_checkpoint_id checkpoint; /* 0: none */
    int64_t digest;
};

struct books {
    struct taken *taken; /* SNAPSHOTS_REMEMBERED a task, by checkpoint */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    if (!snap_oracle_has_records(at))
        return false;
    books->taken = SNAP_ARENA_ARRAY(at->arena, struct taken,
                                    (size_t)at->job->task_count * SNAPSHOTS_REMEMBERED);
    return true;
}

static struct taken *taken_of(const struct books *books, uint32_t task, snap_checkpoint_id id)
{
    return &books->taken[(size_t)task * SNAPSHOTS_REMEMBERED + (size_t)(id % SNAPSHOTS_REMEMBERED)];
}

static bool differs(const struct books *books, uint32_t task, snap_checkpoint_id id, int64_t digest)
{
    const struct taken *taken = taken_of(books, task, id);

    return taken->checkpoint == id && taken->digest != digest;
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    const int64_t *args = event->args;

    switch ((int)event->type) {
    case SNAP_EVENT_STATE_TAKEN:
        *taken_of(books, event->actor, args[0]) = (struct taken){args[0], args[1]};
        return;
    case SNAP_EVENT_STATE_STORED:
        if (differs(books, (uint32_t)args[1], args[0], args[2]))
            snap_oracle_object(at, event,
                               "checkpoint %" PRId64 " holds another state of subtask %" PRId64
                               " of the job than that one took for it",
                               args[0], args[1]);
        return;
    case SNAP_EVENT_STATE_RESTORED:
        if (differs(books, event->actor, args[0], args[1]))
            snap_oracle_object(at, event,
                               "the state restored from checkpoint %" PRId64
                               " is not what the snapshot took",
                               args[0]);
        return;
    default:
        return;
    }
}

const struct snap_oracle snap_oracle_state = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
};
