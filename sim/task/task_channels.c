// SPDX-License-Identifier: Apache-2.0
/*
 * In-flight data of unaligned checkpoints: what is saved of the channels, and how it comes back.
 *
 * - Pieces lie in the snapshot's arena, in the order of their channel.
 * - Restored data of outputs is sent first; that of inputs is processed before the task is RUNNING
 *   and asks for new data.
 * Flink: ChannelStateWriterImpl, RecoveredInputChannel, StreamTask.restoreStateAndGates.
 */
#include <string.h>

#include "base/check.h"
#include "task/passages.h"
#include "task/task_sabotage.h"
#include "task/task.h"
#include "task/task_debloat.h"
#include "task/task_recovery.h"

void snap_task_init_channels(struct snap_task *task, const struct snap_barrier *barrier)
{
    if (barrier->options.alignment != SNAP_ALIGN_UNALIGNED ||
        snap_task_find_part(task, barrier->checkpoint))
        return;
    snap_task_begin_part(task, barrier->checkpoint)->inputs_open = true;
}

/* Who made the channel's records: the event writes their keys and values by its schema. */
static uint32_t producer_of(const struct snap_task *task, uint32_t channel, bool output)
{
    const struct snap_job *job = task->actor.world->job;
    uint32_t edge;

    if (!output)
        edge = task->vertex->in_edges[task->input.channels[channel].gate];
    else
        edge = task->vertex->out_edges[task->output.channels[channel].partition];
    return job->edges[edge].producer;
}

/* The buffer, and behind it each of its records. */
static void tell_captured(struct snap_task *task, snap_checkpoint_id checkpoint,
                          const struct snap_channel_piece *piece, bool output)
{
    struct snap_actor *actor = &task->actor;
    uint32_t producer = producer_of(task, piece->channel, output);
    uint32_t peer =
        output ? snap_task_receiver(task, piece->channel) : snap_task_sender(task, piece->channel);

    SNAP_EVENT(actor, BUFFER_CAPTURED, actor->now_ns, peer, piece->channel, piece->bytes,
               piece->count - piece->marks, checkpoint, output);
    if (!actor->world->told[SNAP_EVENT_RECORD_CAPTURED])
        return;
    for (uint32_t i = 0; i < piece->count; i++) {
        const struct snap_record *record = &piece->records[i];

        if (piece->marks > 0 && snap_record_is_mark(record))
            continue;
        SNAP_EVENT(actor, RECORD_CAPTURED, actor->now_ns, producer, (int64_t)record->origin,
                   piece->lineage ? (int64_t)piece->lineage[i] : 0, record->key.number,
                   record->value.number, checkpoint, piece->channel, output);
    }
}

static uint32_t marks_left(const struct snap_buffer *buffer)
{
    uint32_t marks = 0;

    for (uint32_t i = buffer->taken; buffer->marks > 0 && i < buffer->count; i++)
        marks += snap_stamp_is_mark(&buffer->stamps[i]);
    return marks;
}

static void *copy(struct snap_arena *arena, const void *from, size_t count, size_t size)
{
    return memcpy(snap_arena_alloc(arena, count * size), from, count * size);
}

static struct snap_channel_piece *save(struct snap_task_snapshot *snapshot,
                                       struct snap_channel_state *state, uint32_t channel,
                                       const struct snap_buffer *buffer)
{
    struct snap_arena *arena = &snapshot->arena;
    struct snap_channel_piece *piece = SNAP_ARENA_NEW(arena, struct snap_channel_piece);

    piece->channel = channel;
    piece->count = buffer->count - buffer->taken;
    piece->marks = marks_left(buffer);
    piece->bytes = buffer->bytes;
    if (piece->count > 0) {
        piece->records = SNAP_ARENA_ARRAY(arena, struct snap_record, piece->count);
        for (uint32_t i = 0; i < piece->count; i++)
            piece->records[i] = snap_buffer_record(buffer, buffer->taken + i);
        if (buffer->lineage)
            piece->lineage =
                copy(arena, buffer->lineage + buffer->taken, piece->count, sizeof(uint64_t));
    }
    snap_channel_state_add(state, piece);
    state->bytes += piece->bytes;
    return piece;
}

void snap_task_captured_input(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                              const struct snap_buffer *buffer)
{
    struct snap_task *task = context;
    struct snap_async_part *part = snap_task_find_part(task, checkpoint);
    const struct snap_passage_place place = {SNAP_PASSAGE_CAPTURED, channel, false, checkpoint};

    /* The checkpoint may have been given up by its coordinator. */
    if (!part || !part->inputs_open || snap_sabotage_lets_pass(task, part, buffer))
        return;
    snap_passage_show(task, &place, buffer, buffer->count - buffer->taken);
    tell_captured(task, checkpoint, save(part->snapshot, &part->snapshot->inputs, channel, buffer),
                  false);
}

void snap_task_captured_output(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                               const struct snap_buffer *buffer)
{
    struct snap_task *task = context;
    struct snap_async_part *part = snap_task_find_part(task, checkpoint);
    const struct snap_passage_place place = {SNAP_PASSAGE_CAPTURED, channel, true, checkpoint};

    if (!part || snap_sabotage_forgets_output(task, part, buffer))
        return;
    snap_passage_show(task, &place, buffer, buffer->count - buffer->taken);
    tell_captured(task, checkpoint, save(part->snapshot, &part->snapshot->outputs, channel, buffer),
                  true);
}

/* The task settles at its next boundary: an acknowledgement may end the attempt. */
void snap_task_output_promised(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                               enum snap_output_promise what)
{
    struct snap_task *task = context;
    struct snap_async_part *part = snap_task_find_part(task, checkpoint);

    (void)channel;
    if (!part)
        return;
    if (what == SNAP_PROMISE_OPENED) {
        part->outputs_open++;
        return;
    }
    SNAP_CHECK(part->outputs_open > 0);
    part->outputs_open--;
    task->outputs_settled = true;
}

void snap_task_local_barrier_taken(void *context, uint32_t channel, snap_checkpoint_id checkpoint)
{
    struct snap_task *task = context;
    struct snap_mail *mail =
        snap_actor_new_mail(&task->actor, SNAP_MAIL_BARRIER_TAKEN, snap_task_sender(task, channel));

    mail->barrier.checkpoint = checkpoint;
    snap_task_send_to_sender(task, channel, mail);
}

bool snap_task_may_capture(void *context, snap_checkpoint_id checkpoint)
{
    const struct snap_task *task = context;

    return !snap_task_is_rescaling(task) && snap_input_may_capture(&task->input, checkpoint);
}

void snap_task_capture_inputs(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_barrier barrier = {.checkpoint = checkpoint};

    for (uint32_t c = 0; c < task->input.channel_count; c++)
        snap_input_capture_rest(&task->input, c, checkpoint,
                                task->current_channel == c ? task->current : NULL);
    /* The handler has asked whether it may. */
    snap_input_start_capture(&task->input, &barrier);
}

void snap_task_inputs_done(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_async_part *part = snap_task_find_part(task, checkpoint);

    if (!part)
        return;
    part->inputs_open = false;
    snap_task_settle_part(task, part);
    if (task->has_attempt)
        snap_task_finish_if_done(task);
}

static struct snap_buffer *buffer_of(struct snap_task *task, const struct snap_channel_piece *piece)
{
    struct snap_buffer *buffer =
        snap_buffer_get(task->actor.blocks, piece->count, task->actor.world->columns);

    for (uint32_t i = 0; i < piece->count; i++)
        snap_buffer_set(buffer, i, &piece->records[i]);
    if (buffer->lineage && piece->lineage)
        memcpy(buffer->lineage, piece->lineage, piece->count * sizeof(uint64_t));
    else if (buffer->lineage) /* neither files nor a job that made none have it */
        memset(buffer->lineage, 0, piece->count * sizeof(uint64_t));
    buffer->count = piece->count;
    buffer->marks = piece->marks;
    buffer->bytes = piece->bytes;
    buffer->is_old = piece->is_old;
    buffer->old = piece->old;
    buffer->foreign_bytes = piece->foreign_bytes;
    return buffer;
}

static void recover_input(struct snap_task *task, const struct snap_channel_piece *piece)
{
    struct snap_buffer *buffer = buffer_of(task, piece);
    const struct snap_passage_place place = {SNAP_PASSAGE_RECOVERED, piece->channel, false,
                                             task->restored_checkpoint};

    SNAP_EVENT(&task->actor, BUFFER_RECOVERED, task->actor.now_ns,
               snap_task_sender(task, piece->channel), piece->channel, buffer->bytes,
               snap_buffer_records(buffer));
    snap_passage_show(task, &place, buffer, buffer->count);
    snap_task_count_arrival(task, piece->channel, buffer);
    snap_input_recover(&task->input, piece->channel, buffer);
    task->recovering = true;
}

static void recover_output(struct snap_task *task, const struct snap_channel_piece *piece)
{
    struct snap_buffer *buffer = buffer_of(task, piece);
    const struct snap_passage_place place = {SNAP_PASSAGE_RECOVERED, piece->channel, true,
                                             task->restored_checkpoint};

    snap_passage_show(task, &place, buffer, buffer->count);
    snap_output_recover(&task->output, piece->channel, buffer, task->actor.now_ns);
}

void snap_task_recover_channels(struct snap_task *task, const struct snap_task_snapshot *from)
{
    const struct snap_unaligned_config *config =
        &task->actor.world->sim->config.checkpoint.unaligned;
    const struct snap_channel_piece *piece;

    if (!from || from->inputs.pieces + from->outputs.pieces == 0 ||
        from->checkpoint == config->ignored_checkpoint)
        return;
    SNAP_EVENT(&task->actor, CHANNELS_RESTORED, task->actor.now_ns, from->checkpoint,
               from->inputs.bytes, from->inputs.pieces, from->outputs.bytes, from->outputs.pieces);
    for (uint32_t i = snap_sabotage_restores(task, &from->outputs, true); i > 0; i--)
        for (piece = from->outputs.first; piece; piece = piece->next)
            recover_output(task, piece);
    for (uint32_t i = snap_sabotage_restores(task, &from->inputs, false); i > 0; i--)
        for (piece = from->inputs.first; piece; piece = piece->next)
            recover_input(task, piece);
}
