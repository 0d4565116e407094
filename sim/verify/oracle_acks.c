// SPDX-License-Identifier: Apache-2.0
/*
 * A checkpoint completes when all that run have acknowledged it: every subtask that was running
 * when it was triggered, and has not failed since, has acknowledged this very checkpoint. A subtask
 * that had finished takes no part.
 */
#include <inttypes.h>

#include "verify/oracle.h"

struct task_book {
    bool running;
    snap_ns since_ns;          /* it has its status; who finishes keeps the one of running */
    snap_ns finished_ns;       /* when it ended running; -1: it did not */
    snap_checkpoint_id *acked; /* the last few, a ring */
    uint32_t next;
};

/* More than are ever pending at once: an ack this far back is of no pending checkpoint. */
enum { ACKS_REMEMBERED = 64 };

struct trigger {
    snap_checkpoint_id id;
    snap_ns at_ns;
};

struct books {
    struct task_book *tasks;
    struct trigger triggers[ACKS_REMEMBERED]; /* by id */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    books->tasks = SNAP_ARENA_ARRAY(at->arena, struct task_book, at->job->task_count);
    for (uint32_t t = 0; t < at->job->task_count; t++)
        books->tasks[t].acked = SNAP_ARENA_ARRAY(at->arena, snap_checkpoint_id, ACKS_REMEMBERED);
    return true;
}

static bool has_acked(const struct task_book *task, snap_checkpoint_id id)
{
    for (uint32_t i = 0; i < ACKS_REMEMBERED; i++)
        if (task->acked[i] == id)
            return true;
    return false;
}

static void acked(struct books *books, const struct snap_event *event)
{
    struct task_book *task = &books->tasks[event->args[1]];

    task->acked[task->next++ % ACKS_REMEMBERED] = event->args[0];
}

/* And has not failed since: who finishes still has to have acknowledged. */
static bool has_run_at(const struct task_book *task, snap_ns at_ns)
{
    return task->since_ns < at_ns && (task->running || task->finished_ns > at_ns);
}

static void note_status(struct task_book *task, const struct snap_event *event)
{
    bool was_running = task->running;

    task->running = event->args[1] == SNAP_TASK_RUNNING;
    task->finished_ns = event->args[1] == SNAP_TASK_FINISHED && was_running ? event->at_ns : -1;
    if (task->finished_ns < 0)
        task->since_ns = event->at_ns;
}

static void completed(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    const struct trigger *trigger = &books->triggers[event->args[0] % ACKS_REMEMBERED];
    uint32_t missing = 0;

    if (trigger->id != event->args[0])
        return;
    for (uint32_t t = 0; t < at->job->task_count; t++) {
        const struct task_book *task = &books->tasks[t];

        if (has_run_at(task, trigger->at_ns) && !has_acked(task, event->args[0]))
            missing++;
    }
    if (missing > 0)
        snap_oracle_object(at, event,
                           "checkpoint %" PRId64 " completes, and %u running subtasks have not "
                           "acknowledged it",
                           event->args[0], missing);
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    switch ((int)event->type) {
    case SNAP_EVENT_TASK_STATUS:
        note_status(&books->tasks[event->actor], event);
        return;
    case SNAP_EVENT_CHECKPOINT_TRIGGERED:
        books->triggers[event->args[0] % ACKS_REMEMBERED] =
            (struct trigger){event->args[0], event->at_ns};
        return;
    case SNAP_EVENT_ACK_RECEIVED:
        acked(books, event);
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        completed(at, event);
        return;
    default:
        return;
    }
}

const struct snap_oracle snap_oracle_acks = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
};
