// SPDX-License-Identifier: Apache-2.0
/*
 * What a task does for a checkpoint: barrier on, synchronous part, asynchronous part, answer.
 * Flink: SubtaskCheckpointCoordinatorImpl, AsyncCheckpointRunnable.
 */
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "runtime/sabotage.h"
#include "runtime/state_digest.h"
#include "runtime/task.h"

static void send_to_job_manager(struct snap_task *task, struct snap_mail *mail)
{
    struct snap_actor *actor = &task->actor;

    mail->attempt = task->attempt;
    snap_actor_send(actor, mail, actor->now_ns,
                    mail->kind == SNAP_MAIL_STORE
                        ? snap_world_storage_latency(actor->world)
                        : snap_world_latency(actor->world, actor->id, mail->target));
}

static struct snap_mail *mail_to_job_manager(struct snap_task *task, enum snap_mail_kind kind)
{
    return snap_actor_new_mail(&task->actor, kind, snap_job_manager_actor(task->actor.world->job));
}

void snap_task_snapshot_free(struct snap_task_snapshot *snapshot)
{
    struct snap_arena arena;

    if (!snapshot)
        return;
    /* The struct lies in its own arena. */
    arena = snapshot->arena;
    snap_arena_fini(&arena);
}

static struct snap_task_snapshot *new_snapshot(const struct snap_task *task,
                                               snap_checkpoint_id checkpoint)
{
    struct snap_arena arena;
    struct snap_task_snapshot *snapshot;

    snap_arena_init(&arena);
    snapshot = SNAP_ARENA_NEW(&arena, struct snap_task_snapshot);
    snapshot->checkpoint = checkpoint;
    snapshot->operator_count = task->chain.count;
    snapshot->operators = SNAP_ARENA_ARRAY(&arena, struct snap_operator_state, task->chain.count);
    snapshot->data_ended = task->phase != SNAP_INPUT_OPEN;
    snapshot->arena = arena;
    return snapshot;
}

static bool is_sink(const struct snap_chain_operator *at)
{
    return at->op->type->role == SNAP_ROLE_SINK;
}

/* A sink is about to pre-commit or to commit, or has; returns whether it crashed there. */
static bool crashes_at_sink(struct snap_task *task, const struct snap_chain_operator *at,
                            struct snap_fault_moment moment)
{
    moment.operator_index = at->op->index;
    return task->actor.world->watch.steps && is_sink(at) && snap_task_crashes_at(task, &moment);
}

/* One operator's part; false if it could not, or the task crashed on the way. */
static bool snapshot_operator(struct snap_task *task, struct snap_task_snapshot *snapshot,
                              uint32_t place)
{
    struct snap_chain_operator *at = &task->chain.operators[place];
    struct snap_fault_moment moment = {
        .step = SNAP_STEP_PRE_COMMIT, .side = SNAP_BEFORE, .checkpoint = snapshot->checkpoint};

    if (crashes_at_sink(task, at, moment) ||
        !at->class->snapshot(at->self, snapshot->checkpoint, &snapshot->arena,
                             &snapshot->operators[place], &task->error))
        return false;
    snapshot->bytes += snapshot->operators[place].bytes;
    moment.side = SNAP_AFTER;
    return !crashes_at_sink(task, at, moment);
}

/* The synchronous part: all operators of the chain, head first. NULL if one could not. */
static struct snap_task_snapshot *take_snapshot(struct snap_task *task,
                                                snap_checkpoint_id checkpoint)
{
    struct snap_task_snapshot *snapshot = new_snapshot(task, checkpoint);

    for (uint32_t i = 0; i < task->chain.count; i++) {
        if (!task->chain.operators[i].class->snapshot || task->deployed_finished)
            continue;
        if (!snapshot_operator(task, snapshot, i)) {
            snap_task_snapshot_free(snapshot);
            return NULL;
        }
    }
    return snapshot;
}

static void send_ack(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    struct snap_mail *mail = mail_to_job_manager(task, SNAP_MAIL_ACK);

    mail->barrier.checkpoint = snapshot->checkpoint;
    mail->bytes = snapshot->bytes;
    mail->snapshot = snapshot;
    SNAP_EVENT(&task->actor, ACK_SENT, task->actor.now_ns, snapshot->checkpoint);
    send_to_job_manager(task, mail);
}

/* The snapshot is stored; it passes to the JobManager, unless the task crashes before. */
static void acknowledge(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    snap_checkpoint_id checkpoint = snapshot->checkpoint;

    if (SNAP_TASK_CRASHES(task, AFTER, STORE, checkpoint) ||
        SNAP_TASK_CRASHES(task, BEFORE, ACK, checkpoint)) {
        snap_task_snapshot_free(snapshot);
        return;
    }
    send_ack(task, snapshot);
    /* Nothing of the task is used after this. */
    (void)SNAP_TASK_CRASHES(task, AFTER, ACK, checkpoint);
}

void snap_task_decline(struct snap_task *task, snap_checkpoint_id checkpoint,
                       enum snap_failure_reason reason)
{
    struct snap_mail *mail = mail_to_job_manager(task, SNAP_MAIL_DECLINE);

    mail->barrier.checkpoint = checkpoint;
    mail->reason = reason;
    SNAP_EVENT(&task->actor, DECLINE_SENT, task->actor.now_ns, checkpoint, reason);
    send_to_job_manager(task, mail);
}

static void broadcast_cancel(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_buffer marker = {.kind = SNAP_ITEM_CANCEL};

    marker.barrier.checkpoint = checkpoint;
    SNAP_EVENT(&task->actor, CANCEL_SENT, task->actor.now_ns, checkpoint);
    snap_output_broadcast(&task->output, &marker, task->actor.now_ns);
}

void snap_task_abort_checkpoint(struct snap_task *task, snap_checkpoint_id checkpoint,
                                enum snap_failure_reason reason)
{
    if (checkpoint > task->last_triggered)
        task->last_triggered = checkpoint;
    snap_task_decline(task, checkpoint, reason);
    broadcast_cancel(task, checkpoint);
}

static bool was_aborted(const struct snap_task *task, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < SNAP_ABORTED_REMEMBERED; i++)
        if (task->aborted[i] == checkpoint)
            return true;
    return false;
}

static bool declines(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    if (task->decline_checkpoint != checkpoint)
        return false;
    task->decline_checkpoint = 0;
    SNAP_EVENT(&task->actor, ACTION_FIRED, task->actor.now_ns, (int64_t)task->decline_action);
    snap_task_decline(task, checkpoint, SNAP_FAILURE_CHECKPOINT_DECLINED);
    broadcast_cancel(task, checkpoint);
    return true;
}

/* Broken on purpose: the state is on its way to the storage, and the JobManager hears that it is
 * there. */
static void acknowledge_too_early(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    struct snap_mail *mail = mail_to_job_manager(task, SNAP_MAIL_STORE);

    snapshot->request = ++task->requests;
    mail->request = snapshot->request;
    mail->bytes = snapshot->bytes;
    send_to_job_manager(task, mail);
    snap_tell_sabotaged(&task->actor, SNAP_BROKEN_ACK_BEFORE_PERSIST, snapshot->checkpoint);
    acknowledge(task, snapshot);
}

/* Hands the snapshot to the storage; what holds no bytes needs none. */
static void start_async_part(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    struct snap_actor *actor = &task->actor;
    struct snap_async_part *part;
    struct snap_mail *mail;

    if (SNAP_TASK_CRASHES(task, BEFORE, STORE, snapshot->checkpoint)) {
        snap_task_snapshot_free(snapshot);
        return;
    }
    if (snapshot->bytes == 0) {
        SNAP_EVENT(actor, SNAPSHOT_ASYNC, actor->now_ns, snapshot->checkpoint, 0, 0);
        acknowledge(task, snapshot);
        return;
    }
    if (snap_breaks(actor->world, SNAP_BROKEN_ACK_BEFORE_PERSIST)) {
        acknowledge_too_early(task, snapshot);
        return;
    }
    part = snap_memory_take_zeroed(sizeof(*part));
    part->request = ++task->requests;
    part->started_ns = actor->now_ns;
    part->snapshot = snapshot;
    part->next = task->async_parts;
    task->async_parts = part;
    mail = mail_to_job_manager(task, SNAP_MAIL_STORE);
    mail->request = part->request;
    mail->bytes = snapshot->bytes;
    send_to_job_manager(task, mail);
}

static void pass_barrier_on(struct snap_task *task, const struct snap_barrier *barrier)
{
    struct snap_buffer event = {.kind = SNAP_ITEM_BARRIER, .barrier = *barrier};

    SNAP_EVENT(&task->actor, BARRIER_SENT, task->actor.now_ns, barrier->checkpoint);
    snap_output_broadcast(&task->output, &event, task->actor.now_ns);
}

void snap_task_checkpoint(struct snap_task *task, const struct snap_barrier_trigger *trigger)
{
    struct snap_actor *actor = &task->actor;
    snap_checkpoint_id checkpoint = trigger->barrier.checkpoint;
    snap_ns started = actor->now_ns;
    struct snap_task_snapshot *snapshot;

    if (checkpoint <= task->last_triggered)
        return;
    task->last_triggered = checkpoint;
    if (was_aborted(task, checkpoint)) {
        broadcast_cancel(task, checkpoint);
        return;
    }
    if (declines(task, checkpoint))
        return;
    SNAP_EVENT(actor, SNAPSHOT_STARTED, started, checkpoint, trigger->start_delay_ns,
               trigger->alignment_ns, trigger->bytes_processed, trigger->barrier.options.alignment);
    if (SNAP_TASK_CRASHES(task, BEFORE, BARRIER, checkpoint))
        return;
    pass_barrier_on(task, &trigger->barrier);
    if (SNAP_TASK_CRASHES(task, AFTER, BARRIER, checkpoint) ||
        SNAP_TASK_CRASHES(task, BEFORE, SNAPSHOT, checkpoint))
        return;
    snapshot = take_snapshot(task, checkpoint);
    if (!snapshot || !snap_sabotage_commit_early(task, checkpoint)) {
        snap_task_snapshot_free(snapshot);
        if (task->has_attempt)
            snap_task_fail(task, SNAP_CAUSE_SINK_FAILED);
        return;
    }
    snap_state_digest_taken(task, snapshot);
    if (task->phase != SNAP_INPUT_OPEN && task->final_checkpoint == SNAP_NO_CHECKPOINT)
        task->final_checkpoint = checkpoint;
    if (snap_kind_is_stop(trigger->barrier.options.kind))
        task->stop_savepoint = checkpoint;
    snap_task_stand_still(task, actor->world->sim->model.sync_ns);
    SNAP_EVENT(actor, SNAPSHOT_SYNC, actor->now_ns, checkpoint, actor->now_ns - started);
    if (SNAP_TASK_CRASHES(task, AFTER, SNAPSHOT, checkpoint))
        snap_task_snapshot_free(snapshot);
    else
        start_async_part(task, snapshot);
}

/* Takes the async part with the number, or of the checkpoint, out of the list. */
static struct snap_async_part *take_async_part(struct snap_task *task, uint64_t request,
                                               snap_checkpoint_id checkpoint)
{
    struct snap_async_part **link = &task->async_parts;
    struct snap_async_part *part;

    while (*link && (*link)->request != request && (*link)->snapshot->checkpoint != checkpoint)
        link = &(*link)->next;
    part = *link;
    if (part)
        *link = part->next;
    return part;
}

void snap_task_stored(struct snap_task *task, const struct snap_mail *mail)
{
    struct snap_actor *actor = &task->actor;
    struct snap_async_part *part = take_async_part(task, mail->request, SNAP_NO_CHECKPOINT);
    struct snap_task_snapshot *snapshot;

    if (!part)
        return; /* its checkpoint was aborted meanwhile */
    snapshot = part->snapshot;
    if (mail->flag) {
        snap_task_decline(task, snapshot->checkpoint, SNAP_FAILURE_CHECKPOINT_ASYNC_EXCEPTION);
        snap_task_snapshot_free(snapshot);
    } else {
        SNAP_EVENT(actor, SNAPSHOT_ASYNC, actor->now_ns, snapshot->checkpoint,
                   actor->now_ns - part->started_ns, snapshot->bytes);
        acknowledge(task, snapshot);
    }
    snap_memory_give_back(part);
    snap_task_finish_if_done(task);
}

/* Returns false if the attempt came to its end. */
static bool notify_operator(struct snap_task *task, struct snap_chain_operator *at,
                            snap_checkpoint_id checkpoint)
{
    struct snap_fault_moment moment = {
        .step = SNAP_STEP_COMMIT, .side = SNAP_BEFORE, .checkpoint = checkpoint};

    if (crashes_at_sink(task, at, moment))
        return false;
    if (!at->class->notify_complete(at->self, checkpoint, &task->error)) {
        snap_task_fail(task, SNAP_CAUSE_SINK_FAILED);
        return false;
    }
    moment.side = SNAP_AFTER;
    return !crashes_at_sink(task, at, moment);
}

void snap_task_notify_complete(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    SNAP_EVENT(&task->actor, NOTIFIED_COMPLETE, task->actor.now_ns, checkpoint);
    if (task->status == SNAP_TASK_FINISHED)
        return;
    for (uint32_t i = 0; i < task->chain.count && !task->deployed_finished; i++) {
        struct snap_chain_operator *at = &task->chain.operators[i];

        if (at->class->notify_complete && !notify_operator(task, at, checkpoint))
            return;
    }
    if (task->final_checkpoint != SNAP_NO_CHECKPOINT && checkpoint >= task->final_checkpoint)
        task->final_completed = true;
    snap_task_finish_if_done(task);
}

void snap_task_notify_aborted(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_async_part *part;

    SNAP_EVENT(&task->actor, NOTIFIED_ABORTED, task->actor.now_ns, checkpoint);
    task->aborted[task->aborted_next++ % SNAP_ABORTED_REMEMBERED] = checkpoint;
    part = take_async_part(task, 0, checkpoint);
    if (part) {
        snap_task_snapshot_free(part->snapshot);
        snap_memory_give_back(part);
    }
    /* It has stopped for this savepoint and cannot go on. Flink: StreamTask. */
    if (task->stop_savepoint == checkpoint && task->status == SNAP_TASK_RUNNING) {
        snap_task_fail(task, SNAP_CAUSE_STOP_FAILED);
        return;
    }
    snap_task_finish_if_done(task);
}

void snap_task_drop_async_parts(struct snap_task *task)
{
    while (task->async_parts) {
        struct snap_async_part *part = task->async_parts;

        task->async_parts = part->next;
        snap_task_snapshot_free(part->snapshot);
        snap_memory_give_back(part);
    }
}
