// SPDX-License-Identifier: Apache-2.0
/*
 * Subtasks change their status as Flink's do. One that has failed or was cancelled does nothing
 * until it is deployed again; only a running one handles records and takes part in checkpoints. One
 * that is initializing handles the records that its snapshot had found in flight.
 */
#include "verify/oracle.h"

struct books {
    enum snap_task_status *statuses; /* by task */
    bool *recovers;                  /* by task: this attempt has been given in-flight data */
};

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    books->statuses = SNAP_ARENA_ARRAY(at->arena, enum snap_task_status, at->job->task_count);
    books->recovers = SNAP_ARENA_ARRAY(at->arena, bool, at->job->task_count);
    return true;
}

static bool is_legal(enum snap_task_status from, enum snap_task_status to)
{
    switch (to) {
    case SNAP_TASK_INITIALIZING:
        return from == SNAP_TASK_CREATED || from == SNAP_TASK_CANCELED ||
               from == SNAP_TASK_FAILED || from == SNAP_TASK_FINISHED;
    case SNAP_TASK_RUNNING:
        return from == SNAP_TASK_INITIALIZING;
    case SNAP_TASK_FINISHED:
        return from == SNAP_TASK_RUNNING;
    case SNAP_TASK_CANCELED:
    case SNAP_TASK_FAILED:
        return from == SNAP_TASK_INITIALIZING || from == SNAP_TASK_RUNNING ||
               from == SNAP_TASK_FINISHED;
    case SNAP_TASK_CREATED:
        return from == SNAP_TASK_CREATED;
    case SNAP_TASK_DEPLOYING:
    case SNAP_TASK_CANCELING:
        break;
    }
    return false;
}

static bool needs_running(enum snap_event_type type)
{
    switch ((int)type) {
    case SNAP_EVENT_RECORD_EMITTED:
    case SNAP_EVENT_RECORD_AFFECTED:
    case SNAP_EVENT_RECORD_WRITTEN:
    case SNAP_EVENT_SNAPSHOT_STARTED:
    case SNAP_EVENT_BARRIER_RECEIVED:
    case SNAP_EVENT_BUFFER_TAKEN:
    case SNAP_EVENT_END_OF_DATA:
    case SNAP_EVENT_ACK_SENT:
        return true;
    default:
        return false;
    }
}

static void moved(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    enum snap_task_status *status = &books->statuses[event->actor];
    enum snap_task_status next = (enum snap_task_status)event->args[1];

    if (!is_legal(*status, next))
        snap_oracle_object(at, event, "a subtask goes from %s to %s",
                           snap_task_status_name(*status), snap_task_status_name(next));
    *status = next;
    books->recovers[event->actor] = false;
}

static bool may_recover(const struct books *books, const struct snap_event *event)
{
    return books->recovers[event->actor] &&
           books->statuses[event->actor] == SNAP_TASK_INITIALIZING &&
           event->type != SNAP_EVENT_SNAPSHOT_STARTED &&
           event->type != SNAP_EVENT_BARRIER_RECEIVED && event->type != SNAP_EVENT_ACK_SENT;
}

/* What is told about a subtask or befalls it, and is not done by it. */
static bool is_about(enum snap_event_type type)
{
    return type == SNAP_EVENT_TASK_TOTALS || type == SNAP_EVENT_LATE_TOTAL ||
           type == SNAP_EVENT_SABOTAGED || type == SNAP_EVENT_ACTION_FIRED;
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    enum snap_task_status status;

    if (snap_oracle_by_job_manager(at, event) || is_about(event->type))
        return;
    if (event->type == SNAP_EVENT_TASK_STATUS) {
        moved(at, event);
        return;
    }
    status = books->statuses[event->actor];
    if (event->type == SNAP_EVENT_CHANNELS_RESTORED)
        books->recovers[event->actor] = true;
    if (status == SNAP_TASK_CANCELED || status == SNAP_TASK_FAILED || status == SNAP_TASK_CREATED)
        snap_oracle_object(at, event, "a subtask that is %s does something",
                           snap_task_status_name(status));
    else if (needs_running(event->type) && status != SNAP_TASK_RUNNING &&
             !may_recover(books, event))
        snap_oracle_object(at, event, "only a running subtask does this, it is %s",
                           snap_task_status_name(status));
}

const struct snap_oracle snap_oracle_statuses = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
};
