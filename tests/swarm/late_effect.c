// SPDX-License-Identifier: Apache-2.0
#include "swarm/late_effect.h"

#include "protocol/gate.h"

/* Behind the last event of the execution in which the event lies. */
static uint64_t end_of_execution(const struct swarm_run *run, uint64_t index)
{
    while (index < run->event_count && run->events[index].type != SNAP_EVENT_JOB_RESUMED)
        index++;
    return index;
}

static uint64_t begin_of_execution(const struct swarm_run *run, uint64_t index)
{
    while (index > 0 && run->events[index].type != SNAP_EVENT_JOB_RESUMED)
        index--;
    return index;
}

bool late_effect_is_pending(const struct swarm_run *run, uint64_t index)
{
    uint64_t end = end_of_execution(run, index);

    for (uint64_t i = index; i < end; i++)
        if (run->events[i].type == SNAP_EVENT_JOB_STATUS &&
            run->events[i].args[0] == SNAP_JOB_FINISHED)
            return true;
    return false;
}

/* What one sender and the subtask told of each other while both had the attempt. */
struct account {
    uint32_t from;
    uint32_t to;
    int64_t from_attempt;
    int64_t to_attempt;
    int64_t sent;
    int64_t credits;
};

/* A new attempt of either begins anew; its first status may be any, if that is broken as well. */
static void take_status(struct account *account, const struct snap_event *event)
{
    int64_t *attempt =
        event->actor == account->from ? &account->from_attempt : &account->to_attempt;

    if ((event->actor != account->from && event->actor != account->to) ||
        *attempt == event->args[0])
        return;
    *attempt = event->args[0];
    account->sent = 0;
    account->credits = 0;
}

/* Takes one event into the account; returns whether a buffer was sent that was not paid for. */
static bool takes_unpaid(struct account *account, const struct snap_event *event, int64_t exclusive)
{
    if (event->type == SNAP_EVENT_TASK_STATUS)
        take_status(account, event);
    if (event->type == SNAP_EVENT_CREDIT_SENT && event->actor == account->to &&
        event->args[0] == account->from)
        account->credits += event->args[2];
    if (event->type != SNAP_EVENT_BUFFER_SENT || event->actor != account->from ||
        event->args[0] != account->to)
        return false;
    return ++account->sent > account->credits + exclusive;
}

/* Exclusive buffers of all channels between the two. */
static int64_t exclusive_between(const struct swarm_run *run, uint32_t from, uint32_t to)
{
    const struct snap_job *job = run->job;
    const struct snap_vertex *sender = snap_job_task_vertex(job, from);
    const struct snap_vertex *receiver = snap_job_task_vertex(job, to);
    int64_t sum = 0;

    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        uint32_t first;
        uint32_t count;

        if (edge->chained || job->operators[edge->producer].vertex != sender->index ||
            job->operators[edge->consumer].vertex != receiver->index)
            continue;
        snap_job_edge_upstream(job, edge, to - receiver->task_first, &first, &count);
        if (from - sender->task_first - first < count)
            sum += snap_gate_buffers_of(&run->sim->config.network, count).exclusive_per_channel;
    }
    return sum;
}

bool late_effect_is_unpaid(const struct swarm_run *run, uint64_t index)
{
    uint64_t first = begin_of_execution(run, index);
    uint64_t end = end_of_execution(run, index + 1);
    uint32_t to = run->events[index].actor;

    /* Tasks of an execution before are another job's. */
    if (end < run->event_count)
        return false;
    for (uint32_t from = 0; from < run->job->task_count; from++) {
        struct account account = {.from = from, .to = to};
        int64_t exclusive = exclusive_between(run, from, to);

        if (exclusive == 0 || run->job->task_manager[from] == run->job->task_manager[to])
            continue;
        for (uint64_t i = first; i < end; i++)
            if (takes_unpaid(&account, &run->events[i], exclusive))
                return true;
    }
    return false;
}

bool late_effect_is_status(const struct swarm_run *run, uint64_t index)
{
    uint64_t end = end_of_execution(run, index);

    for (uint64_t i = index; i < end; i++)
        if (run->events[i].type == SNAP_EVENT_TASK_STATUS &&
            run->events[i].actor == run->events[index].actor)
            return true;
    return false;
}

static bool has_ended(enum snap_job_status status)
{
    return status == SNAP_JOB_FINISHED || status == SNAP_JOB_FAILED || status == SNAP_JOB_CANCELED;
}

bool late_effect_is_silence(const struct swarm_run *run, uint64_t index)
{
    uint64_t end = end_of_execution(run, index);
    snap_ns last = 0;
    snap_ns longest = 0;

    if (end < run->event_count || has_ended(run->result.status))
        return false;
    for (uint64_t i = begin_of_execution(run, index); i < end; i++) {
        if (run->events[i].type == SNAP_EVENT_TASK_TOTALS)
            continue;
        longest = snap_ns_max(longest, run->events[i].at_ns - last);
        last = run->events[i].at_ns;
    }
    /* A restart's delay and an action's length are no silence. */
    return run->result.elapsed_ns - last > 15 * SNAP_SECOND + 4 * longest;
}

bool late_effect_is_kept(const struct swarm_run *run, uint64_t index)
{
    for (uint64_t i = index + 1; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
            return true;
        if (event->type == SNAP_EVENT_TASK_STATUS && event->actor == run->events[index].actor &&
            (event->args[1] == SNAP_TASK_CANCELED || event->args[1] == SNAP_TASK_FAILED))
            return false;
    }
    return true;
}
