// SPDX-License-Identifier: Apache-2.0
#include "swarm/trace_oracle.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* What is known of one checkpoint. */
enum phase { UNKNOWN, PENDING, COMPLETED, ABORTED };

struct oracle {
    const struct swarm_run *run;
    const struct snap_job *job;
    const struct snap_event *event; /* looked at */
    enum snap_task_status *status;  /* by task */
    enum phase *checkpoints;        /* by id */
    int64_t checkpoint_capacity;
    int64_t last_checkpoint;
    uint32_t pending;
    bool broken;
};

__attribute__((format(printf, 2, 3))) static void fail(struct oracle *oracle, const char *format,
                                                       ...)
{
    va_list arguments;

    if (oracle->broken)
        return;
    oracle->broken = true;
    printf("trace: ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf(" at\n");
    swarm_print_event(oracle->job, oracle->event);
    printf("\n");
}

static enum phase *checkpoint(struct oracle *oracle, int64_t id)
{
    SNAP_CHECK(id > 0);
    if (id >= oracle->checkpoint_capacity) {
        int64_t capacity = id * 2 + 16;

        oracle->checkpoints =
            realloc(oracle->checkpoints, (size_t)capacity * sizeof(*oracle->checkpoints));
        SNAP_CHECK(oracle->checkpoints);
        for (int64_t i = oracle->checkpoint_capacity; i < capacity; i++)
            oracle->checkpoints[i] = UNKNOWN;
        oracle->checkpoint_capacity = capacity;
    }
    return &oracle->checkpoints[id];
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

static void see_status(struct oracle *oracle)
{
    enum snap_task_status *status = &oracle->status[oracle->event->actor];
    enum snap_task_status next = (enum snap_task_status)oracle->event->args[1];

    if (!is_legal(*status, next))
        fail(oracle, "a subtask goes from %s to %s", snap_task_status_name(*status),
             snap_task_status_name(next));
    *status = next;
}

static bool needs_running(enum snap_event_type type)
{
    switch ((int)type) {
    case SNAP_EVENT_RECORD_EMITTED:
    case SNAP_EVENT_RECORD_AFFECTED:
    case SNAP_EVENT_RECORD_WRITTEN:
    case SNAP_EVENT_WINDOW_FIRED:
    case SNAP_EVENT_WATERMARK:
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

static void see_of_task(struct oracle *oracle)
{
    const struct snap_event *event = oracle->event;
    enum snap_task_status status = oracle->status[event->actor];

    if (event->type == SNAP_EVENT_TASK_STATUS) {
        see_status(oracle);
        return;
    }
    if (event->type == SNAP_EVENT_TASK_TOTALS || event->type == SNAP_EVENT_LATE_TOTAL)
        return;
    if (status == SNAP_TASK_CANCELED || status == SNAP_TASK_FAILED || status == SNAP_TASK_CREATED)
        fail(oracle, "a subtask that is %s does something", snap_task_status_name(status));
    if (needs_running(event->type) && status != SNAP_TASK_RUNNING)
        fail(oracle, "only a running subtask does this, it is %s", snap_task_status_name(status));
}

static void see_totals(struct oracle *oracle)
{
    const int64_t *args = oracle->event->args;
    int64_t sum = 0;

    for (int i = 2; i < 8; i++) {
        sum += args[i];
        if (args[i] < 0)
            fail(oracle, "a time is negative");
    }
    if (sum != oracle->run->result.elapsed_ns)
        fail(oracle, "times add up to %" PRId64 " ns instead of %" PRId64, sum,
             oracle->run->result.elapsed_ns);
}

static void see_triggered(struct oracle *oracle, int64_t id)
{
    uint32_t most = oracle->run->sim->config.checkpoint.concurrent_max;

    if (id <= oracle->last_checkpoint)
        fail(oracle, "ids of checkpoints do not rise");
    oracle->last_checkpoint = id;
    *checkpoint(oracle, id) = PENDING;
    if (++oracle->pending > most)
        fail(oracle, "%u checkpoints are pending, %u are allowed", oracle->pending, most);
}

static void see_ended(struct oracle *oracle, int64_t id, enum phase phase)
{
    if (*checkpoint(oracle, id) != PENDING)
        fail(oracle, "a checkpoint that is not pending ends");
    *checkpoint(oracle, id) = phase;
    oracle->pending--;
}

static void see_checkpoint(struct oracle *oracle)
{
    const int64_t *args = oracle->event->args;

    switch ((int)oracle->event->type) {
    case SNAP_EVENT_CHECKPOINT_TRIGGERED:
        see_triggered(oracle, args[0]);
        return;
    case SNAP_EVENT_CHECKPOINT_COMPLETED:
        see_ended(oracle, args[0], COMPLETED);
        return;
    case SNAP_EVENT_CHECKPOINT_ABORTED:
        see_ended(oracle, args[0], ABORTED);
        return;
    case SNAP_EVENT_RESTORED:
        if (args[1] > 0 && *checkpoint(oracle, args[1]) != COMPLETED)
            fail(oracle, "a checkpoint that was not completed is restored");
        return;
    case SNAP_EVENT_NOTIFIED_COMPLETE:
        if (*checkpoint(oracle, args[0]) != COMPLETED)
            fail(oracle, "a subtask hears that a checkpoint is complete that is not");
        return;
    case SNAP_EVENT_SINK_COMMITTED:
        if (args[1] > 0 && *checkpoint(oracle, args[1]) != COMPLETED)
            fail(oracle, "a sink commits what was not completed");
        return;
    case SNAP_EVENT_TASK_TOTALS:
        see_totals(oracle);
        return;
    default:
        return;
    }
}

bool trace_oracle_holds(const struct swarm_run *run)
{
    struct oracle oracle = {.run = run, .job = run->sim->job};

    oracle.status = calloc(oracle.job->task_count + 1, sizeof(*oracle.status));
    SNAP_CHECK(oracle.status);
    for (uint64_t i = 0; i < run->event_count && !oracle.broken; i++) {
        oracle.event = &run->events[i];
        if (oracle.event->actor < oracle.job->task_count)
            see_of_task(&oracle);
        see_checkpoint(&oracle);
    }
    free(oracle.status);
    free(oracle.checkpoints);
    return !oracle.broken;
}
