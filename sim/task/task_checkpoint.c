// SPDX-License-Identifier: Apache-2.0
/*
 * What a task does for a checkpoint: barrier on, synchronous part; task_parts.c does the rest.
 * Flink: SubtaskCheckpointCoordinatorImpl.
 */
#include <string.h>

#include "base/check.h"
#include "task/task_sabotage.h"
#include "task/task_digest.h"
#include "task/task.h"
#include "task/task_changelog.h"

void snap_task_send_to_job_manager(struct snap_task *task, struct snap_mail *mail)
{
    struct snap_actor *actor = &task->actor;

    mail->attempt = task->attempt;
    snap_actor_send(actor, mail, actor->now_ns,
                    mail->kind == SNAP_MAIL_STORE
                        ? snap_world_storage_latency(actor->world)
                        : snap_world_latency(actor->world, actor->id, mail->target));
}

struct snap_mail *snap_task_mail_to_job_manager(struct snap_task *task, enum snap_mail_kind kind)
{
    return snap_actor_new_mail(&task->actor, kind, snap_job_manager_actor(task->actor.world->job));
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

/* Whether checkpoints write only what has changed. */
static bool shares_tables(const struct snap_task *task)
{
    const struct snap_storage_config *storage = &task->actor.world->sim->config.storage;

    return storage->backend == SNAP_BACKEND_ROCKSDB && storage->is_incremental;
}

void snap_task_begin_increments(struct snap_task *task, const struct snap_task_snapshot *from)
{
    for (uint32_t i = 0; shares_tables(task) && i < task->chain.count; i++) {
        const struct snap_operator_state *state = from ? &from->operators[i] : NULL;
        bool goes_on = state && !state->absent && !state->has_no_tables;

        snap_increments_begin(&task->slots[i].increments, goes_on ? state : NULL);
    }
}

/* How large the operator's state is in the storage, and how much of it is to be written. */
static void add_sizes(struct snap_task *task, struct snap_task_snapshot *snapshot, uint32_t place)
{
    struct snap_operator_state *state = &snapshot->operators[place];
    struct snap_changelog_sizes sizes = {state->bytes, state->bytes, 0};

    if (task->changelog)
        sizes = snap_task_log_snapshot(task, place, state, snapshot->kind);
    else if (shares_tables(task))
        sizes.written_bytes = snap_increments_take(&task->slots[place].increments, state,
                                                   snapshot->checkpoint, snapshot->kind);
    snapshot->bytes += sizes.bytes;
    snapshot->written_bytes += sizes.written_bytes;
    snapshot->message_bytes += sizes.message_bytes;
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
    add_sizes(task, snapshot, place);
    moment.side = SNAP_AFTER;
    return !crashes_at_sink(task, at, moment);
}

/* The synchronous part: all operators of the chain, head first; false if one could not. */
static bool take_snapshot(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    snapshot->data_ended = task->phase != SNAP_INPUT_OPEN;
    snapshot->finished_on_restore = task->deployed_finished;
    for (uint32_t i = 0; i < task->chain.count; i++)
        if (task->chain.operators[i].class->snapshot && !task->deployed_finished &&
            !snapshot_operator(task, snapshot, i))
            return false;
    return true;
}

void snap_task_decline(struct snap_task *task, snap_checkpoint_id checkpoint,
                       enum snap_failure_reason reason)
{
    struct snap_mail *mail = snap_task_mail_to_job_manager(task, SNAP_MAIL_DECLINE);

    mail->barrier.checkpoint = checkpoint;
    mail->reason = reason;
    SNAP_EVENT(&task->actor, DECLINE_SENT, task->actor.now_ns, checkpoint, reason);
    snap_task_send_to_job_manager(task, mail);
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
    snap_task_drop_part(task, checkpoint);
    snap_task_decline(task, checkpoint, reason);
    snap_task_abort_outputs(task, checkpoint);
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

/* Inputs that had to be aligned do not keep the outputs from overtaking. Flink:
 * CheckpointOptions.withUnalignedSupported. */
static struct snap_barrier barrier_for_outputs(const struct snap_barrier *barrier)
{
    struct snap_barrier out = *barrier;

    if (out.options.alignment == SNAP_ALIGN_FORCED_ALIGNED)
        out.options.alignment = snap_is_alignment_timeout(out.options.aligned_timeout_ns)
                                    ? SNAP_ALIGN_ALIGNED
                                    : SNAP_ALIGN_UNALIGNED;
    return out;
}

static void pass_barrier_on(struct snap_task *task, const struct snap_barrier *barrier)
{
    struct snap_buffer event = {.kind = SNAP_ITEM_BARRIER, .barrier = *barrier};

    snap_task_set_output_timer(task, barrier);
    SNAP_EVENT(&task->actor, BARRIER_SENT, task->actor.now_ns, barrier->checkpoint);
    snap_output_broadcast(&task->output, &event, task->actor.now_ns);
}

/* Whether the task takes part in the checkpoint; if not, it has said so. */
static bool takes_part(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    if (checkpoint <= task->last_triggered)
        return false;
    task->last_triggered = checkpoint;
    if (was_aborted(task, checkpoint)) {
        broadcast_cancel(task, checkpoint);
        return false;
    }
    return !declines(task, checkpoint);
}

static void tell_started(struct snap_task *task, const struct snap_barrier_trigger *trigger)
{
    SNAP_EVENT(&task->actor, SNAPSHOT_STARTED, task->actor.now_ns, trigger->barrier.checkpoint,
               trigger->start_delay_ns, trigger->measures.alignment_ns,
               trigger->measures.bytes_processed, trigger->barrier.options.alignment);
}

void snap_task_checkpoint(struct snap_task *task, const struct snap_barrier_trigger *trigger)
{
    struct snap_actor *actor = &task->actor;
    struct snap_barrier barrier = barrier_for_outputs(&trigger->barrier);
    snap_checkpoint_id checkpoint = barrier.checkpoint;
    snap_ns started = actor->now_ns;
    struct snap_async_part *part;

    if (!takes_part(task, checkpoint)) {
        snap_task_drop_part(task, checkpoint);
        return;
    }
    tell_started(task, trigger);
    if (SNAP_TASK_CRASHES(task, BEFORE, BARRIER, checkpoint))
        return;
    part = snap_task_find_part(task, checkpoint);
    if (!part)
        part = snap_task_begin_part(task, checkpoint);
    part->snapshot->kind = barrier.options.kind;
    pass_barrier_on(task, &barrier);
    if (SNAP_TASK_CRASHES(task, AFTER, BARRIER, checkpoint) ||
        SNAP_TASK_CRASHES(task, BEFORE, SNAPSHOT, checkpoint))
        return;
    if (!take_snapshot(task, part->snapshot) || !snap_sabotage_commit_early(task, checkpoint)) {
        if (task->has_attempt)
            snap_task_fail(task, SNAP_CAUSE_SINK_FAILED);
        return;
    }
    snap_task_digest_taken(task, part->snapshot);
    if (task->phase != SNAP_INPUT_OPEN && task->final_checkpoint == SNAP_NO_CHECKPOINT)
        task->final_checkpoint = checkpoint;
    if (snap_kind_is_stop(barrier.options.kind))
        task->stop_savepoint = checkpoint;
    snap_task_stand_still(task, actor->world->sim->model.sync_ns);
    SNAP_EVENT(actor, SNAPSHOT_SYNC, actor->now_ns, checkpoint, actor->now_ns - started);
    if (!SNAP_TASK_CRASHES(task, AFTER, SNAPSHOT, checkpoint))
        snap_task_write_part(task, part);
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

        snap_increments_confirm(&task->slots[i].increments, checkpoint);
        if (at->class->notify_complete && !notify_operator(task, at, checkpoint))
            return;
    }
    if (task->final_checkpoint != SNAP_NO_CHECKPOINT && checkpoint >= task->final_checkpoint)
        task->final_completed = true;
    snap_task_finish_if_done(task);
}

void snap_task_notify_aborted(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    SNAP_EVENT(&task->actor, NOTIFIED_ABORTED, task->actor.now_ns, checkpoint);
    task->aborted[task->aborted_next++ % SNAP_ABORTED_REMEMBERED] = checkpoint;
    snap_task_drop_part(task, checkpoint);
    snap_task_abort_outputs(task, checkpoint);
    /* It has stopped for this savepoint and cannot go on. Flink: StreamTask. */
    if (task->stop_savepoint == checkpoint && task->status == SNAP_TASK_RUNNING) {
        snap_task_fail(task, SNAP_CAUSE_STOP_FAILED);
        return;
    }
    snap_task_finish_if_done(task);
}
