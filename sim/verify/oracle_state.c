// SPDX-License-Identifier: Apache-2.0
/*
 * What is restored is what the snapshot took: the digest of a subtask's state at its snapshot, in
 * the completed checkpoint, and after it was put back are the same. Only what this run took itself
 * can be judged, and of that the last checkpoints;
 * of what is older or was given, that it is the same each time.
 * A job that starts again from a savepoint may deal its state to other subtasks: then the digests
 * of all of them together are the same; one that starts from a snapshot on disk has what the files
 * held.
 */
#include <inttypes.h>
#include <string.h>

#include "verify/oracle.h"

enum { SNAPSHOTS_REMEMBERED = 32 };

struct taken {
    snap_checkpoint_id checkpoint; /* 0: none */
    int64_t digest;
    int64_t dealt; /* of what may go to other subtasks */
};

/* A start from a savepoint, until all subtasks have been running. */
struct restart {
    snap_checkpoint_id savepoint; /* 0: none, or it cannot be judged */
    uint64_t taken;               /* by all subtasks together, or what the files hold */
    int64_t *restored;            /* by task, as last told */
    bool *has_run;                /* by task */
    uint32_t running_count;       /* of those that have run */
};

struct books {
    const struct snap_job *job;
    struct taken *taken; /* SNAPSHOTS_REMEMBERED a task, by checkpoint */
    struct taken *first; /* by task: what it first restored of what nobody took here */
    struct restart restart;
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    if (!snap_oracle_has_records(at))
        return false;
    books->job = at->job;
    books->taken = SNAP_ARENA_ARRAY(at->arena, struct taken,
                                    (size_t)at->job->task_count * SNAPSHOTS_REMEMBERED);
    books->first = SNAP_ARENA_ARRAY(at->arena, struct taken, at->job->task_count);
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

/* ---- restarts from savepoints ---- */

/* Whether all that was taken is to be found again: each operator, and nothing else. */
static bool has_same_operators(const struct snap_job *job, const struct snap_job *other)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *same = snap_job_find_operator(other, job->operators[i].uid);

        if (!same || same->type != job->operators[i].type ||
            memcmp(&same->id, &job->operators[i].id, sizeof(same->id)) != 0)
            return false;
    }
    return job->operator_count == other->operator_count;
}

/* Adds up what all subtasks took; false if that is not remembered any more, or never was: of a
 * snapshot that the run was given, nobody took anything. Who alone took nothing had finished. */
static bool add_up(const struct books *books, snap_checkpoint_id id, uint64_t *sum)
{
    bool known = false;

    for (uint32_t t = 0; t < books->job->task_count; t++) {
        const struct taken *taken = taken_of(books, t, id);

        if (taken->checkpoint > id)
            return false;
        if (taken->checkpoint == id) {
            *sum += (uint64_t)taken->dealt;
            known = true;
        }
    }
    return known;
}

static void start_from(struct snap_oracle_case *at, snap_checkpoint_id savepoint, uint64_t taken)
{
    struct restart *restart = &((struct books *)at->books)->restart;

    restart->savepoint = savepoint;
    restart->taken = taken;
    restart->restored = SNAP_ARENA_ARRAY(at->arena, int64_t, at->job->task_count);
    restart->has_run = SNAP_ARENA_ARRAY(at->arena, bool, at->job->task_count);
}

static void given(struct snap_oracle_case *at, const struct snap_baseline *baseline)
{
    if (baseline->has_digest)
        start_from(at, baseline->checkpoint, baseline->digest);
}

static void resume(struct snap_oracle_case *at, const void *before,
                   const struct snap_execution_start *start)
{
    const struct books *last = before;
    uint64_t taken = 0;

    if (start->taken_in + 1 == start->number && has_same_operators(at->job, last->job) &&
        add_up(last, start->savepoint, &taken))
        start_from(at, start->savepoint, taken);
}

static void note_restored(struct restart *restart, uint32_t task, snap_checkpoint_id id,
                          int64_t dealt)
{
    if (restart->savepoint == id)
        restart->restored[task] = dealt;
}

/* What was taken in another execution, or given, is dealt once: whoever restores it again gets what
 * it got before. */
static void compare_again(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    struct taken *first = &books->first[event->actor];
    snap_checkpoint_id id = event->args[0];

    if (taken_of(books, event->actor, id)->checkpoint == id)
        return;
    if (first->checkpoint == id && first->digest != event->args[1])
        snap_oracle_object(at, event,
                           "the state restored from checkpoint %" PRId64
                           " is not what was restored from it before",
                           id);
    if (first->checkpoint != id)
        *first = (struct taken){id, event->args[1], event->args[2]};
}

/* No checkpoint completes before all subtasks have been running: until then they start from the
 * savepoint. */
static void note_running(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct restart *restart = &((struct books *)at->books)->restart;
    uint64_t sum = 0;

    if (restart->savepoint == 0 || restart->has_run[event->actor])
        return;
    restart->has_run[event->actor] = true;
    if (++restart->running_count < at->job->task_count)
        return;
    for (uint32_t t = 0; t < at->job->task_count; t++)
        sum += (uint64_t)restart->restored[t];
    if (sum != restart->taken)
        snap_oracle_object(at, event,
                           "what all subtasks together restored from savepoint %" PRId64
                           " is not what it holds",
                           restart->savepoint);
}

/* ---- events ---- */

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    const int64_t *args = event->args;

    switch ((int)event->type) {
    case SNAP_EVENT_STATE_TAKEN:
        *taken_of(books, event->actor, args[0]) = (struct taken){args[0], args[1], args[2]};
        return;
    case SNAP_EVENT_STATE_STORED:
        if (differs(books, (uint32_t)args[1], args[0], args[2]))
            snap_oracle_object(at, event,
                               "checkpoint %" PRId64 " holds another state of subtask %" PRId64
                               " of the job than that one took for it",
                               args[0], args[1]);
        return;
    case SNAP_EVENT_STATE_RESTORED:
        note_restored(&books->restart, event->actor, args[0], args[2]);
        compare_again(at, event);
        if (differs(books, event->actor, args[0], args[1]))
            snap_oracle_object(at, event,
                               "the state restored from checkpoint %" PRId64
                               " is not what the snapshot took",
                               args[0]);
        return;
    case SNAP_EVENT_TASK_STATUS:
        if (args[1] == SNAP_TASK_RUNNING)
            note_running(at, event);
        return;
    default:
        return;
    }
}

const struct snap_oracle snap_oracle_state = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .resume = resume,
    .given = given,
    .event = see,
};
