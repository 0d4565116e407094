// SPDX-License-Identifier: Apache-2.0
#include "trace/statistics.h"

#include <string.h>

#include "model/names.h"
#include "trace/statistics_checkpoints.h"
#include "trace/statistics_lanes.h"

void snap_statistics_init(struct snap_statistics *statistics, const struct snap_job *job)
{
    memset(statistics, 0, sizeof(*statistics));
    snap_arena_init(&statistics->arena);
    snap_flow_init(&statistics->flow, job);
    snap_metrics_init(&statistics->metrics, job);
    statistics->job = job;
    statistics->job_status = SNAP_JOB_CREATED;
    statistics->restored_checkpoint = SNAP_NO_CHECKPOINT;
    statistics->restored_ns = SNAP_NOT_YET;
    statistics->all_up_ns = SNAP_NOT_YET;
    statistics->restore_expected = true;
    statistics->resumed_ns = SNAP_NOT_YET;
    statistics->resumed_from = SNAP_NO_CHECKPOINT;
    statistics->subtasks =
        SNAP_ARENA_ARRAY(&statistics->arena, struct snap_subtask_stats, job->task_count);
    statistics->regions = SNAP_ARENA_ARRAY(&statistics->arena, uint32_t, job->task_count);
    statistics->down =
        SNAP_ARENA_ARRAY(&statistics->arena, uint32_t,
                         snap_job_regions(job, &statistics->arena, statistics->regions));
    statistics->down_count = job->task_count;
    for (uint32_t i = 0; i < job->task_count; i++) {
        statistics->subtasks[i].vertex = snap_job_task_vertex(job, i)->index;
        statistics->subtasks[i].failed_ns = SNAP_NOT_YET;
        statistics->subtasks[i].blocked_since = SNAP_NOT_YET;
        statistics->down[statistics->regions[i]]++;
    }
}

void snap_statistics_fini(struct snap_statistics *statistics)
{
    snap_flow_fini(&statistics->flow);
    snap_metrics_fini(&statistics->metrics);
    snap_arena_fini(&statistics->arena);
    memset(statistics, 0, sizeof(*statistics));
}

struct snap_checkpoint_stats *snap_statistics_find(const struct snap_statistics *statistics,
                                                   snap_checkpoint_id id)
{
    uint32_t low = 0;
    uint32_t high = statistics->checkpoint_count;

    /* Nearly always the newest. */
    if (high > 0 && statistics->checkpoints[high - 1]->id == id)
        return statistics->checkpoints[high - 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (statistics->checkpoints[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == statistics->checkpoint_count || statistics->checkpoints[low]->id != id)
        return NULL;
    return statistics->checkpoints[low];
}

const char *snap_last_channel_name(const struct snap_statistics *statistics,
                                   const struct snap_checkpoint_stats *checkpoint,
                                   struct snap_arena *arena)
{
    uint32_t to = checkpoint->last_task;
    uint32_t from = to == SNAP_NO_TASK ? SNAP_NO_TASK : checkpoint->parts[to].last_from;

    if (from >= statistics->job->task_count)
        return NULL;
    return snap_arena_printf(arena, "%s -> %s", snap_actor_name(statistics->job, from, arena),
                             snap_actor_name(statistics->job, to, arena));
}

const char *snap_failure_stats_cause(const struct snap_failure_stats *failure,
                                     struct snap_arena *arena)
{
    if (failure->root == failure->cause)
        return snap_failure_cause_name(failure->cause);
    return snap_arena_printf(arena, "%s: %s", snap_failure_cause_name(failure->cause),
                             snap_failure_cause_name(failure->root));
}

/* ---- failures ---- */

static void set_up(struct snap_statistics *statistics, uint32_t task, bool up)
{
    struct snap_subtask_stats *subtask = &statistics->subtasks[task];
    uint32_t *down = &statistics->down[statistics->regions[task]];

    *down += (uint32_t)subtask->up;
    *down -= (uint32_t)up;
    statistics->down_count += (uint32_t)subtask->up;
    statistics->down_count -= (uint32_t)up;
    subtask->up = up;
}

/* Whether the failure restarts the task. */
static bool concerns(const struct snap_statistics *statistics,
                     const struct snap_failure_stats *failure, uint32_t task)
{
    return failure->task == SNAP_NO_TASK ||
           statistics->regions[failure->task] == statistics->regions[task];
}

/* Too many failed checkpoints fail a job none of whose tasks has failed. Of an attempt that was
 * lost with its TaskManager nothing was ever heard. */
static enum snap_failure_cause root_of(const struct snap_statistics *statistics, uint32_t task)
{
    const struct snap_subtask_stats *subtask;

    if (task >= statistics->job->task_count)
        return SNAP_CAUSE_CHECKPOINT_FAILURES;
    subtask = &statistics->subtasks[task];
    if (subtask->sent > subtask->attempt)
        return SNAP_CAUSE_TASK_MANAGER_LOST;
    return subtask->status == SNAP_TASK_FAILED ? subtask->failed_by
                                               : SNAP_CAUSE_CHECKPOINT_FAILURES;
}

static void on_deployed(struct snap_statistics *statistics, const struct snap_event *event)
{
    uint32_t task = (uint32_t)event->args[0];

    if (task < statistics->job->task_count)
        statistics->subtasks[task].sent = event->args[1];
}

static void on_failover(struct snap_statistics *statistics, const struct snap_event *event)
{
    uint32_t task = (uint32_t)event->args[0];
    bool known = event->args[0] >= 0 && task < statistics->job->task_count;
    struct snap_failure_stats *failure;

    statistics->failures =
        snap_arena_grow(&statistics->arena, statistics->failures, statistics->failure_count,
                        &statistics->failure_capacity, sizeof(statistics->failures[0]));
    failure = &statistics->failures[statistics->failure_count++];
    memset(failure, 0, sizeof(*failure));
    failure->decided_ns = event->at_ns;
    failure->restarted_ns = SNAP_NOT_YET;
    failure->cause = (enum snap_failure_cause)event->args[1];
    failure->root =
        failure->cause == SNAP_CAUSE_NO_RESTART ? root_of(statistics, task) : failure->cause;
    /* Too many failed checkpoints are nobody's in particular. */
    failure->task = known && failure->root != SNAP_CAUSE_CHECKPOINT_FAILURES ? task : SNAP_NO_TASK;
    failure->failed_ns = known ? statistics->subtasks[task].failed_ns : SNAP_NOT_YET;
    if (failure->failed_ns == SNAP_NOT_YET)
        failure->failed_ns = event->at_ns;
    failure->restarting_count = (uint32_t)event->args[2];
    failure->delay_ns = event->args[3];
    failure->checkpoint = event->args[4];
    if (failure->restarting_count > 0)
        statistics->restart_count++;
    statistics->restore_expected = failure->restarting_count > 0 && failure->checkpoint >= 0;
    for (uint32_t t = 0; t < statistics->job->task_count; t++)
        if (concerns(statistics, failure, t))
            set_up(statistics, t, false);
}

/* The first subtask that restores stands for the whole restore. As in Flink, a start from a
 * snapshot is one: CheckpointCoordinator.restoreSavepoint. */
static void on_restored(struct snap_statistics *statistics, const struct snap_event *event)
{
    if (!statistics->restore_expected || event->args[1] < 0)
        return;
    statistics->restore_expected = false;
    if (statistics->failure_count == 0)
        statistics->began_restored = true;
    statistics->restored_count++;
    statistics->restored_checkpoint = event->args[1];
    statistics->restored_ns = event->at_ns;
}

static void on_totals(struct snap_statistics *statistics, const struct snap_event *event)
{
    const int64_t *args = event->args;

    if (event->actor >= statistics->job->task_count)
        return;
    statistics->subtasks[event->actor].totals = (struct snap_subtask_totals){
        true, args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7]};
}

/* ---- buffers ---- */

/* What a sender queued for a subtask, or what the subtask used up. */
struct parcel {
    int64_t bytes;
    int64_t records;
};

/* A buffer that was dropped with a dead attempt is not there to be taken. */
static int64_t at_least_all(int64_t change, int64_t there)
{
    return change < -there ? -there : change;
}

static void change_in_flight(struct snap_statistics *statistics, snap_ns at_ns, uint32_t task,
                             struct parcel parcel)
{
    struct snap_subtask_stats *subtask = &statistics->subtasks[task];
    struct snap_queued change = {
        .at_ns = at_ns,
        .vertex = subtask->vertex,
        .records = at_least_all(parcel.records, subtask->in_flight_records),
        .bytes = at_least_all(parcel.bytes, subtask->in_flight_bytes),
    };

    if (at_ns > statistics->in_flight_at) {
        statistics->in_flight_before = statistics->in_flight_bytes;
        statistics->in_flight_at = at_ns;
    }
    subtask->in_flight_bytes += change.bytes;
    subtask->in_flight_records += change.records;
    statistics->in_flight_bytes += change.bytes;
    if (statistics->buffers_seen)
        snap_flow_queued(&statistics->flow, &change);
}

/* Who has not heard yet that the receiver is gone still queues buffers for it, which nobody will
 * take: those of the next attempts are for the receiver's next one. */
static bool is_for_nobody(const struct snap_statistics *statistics, uint32_t from, uint32_t to)
{
    const struct snap_subtask_stats *receiver = &statistics->subtasks[to];

    return (receiver->status == SNAP_TASK_FAILED || receiver->status == SNAP_TASK_CANCELED) &&
           from < statistics->job->task_count &&
           statistics->subtasks[from].attempt <= receiver->attempt;
}

static void on_queued(struct snap_statistics *statistics, const struct snap_event *event)
{
    uint32_t to = (uint32_t)event->args[0];

    statistics->buffers_seen = true;
    if (to < statistics->job->task_count && !is_for_nobody(statistics, event->actor, to))
        change_in_flight(statistics, event->at_ns, to,
                         (struct parcel){event->args[2], event->args[3]});
}

static void on_taken(struct snap_statistics *statistics, const struct snap_event *event)
{
    if (event->actor < statistics->job->task_count)
        change_in_flight(statistics, event->at_ns, event->actor,
                         (struct parcel){-event->args[2], -event->args[3]});
}

/* A receiver has it in its queue: for it that is as if it had been queued. */
static void on_recovered(struct snap_statistics *statistics, const struct snap_event *event)
{
    if (event->actor < statistics->job->task_count)
        change_in_flight(statistics, event->at_ns, event->actor,
                         (struct parcel){event->args[2], event->args[3]});
}

/* ---- statuses ---- */

static void on_job_status(struct snap_statistics *statistics, const struct snap_event *event)
{
    statistics->job_status = (enum snap_job_status)event->args[0];
}

static void on_job_resumed(struct snap_statistics *statistics, const struct snap_event *event)
{
    statistics->resumed_ns = event->at_ns;
    statistics->resumed_from = event->args[1];
}

/* A failover is over when all subtasks that it restarted run at once, or have finished: those of
 * an attempt that failed before the others ran are down again. */
static void end_failovers(struct snap_statistics *statistics, snap_ns at_ns, uint32_t task)
{
    if (statistics->down[statistics->regions[task]] > 0)
        return;
    for (uint32_t i = statistics->failure_count; i > 0; i--) {
        struct snap_failure_stats *failure = &statistics->failures[i - 1];
        bool is_job = failure->task == SNAP_NO_TASK;

        if (failure->restarting_count > 0 && failure->restarted_ns == SNAP_NOT_YET &&
            (is_job ? statistics->down_count == 0
                    : statistics->down[statistics->regions[failure->task]] == 0))
            failure->restarted_ns = at_ns;
    }
}

static void on_task_status(struct snap_statistics *statistics, const struct snap_event *event)
{
    enum snap_task_status status = (enum snap_task_status)event->args[1];
    struct snap_subtask_stats *subtask;

    if (event->actor >= statistics->job->task_count)
        return;
    subtask = &statistics->subtasks[event->actor];
    subtask->attempt = event->args[0];
    if (status != SNAP_TASK_RUNNING && status != SNAP_TASK_INITIALIZING)
        change_in_flight(statistics, event->at_ns, event->actor,
                         (struct parcel){-subtask->in_flight_bytes, -subtask->in_flight_records});
    if (status == SNAP_TASK_FAILED) {
        subtask->failed_ns = event->at_ns;
        subtask->failed_by = (enum snap_failure_cause)event->args[2];
    }
    if (status != SNAP_TASK_RUNNING && status != SNAP_TASK_FINISHED)
        set_up(statistics, event->actor, false);
    else if (subtask->status == SNAP_TASK_INITIALIZING) {
        set_up(statistics, event->actor, true);
        end_failovers(statistics, event->at_ns, event->actor);
        if (statistics->down_count == 0 && statistics->failure_count == 0 &&
            statistics->all_up_ns == SNAP_NOT_YET)
            statistics->all_up_ns = event->at_ns;
    }
    snap_lanes_status(statistics, event);
    snap_metrics_event(&statistics->metrics, event);
}

static void on_refused(struct snap_statistics *statistics, const struct snap_event *event)
{
    (void)event;
    statistics->refused_count++;
}

/* Both the checkpoint's books and the lanes want these. */
static void on_sync(struct snap_statistics *statistics, const struct snap_event *event)
{
    snap_statistics_sync(statistics, event);
    snap_lanes_snapshot(statistics, event, SNAP_LANE_SYNC);
}

static void on_async(struct snap_statistics *statistics, const struct snap_event *event)
{
    snap_statistics_async(statistics, event);
    snap_lanes_snapshot(statistics, event, SNAP_LANE_ASYNC);
}

/* Both the checkpoint's books and the gauges want these. */
static void on_snapshot_started(struct snap_statistics *statistics, const struct snap_event *event)
{
    snap_statistics_snapshot_started(statistics, event);
    snap_metrics_event(&statistics->metrics, event);
}

static void on_measured(struct snap_statistics *statistics, const struct snap_event *event)
{
    snap_statistics_measured(statistics, event);
    snap_metrics_event(&statistics->metrics, event);
}

static void on_gauges(struct snap_statistics *statistics, const struct snap_event *event)
{
    snap_metrics_event(&statistics->metrics, event);
}

/* ---- entries ---- */

static void (*const handlers[SNAP_EVENT_COUNT])(struct snap_statistics *,
                                                const struct snap_event *) = {
    [SNAP_EVENT_JOB_STATUS] = on_job_status,
    [SNAP_EVENT_JOB_RESUMED] = on_job_resumed,
    [SNAP_EVENT_TASK_STATUS] = on_task_status,
    [SNAP_EVENT_CHECKPOINT_TRIGGERED] = snap_statistics_triggered,
    [SNAP_EVENT_CHECKPOINT_REFUSED] = on_refused,
    [SNAP_EVENT_CHECKPOINT_COMPLETED] = snap_statistics_completed,
    [SNAP_EVENT_CHECKPOINT_ABORTED] = snap_statistics_aborted,
    [SNAP_EVENT_CHECKPOINT_SUBSUMED] = snap_statistics_subsumed,
    [SNAP_EVENT_ACK_RECEIVED] = snap_statistics_ack,
    [SNAP_EVENT_DECLINE_RECEIVED] = snap_statistics_declined,
    [SNAP_EVENT_STATE_TOO_LARGE] = snap_statistics_too_large,
    [SNAP_EVENT_TASK_TRIGGERED] = snap_statistics_task_triggered,
    [SNAP_EVENT_BARRIER_RECEIVED] = snap_statistics_barrier,
    [SNAP_EVENT_CHANNEL_BLOCKED] = snap_lanes_blocked,
    [SNAP_EVENT_CHANNEL_UNBLOCKED] = snap_lanes_unblocked,
    [SNAP_EVENT_SNAPSHOT_STARTED] = on_snapshot_started,
    [SNAP_EVENT_SNAPSHOT_SYNC] = on_sync,
    [SNAP_EVENT_SNAPSHOT_ASYNC] = on_async,
    [SNAP_EVENT_DECLINE_SENT] = snap_statistics_part_aborted,
    [SNAP_EVENT_NOTIFIED_ABORTED] = snap_statistics_part_aborted,
    [SNAP_EVENT_TASK_DEPLOYED] = on_deployed,
    [SNAP_EVENT_FAILOVER] = on_failover,
    [SNAP_EVENT_RESTORED] = on_restored,
    [SNAP_EVENT_TASK_TOTALS] = on_totals,
    [SNAP_EVENT_BUFFER_QUEUED] = on_queued,
    [SNAP_EVENT_BUFFER_TAKEN] = on_taken,
    [SNAP_EVENT_BUFFER_RECOVERED] = on_recovered,
    [SNAP_EVENT_ALIGNMENT_MEASURED] = on_measured,
    [SNAP_EVENT_TASK_METRICS] = on_gauges,
    [SNAP_EVENT_GATE_DEBLOATED] = on_gauges,
    [SNAP_EVENT_CHANNELS_SAVED] = snap_statistics_channels_saved,
};

void snap_statistics_event(void *context, const struct snap_event *event)
{
    struct snap_statistics *statistics = context;

    if (event->at_ns > statistics->end_ns)
        statistics->end_ns = event->at_ns;
    if (handlers[event->type])
        handlers[event->type](statistics, event);
}

void snap_statistics_finish(struct snap_statistics *statistics, snap_ns end_ns)
{
    statistics->end_ns = snap_ns_max(statistics->end_ns, end_ns);
    snap_lanes_finish(statistics);
    snap_flow_finish(&statistics->flow, statistics->end_ns);
    snap_metrics_finish(&statistics->metrics, statistics->end_ns);
}
