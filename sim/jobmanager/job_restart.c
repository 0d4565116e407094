// SPDX-License-Identifier: Apache-2.0
/*
 * Regions, failures and restarts. Flink: RestartPipelinedRegionFailoverStrategy, DefaultScheduler,
 * ExecutionFailureHandler.
 */
#include <string.h>

#include "base/check.h"
#include "snapshot/channel_hand_on.h"
#include "jobmanager/job_manager.h"
#include "snapshot/list_restore.h"
#include "jobmanager/job_sabotage.h"
#include "snapshot/task_snapshot.h"

static struct snap_actor *actor_of(struct snap_job_manager *jm)
{
    return &jm->actor;
}

/* Counting sort of the tasks by region. */
static void list_tasks(struct snap_job_manager *jm)
{
    struct snap_world *world = jm->actor.world;
    uint32_t first = 0;

    jm->region_tasks = SNAP_ARENA_ARRAY(&world->arena, uint32_t, world->job->task_count);
    for (uint32_t r = 0; r < jm->region_count; r++) {
        jm->regions[r].task_first = first;
        first += jm->regions[r].task_count;
        jm->regions[r].task_count = 0;
    }
    for (uint32_t t = 0; t < world->job->task_count; t++) {
        struct snap_region *region = &jm->regions[jm->tasks[t].region];

        jm->region_tasks[region->task_first + region->task_count++] = t;
    }
}

void snap_job_manager_build_regions(struct snap_job_manager *jm)
{
    struct snap_world *world = jm->actor.world;
    const struct snap_job *job = world->job;
    uint32_t *regions = SNAP_ARENA_ARRAY(&world->arena, uint32_t, job->task_count);

    jm->region_count = snap_job_regions(job, &world->arena, regions);
    jm->tasks = SNAP_ARENA_ARRAY(&world->arena, struct snap_known_task, job->task_count);
    jm->regions = SNAP_ARENA_ARRAY(&world->arena, struct snap_region, jm->region_count);
    for (uint32_t t = 0; t < job->task_count; t++) {
        jm->tasks[t].region = regions[t];
        jm->regions[regions[t]].task_count++;
        jm->regions[regions[t]].attempt = world->first_attempt;
    }
    list_tasks(jm);
}

static bool has_ended(enum snap_task_status status)
{
    return status == SNAP_TASK_FINISHED || status == SNAP_TASK_CANCELED ||
           status == SNAP_TASK_FAILED || status == SNAP_TASK_CREATED;
}

static void send_to_task(struct snap_job_manager *jm, struct snap_mail *mail)
{
    mail->attempt = mail->kind == SNAP_MAIL_DEPLOY
                        ? mail->attempt
                        : jm->regions[jm->tasks[mail->target].region].attempt;
    snap_actor_send(actor_of(jm), mail, jm->actor.now_ns,
                    snap_world_latency(jm->actor.world, jm->actor.id, mail->target));
}

static void set_restarting(struct snap_job_manager *jm, uint32_t region, bool restarting)
{
    jm->restarting_count += restarting;
    jm->restarting_count -= jm->regions[region].restarting;
    jm->regions[region].restarting = restarting;
}

/* Sends CANCEL to all tasks of the region that still run; returns how many. */
static uint32_t cancel_region(struct snap_job_manager *jm, uint32_t region)
{
    uint32_t canceling = 0;

    for (uint32_t i = 0; i < jm->regions[region].task_count; i++) {
        uint32_t t = jm->region_tasks[jm->regions[region].task_first + i];

        if (has_ended(jm->tasks[t].status) || jm->tasks[t].status == SNAP_TASK_CANCELING)
            continue;
        send_to_task(jm, snap_actor_new_mail(actor_of(jm), SNAP_MAIL_CANCEL, t));
        snap_job_manager_set_task(jm, t, SNAP_TASK_CANCELING);
        canceling++;
    }
    return canceling;
}

void snap_job_manager_set_status(struct snap_job_manager *jm, enum snap_job_status status)
{
    if (jm->status == status)
        return;
    jm->status = status;
    SNAP_EVENT(&jm->actor, JOB_STATUS, jm->actor.now_ns, status);
    if (status == SNAP_JOB_FAILED || status == SNAP_JOB_FINISHED || status == SNAP_JOB_CANCELED)
        jm->ended_ns = jm->actor.now_ns;
}

static bool is_ending(const struct snap_job_manager *jm)
{
    return jm->status == SNAP_JOB_FAILING || jm->status == SNAP_JOB_CANCELLING;
}

/* What the coordinator is told may end the job: a stop that failed, for which a restart waits. */
static bool is_ending_or_over(const struct snap_job_manager *jm)
{
    return is_ending(jm) || jm->ended_ns != SNAP_NEVER;
}

static void end_if_all_ended(struct snap_job_manager *jm)
{
    if (is_ending(jm) && jm->failing_left == 0)
        snap_job_manager_set_status(jm, jm->status == SNAP_JOB_FAILING ? SNAP_JOB_FAILED
                                                                       : SNAP_JOB_CANCELED);
}

/* Ends all that runs; the job ends when the last task has said so. */
static void end_all(struct snap_job_manager *jm, enum snap_job_status status)
{
    snap_job_manager_set_status(jm, status);
    jm->failing_left = 0;
    for (uint32_t r = 0; r < jm->region_count; r++) {
        jm->regions[r].canceling += cancel_region(jm, r);
        set_restarting(jm, r, false);
        jm->failing_left += jm->regions[r].canceling;
    }
    end_if_all_ended(jm);
}

static void give_up(struct snap_job_manager *jm, enum snap_failure_cause cause)
{
    jm->cause = cause;
    end_all(jm, SNAP_JOB_FAILING);
}

void snap_job_manager_cancel(struct snap_job_manager *jm)
{
    if (is_ending_or_over(jm))
        return;
    snap_job_manager_stop_scheduler(jm);
    end_all(jm, SNAP_JOB_CANCELLING);
}

static void begin_restart(struct snap_job_manager *jm, uint32_t region, snap_ns restart_ns)
{
    struct snap_region *at = &jm->regions[region];

    /* All its tasks are told to cancel at the first failure: they fail no more until it runs. */
    SNAP_CHECK(!at->restarting);
    at->canceling += cancel_region(jm, region);
    set_restarting(jm, region, true);
    at->restart_ns = restart_ns;
    snap_job_manager_set_status(jm, SNAP_JOB_RESTARTING);
}

static void tell_failover(struct snap_job_manager *jm, uint32_t task, enum snap_failure_cause cause,
                          int64_t tasks, snap_ns delay_ns)
{
    const struct snap_checkpoint_record *latest = snap_job_manager_latest(jm);

    SNAP_EVENT(&jm->actor, FAILOVER, jm->actor.now_ns,
               task == SNAP_NO_INDEX ? (int64_t)-1 : (int64_t)task, cause, tasks, delay_ns,
               latest ? latest->id : SNAP_NO_CHECKPOINT);
}

void snap_job_manager_lose_master(struct snap_job_manager *jm, snap_ns takeover_ns)
{
    snap_ns now = jm->actor.now_ns;

    if (takeover_ns == SNAP_NEVER) {
        tell_failover(jm, SNAP_NO_INDEX, SNAP_CAUSE_JOB_MANAGER_LOST, 0, 0);
        give_up(jm, SNAP_CAUSE_JOB_MANAGER_LOST);
        return;
    }
    tell_failover(jm, SNAP_NO_INDEX, SNAP_CAUSE_JOB_MANAGER_LOST, jm->actor.world->job->task_count,
                  takeover_ns - now);
    for (uint32_t r = 0; r < jm->region_count; r++) {
        set_restarting(jm, r, false);
        begin_restart(jm, r, takeover_ns);
    }
}

/* Asks the restart strategy; returns false if the job is given up. */
static bool may_restart(struct snap_job_manager *jm, uint32_t task, enum snap_failure_cause cause,
                        uint32_t tasks, snap_ns *delay_ns)
{
    struct snap_restart_decision decision =
        snap_restart_strategy_failure(&jm->restart, jm->actor.now_ns, snap_rng_next(&jm->rng));
    /* What cannot be read or written now could not be after a restart. */
    bool hopeless = cause == SNAP_CAUSE_SINK_FAILED || cause == SNAP_CAUSE_OPEN_FAILED ||
                    jm->error.code != SNAP_OK;

    *delay_ns = decision.backoff_ns;
    if (decision.can_restart && !hopeless) {
        tell_failover(jm, task, cause, tasks, decision.backoff_ns);
        return true;
    }
    tell_failover(jm, task, hopeless ? cause : SNAP_CAUSE_NO_RESTART, 0, 0);
    give_up(jm, cause);
    return false;
}

void snap_job_manager_stop_scheduler(struct snap_job_manager *jm)
{
    snap_coordinator_stop_scheduler(&jm->coordinator, jm->actor.now_ns);
    snap_job_manager_perform(jm);
}

void snap_job_manager_task_failed(struct snap_job_manager *jm, uint32_t task,
                                  enum snap_failure_cause cause)
{
    uint32_t region = jm->tasks[task].region;
    snap_ns delay_ns;

    if (cause == SNAP_CAUSE_SNAPSHOT_CORRUPT || cause == SNAP_CAUSE_SNAPSHOT_MISSING)
        snap_job_manager_tell_damage(jm, task);
    snap_coordinator_fail_unacknowledged(&jm->coordinator, jm->actor.now_ns, task);
    snap_job_manager_perform(jm);
    snap_job_manager_stop_scheduler(jm);
    /* The checkpoints that this ends may have failed the whole job. */
    if (!is_ending_or_over(jm) && !jm->regions[region].restarting &&
        may_restart(jm, task, cause, jm->regions[region].task_count, &delay_ns))
        begin_restart(jm, region, jm->actor.now_ns + delay_ns);
}

static void restart_all(struct snap_job_manager *jm, uint32_t task, enum snap_failure_cause cause)
{
    uint32_t tasks = jm->actor.world->job->task_count;
    snap_ns delay_ns;

    snap_job_manager_stop_scheduler(jm);
    if (jm->status != SNAP_JOB_RUNNING || !may_restart(jm, task, cause, tasks, &delay_ns))
        return;
    for (uint32_t r = 0; r < jm->region_count; r++)
        begin_restart(jm, r, jm->actor.now_ns + delay_ns);
}

void snap_job_manager_fail_globally(struct snap_job_manager *jm, enum snap_failure_cause cause)
{
    snap_ns restart_ns = jm->actor.now_ns;

    if (jm->status == SNAP_JOB_RUNNING)
        restart_all(jm, SNAP_NO_INDEX, cause);
    if (jm->status != SNAP_JOB_RESTARTING)
        return;
    /* A region restarts already: the others join it, for the same delay. */
    for (uint32_t r = 0; r < jm->region_count; r++)
        if (jm->regions[r].restarting)
            restart_ns = snap_ns_max(restart_ns, jm->regions[r].restart_ns);
    for (uint32_t r = 0; r < jm->region_count; r++)
        if (!jm->regions[r].restarting)
            begin_restart(jm, r, restart_ns);
}

void snap_job_manager_fail_job(struct snap_job_manager *jm,
                               const struct snap_coordinator_action *action)
{
    if (jm->status != SNAP_JOB_RUNNING)
        return; /* it is being restarted or given up already */
    if (action->verdict == SNAP_VERDICT_FAIL_TASK && has_ended(jm->tasks[action->index].status))
        return;
    /* That one was enough, however many may fail. Flink: CheckpointFailureManager. */
    if (action->verdict == SNAP_VERDICT_FAIL_JOB && snap_kind_is_stop(action->barrier.options.kind))
        restart_all(jm, SNAP_NO_INDEX, SNAP_CAUSE_STOP_FAILED);
    else
        restart_all(jm, action->index, SNAP_CAUSE_CHECKPOINT_FAILURES);
}

/* A task that was told to cancel, or failed meanwhile, is gone. */
void snap_job_manager_task_ended(struct snap_job_manager *jm, uint32_t task)
{
    struct snap_region *region = &jm->regions[jm->tasks[task].region];

    SNAP_CHECK(region->canceling > 0);
    region->canceling--;
    if (is_ending(jm)) {
        jm->failing_left--;
        end_if_all_ended(jm);
    }
}

snap_ns snap_job_manager_next_restart(const struct snap_job_manager *jm)
{
    snap_ns due = SNAP_NEVER;

    for (uint32_t r = 0; jm->restarting_count > 0 && r < jm->region_count; r++)
        if (jm->regions[r].restarting && jm->regions[r].canceling == 0)
            due = snap_ns_min(due, jm->regions[r].restart_ns);
    return due;
}

/* The snapshot of the task in the record; it had finished if it took no part. */
static void fill_restore(const struct snap_job_manager *jm, struct snap_mail *mail,
                         const struct snap_checkpoint_record *from, uint32_t task)
{
    mail->barrier.checkpoint = from ? from->id : SNAP_NO_CHECKPOINT;
    if (!from)
        return;
    mail->snapshot = snap_sabotage_found(jm, task, from->task_states[task]);
    snap_task_snapshot_order(mail->snapshot);
    if (mail->snapshot)
        mail->damage = mail->snapshot->damage;
    for (uint32_t i = 0; i < from->plan.finished_count; i++)
        if (from->plan.finished[i] == task)
            mail->flag = true;
}

void snap_job_manager_deploy(struct snap_job_manager *jm, uint32_t region,
                             const struct snap_checkpoint_record *from)
{
    const struct snap_world *world = jm->actor.world;

    if (from && world->sim->config.checkpoint.unaligned.output_at_consumer)
        snap_channels_hand_on(world->job, from->task_states);
    if (from)
        snap_lists_restore(world->job, from->task_states);
    for (uint32_t i = 0; i < jm->regions[region].task_count; i++) {
        uint32_t t = jm->region_tasks[jm->regions[region].task_first + i];
        struct snap_mail *mail = snap_actor_new_mail(&jm->actor, SNAP_MAIL_DEPLOY, t);

        mail->attempt = jm->regions[region].attempt;
        mail->request = (uint64_t)jm->savepoint;
        fill_restore(jm, mail, from, t);
        mail->alive = jm->tasks[t].status == SNAP_TASK_FINISHED;
        snap_job_manager_set_task(jm, t, SNAP_TASK_DEPLOYING);
        SNAP_EVENT(&jm->actor, TASK_DEPLOYED, jm->actor.now_ns, t, mail->attempt);
        send_to_task(jm, mail);
    }
}

static void restart_region(struct snap_job_manager *jm, uint32_t region)
{
    const struct snap_checkpoint_record *from;

    snap_coordinator_abort_pending(&jm->coordinator, jm->actor.now_ns,
                                   SNAP_FAILURE_JOB_FAILOVER_REGION);
    snap_job_manager_perform(jm);
    if (is_ending_or_over(jm))
        return;
    from = snap_coordinator_restore_region(&jm->coordinator, jm->actor.now_ns);
    set_restarting(jm, region, false);
    jm->regions[region].attempt++;
    if (!snap_sabotage_forgets_restart(jm))
        snap_job_manager_deploy(jm, region, snap_sabotage_restored_from(jm, from));
}

void snap_job_manager_restart_due(struct snap_job_manager *jm)
{
    for (uint32_t r = 0; jm->restarting_count > 0 && r < jm->region_count; r++) {
        const struct snap_region *at = &jm->regions[r];

        if (at->restarting && at->canceling == 0 && at->restart_ns <= jm->actor.now_ns)
            restart_region(jm, r);
    }
    if (jm->status == SNAP_JOB_RESTARTING && jm->restarting_count == 0)
        snap_job_manager_set_status(jm, SNAP_JOB_RUNNING);
}
