// SPDX-License-Identifier: Apache-2.0
#include "jobmanager/job_manager.h"

#include <string.h>

#include "base/check.h"
#include "snapshot/savepoint.h"
#include "jobmanager/job_sabotage.h"
#include "snapshot/task_snapshot.h"

/* Random streams of the JobManager. */
enum { RNG_JOB_MANAGER = 0x4a4d };

void snap_job_manager_init(struct snap_job_manager *jm, struct snap_world *world)
{
    const struct snap_simulation *sim = world->sim;

    memset(jm, 0, sizeof(*jm));
    jm->actor.world = world;
    jm->actor.id = snap_job_manager_actor(world->job);
    jm->actor.next_ns = SNAP_NEVER;
    jm->actor.promise_ns = SNAP_NEVER;
    jm->actor.now_ns = world->start_ns;
    jm->restart_action = SNAP_NO_INDEX;
    jm->restart_cancel_ns = SNAP_NEVER;
    jm->status = SNAP_JOB_CREATED;
    jm->ended_ns = SNAP_NEVER;
    jm->takeover_ns = SNAP_NEVER;
    jm->rules = SNAP_ARENA_ARRAY(&world->arena, struct snap_rule_state, sim->timeline.count + 1);
    snap_rng_init(&jm->rng, sim->seed, jm->actor.id, RNG_JOB_MANAGER);
    snap_restart_strategy_init(&jm->restart, &world->arena, &sim->config.restart);
    snap_storage_model_init(&jm->storage, &sim->model);
    snap_job_manager_build_regions(jm);
    snap_job_manager_build_coordinator(jm);
    snap_job_manager_group_files(jm);
}

void snap_job_manager_fini(struct snap_job_manager *jm)
{
    snap_job_manager_close_store(jm);
    snap_storage_model_fini(&jm->storage);
    snap_inbox_fini(&jm->actor.inbox);
    snap_event_log_fini(&jm->actor.log);
}

/* The savepoint is the first in the store; ids go on behind its own. */
static void adopt_savepoint(struct snap_job_manager *jm, const struct snap_resume *resume)
{
    struct snap_restored_snapshot snapshot = {
        .id = resume->savepoint->id,
        .kind = resume->savepoint->kind,
        .claim = resume->claim,
        .created_ns = resume->savepoint->created_ns,
        .task_states = (void *const *)resume->assigned.tasks,
        .finished = resume->assigned.finished,
        .finished_count = resume->assigned.finished_count,
    };

    if (resume->action != SNAP_NO_INDEX) {
        SNAP_EVENT(&jm->actor, ACTION_FIRED, jm->actor.now_ns, resume->action);
        SNAP_EVENT(&jm->actor, JOB_RESUMED, jm->actor.now_ns, jm->actor.world->execution,
                   snapshot.id, resume->action);
    }
    snap_coordinator_adopt(&jm->coordinator, jm->actor.now_ns, &snapshot);
    snap_job_manager_perform(jm);
}

const struct snap_checkpoint_record *snap_job_manager_latest(const struct snap_job_manager *jm)
{
    return snap_completed_store_latest(&jm->coordinator.store);
}

void snap_job_manager_start(struct snap_job_manager *jm)
{
    const struct snap_resume *resume = jm->actor.world->resume;

    if (resume)
        adopt_savepoint(jm, resume);
    snap_job_manager_set_status(jm, SNAP_JOB_RUNNING);
    /* Flink 2.3 starts the scheduler here and again when all tasks run; 1.20 only then. */
    if (jm->coordinator.config.start_rule == SNAP_START_PAUSE_LATER)
        snap_job_manager_start_scheduler(jm);
    for (uint32_t r = 0; r < jm->region_count; r++)
        snap_job_manager_deploy(jm, r, resume ? snap_job_manager_latest(jm) : NULL);
}

static enum snap_plan_state plan_state_of(enum snap_task_status status)
{
    if (status == SNAP_TASK_RUNNING)
        return SNAP_PLAN_RUNNING;
    return status == SNAP_TASK_FINISHED ? SNAP_PLAN_FINISHED : SNAP_PLAN_NOT_RUNNING;
}

static void tell_coordinator(struct snap_job_manager *jm, uint32_t task)
{
    struct snap_task_report report = {
        .task = task,
        .attempt = jm->regions[jm->tasks[task].region].attempt,
        .state = plan_state_of(jm->tasks[task].status),
    };

    snap_coordinator_task_status(&jm->coordinator, jm->actor.now_ns, &report);
}

void snap_job_manager_set_task(struct snap_job_manager *jm, uint32_t task,
                               enum snap_task_status status)
{
    enum snap_task_status before = jm->tasks[task].status;

    jm->tasks[task].status = status;
    jm->running_count += status == SNAP_TASK_RUNNING;
    jm->running_count -= before == SNAP_TASK_RUNNING;
    jm->finished_count += status == SNAP_TASK_FINISHED;
    jm->finished_count -= before == SNAP_TASK_FINISHED;
}

/* Whether all tasks run or have finished. */
static bool all_run(const struct snap_job_manager *jm)
{
    return jm->running_count + jm->finished_count == jm->actor.world->job->task_count;
}

static void take_error(struct snap_job_manager *jm, struct snap_error *error)
{
    if (error && error->code != SNAP_OK && jm->error.code == SNAP_OK)
        jm->error = *error;
}

static void take_status(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    uint32_t task = mail->source;
    bool was_canceling = jm->tasks[task].status == SNAP_TASK_CANCELING;

    if (mail->attempt != jm->regions[jm->tasks[task].region].attempt)
        return;
    take_error(jm, mail->error);
    if (was_canceling && mail->status != SNAP_TASK_CANCELED && mail->status != SNAP_TASK_FAILED &&
        mail->status != SNAP_TASK_FINISHED)
        return; /* sent before it heard of the cancellation */
    snap_job_manager_set_task(jm, task, mail->status);
    tell_coordinator(jm, task);
    snap_job_manager_ending_task(jm, mail->status);
    if (was_canceling) {
        /* One that had finished by itself is still told to cancel, and says so. */
        if (mail->status == SNAP_TASK_FINISHED)
            snap_job_manager_set_task(jm, task, SNAP_TASK_CANCELING);
        else
            snap_job_manager_task_ended(jm, task);
        return;
    }
    if (mail->status == SNAP_TASK_FAILED && jm->status != SNAP_JOB_FAILING &&
        jm->status != SNAP_JOB_CANCELLING)
        snap_job_manager_task_failed(jm, task, mail->cause);
    snap_job_manager_end_savepoints(jm);
    if (jm->status == SNAP_JOB_FAILING || jm->status == SNAP_JOB_CANCELLING || !all_run(jm))
        return;
    if (jm->finished_count == jm->actor.world->job->task_count) {
        /* A checkpoint that was under way when the last task finished comes to nothing. */
        snap_job_manager_stop_scheduler(jm);
        snap_job_manager_set_status(jm, SNAP_JOB_FINISHED);
    } else if (mail->status == SNAP_TASK_RUNNING) {
        snap_job_manager_start_scheduler(jm);
    }
}

static void take_store(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    struct snap_storage_request request = {
        .task = mail->source,
        .attempt = mail->attempt,
        .request = mail->request,
        .reads = mail->flag,
    };

    if (mail->barrier.checkpoint > 0)
        request.joins_file =
            snap_job_manager_joins_file(jm, mail->source, mail->barrier.checkpoint);

    snap_storage_model_add(&jm->storage, &request, mail->bytes, jm->actor.now_ns);
}

static void answer_storage(struct snap_job_manager *jm)
{
    struct snap_actor *actor = &jm->actor;
    struct snap_storage_request done;

    while (snap_storage_model_take_done(&jm->storage, actor->now_ns, &done)) {
        struct snap_mail *mail = snap_actor_new_mail(actor, SNAP_MAIL_STORAGE_DONE, done.task);

        mail->attempt = done.attempt;
        mail->request = done.request;
        mail->flag = snap_storage_model_fails(&jm->storage, actor->now_ns);
        snap_sabotage_note_stored(jm, mail);
        if (!done.reads && snap_storage_model_is_full(&jm->storage, actor->now_ns)) {
            mail->flag = true;
            SNAP_EVENT(actor, WRITE_REFUSED, actor->now_ns, done.task);
        }
        snap_actor_send(actor, mail, actor->now_ns, snap_world_storage_latency(actor->world));
    }
}

static void take_mail(struct snap_job_manager *jm, struct snap_mail *mail)
{
    switch (mail->kind) {
    case SNAP_MAIL_STATUS:
        take_status(jm, mail);
        return;
    case SNAP_MAIL_ACK:
        if (!jm->lost)
            snap_job_manager_hear_ack(jm, mail);
        return;
    case SNAP_MAIL_DECLINE:
        if (!jm->lost)
            snap_job_manager_take_decline(jm, mail);
        return;
    case SNAP_MAIL_STORE:
        take_store(jm, mail);
        return;
    case SNAP_MAIL_MATCH:
        snap_watch_tell(jm->actor.world, mail->request);
        return;
    case SNAP_MAIL_ACTION:
        snap_job_manager_take_action(jm, mail);
        return;
    case SNAP_MAIL_NOTIFY_COMPLETE:
    case SNAP_MAIL_NOTIFY_ABORTED:
        snap_job_manager_send_late(jm, mail);
        return;
    case SNAP_MAIL_ITEM:
    case SNAP_MAIL_CONNECT:
    case SNAP_MAIL_CREDIT:
    case SNAP_MAIL_BUFFER_SIZE:
    case SNAP_MAIL_RESUME:
    case SNAP_MAIL_BARRIER_TAKEN:
    case SNAP_MAIL_PROCESSED:
    case SNAP_MAIL_DEPLOY:
    case SNAP_MAIL_CANCEL:
    case SNAP_MAIL_TRIGGER:
    case SNAP_MAIL_STORAGE_DONE:
        break;
    }
    SNAP_CHECK(false);
}

static snap_ns next_timer(const struct snap_job_manager *jm)
{
    snap_ns due =
        snap_ns_min(snap_storage_model_next_due(&jm->storage), snap_job_manager_next_restart(jm));

    due = snap_ns_min(due, jm->takeover_ns);
    return snap_ns_min(due, snap_coordinator_next_due(&jm->coordinator));
}

static bool is_over(const struct snap_job_manager *jm)
{
    return jm->ended_ns != SNAP_NEVER;
}

static void run_timers(struct snap_job_manager *jm)
{
    answer_storage(jm);
    if (snap_coordinator_next_due(&jm->coordinator) <= jm->actor.now_ns) {
        snap_coordinator_advance(&jm->coordinator, jm->actor.now_ns);
        snap_job_manager_perform(jm);
    }
    snap_job_manager_take_over_due(jm);
    snap_job_manager_restart_due(jm);
}

/* What comes when the job is over stays in the inbox: it may start another execution. */
static snap_ns next_boundary(const struct snap_job_manager *jm)
{
    snap_ns next = snap_ns_min(snap_inbox_peek(&jm->actor.inbox), next_timer(jm));

    return is_over(jm) ? SNAP_NEVER : snap_ns_max(jm->actor.now_ns, next);
}

void snap_job_manager_step(struct snap_job_manager *jm)
{
    struct snap_actor *actor = &jm->actor;

    for (;;) {
        struct snap_mail *mail;

        actor->next_ns = next_boundary(jm);
        if (actor->next_ns >= actor->horizon_ns)
            break;
        actor->now_ns = actor->next_ns;
        while (!is_over(jm) &&
               (mail = snap_inbox_take(&actor->inbox, actor->blocks, actor->now_ns))) {
            take_mail(jm, mail);
            snap_task_snapshot_free(mail->snapshot);
            snap_actor_free_mail(actor, mail);
        }
        if (!is_over(jm))
            run_timers(jm);
    }
    actor->promise_ns = actor->next_ns;
}
