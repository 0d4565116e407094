// SPDX-License-Identifier: Apache-2.0
/*
 * The JobManager's side of savepoints: taken, with a stop or a cancellation behind them, and what
 * waits for the end of the job to start the next one. Flink: SchedulerBase.triggerSavepoint,
 * stopWithSavepoint, StopWithSavepointTerminationManager.
 */
#include "base/check.h"
#include "jobmanager/job_manager.h"
#include "snapshot/savepoint.h"

static const struct snap_action *action_of(const struct snap_job_manager *jm, uint64_t request)
{
    return &jm->actor.world->timeline.actions[request];
}

static bool is_savepoint(const struct snap_action *action)
{
    return action->kind == SNAP_ACTION_SAVEPOINT ||
           action->kind == SNAP_ACTION_STOP_WITH_SAVEPOINT ||
           action->kind == SNAP_ACTION_CANCEL_WITH_SAVEPOINT;
}

/* Periodic checkpoints stop first; what is pending is given up. */
static void begin_ending(struct snap_job_manager *jm, uint64_t index, bool stopping)
{
    jm->ending = (struct snap_ending){.active = true, .request = index, .stopping = stopping};
    snap_job_manager_stop_scheduler(jm);
    if (stopping)
        snap_stop_init(&jm->ending.stop, jm->actor.world->job->task_count - jm->finished_count);
}

static void ask(struct snap_job_manager *jm, uint64_t index)
{
    const struct snap_action *action = action_of(jm, index);

    /* What cannot run now, or comes behind another ending, stays unfired. */
    if (jm->status != SNAP_JOB_RUNNING || jm->ending.active)
        return;
    SNAP_EVENT(&jm->actor, ACTION_FIRED, jm->actor.now_ns, (int64_t)index);
    snap_savepoints_asked(jm->actor.world->savepoints, action->savepoint, jm->actor.now_ns);
    if (action->kind != SNAP_ACTION_SAVEPOINT)
        begin_ending(jm, index, action->kind == SNAP_ACTION_STOP_WITH_SAVEPOINT);
    snap_coordinator_trigger(&jm->coordinator, jm->actor.now_ns, action->snapshot_kind, index);
    snap_job_manager_perform(jm);
}

/* Whether the job, cancelled now, would leave behind a checkpoint that is wanted. */
static bool leaves_checkpoint(const struct snap_job_manager *jm, const struct snap_action *wanted)
{
    const struct snap_world *world = jm->actor.world;
    const struct snap_completed_store *store = &jm->coordinator.store;
    const struct snap_checkpoint_record *latest = snap_completed_store_latest(store);

    if (wanted->checkpoint == SNAP_LATEST_CHECKPOINT && latest && snap_record_is_savepoint(latest))
        return world->resume && world->resume->savepoint;
    for (const struct snap_checkpoint_record *at = store->kept.first; at; at = at->next)
        if ((wanted->checkpoint == SNAP_LATEST_CHECKPOINT || at->id == wanted->checkpoint) &&
            !snap_record_is_savepoint(at) &&
            !snap_record_deleted_at(at, store->config.retention, SNAP_END_CANCELED))
            return true;
    return wanted->checkpoint != SNAP_LATEST_CHECKPOINT &&
           snap_savepoints_find_checkpoint(world->savepoints, wanted->checkpoint);
}

/* Whether there is something to start from if the job is cancelled now. */
static bool can_restart(const struct snap_job_manager *jm, const struct snap_action *wanted)
{
    return wanted->from_checkpoint
               ? leaves_checkpoint(jm, wanted)
               : snap_savepoints_find(jm->actor.world->savepoints, wanted->savepoint) != NULL;
}

/* The next job starts when this one has ended; one that nobody ends is cancelled for it, but not
 * for nothing if the start is optional. */
static void await_restart(struct snap_job_manager *jm, uint64_t index)
{
    const struct snap_action *wanted = action_of(jm, index);
    bool ends_by_itself = jm->ending.active || jm->status == SNAP_JOB_FAILING;

    if (jm->restart_action != SNAP_NO_INDEX ||
        (wanted->optional && !ends_by_itself && !can_restart(jm, wanted)))
        return;
    jm->restart_action = (uint32_t)index;
    if (ends_by_itself || jm->lost)
        return;
    jm->restart_cancel_ns = jm->actor.now_ns;
    snap_job_manager_cancel(jm);
}

void snap_job_manager_take_savepoint_action(struct snap_job_manager *jm, uint64_t index)
{
    if (is_savepoint(action_of(jm, index)))
        ask(jm, index);
    else
        await_restart(jm, index);
}

void snap_job_manager_keep_savepoint(struct snap_job_manager *jm,
                                     const struct snap_checkpoint_record *record)
{
    struct snap_world *world = jm->actor.world;

    SNAP_CHECK(record->request != SNAP_NO_REQUEST);
    snap_savepoints_keep(world->savepoints, action_of(jm, record->request)->savepoint, world,
                         record);
}

static void set_stop_action(struct snap_job_manager *jm, enum snap_stop_action action)
{
    switch (action) {
    case SNAP_STOP_WAIT:
        return;
    case SNAP_STOP_SUCCEED:
        jm->ending.active = false;
        return;
    case SNAP_STOP_RESUME:
        jm->ending.after = SNAP_AFTER_RESUME;
        return;
    case SNAP_STOP_GLOBAL_FAILOVER:
        jm->ending.after = SNAP_AFTER_FAILOVER;
        return;
    }
}

static void savepoint_result(struct snap_job_manager *jm, uint64_t request, bool completed)
{
    if (!jm->ending.active || jm->ending.request != request)
        return;
    if (jm->ending.stopping)
        set_stop_action(jm, snap_stop_savepoint_result(&jm->ending.stop, completed));
    else
        jm->ending.after = completed ? SNAP_AFTER_CANCEL : SNAP_AFTER_RESUME;
}

void snap_job_manager_request_done(struct snap_job_manager *jm,
                                   const struct snap_coordinator_action *action)
{
    struct snap_actor *actor = &jm->actor;
    bool completed = action->checkpoint != SNAP_NO_CHECKPOINT;
    const struct snap_action *wish;

    if (action->request == SNAP_NO_REQUEST || !is_savepoint(action_of(jm, action->request))) {
        if (!completed)
            SNAP_EVENT(actor, CHECKPOINT_REFUSED, actor->now_ns, SNAP_KIND_CHECKPOINT,
                       action->reason);
        return;
    }
    wish = action_of(jm, action->request);
    if (completed)
        SNAP_EVENT(actor, SAVEPOINT_COMPLETED, actor->now_ns, (int64_t)action->request,
                   action->checkpoint);
    else
        SNAP_EVENT(actor, SAVEPOINT_FAILED, actor->now_ns, (int64_t)action->request,
                   action->reason);
    if (!completed)
        snap_savepoints_failed(actor->world->savepoints, wish->savepoint, actor->now_ns,
                               action->reason);
    if (completed)
        jm->savepoint = action->checkpoint;
    if (wish->kind != SNAP_ACTION_SAVEPOINT)
        savepoint_result(jm, action->request, completed);
}

void snap_job_manager_ending_task(struct snap_job_manager *jm, enum snap_task_status status)
{
    bool ended =
        status == SNAP_TASK_FINISHED || status == SNAP_TASK_FAILED || status == SNAP_TASK_CANCELED;

    if (ended && jm->ending.active && jm->ending.stopping)
        set_stop_action(jm, snap_stop_task_ended(&jm->ending.stop, status == SNAP_TASK_FINISHED));
}

void snap_job_manager_end_savepoints(struct snap_job_manager *jm)
{
    enum snap_after_savepoint after = jm->ending.after;

    if (after == SNAP_AFTER_NOTHING)
        return;
    jm->ending.active = false;
    jm->ending.after = SNAP_AFTER_NOTHING;
    /* Also if the stop failed: somebody waits for the end. */
    if (after == SNAP_AFTER_CANCEL || jm->restart_action != SNAP_NO_INDEX)
        snap_job_manager_cancel(jm);
    else if (after == SNAP_AFTER_FAILOVER)
        snap_job_manager_fail_globally(jm, SNAP_CAUSE_STOP_FAILED);
    else if (jm->status == SNAP_JOB_RUNNING)
        snap_job_manager_start_scheduler(jm);
}
