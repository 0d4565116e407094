// SPDX-License-Identifier: Apache-2.0
/*
 * The JobManager's side of checkpoints: the coordinator's events in, its actions out.
 */
#include <string.h>

#include "base/check.h"
#include "snapshot/checkpoint_files.h"
#include "jobmanager/job_manager.h"
#include "snapshot/large_states.h"
#include "jobmanager/job_sabotage.h"
#include "snapshot/savepoint.h"
#include "snapshot/task_snapshot.h"

static void build_plan_edge(struct snap_world *world, const struct snap_edge *edge,
                            struct snap_plan_edge *plan)
{
    const struct snap_job *job = world->job;
    const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];
    const struct snap_vertex *from = &job->vertices[job->operators[edge->producer].vertex];
    uint32_t *offsets;
    uint32_t *upstream;
    uint32_t next = 0;

    plan->from = from->index;
    plan->to = to->index;
    plan->all_to_all = !snap_ship_is_pointwise(edge->ship);
    if (plan->all_to_all)
        return;
    offsets = SNAP_ARENA_ARRAY(&world->arena, uint32_t, to->parallelism + 1);
    /* Each producer feeds a run of consumers: runs overlap in at most one. */
    upstream = SNAP_ARENA_ARRAY(&world->arena, uint32_t, to->parallelism + from->parallelism);
    for (uint32_t i = 0; i < to->parallelism; i++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, edge, i, &first, &count);
        offsets[i] = next;
        for (uint32_t k = 0; k < count; k++)
            upstream[next++] = first + k;
    }
    offsets[to->parallelism] = next;
    plan->offsets = offsets;
    plan->upstream = upstream;
}

static void build_graph(struct snap_job_manager *jm)
{
    struct snap_world *world = jm->actor.world;
    const struct snap_job *job = world->job;
    struct snap_plan_vertex *vertices =
        SNAP_ARENA_ARRAY(&world->arena, struct snap_plan_vertex, job->vertex_count);
    struct snap_plan_edge *edges =
        SNAP_ARENA_ARRAY(&world->arena, struct snap_plan_edge, job->edge_count);
    uint32_t edge_count = 0;

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        vertices[v].first_task = job->vertices[v].task_first;
        vertices[v].parallelism = job->vertices[v].parallelism;
    }
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained)
            build_plan_edge(world, &job->edges[e], &edges[edge_count++]);
    jm->graph = (struct snap_plan_graph){
        .vertices = vertices,
        .edges = edges,
        .vertex_count = job->vertex_count,
        .edge_count = edge_count,
        .task_count = job->task_count,
    };
}

void snap_job_manager_build_coordinator(struct snap_job_manager *jm)
{
    struct snap_world *world = jm->actor.world;
    const struct snap_checkpoint_config *from = &world->sim->config.checkpoint;
    snap_ns interval_ns = from->interval_ns > 0 ? from->interval_ns : SNAP_NEVER;
    struct snap_coordinator_config config = {
        .graph = &jm->graph,
        .interval_ns = interval_ns,
        .interval_backlog_ns = interval_ns,
        .min_pause_ns = from->min_pause_ns,
        .timeout_ns = from->timeout_ns,
        .concurrent_max = from->concurrent_max,
        .tolerable = from->tolerable_failures >= INT32_MAX ? SNAP_TOLERABLE_UNLIMITED
                                                           : (uint32_t)from->tolerable_failures,
        .mode = snap_checkpoint_mode(from),
        .unaligned = from->unaligned.enabled,
        .aligned_timeout_ns = from->unaligned.aligned_timeout_ns,
        .after_tasks_finish = from->after_tasks_finish,
        .start_rule = world->sim->config.version == SNAP_FLINK_1_20 ? SNAP_START_DRAW_ALWAYS
                                                                    : SNAP_START_PAUSE_LATER,
        .store = {SNAP_STORE_STANDALONE, from->retention, from->retained_max},
    };

    build_graph(jm);
    snap_coordinator_config_normalise(&config);
    snap_coordinator_init(&jm->coordinator, &world->arena, &config);
}

void snap_job_manager_start_scheduler(struct snap_job_manager *jm)
{
    const struct snap_coordinator_config *config = &jm->coordinator.config;
    snap_ns drawn;

    /* Flink: DefaultExecutionGraph.startCheckpointScheduler. */
    if (config->interval_ns == SNAP_NEVER)
        return;
    drawn =
        snap_rng_between(&jm->rng, config->min_pause_ns / SNAP_MS, config->interval_ns / SNAP_MS) *
        SNAP_MS;
    snap_coordinator_start_scheduler(&jm->coordinator, jm->actor.now_ns, drawn);
    snap_job_manager_perform(jm);
}

static int64_t state_bytes(const struct snap_checkpoint_record *record)
{
    int64_t bytes = 0;

    for (uint32_t t = 0; t < record->shape.tasks; t++)
        if (record->task_states[t])
            bytes += ((const struct snap_task_snapshot *)record->task_states[t])->bytes;
    return bytes;
}

/* Who is gone, or about to, tells nobody anything. */
static bool is_silent(const struct snap_job_manager *jm)
{
    return jm->lost || jm->dying;
}

static void send_to_task(struct snap_job_manager *jm, enum snap_mail_kind kind,
                         const struct snap_coordinator_action *action)
{
    struct snap_mail like = {.kind = kind, .barrier = action->barrier};

    if (is_silent(jm))
        return;
    like.attempt = jm->regions[jm->tasks[action->index].region].attempt;
    like.barrier.checkpoint = action->checkpoint;
    if (kind == SNAP_MAIL_TRIGGER)
        snap_job_manager_send_like(jm, &like, action->index);
    else
        snap_job_manager_notify(jm, &like, action->index);
}

static void free_states(const struct snap_checkpoint_record *record)
{
    for (uint32_t t = 0; t < record->shape.tasks; t++)
        snap_task_snapshot_free(record->task_states[t]);
}

static void tell_aborted(struct snap_job_manager *jm, const struct snap_coordinator_action *action)
{
    SNAP_EVENT(&jm->actor, CHECKPOINT_ABORTED, jm->actor.now_ns, action->checkpoint, action->reason,
               action->record ? jm->actor.now_ns - action->record->created_ns : 0);
}

/* Tasks are told of the newest snapshot that a completion drops; so is the trace, once. */
static void tell_subsumed(struct snap_job_manager *jm,
                          const struct snap_coordinator_action *actions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (actions[i].type != SNAP_COORDINATOR_NOTIFY_COMPLETE ||
            actions[i].other == SNAP_NO_CHECKPOINT)
            continue;
        SNAP_EVENT(&jm->actor, CHECKPOINT_SUBSUMED, jm->actor.now_ns, actions[i].other);
        return;
    }
}

static void tell_completed(struct snap_job_manager *jm, const struct snap_checkpoint_record *record)
{
    struct snap_actor *actor = &jm->actor;

    SNAP_EVENT(actor, CHECKPOINT_COMPLETED, actor->now_ns, record->id,
               actor->now_ns - record->created_ns, state_bytes(record), record->taken);
    snap_job_manager_tell_files(jm, record);
    for (uint32_t t = 0; t < record->shape.tasks; t++) {
        const struct snap_task_snapshot *snapshot = record->task_states[t];

        if (snapshot)
            SNAP_EVENT(actor, STATE_STORED, actor->now_ns, record->id, t,
                       (int64_t)snapshot->digest);
    }
}

/* The state of a snapshot that nobody needs any more, or that came to nothing. */
static void discard(struct snap_job_manager *jm, const struct snap_coordinator_action *action)
{
    snap_checkpoint_files_discard(jm->actor.world->files, action->checkpoint, jm->actor.now_ns);
    snap_task_snapshot_free(action->state);
}

static void perform_one(struct snap_job_manager *jm, const struct snap_coordinator_action *action)
{
    struct snap_actor *actor = &jm->actor;
    const struct snap_checkpoint_record *record = action->record;

    switch (action->type) {
    case SNAP_COORDINATOR_CHECKPOINT_STARTED:
        SNAP_EVENT(actor, CHECKPOINT_TRIGGERED, actor->now_ns, action->checkpoint, record->taken,
                   action->barrier.options.alignment);
        return;
    case SNAP_COORDINATOR_CHECKPOINT_COMPLETED:
        tell_completed(jm, record);
        if (snap_kind_is_savepoint(record->kind))
            snap_job_manager_keep_savepoint(jm, record);
        return;
    case SNAP_COORDINATOR_CHECKPOINT_ABORTED:
        if (!snap_sabotage_forgets_end(jm, action))
            tell_aborted(jm, action);
        return;
    case SNAP_COORDINATOR_CHECKPOINT_RELEASED:
        free_states(record);
        return;
    case SNAP_COORDINATOR_REQUEST_DONE:
        snap_job_manager_request_done(jm, action);
        return;
    case SNAP_COORDINATOR_FAIL_JOB:
        return; /* performed after the list, which it would change */
    case SNAP_COORDINATOR_DISCARD_STATE:
        discard(jm, action);
        return;
    case SNAP_COORDINATOR_TRIGGER_TASK:
        send_to_task(jm, SNAP_MAIL_TRIGGER, action);
        return;
    case SNAP_COORDINATOR_NOTIFY_COMPLETE:
        send_to_task(jm, SNAP_MAIL_NOTIFY_COMPLETE, action);
        return;
    case SNAP_COORDINATOR_NOTIFY_ABORTED:
        if (!snap_sabotage_forgets_end(jm, action))
            send_to_task(jm, SNAP_MAIL_NOTIFY_ABORTED, action);
        return;
    case SNAP_COORDINATOR_DISCARD_OPERATOR_STATE:
    case SNAP_COORDINATOR_OPERATOR_SNAPSHOT:
    case SNAP_COORDINATOR_OPERATOR_NOTIFY_COMPLETE:
    case SNAP_COORDINATOR_OPERATOR_NOTIFY_ABORTED:
    case SNAP_COORDINATOR_OPERATOR_ABORT_TRIGGERING:
    case SNAP_COORDINATOR_OPERATOR_RESET:
        break;
    }
    SNAP_CHECK(false);
}

/* Whether the timeline lets it crash at the step of the checkpoint. */
static bool crashes(struct snap_job_manager *jm, enum snap_fault_step step,
                    enum snap_fault_side side, snap_checkpoint_id checkpoint)
{
    struct snap_fault_moment moment = {step, side, checkpoint, SNAP_NO_INDEX};

    return snap_job_manager_crashes_at(jm, &moment);
}

/* The checkpoint that completes in the list of actions, or SNAP_NO_CHECKPOINT. */
static snap_checkpoint_id perform_list(struct snap_job_manager *jm,
                                       const struct snap_coordinator_action *actions,
                                       uint32_t count)
{
    snap_checkpoint_id completed = SNAP_NO_CHECKPOINT;

    for (uint32_t i = 0; i < count; i++) {
        perform_one(jm, &actions[i]);
        if (actions[i].type != SNAP_COORDINATOR_CHECKPOINT_COMPLETED)
            continue;
        completed = actions[i].checkpoint;
        if (crashes(jm, SNAP_STEP_COMPLETION, SNAP_AFTER, completed) ||
            crashes(jm, SNAP_STEP_NOTIFICATION, SNAP_BEFORE, completed))
            jm->dying = true;
    }
    return completed;
}

/* The first action that fails the job, or NULL. */
static const struct snap_coordinator_action *
find_failure(const struct snap_coordinator_action *actions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (actions[i].type == SNAP_COORDINATOR_FAIL_JOB)
            return &actions[i];
    return NULL;
}

void snap_job_manager_perform(struct snap_job_manager *jm)
{
    uint32_t count;
    const struct snap_coordinator_action *actions =
        snap_coordinator_actions(&jm->coordinator, &count);
    const struct snap_coordinator_action *failure = find_failure(actions, count);
    struct snap_coordinator_action copy;
    snap_checkpoint_id completed;

    tell_subsumed(jm, actions, count);
    completed = perform_list(jm, actions, count);
    if (completed != SNAP_NO_CHECKPOINT &&
        crashes(jm, SNAP_STEP_NOTIFICATION, SNAP_AFTER, completed))
        jm->dying = true;
    /* What follows changes the list. */
    if (jm->dying) {
        snap_job_manager_crash(jm);
    } else if (failure) {
        copy = *failure;
        snap_job_manager_fail_job(jm, &copy);
    }
    snap_job_manager_end_savepoints(jm);
}

static bool holds_union(const struct snap_task_snapshot *snapshot)
{
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        for (uint32_t l = 0; l < snapshot->operators[i].list_count; l++)
            if (snapshot->operators[i].lists[l].mode == SNAP_LIST_UNION)
                return true;
    return false;
}

void snap_job_manager_take_ack(struct snap_job_manager *jm, struct snap_mail *mail)
{
    struct snap_actor *actor = &jm->actor;
    /* One that was late comes by way of the JobManager's own inbox. */
    uint32_t task = mail->source == actor->id ? mail->channel : mail->source;
    bool was_finished = mail->snapshot && mail->snapshot->finished_on_restore;
    struct snap_task_ack ack = {
        .task = task,
        .attempt = mail->attempt,
        .state = was_finished ? NULL : mail->snapshot,
        .finished_on_restore = was_finished,
        .has_union = mail->snapshot && holds_union(mail->snapshot),
        .operators_ended = mail->snapshot && mail->snapshot->data_ended,
    };
    snap_checkpoint_id checkpoint = mail->barrier.checkpoint;

    SNAP_EVENT(actor, ACK_RECEIVED, actor->now_ns, checkpoint, task, mail->bytes,
               mail->snapshot ? mail->snapshot->written_bytes : 0);
    if (snap_coordinator_would_complete(&jm->coordinator, checkpoint, &ack) &&
        crashes(jm, SNAP_STEP_COMPLETION, SNAP_BEFORE, checkpoint)) {
        snap_job_manager_crash(jm);
        return;
    }
    if (!was_finished) {
        snap_large_states_look(actor->world, actor->now_ns, task, mail->snapshot);
        mail->snapshot = NULL;
    }
    /* The coordinator also knows those that expired lately: late all the same. */
    if (!snap_coordinator_is_pending(&jm->coordinator, checkpoint))
        SNAP_EVENT(actor, ACK_LATE, actor->now_ns, checkpoint, task);
    checkpoint = snap_sabotage_late_ack(jm, checkpoint, &ack);
    if (snap_job_manager_write_files(jm, checkpoint, &ack))
        snap_coordinator_ack(&jm->coordinator, actor->now_ns, checkpoint, &ack);
    snap_job_manager_perform(jm);
    snap_job_manager_end_if_hopeless(jm);
}

void snap_job_manager_take_decline(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    struct snap_task_decline decline = {mail->barrier.checkpoint, mail->source, mail->reason};

    SNAP_EVENT(&jm->actor, DECLINE_RECEIVED, jm->actor.now_ns, decline.checkpoint, decline.task,
               decline.reason);
    snap_coordinator_decline(&jm->coordinator, jm->actor.now_ns, &decline);
    snap_job_manager_perform(jm);
}

/* Lets the coordinator end; what it tells the tasks nobody hears any more. */
static void end_coordinator(struct snap_job_manager *jm)
{
    uint32_t count;
    const struct snap_coordinator_action *actions;

    snap_coordinator_shutdown(&jm->coordinator, jm->actor.now_ns);
    actions = snap_coordinator_actions(&jm->coordinator, &count);
    for (uint32_t i = 0; i < count; i++)
        if (actions[i].type == SNAP_COORDINATOR_DISCARD_STATE)
            snap_task_snapshot_free(actions[i].state);
}

/* Empties the store; what the end of the job leaves behind goes to `retained`, or away if NULL.
 * What it was given and does not own stays where it is, but the job has not left it behind. */
static void empty_store(struct snap_job_manager *jm, enum snap_job_end end,
                        struct snap_savepoints *retained)
{
    uint32_t count;
    const struct snap_coordinator_action *actions;

    if (jm->store_closed)
        return;
    jm->store_closed = true;
    end_coordinator(jm);
    snap_coordinator_close_store(&jm->coordinator, jm->actor.now_ns, end);
    actions = snap_coordinator_actions(&jm->coordinator, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct snap_checkpoint_record *record = actions[i].record;

        if (actions[i].type == SNAP_COORDINATOR_DISCARD_STATE)
            snap_task_snapshot_free(actions[i].state);
        else if (actions[i].type != SNAP_COORDINATOR_CHECKPOINT_RELEASED)
            continue;
        else if (retained && !snap_record_is_savepoint(record))
            snap_savepoints_keep(retained, NULL, jm->actor.world, record);
        else
            free_states(record);
    }
}

static enum snap_job_end end_of(enum snap_job_status status)
{
    if (status == SNAP_JOB_FINISHED)
        return SNAP_END_FINISHED;
    return status == SNAP_JOB_CANCELED ? SNAP_END_CANCELED : SNAP_END_FAILED;
}

void snap_job_manager_retain(struct snap_job_manager *jm)
{
    const struct snap_checkpoint_record *latest =
        snap_completed_store_latest(&jm->coordinator.store);

    jm->took_none = latest && snap_record_is_savepoint(latest);
    jm->has_none = !latest;
    empty_store(jm, end_of(jm->status), jm->actor.world->savepoints);
}

void snap_job_manager_close_store(struct snap_job_manager *jm)
{
    /* Only the snapshots' memory matters here: the run is over. */
    empty_store(jm, SNAP_END_FINISHED, NULL);
}
