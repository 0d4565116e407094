// SPDX-License-Identifier: Apache-2.0
/*
 * What actions of the timeline do to the JobManager and to the storage.
 *
 * - The JobManager that dies takes along what it knew: pending checkpoints, failures counted,
 *   restarts counted. With high availability the completed checkpoints and the counter of ids
 *   outlive it, and its successor goes on from them. Tasks are cancelled, as their TaskManagers do
 *   when they lose the JobManager.
 * - The storage is another machine: it goes on.
 * Flink: JobMasterServiceLeadershipRunner, TaskExecutor.jobManagerLostLeadership.
 */
#include "base/check.h"
#include "jobmanager/job_manager.h"
#include "snapshot/task_snapshot.h"
#include "snapshot/task_files.h"

static void tell_fired(struct snap_job_manager *jm, uint64_t index)
{
    SNAP_EVENT(&jm->actor, ACTION_FIRED, jm->actor.now_ns, (int64_t)index);
}

/* What it kept in memory only is gone; nobody hears of that. */
static void forget(struct snap_job_manager *jm)
{
    const struct snap_restart_config *restart = &jm->actor.world->sim->config.restart;

    snap_restart_strategy_init(&jm->restart, &jm->actor.world->arena, restart);
    snap_coordinator_change_master(&jm->coordinator, jm->actor.now_ns);
    snap_job_manager_perform(jm);
}

static bool can_crash(const struct snap_job_manager *jm)
{
    return !jm->lost && (jm->status == SNAP_JOB_RUNNING || jm->status == SNAP_JOB_RESTARTING);
}

void snap_job_manager_crash(struct snap_job_manager *jm)
{
    const struct snap_simulation *sim = jm->actor.world->sim;

    SNAP_CHECK(can_crash(jm));
    SNAP_EVENT(&jm->actor, JOB_MANAGER_LOST, jm->actor.now_ns, 0);
    jm->lost = true;
    jm->dying = false;
    /* Who asked for a stop hears nothing more; a restart from a savepoint waits for the next one.
     */
    jm->ending = (struct snap_ending){.active = false};
    forget(jm);
    if (sim->config.high_availability)
        jm->takeover_ns = snap_ns_add(jm->actor.now_ns, sim->model.takeover_ns);
    snap_job_manager_lose_master(jm, jm->takeover_ns);
}

bool snap_job_manager_crashes_at(struct snap_job_manager *jm,
                                 const struct snap_fault_moment *moment)
{
    return jm->actor.world->watch.steps && !jm->dying && can_crash(jm) &&
           snap_fault_strikes(&jm->actor, moment);
}

void snap_job_manager_take_over_due(struct snap_job_manager *jm)
{
    const struct snap_checkpoint_record *latest;

    if (jm->takeover_ns > jm->actor.now_ns)
        return;
    jm->takeover_ns = SNAP_NEVER;
    jm->lost = false;
    latest = snap_job_manager_latest(jm);
    SNAP_EVENT(&jm->actor, JOB_MANAGER_TOOK_OVER, jm->actor.now_ns,
               latest ? latest->id : SNAP_NO_CHECKPOINT);
    if (jm->coordinator.config.start_rule == SNAP_START_PAUSE_LATER)
        snap_job_manager_start_scheduler(jm);
    if (jm->restart_action != SNAP_NO_INDEX)
        snap_job_manager_cancel(jm);
}

static void fault_storage(struct snap_job_manager *jm, const struct snap_action *action)
{
    int64_t permille = (int64_t)(action->factor * 1000.0);
    snap_ns now = jm->actor.now_ns;

    if (action->kind == SNAP_ACTION_STALL_STORAGE) {
        SNAP_EVENT(&jm->actor, STORAGE_STALLED, now, action->duration_ns);
        snap_storage_model_stall(&jm->storage, now, action->duration_ns);
    } else if (action->kind == SNAP_ACTION_FILL_STORAGE) {
        SNAP_EVENT(&jm->actor, STORAGE_FULL, now, action->duration_ns);
        snap_storage_model_fill(&jm->storage, now, action->duration_ns);
    } else if (action->kind == SNAP_ACTION_FAIL_STORAGE) {
        SNAP_EVENT(&jm->actor, STORAGE_FAULT, now, 0, action->duration_ns);
        snap_storage_model_fail(&jm->storage, now, action->duration_ns);
    } else {
        SNAP_EVENT(&jm->actor, STORAGE_FAULT, now, permille, action->duration_ns);
        snap_storage_model_slow(&jm->storage, now, action->duration_ns, permille);
    }
}

/* The completed checkpoint with the id; SNAP_ANY: the latest. */
static struct snap_checkpoint_record *find_completed(const struct snap_job_manager *jm, int64_t id)
{
    struct snap_checkpoint_record *at;

    if (id == SNAP_ANY)
        return snap_completed_store_latest(&jm->coordinator.store);
    at = jm->coordinator.store.kept.first;
    while (at && at->id != id)
        at = at->next;
    return at;
}

/* What is not stored cannot be damaged: then the action stays unfired. */
static void corrupt(struct snap_job_manager *jm, const struct snap_action *action, uint64_t index)
{
    const struct snap_job *job = jm->actor.world->job;
    uint32_t task =
        job->vertices[job->operators[action->operator_index].vertex].task_first + action->subtask;
    struct snap_checkpoint_record *record = find_completed(jm, action->checkpoint);
    struct snap_task_snapshot *snapshot = record ? record->task_states[task] : NULL;

    if (!snapshot || snapshot->bytes == 0)
        return;
    tell_fired(jm, index);
    snapshot->damage = action->damage;
    SNAP_EVENT(&jm->actor, SNAPSHOT_CORRUPTED, jm->actor.now_ns, record->id, task);
    snap_task_files_damage(
        jm->actor.world->files,
        &(struct snap_task_files){job, task, record->id,
                                  snapshot->lies_there ? &snapshot->machine : NULL},
        action->damage, jm->actor.now_ns);
}

static void trigger_by_user(struct snap_job_manager *jm, const struct snap_action *action,
                            uint64_t index)
{
    if (jm->status != SNAP_JOB_RUNNING)
        return; /* it stays unfired */
    tell_fired(jm, index);
    snap_coordinator_trigger(&jm->coordinator, jm->actor.now_ns, action->snapshot_kind, index);
    snap_job_manager_perform(jm);
}

static void crash(struct snap_job_manager *jm, uint64_t index)
{
    if (!can_crash(jm))
        return;
    tell_fired(jm, index);
    snap_job_manager_crash(jm);
}

void snap_job_manager_take_action(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    uint64_t index = mail->request;
    const struct snap_action *action = &jm->actor.world->timeline.actions[index];

    if (!snap_watch_take_action(&jm->actor, mail))
        return;
    switch (action->kind) {
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
    case SNAP_ACTION_STALL_STORAGE:
    case SNAP_ACTION_FILL_STORAGE:
        tell_fired(jm, index);
        fault_storage(jm, action);
        return;
    case SNAP_ACTION_CORRUPT:
        corrupt(jm, action, index);
        return;
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
        snap_job_manager_start_rule(jm, (uint32_t)index);
        return;
    case SNAP_ACTION_CRASH_JOB_MANAGER:
        crash(jm, index);
        return;
    case SNAP_ACTION_CHECKPOINT:
        trigger_by_user(jm, action, index);
        return;
    case SNAP_ACTION_SAVEPOINT:
    case SNAP_ACTION_STOP_WITH_SAVEPOINT:
    case SNAP_ACTION_CANCEL_WITH_SAVEPOINT:
    case SNAP_ACTION_RESTART_FROM:
        snap_job_manager_take_savepoint_action(jm, index);
        return;
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_CRASH_TASK_MANAGER:
    case SNAP_ACTION_DECLINE:
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_PAUSE_LINK:
    case SNAP_ACTION_SPEED:
    case SNAP_ACTION_SPEED_LINK:
        break;
    }
    SNAP_CHECK(false);
}
