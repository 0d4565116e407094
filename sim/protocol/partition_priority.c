// SPDX-License-Identifier: Apache-2.0
#include "protocol/partition_priority.h"

#include "base/check.h"
#include "protocol/partition_internal.h"

static struct snap_sub_priority *priority_of(const struct snap_output *output,
                                             const struct snap_subpartition *sub)
{
    SNAP_CHECK(output->priority);
    return &output->priority->channels[snap_sub_channel(output, sub)];
}

void snap_output_allow_priority(struct snap_output *output, struct snap_arena *arena,
                                const struct snap_output_capture_port *port)
{
    struct snap_output_priority *priority = SNAP_ARENA_NEW(arena, struct snap_output_priority);

    SNAP_CHECK(!output->priority);
    priority->port = *port;
    priority->channels = SNAP_ARENA_ARRAY(arena, struct snap_sub_priority, output->channel_count);
    for (uint32_t i = 0; i < output->channel_count; i++)
        priority->channels[i].promised = SNAP_NO_CHECKPOINT;
    output->priority = priority;
}

static void capture(struct snap_output *output, const struct snap_subpartition *sub,
                    snap_checkpoint_id checkpoint, const struct snap_buffer *buffer)
{
    output->priority->port.captured(output->port.task, snap_sub_channel(output, sub), checkpoint,
                                    buffer);
}

/* The promise that is open ends, or one is opened. */
static void promise(struct snap_output *output, struct snap_subpartition *sub,
                    snap_checkpoint_id checkpoint, enum snap_output_promise what)
{
    priority_of(output, sub)->promised =
        what == SNAP_PROMISE_OPENED ? checkpoint : SNAP_NO_CHECKPOINT;
    output->priority->port.promised(output->port.task, snap_sub_channel(output, sub), checkpoint,
                                    what);
}

/* Captures the data behind the priority part; up to the item, or all if it is NULL. */
static void capture_overtaken(struct snap_output *output, struct snap_subpartition *sub,
                              snap_checkpoint_id checkpoint, const struct snap_buffer *until)
{
    const struct snap_buffer *at =
        snap_buffer_queue_behind_priority(&sub->queue, &priority_of(output, sub)->part);

    for (; at != until; at = snap_buffer_queue_next(&sub->queue, at))
        if (at->kind == SNAP_ITEM_DATA)
            capture(output, sub, checkpoint, at);
}

bool snap_sub_has_priority(const struct snap_output *output, const struct snap_subpartition *sub)
{
    return output->priority && priority_of(output, sub)->part.count > 0;
}

void snap_sub_add_event(struct snap_output *output, struct snap_subpartition *sub,
                        struct snap_buffer *event)
{
    struct snap_sub_priority *priority = priority_of(output, sub);
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;

    if (snap_item_has_priority(event)) {
        snap_buffer_queue_push_priority(&sub->queue, &priority->part, event);
        capture_overtaken(output, sub, checkpoint, NULL);
        return;
    }
    if (snap_item_may_time_out(event)) {
        if (priority->promised != SNAP_NO_CHECKPOINT)
            promise(output, sub, priority->promised, SNAP_PROMISE_BROKEN);
        promise(output, sub, checkpoint, SNAP_PROMISE_OPENED);
    }
    snap_buffer_queue_push(&sub->queue, event);
}

static void keep_promise(struct snap_output *output, struct snap_subpartition *sub,
                         snap_checkpoint_id checkpoint)
{
    if (priority_of(output, sub)->promised == checkpoint)
        promise(output, sub, checkpoint, SNAP_PROMISE_KEPT);
}

struct snap_buffer *snap_sub_pop(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_buffer *item =
        snap_buffer_queue_pop_first(&sub->queue, &priority_of(output, sub)->part);

    /* A local one has not been taken by anybody yet. */
    if (!sub->local && snap_item_may_time_out(item))
        keep_promise(output, sub, item->barrier.checkpoint);
    return item;
}

void snap_sub_number(struct snap_output *output, struct snap_subpartition *sub,
                     struct snap_buffer *item)
{
    struct snap_sub_priority *priority = priority_of(output, sub);

    item->sequence = priority->sequence;
    priority->sequence = (int32_t)((uint32_t)priority->sequence + 1);
}

/* The barrier with an open promise; NULL if it has left. */
static struct snap_buffer *find_promised(const struct snap_output *output,
                                         const struct snap_subpartition *sub)
{
    const struct snap_sub_priority *priority = priority_of(output, sub);
    struct snap_buffer *at = snap_buffer_queue_behind_priority(&sub->queue, &priority->part);

    while (at && !(snap_item_may_time_out(at) && at->barrier.checkpoint == priority->promised))
        at = snap_buffer_queue_next(&sub->queue, at);
    return at;
}

/* The barrier waits at the receiver of a local channel. */
static void tell_timeout(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_buffer *order = snap_buffer_get_event(output->port.blocks, SNAP_ITEM_TIMED_OUT);

    order->barrier.checkpoint = priority_of(output, sub)->promised;
    output->port.send(output->port.task, snap_sub_channel(output, sub), order, now_ns, 0);
}

static void time_out(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_sub_priority *priority = priority_of(output, sub);
    snap_checkpoint_id checkpoint = priority->promised;
    struct snap_buffer *barrier = find_promised(output, sub);

    SNAP_CHECK(barrier || sub->local);
    if (barrier) {
        capture_overtaken(output, sub, checkpoint, barrier);
        snap_item_make_unaligned(barrier);
        snap_buffer_queue_prioritize(&sub->queue, &priority->part, barrier);
    } else {
        tell_timeout(output, sub, now_ns);
    }
    promise(output, sub, checkpoint, SNAP_PROMISE_KEPT);
    snap_sub_wake(output, sub, now_ns);
}

void snap_output_time_out(struct snap_output *output, snap_checkpoint_id checkpoint, snap_ns now_ns)
{
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];

        if (priority_of(output, sub)->promised == checkpoint)
            time_out(output, sub, now_ns);
    }
}

void snap_output_abort(struct snap_output *output, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];

        if (priority_of(output, sub)->promised == checkpoint)
            promise(output, sub, checkpoint, SNAP_PROMISE_BROKEN);
    }
}

void snap_output_barrier_taken(struct snap_output *output, uint32_t channel,
                               snap_checkpoint_id checkpoint)
{
    struct snap_subpartition *sub = &output->channels[channel];

    SNAP_CHECK(sub->local);
    keep_promise(output, sub, checkpoint);
}

void snap_output_recover(struct snap_output *output, uint32_t channel, struct snap_buffer *buffer,
                         snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    SNAP_CHECK(buffer->kind == SNAP_ITEM_DATA && !sub->open);
    buffer->segment_end = true;
    snap_sub_count_segment(output, sub);
    snap_sub_add(output, sub, buffer);
    output->port.queued(output->port.task, channel, buffer, now_ns);
    snap_sub_wake(output, sub, now_ns);
}
