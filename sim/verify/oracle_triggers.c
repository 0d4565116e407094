// SPDX-License-Identifier: Apache-2.0
/*
 * A checkpoint that is triggered ends once, completed or aborted. Ids rise, no more are pending
 * than may be, and nothing but a completed one is confirmed or subsumed. What is pending when the
 * job is stopped on its way has died with it; a job that has ended leaves none behind.
 */
#include <inttypes.h>

#include "base/text.h"
#include "verify/oracle.h"

enum phase { UNKNOWN, PENDING, COMPLETED, ABORTED };

struct books {
    struct snap_checkpoint_notes phases;
    snap_checkpoint_id last;
    uint32_t pending;
};

static uint8_t *phase_of(struct snap_oracle_case *at, snap_checkpoint_id id)
{
    struct books *books = at->books;

    return snap_checkpoint_note(&books->phases, at->arena, id);
}

static void triggered(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    uint32_t most = at->sim->config.checkpoint.concurrent_max;
    bool is_checkpoint = event->args[1] == SNAP_KIND_CHECKPOINT;

    if (event->args[0] <= books->last)
        snap_oracle_object(at, event, "checkpoint %" PRId64 " comes after %" PRId64, event->args[0],
                           books->last);
    books->last = event->args[0];
    *phase_of(at, event->args[0]) = PENDING;
    books->pending++;
    if (is_checkpoint && books->pending > most)
        snap_oracle_object(at, event, "%u checkpoints are pending, %u may be", books->pending,
                           most);
}

static void ended(struct snap_oracle_case *at, const struct snap_event *event, enum phase phase)
{
    struct books *books = at->books;
    uint8_t *now = phase_of(at, event->args[0]);

    if (*now != PENDING)
        snap_oracle_object(at, event, "checkpoint %" PRId64 " ends %s", event->args[0],
                           *now == UNKNOWN ? "without having been triggered" : "a second time");
    else
        books->pending--;
    *now = (uint8_t)phase;
}

static void expect(struct snap_oracle_case *at, const struct snap_event *event, enum phase phase)
{
    uint8_t now = *phase_of(at, event->args[0]);

    /* One that was never triggered here may come from an earlier run. */
    if (now != UNKNOWN && now != phase)
        snap_oracle_object(at, event, "checkpoint %" PRId64 " is not %s", event->args[0],
                           phase == COMPLETED ? "completed" : "aborted");
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    switch ((int)event->type) {
    case SNAP_EVENT_CHECKPOINT_TRIGGERED:
        triggered(at, event);
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        ended(at, event, COMPLETED);
        return;
    case SNAP_EVENT_CHECKPOINT_ABORTED:
        ended(at, event, ABORTED);
        return;
    case SNAP_EVENT_CHECKPOINT_SUBSUMED:
    case SNAP_EVENT_NOTIFIED_COMPLETE:
        expect(at, event, COMPLETED);
        return;
    case SNAP_EVENT_NOTIFIED_ABORTED:
        expect(at, event, ABORTED);
        return;
    default:
        return;
    }
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    struct books *books = at->books;

    if (end->status == SNAP_JOB_FINISHED && books->pending > 0)
        snap_oracle_object(at, NULL, "the job has finished, and %u %s not ended", books->pending,
                           snap_plural(books->pending, "checkpoint has", "checkpoints have"));
}

const struct snap_oracle snap_oracle_triggers = {
    .books_bytes = sizeof(struct books),
    .event = see,
    .end = judge,
};
