// SPDX-License-Identifier: Apache-2.0
/*
 * The asynchronous part of a snapshot: what is written when, and the acknowledgement.
 * Flink: AsyncCheckpointRunnable, ChannelStateWriterImpl.
 */
#include <string.h>

#include "base/check.h"
#include "task/task_sabotage.h"
#include "task/task.h"
#include "task/task_changelog.h"
#include "state/keyed_copy.h"

static void settle(struct snap_task_snapshot *snapshot)
{
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        snap_keyed_copies_settle(&snapshot->operators[i], &snapshot->arena);
}

/*
 * Soon it is the JobManager's. In virtual time it shares the keys with the attempt until one of
 * both ends, mostly the snapshot, which another one supersedes; between threads nothing is shared.
 */
static void share_keys(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    if (task->actor.world->runtime->spend) {
        settle(snapshot);
        return;
    }
    snapshot->unsettled_next = task->unsettled;
    snapshot->unsettled_link = &task->unsettled;
    if (task->unsettled)
        task->unsettled->unsettled_link = &snapshot->unsettled_next;
    task->unsettled = snapshot;
}

void snap_task_settle_snapshots(struct snap_task *task)
{
    while (task->unsettled) {
        struct snap_task_snapshot *snapshot = task->unsettled;

        settle(snapshot);
        snap_task_snapshot_unlink(snapshot);
    }
}

static struct snap_task_snapshot *new_snapshot(const struct snap_task *task,
                                               snap_checkpoint_id checkpoint)
{
    struct snap_arena arena;
    struct snap_task_snapshot *snapshot;

    snap_arena_init(&arena);
    snapshot = SNAP_ARENA_NEW(&arena, struct snap_task_snapshot);
    snapshot->checkpoint = checkpoint;
    snapshot->machine = snap_task_machine(task);
    snapshot->operator_count = task->chain.count;
    snapshot->operators = SNAP_ARENA_ARRAY(&arena, struct snap_operator_state, task->chain.count);
    snapshot->arena = arena;
    return snapshot;
}

struct snap_async_part *snap_task_find_part(const struct snap_task *task,
                                            snap_checkpoint_id checkpoint)
{
    struct snap_async_part *part = task->async_parts;

    while (part && part->snapshot->checkpoint != checkpoint)
        part = part->next;
    return part;
}

struct snap_async_part *snap_task_begin_part(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_task_snapshot *snapshot = new_snapshot(task, checkpoint);
    struct snap_async_part *part = SNAP_ARENA_NEW(&snapshot->arena, struct snap_async_part);

    SNAP_CHECK(!snap_task_find_part(task, checkpoint));
    part->snapshot = snapshot;
    part->next = task->async_parts;
    task->async_parts = part;
    return part;
}

/* Takes the part out of the list; the caller gets its snapshot. */
static struct snap_task_snapshot *end_part(struct snap_task *task, struct snap_async_part *part)
{
    struct snap_task_snapshot *snapshot = part->snapshot;
    struct snap_async_part **link = &task->async_parts;

    while (*link != part)
        link = &(*link)->next;
    *link = part->next;
    return snapshot;
}

/* Nobody will read it. The tables of the operators are still there. */
static void abandon_part(struct snap_task *task, struct snap_async_part *part)
{
    struct snap_task_snapshot *snapshot = end_part(task, part);

    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        snap_keyed_copies_abandon(&snapshot->operators[i]);
    snap_task_snapshot_free(snapshot);
}

void snap_task_drop_part(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_async_part *part = snap_task_find_part(task, checkpoint);

    if (!part)
        return;
    if (part->request)
        snap_task_log_lost(task, part->snapshot);
    abandon_part(task, part);
}

void snap_task_drop_async_parts(struct snap_task *task)
{
    while (task->async_parts)
        abandon_part(task, task->async_parts);
}

static void send_ack(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    struct snap_mail *mail = snap_task_mail_to_job_manager(task, SNAP_MAIL_ACK);

    mail->barrier.checkpoint = snapshot->checkpoint;
    mail->bytes = snapshot->bytes;
    mail->snapshot = snapshot;
    SNAP_EVENT(&task->actor, ACK_SENT, task->actor.now_ns, snapshot->checkpoint);
    snap_task_send_to_job_manager(task, mail);
}

/* The snapshot is stored; it passes to the JobManager, unless the task crashes before. */
static void acknowledge(struct snap_task *task, struct snap_task_snapshot *snapshot)
{
    snap_checkpoint_id checkpoint = snapshot->checkpoint;

    /* From here on it outlives the attempt. */
    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        snap_keyed_copies_finish(&snapshot->operators[i]);
    share_keys(task, snapshot);
    if (SNAP_TASK_CRASHES(task, AFTER, STORE, checkpoint) ||
        SNAP_TASK_CRASHES(task, BEFORE, ACK, checkpoint)) {
        snap_task_snapshot_free(snapshot);
        return;
    }
    send_ack(task, snapshot);
    /* Nothing of the task is used after this. */
    (void)SNAP_TASK_CRASHES(task, AFTER, ACK, checkpoint);
}

uint64_t snap_task_ask_to_write(struct snap_task *task, int64_t bytes,
                                snap_checkpoint_id checkpoint)
{
    struct snap_mail *mail = snap_task_mail_to_job_manager(task, SNAP_MAIL_STORE);
    uint64_t request = ++task->requests;

    mail->request = request;
    mail->bytes = bytes;
    mail->barrier.checkpoint = checkpoint;
    snap_task_send_to_job_manager(task, mail);
    return request;
}

/* Broken on purpose: the state is on its way to the storage, and the JobManager hears that it is
 * there. */
static void acknowledge_too_early(struct snap_task *task, struct snap_async_part *part)
{
    struct snap_task_snapshot *snapshot = end_part(task, part);

    snapshot->request = snap_task_ask_to_write(task, snapshot->written_bytes, 0);
    snap_tell_sabotaged(&task->actor, SNAP_BROKEN_ACK_BEFORE_PERSIST, snapshot->checkpoint);
    acknowledge(task, snapshot);
}

/* Flink: MemCheckpointStreamFactory, JobManagerCheckpointStorage.DEFAULT_MAX_STATE_SIZE. Where
 * nobody asked for this storage it stands for any, and has room for all. What is too large is told.
 */
static bool is_too_large(struct snap_task *task, const struct snap_task_snapshot *snapshot)
{
    const struct snap_storage_config *storage = &task->actor.world->sim->config.storage;

    for (uint32_t i = 0; i < snapshot->operator_count; i++)
        if (storage->kind == SNAP_STORAGE_JOB_MANAGER && storage->kind_given &&
            snapshot->operators[i].bytes > SNAP_MEMORY_STATE_BYTES_MAX) {
            SNAP_EVENT(&task->actor, STATE_TOO_LARGE, task->actor.now_ns,
                       task->chain.operators[i].op->index, snapshot->checkpoint,
                       snapshot->operators[i].bytes, SNAP_MEMORY_STATE_BYTES_MAX);
            return true;
        }
    return false;
}

static void fail_part(struct snap_task *task, struct snap_async_part *part)
{
    snap_task_decline(task, part->snapshot->checkpoint, SNAP_FAILURE_CHECKPOINT_ASYNC_EXCEPTION);
    snap_task_log_lost(task, part->snapshot);
    abandon_part(task, part);
}

void snap_task_write_part(struct snap_task *task, struct snap_async_part *part)
{
    int64_t bytes = part->snapshot->written_bytes - part->snapshot->message_bytes;

    part->taken = true;
    part->started_ns = task->actor.now_ns;
    if (SNAP_TASK_CRASHES(task, BEFORE, STORE, part->snapshot->checkpoint))
        return;
    if (is_too_large(task, part->snapshot)) {
        fail_part(task, part);
        return;
    }
    if (bytes > 0 && snap_breaks(task->actor.world, SNAP_BROKEN_ACK_BEFORE_PERSIST)) {
        acknowledge_too_early(task, part);
        return;
    }
    if (bytes > 0)
        part->request = snap_task_ask_to_write(task, bytes, 0);
    snap_task_settle_part(task, part);
}

/* All in-flight data is known. */
static void write_channels(struct snap_task *task, struct snap_async_part *part)
{
    struct snap_task_snapshot *snapshot = part->snapshot;
    int64_t bytes = snapshot->inputs.bytes + snapshot->outputs.bytes;

    part->channels_written = true;
    if (snapshot->inputs.pieces + snapshot->outputs.pieces > 0)
        SNAP_EVENT(&task->actor, CHANNELS_SAVED, task->actor.now_ns, snapshot->checkpoint,
                   snapshot->inputs.bytes, snapshot->inputs.pieces, snapshot->outputs.bytes,
                   snapshot->outputs.pieces);
    snapshot->bytes += bytes;
    snapshot->written_bytes += bytes;
    if (bytes > 0)
        part->channel_request = snap_task_ask_to_write(task, bytes, snapshot->checkpoint);
}

void snap_task_settle_part(struct snap_task *task, struct snap_async_part *part)
{
    struct snap_actor *actor = &task->actor;

    if (!part->taken || part->inputs_open || part->outputs_open > 0)
        return;
    if (!part->channels_written)
        write_channels(task, part);
    /* What holds no bytes needs no storage. */
    if (part->request || part->channel_request)
        return;
    SNAP_EVENT(actor, SNAPSHOT_ASYNC, actor->now_ns, part->snapshot->checkpoint,
               actor->now_ns - part->started_ns, part->snapshot->bytes);
    acknowledge(task, end_part(task, part));
}

static struct snap_async_part *find_request(const struct snap_task *task, uint64_t request)
{
    struct snap_async_part *part = task->async_parts;

    while (part && part->request != request && part->channel_request != request)
        part = part->next;
    return part;
}

void snap_task_stored(struct snap_task *task, const struct snap_mail *mail)
{
    struct snap_async_part *part = find_request(task, mail->request);

    if (!part)
        return; /* its checkpoint was aborted meanwhile */
    if (mail->flag) {
        fail_part(task, part);
    } else {
        if (part->request == mail->request)
            part->request = 0;
        else
            part->channel_request = 0;
        snap_task_settle_part(task, part);
    }
    if (task->has_attempt)
        snap_task_finish_if_done(task);
}

bool snap_task_waits_for_outputs(const struct snap_task *task)
{
    const struct snap_async_part *part = task->async_parts;

    while (part && part->outputs_open == 0)
        part = part->next;
    return part != NULL;
}

void snap_task_settle_outputs(struct snap_task *task)
{
    struct snap_async_part *part = task->async_parts;

    task->outputs_settled = false;
    while (part) {
        struct snap_async_part *next = part->next;

        snap_task_settle_part(task, part);
        if (!task->has_attempt)
            return;
        part = next;
    }
    snap_task_finish_if_done(task);
}
