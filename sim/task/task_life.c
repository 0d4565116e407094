// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a task and its attempts: deployed, restored, running, finished, failed or cancelled.
 * Flink: Task, StreamTask.restore, Execution.
 */
#include <string.h>

#include "base/check.h"
#include "task/foresight.h"
#include "task/task_sabotage.h"
#include "task/task_digest.h"
#include "task/task.h"
#include "task/task_changelog.h"
#include "task/task_debloat.h"
#include "task/task_passed.h"
#include "task/task_recovery.h"

/* Random streams of a task by purpose; the attempt is added. */
#define RNG_STARTUP (UINT64_C(0x73746172) << 32)

void snap_task_init(struct snap_task *task, struct snap_world *world, uint32_t id)
{
    const struct snap_job *job = world->job;

    task->actor.world = world;
    task->actor.id = id;
    task->actor.next_ns = SNAP_NEVER;
    task->actor.promise_ns = SNAP_NEVER;
    task->vertex = snap_job_task_vertex(job, id);
    task->subtask = snap_job_task_subtask(job, id);
    task->status = SNAP_TASK_CREATED;
    task->attempt = world->first_attempt;
    task->actor.now_ns = world->start_ns;
    task->accounted_ns = world->start_ns;
    snap_task_init_faults(task);
    task->slots =
        SNAP_ARENA_ARRAY(&world->arena, struct snap_task_slot, task->vertex->operator_count);
    for (uint32_t i = 0; i < task->vertex->operator_count; i++) {
        const struct snap_operator *op = &job->operators[task->vertex->operators[i]];

        snap_string_pool_init(&task->slots[i].strings);
        task->slots[i].world =
            snap_arena_alloc(&world->arena, snap_operator_class_of(op)->world_bytes);
    }
}

void snap_task_fini(struct snap_task *task)
{
    struct snap_mail *mail;

    if (task->has_attempt)
        snap_task_release(task);
    while ((mail = task->early)) {
        task->early = mail->next;
        snap_buffer_put(task->actor.blocks, mail->item);
        snap_actor_free_mail(&task->actor, mail);
    }
    for (uint32_t i = 0; i < task->vertex->operator_count; i++) {
        snap_increments_fini(&task->slots[i].increments);
        snap_string_pool_fini(&task->slots[i].strings);
    }
    snap_inbox_fini(&task->actor.inbox);
    snap_event_log_fini(&task->actor.log);
}

/* Tells observers what the time since the last call, and the records since then, were. */
static void tell_stint(struct snap_task *task, enum snap_time_use use, snap_ns until_ns)
{
    const struct snap_world *world = task->actor.world;
    uint64_t records = task->records_in + task->records_produced;
    struct snap_stint stint = {
        .task = task->actor.id,
        .use = use,
        .from_ns = task->accounted_ns,
        .until_ns = snap_ns_max(until_ns, task->accounted_ns),
        .records = records - task->told_records,
        .records_out = task->records_out - task->told_records_out,
    };

    task->told_records = records;
    task->told_records_out = task->records_out;
    if (stint.from_ns == stint.until_ns && stint.records == 0 && stint.records_out == 0)
        return;
    for (uint32_t i = 0; i < world->observer_count; i++)
        if (world->observers[i].stint)
            world->observers[i].stint(world->observers[i].context, &stint);
}

void snap_task_account(struct snap_task *task, enum snap_time_use use, snap_ns until_ns)
{
    if (task->actor.world->stints_wanted)
        tell_stint(task, use, until_ns);
    if (until_ns <= task->accounted_ns)
        return;
    task->times_ns[use] += until_ns - task->accounted_ns;
    task->accounted_ns = until_ns;
    task->accounted_use = use;
}

void snap_task_stand_still(struct snap_task *task, snap_ns for_ns)
{
    struct snap_actor *actor = &task->actor;
    const struct snap_runtime *runtime = actor->world->runtime;

    if (runtime->spend) {
        runtime->spend(actor, for_ns);
        actor->now_ns = runtime->clock(actor);
    } else {
        snap_task_pass_time(task, actor->now_ns + for_ns);
    }
    snap_task_account(task, SNAP_TIME_BUSY, actor->now_ns);
}

/* Tells the JobManager, who hears of it no earlier than after `heard_after_ns`. */
static void tell_status(struct snap_task *task, enum snap_task_status status,
                        enum snap_failure_cause cause, snap_ns heard_after_ns)
{
    struct snap_actor *actor = &task->actor;
    uint32_t job_manager = snap_job_manager_actor(actor->world->job);
    struct snap_mail *mail = snap_actor_new_mail(actor, SNAP_MAIL_STATUS, job_manager);
    snap_ns latency = snap_world_latency(actor->world, actor->id, job_manager);

    mail->attempt = task->attempt;
    mail->status = status;
    mail->cause = cause;
    /* The task touches it again only after it was deployed anew. */
    mail->error = status == SNAP_TASK_FAILED ? &task->error : NULL;
    snap_actor_send(actor, mail,
                    snap_ns_add(actor->now_ns, snap_ns_max(0, heard_after_ns - latency)), latency);
}

void snap_task_set_status(struct snap_task *task, enum snap_task_status status,
                          enum snap_failure_cause cause)
{
    task->status = status;
    if (status == SNAP_TASK_INITIALIZING && snap_sabotage_skips_status(task))
        return;
    SNAP_EVENT(&task->actor, TASK_STATUS, task->actor.now_ns, task->attempt, status, cause);
    tell_status(task, status, cause, 0);
}

void snap_task_release(struct snap_task *task)
{
    SNAP_CHECK(task->has_attempt);
    if (task->work_until_ns > 0)
        snap_task_account(task, task->recovering ? SNAP_TIME_INITIALIZING : SNAP_TIME_BUSY,
                          task->actor.now_ns);
    snap_chain_close(&task->chain);
    snap_task_drop_async_parts(task);
    snap_task_settle_snapshots(task);
    snap_buffer_put(task->actor.blocks, task->current);
    task->current = NULL;
    snap_buffer_put(task->actor.blocks, task->event_sent);
    task->event_sent = NULL;
    snap_output_fini(&task->output);
    snap_input_fini(&task->input);
    snap_arena_fini(&task->arena);
    task->debloat = NULL;
    task->output_pending = false;
    task->paused_until_ns = 0;
    task->work_until_ns = 0;
    task->must_act = false;
    task->recovering = false;
    task->recovery = NULL;
    task->outputs_settled = false;
    task->has_attempt = false;
}

void snap_task_fail(struct snap_task *task, enum snap_failure_cause cause)
{
    snap_task_release(task);
    snap_task_set_status(task, SNAP_TASK_FAILED, cause);
}

void snap_task_vanish(struct snap_task *task, snap_ns noticed_after_ns)
{
    snap_task_release(task);
    task->status = SNAP_TASK_FAILED;
    SNAP_EVENT(&task->actor, TASK_STATUS, task->actor.now_ns, task->attempt, SNAP_TASK_FAILED,
               SNAP_CAUSE_TASK_MANAGER_LOST);
    tell_status(task, SNAP_TASK_FAILED, SNAP_CAUSE_TASK_MANAGER_LOST, noticed_after_ns);
}

void snap_task_deploy_lost(struct snap_task *task, const struct snap_mail *mail)
{
    if (task->has_attempt)
        snap_task_release(task);
    task->attempt = mail->attempt;
    task->status = SNAP_TASK_FAILED;
    if (!task->lost_fired)
        SNAP_EVENT(&task->actor, ACTION_FIRED, task->actor.now_ns, (int64_t)task->lost_by);
    task->lost_fired = true;
    tell_status(task, SNAP_TASK_FAILED, SNAP_CAUSE_TASK_MANAGER_LOST,
                task->lost_until_ns - task->actor.now_ns);
}

void snap_task_cancel(struct snap_task *task)
{
    if (!task->has_attempt)
        return; /* it failed by itself meanwhile, which the JobManager has been told */
    snap_task_release(task);
    snap_task_set_status(task, SNAP_TASK_CANCELED, SNAP_CAUSE_NONE);
}

/* Mails that came before this attempt was deployed are taken next. */
static void hear_early_mails(struct snap_task *task)
{
    while (task->early) {
        struct snap_mail *mail = task->early;

        task->early = mail->next;
        snap_inbox_put_back(&task->actor.inbox, mail);
    }
    task->early_tail = NULL;
}

static void reset_attempt(struct snap_task *task, const struct snap_mail *mail)
{
    task->attempt = mail->attempt;
    task->deployed_ns = task->actor.now_ns;
    task->phase = SNAP_INPUT_OPEN;
    task->data_ending = false;
    task->data_ended_channels = 0;
    task->ended_channels = 0;
    task->final_checkpoint = SNAP_NO_CHECKPOINT;
    task->final_completed = false;
    task->stopped_by = SNAP_KIND_CHECKPOINT;
    task->stop_savepoint = SNAP_NO_CHECKPOINT;
    task->recovering = false;
    task->changelog = NULL;
    task->outputs_settled = false;
    task->alignment_timer_ns = SNAP_NEVER;
    task->output_timer_ns = SNAP_NEVER;
    task->last_triggered = SNAP_NO_CHECKPOINT;
    memset(task->aborted, 0, sizeof(task->aborted));
    task->deployed_finished = mail->flag;
    task->restore_from = mail->snapshot;
    task->restored_checkpoint = mail->barrier.checkpoint;
    task->savepoint = (snap_checkpoint_id)mail->request;
    task->restore_damage = mail->damage;
}

static bool is_restored(const struct snap_task *task)
{
    return task->restored_checkpoint != SNAP_NO_CHECKPOINT;
}

static void announce_restored(struct snap_task *task)
{
    const struct snap_task_snapshot *from = task->restore_from;

    SNAP_EVENT(&task->actor, RESTORED, task->actor.now_ns, task->attempt, task->restored_checkpoint,
               from ? from->bytes + from->others_bytes : 0);
}

/* Threads are started and code is loaded: subtasks do not begin their work all at one instant. */
static void begin_later(struct snap_task *task)
{
    const struct snap_simulation *sim = task->actor.world->sim;
    struct snap_rng rng;

    if (sim->model.startup_max_ns == 0)
        return;
    snap_rng_init(&rng, sim->seed, task->actor.id, RNG_STARTUP + task->attempt);
    task->paused_until_ns =
        snap_ns_add(task->actor.now_ns, snap_rng_between(&rng, 0, sim->model.startup_max_ns));
}

void snap_task_recovered(struct snap_task *task)
{
    task->recovering = false;
    if (is_restored(task) && SNAP_TASK_CRASHES(task, AFTER, RESTORE, task->restored_checkpoint))
        return;
    begin_later(task);
    snap_task_set_status(task, SNAP_TASK_RUNNING, SNAP_CAUSE_NONE);
    snap_task_start_debloating(task);
    snap_task_start_materializing(task);
    snap_task_connect(task);
}

/* Flink: execution.checkpointing.unaligned.during-recovery.enabled. */
static bool runs_while_recovering(const struct snap_task *task)
{
    return task->actor.world->sim->config.checkpoint.unaligned.during_recovery;
}

/* Operators open with what was restored, and records may come; those that were in flight come
 * first. */
static void start_running(struct snap_task *task)
{
    const struct snap_task_snapshot *from = task->restore_from;

    announce_restored(task);
    if (!task->deployed_finished &&
        !snap_chain_open(&task->chain, from ? snap_sabotage_restored(task, from) : NULL,
                         from ? from->checkpoint : SNAP_NO_CHECKPOINT, &task->error)) {
        snap_task_fail(task, SNAP_CAUSE_OPEN_FAILED);
        return;
    }
    snap_task_begin_increments(task, from);
    snap_task_begin_changelog(task, from);
    snap_task_digest_restored(task);
    task->restore_from = NULL;
    snap_chain_set_pauses(&task->chain, task->actor.now_ns);
    snap_task_begin_recovery(task, from);
    snap_task_recover_channels(task, from);
    snap_task_end_output_recovery(task);
    if (!task->recovering || runs_while_recovering(task))
        snap_task_recovered(task);
}

void snap_task_deploy(struct snap_task *task, const struct snap_mail *mail)
{
    struct snap_actor *actor = &task->actor;

    if (task->has_attempt) {
        SNAP_CHECK(task->status == SNAP_TASK_FINISHED);
        snap_task_release(task);
    }
    snap_task_account(task, SNAP_TIME_DOWN, actor->now_ns);
    reset_attempt(task, mail);
    snap_arena_init(&task->arena);
    snap_chain_init(&task->chain, task, actor->world->runtime->spend ? 0 : 1);
    task->is_source = task->chain.operators[0].class->produce != NULL;
    snap_task_build_io(task);
    snap_foresight_init(task);
    snap_task_init_passing(task);
    snap_task_settle_faults(task);
    task->has_attempt = true;
    snap_task_start_metrics(task);
    snap_task_set_status(task, SNAP_TASK_INITIALIZING, SNAP_CAUSE_NONE);
    hear_early_mails(task);
    if (is_restored(task) && SNAP_TASK_CRASHES(task, BEFORE, RESTORE, task->restored_checkpoint))
        return;
    if (task->restore_from && task->restore_from->bytes > 0) {
        struct snap_mail *read =
            snap_actor_new_mail(actor, SNAP_MAIL_STORE, snap_job_manager_actor(actor->world->job));

        read->attempt = task->attempt;
        read->request = ++task->requests;
        read->bytes = task->restore_from->bytes + task->restore_from->others_bytes;
        read->flag = true;
        task->restore_request = read->request;
        snap_actor_send(actor, read, actor->now_ns, snap_world_storage_latency(actor->world));
        return;
    }
    start_running(task);
}

struct snap_machine snap_task_machine(const struct snap_task *task)
{
    return (struct snap_machine){task->actor.world->job->task_manager[task->actor.id],
                                 task->machines_lost};
}

/* Whether files that one machine has were left behind on another one. */
static bool is_elsewhere(const struct snap_task *task)
{
    const struct snap_task_snapshot *from = task->restore_from;
    struct snap_machine here = snap_task_machine(task);

    return from->lies_there &&
           (from->machine.task_manager != here.task_manager || from->machine.losses != here.losses);
}

void snap_task_restore_read(struct snap_task *task, const struct snap_mail *mail)
{
    if (mail->request != task->restore_request)
        return;
    snap_task_account(task, SNAP_TIME_INITIALIZING, task->actor.now_ns);
    if (mail->flag) {
        snap_task_fail(task, SNAP_CAUSE_RESTORE_FAILED);
        return;
    }
    if (task->restore_damage == SNAP_STORED_MISSING || is_elsewhere(task)) {
        snap_task_fail(task, SNAP_CAUSE_SNAPSHOT_MISSING);
        return;
    }
    if (task->restore_damage != SNAP_STORED_WHOLE) {
        snap_task_fail(task, SNAP_CAUSE_SNAPSHOT_CORRUPT);
        return;
    }
    start_running(task);
}
