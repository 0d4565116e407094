// SPDX-License-Identifier: Apache-2.0
/*
 * After the last fault the job makes progress: it ends, or records or events go on until the run
 * is stopped. A run without a fault is not judged, nor one that is stopped too soon to tell: before
 * anything came of it, and before the oracle lost its patience.
 *
 * - A fault lasts as long as its action says, a restart as long as its delay.
 * - Silence is an objection if it is longer than anything that may take its time: a checkpoint's
 *   interval and pause, its timeout while one is pending (snapshots are being written), the pace
 *   of the slowest source, three times the longest silence so far, and a long minute while state is
 *   being read.
 * - What is pending when all tasks restart is so no longer, whether anybody says so or not.
 */
#include <inttypes.h>
#include <string.h>

#include "verify/oracle.h"

#define PATIENCE_NS (12 * SNAP_SECOND)
#define PATIENCE_READING_NS (120 * SNAP_SECOND)

struct books {
    snap_ns *handled_ns; /* by task: its last record; touched by its thread */
    snap_ns last_ns;     /* event */
    snap_ns longest_ns;  /* silence between two events */
    snap_ns fault_ns;    /* end of the last fault; -1: none */
    snap_ns done_ns;     /* the last checkpoint was complete; -1: none */
    int64_t pending;     /* checkpoints */
    bool *initializing;  /* by task: it reads its state */
    uint32_t reading;    /* how many of them */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    if (!snap_oracle_has_records(at))
        return false;
    books->handled_ns = SNAP_ARENA_ARRAY(at->arena, snap_ns, at->job->task_count);
    books->initializing = SNAP_ARENA_ARRAY(at->arena, bool, at->job->task_count);
    books->fault_ns = -1;
    books->done_ns = -1;
    books->last_ns = at->start_ns;
    return true;
}

static void see_span(struct snap_oracle_case *at, const struct snap_span *span)
{
    struct books *books = at->books;
    const struct snap_vertex *vertex =
        &at->job->vertices[at->job->operators[span->operator_index].vertex];

    books->handled_ns[vertex->task_first + span->subtask] = span->at_ns;
}

static void fault(struct books *books, snap_ns at_ns, snap_ns duration_ns)
{
    books->fault_ns = snap_ns_max(books->fault_ns, snap_ns_add(at_ns, duration_ns));
}

static void note_status(struct books *books, const struct snap_event *event)
{
    bool *initializing = &books->initializing[event->actor];

    books->reading -= *initializing;
    *initializing = event->args[1] == SNAP_TASK_INITIALIZING;
    books->reading += *initializing;
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    if (event->type == SNAP_EVENT_TASK_TOTALS)
        return;
    books->longest_ns = snap_ns_max(books->longest_ns, event->at_ns - books->last_ns);
    books->last_ns = event->at_ns;
    switch ((int)event->type) {
    case SNAP_EVENT_ACTION_FIRED:
        fault(books, event->at_ns, at->sim->timeline.actions[event->args[0]].duration_ns);
        return;
    case SNAP_EVENT_FAILOVER:
        fault(books, event->at_ns, event->args[3]);
        if (event->args[2] == (int64_t)at->job->task_count)
            books->pending = 0;
        return;
    case SNAP_EVENT_TASK_STATUS:
        note_status(books, event);
        return;
    case SNAP_EVENT_CHECKPOINT_TRIGGERED:
        books->pending++;
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        books->done_ns = event->at_ns;
        books->pending -= books->pending > 0;
        return;
    case SNAP_EVENT_CHECKPOINT_ABORTED:
        books->pending -= books->pending > 0;
        return;
    default:
        return;
    }
}

/* The longest time between two records of a source; 0 if no source has a rate. */
static snap_ns slowest_pace(const struct snap_job *job)
{
    snap_ns slowest = 0;

    for (uint32_t o = 0; o < job->operator_count; o++) {
        const struct snap_operator *op = &job->operators[o];

        for (uint32_t i = 0; op->options && i < op->type->option_count; i++)
            if (op->type->options[i].kind == SNAP_OPTION_RATE && op->options[i].set &&
                op->options[i].number > 0)
                slowest = snap_ns_max(slowest, 3600 * SNAP_SECOND / op->options[i].number);
    }
    return slowest;
}

static snap_ns patience(const struct snap_oracle_case *at)
{
    const struct books *books = at->books;
    const struct snap_checkpoint_config *checkpoint = &at->sim->config.checkpoint;
    snap_ns limit = books->reading > 0 ? PATIENCE_READING_NS : PATIENCE_NS;

    limit = snap_ns_add(limit, snap_ns_add(3 * books->longest_ns, 2 * slowest_pace(at->job)));
    if (checkpoint->interval_ns > 0)
        limit = snap_ns_add(limit, snap_ns_add(checkpoint->interval_ns, checkpoint->min_pause_ns));
    if (books->pending > 0)
        limit = snap_ns_add(limit, checkpoint->timeout_ns);
    return limit;
}

static bool has_ended(enum snap_job_status status)
{
    return status == SNAP_JOB_FINISHED || status == SNAP_JOB_FAILED || status == SNAP_JOB_CANCELED;
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    const struct books *books = at->books;
    snap_ns last = snap_ns_max(books->last_ns, books->fault_ns);
    snap_ns done = books->done_ns;

    if (books->fault_ns < 0)
        snap_oracle_cannot(at, "there was no fault");
    else if (end->interrupted)
        snap_oracle_cannot(at, "the run was interrupted");
    if (!at->result.judged || has_ended(end->status))
        return;
    for (uint32_t t = 0; t < at->job->task_count; t++)
        done = snap_ns_max(done, books->handled_ns[t]);
    last = snap_ns_max(last, done);
    if (end->elapsed_ns - last > patience(at))
        snap_oracle_object(at, NULL,
                           "nothing happens from %.3f s on, and the job has not ended at %.3f s",
                           (double)last / 1e9, (double)end->elapsed_ns / 1e9);
    else if (done <= books->fault_ns)
        snap_oracle_cannot(at, "the run was stopped too soon after the last fault");
}

const struct snap_oracle snap_oracle_progress = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .span = see_span,
    .event = see,
    .end = judge,
};
