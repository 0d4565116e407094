// SPDX-License-Identifier: Apache-2.0
#include "protocol/gate_priority.h"

#include "base/check.h"
#include "model/stream_mark.h"
#include "protocol/gate_internal.h"

static struct snap_channel_priority *priority_of(const struct snap_input *input, uint32_t channel)
{
    SNAP_CHECK(input->priority && channel < input->channel_count);
    return &input->priority->channels[channel];
}

void snap_input_allow_priority(struct snap_input *input, struct snap_arena *arena,
                               const struct snap_capture_port *port)
{
    struct snap_input_priority *priority = SNAP_ARENA_NEW(arena, struct snap_input_priority);

    SNAP_CHECK(!input->priority);
    priority->port = *port;
    priority->channels =
        SNAP_ARENA_ARRAY(arena, struct snap_channel_priority, input->channel_count);
    for (uint32_t i = 0; i < input->channel_count; i++) {
        snap_channel_capture_init(&priority->channels[i].capture);
        priority->channels[i].barrier = SNAP_NO_CHECKPOINT;
        priority->channels[i].sequence_raised = INT32_MIN;
    }
    input->priority = priority;
}

void snap_input_set_record_bytes(struct snap_input *input, uint32_t channel, uint32_t bytes)
{
    priority_of(input, channel)->record_bytes = bytes;
}

/* Whether a number comes before the other, over the end of the numbers too. */
static bool is_before(int32_t sequence, int32_t other)
{
    return (int32_t)((uint32_t)sequence - (uint32_t)other) < 0;
}

/* Whether a priority event of that number has been polled. Flink: SingleInputGate.isOutdated. */
static bool is_outdated(int32_t sequence, int32_t last)
{
    int32_t larger = sequence > last ? sequence : last;

    if ((sequence < 0) != (last < 0) && larger > INT32_MAX / 2)
        return last < 0;
    return last >= sequence;
}

/* The channel's first priority event came: it goes to the front of the gate. */
static void raise_unless_polled(struct snap_input *input, uint32_t channel, int32_t sequence)
{
    if (!is_outdated(sequence, priority_of(input, channel)->sequence_raised))
        snap_gate_order_raise(&input->order, channel);
}

/* The announcement of a barrier stands in front with the barrier's number. */
static void push_announcement(struct snap_input *input, uint32_t channel,
                              const struct snap_buffer *barrier)
{
    struct snap_buffer *announcement =
        snap_buffer_get_event(input->port.blocks, SNAP_ITEM_ANNOUNCEMENT);

    announcement->barrier = barrier->barrier;
    announcement->sequence = barrier->sequence;
    snap_buffer_queue_push_priority(&input->channels[channel].queue,
                                    &priority_of(input, channel)->part, announcement);
}

/* Puts the item in its place. Returns whether it brought the channel's first priority event. */
static bool put_in_queue(struct snap_input *input, uint32_t channel, struct snap_buffer *item)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_channel_priority *priority = priority_of(input, channel);
    uint32_t before = priority->part.count;

    priority->queued_bytes += snap_item_wire_bytes(item);
    if (snap_item_has_priority(item)) {
        snap_buffer_queue_push_priority(&at->queue, &priority->part, item);
    } else {
        snap_buffer_queue_push(&at->queue, item);
        if (!at->local && snap_item_may_time_out(item))
            push_announcement(input, channel, item);
    }
    return before == 0 && priority->part.count == 1;
}

/* Whether data that waits belongs to the checkpoint of the remembered barrier, or of any without
 * one. A barrier of the number -1, which is "none" there, is as good as none for Flink's
 * RemoteInputChannel.shouldBeSpilled. */
static bool belongs(const struct snap_channel_priority *priority, const struct snap_buffer *data)
{
    return priority->barrier == SNAP_NO_CHECKPOINT || priority->barrier_sequence == -1 ||
           is_before(data->sequence, priority->barrier_sequence);
}

static void see_barrier(struct snap_channel_priority *priority, const struct snap_buffer *item)
{
    snap_checkpoint_id checkpoint = item->barrier.checkpoint;

    if (item->kind != SNAP_ITEM_BARRIER ||
        !snap_channel_capture_see(&priority->capture, checkpoint) ||
        checkpoint <= priority->barrier)
        return;
    priority->barrier = checkpoint;
    priority->barrier_sequence = item->sequence;
}

/* The first waiting barrier of the checkpoint that may still time out; NULL: it has been taken. */
static struct snap_buffer *find_timeoutable(const struct snap_input *input, uint32_t channel,
                                            snap_checkpoint_id checkpoint)
{
    const struct snap_buffer_queue *queue = &input->channels[channel].queue;
    struct snap_buffer *at =
        snap_buffer_queue_behind_priority(queue, &priority_of(input, channel)->part);

    while (at && !(snap_item_may_time_out(at) && at->barrier.checkpoint == checkpoint))
        at = snap_buffer_queue_next(queue, at);
    return at;
}

/* A local sender's barrier overtakes what it left behind. Its number stays, so that what it
 * overtook is known. */
static void time_out(struct snap_input *input, uint32_t channel, struct snap_buffer *order)
{
    struct snap_channel_priority *priority = priority_of(input, channel);
    struct snap_buffer *barrier = find_timeoutable(input, channel, order->barrier.checkpoint);

    SNAP_CHECK(input->channels[channel].local);
    snap_buffer_put(input->port.blocks, order);
    if (!barrier)
        return;
    snap_item_make_unaligned(barrier);
    snap_buffer_queue_prioritize(&input->channels[channel].queue, &priority->part, barrier);
    if (priority->part.count == 1)
        raise_unless_polled(input, channel, barrier->sequence);
    input->priority->port.overtaken(input->port.task, channel);
}

/* Flink tells of it when the task takes the next item of the channel. */
static void break_channel(struct snap_input *input, uint32_t channel, struct snap_buffer *item)
{
    priority_of(input, channel)->broken = true;
    snap_buffer_put(input->port.blocks, item);
    snap_gate_order_add(&input->order, channel);
}

bool snap_channel_arrive(struct snap_input *input, uint32_t channel, struct snap_buffer *item)
{
    struct snap_channel_priority *priority = priority_of(input, channel);
    bool first;

    if (item->kind == SNAP_ITEM_TIMED_OUT) {
        time_out(input, channel, item);
        return true;
    }
    if (item->sequence != priority->sequence_expected) {
        break_channel(input, channel, item);
        return false;
    }
    priority->sequence_expected = (int32_t)((uint32_t)item->sequence + 1);
    first = put_in_queue(input, channel, item);
    see_barrier(priority, item);
    if (item->kind == SNAP_ITEM_DATA && snap_channel_capture_is_pending(&priority->capture))
        input->priority->port.captured(input->port.task, channel, priority->capture.last, item);
    if (first)
        raise_unless_polled(input, channel, item->sequence);
    snap_gate_order_add(&input->order, channel);
    return true;
}

/* The bytes of the records from `first` on. */
static uint32_t bytes_from(const struct snap_buffer *buffer, uint32_t first, uint32_t record_bytes)
{
    uint32_t bytes = (buffer->count - first) * record_bytes;

    for (uint32_t i = first; buffer->marks > 0 && i < buffer->count; i++)
        if (snap_stamp_is_mark(&buffer->stamps[i])) {
            struct snap_record mark = snap_buffer_record(buffer, i);

            bytes += snap_mark_bytes(&mark) - record_bytes;
        }
    return bytes;
}

struct snap_buffer *snap_channel_take(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_channel_priority *priority = priority_of(input, channel);
    struct snap_buffer *item;

    if (priority->broken || !at->queue.tail)
        return NULL;
    item = snap_buffer_queue_pop_first(&at->queue, &priority->part);
    priority->queued_bytes -= snap_item_wire_bytes(item);
    if (item->kind == SNAP_ITEM_DATA)
        priority->partial_bytes +=
            item->bytes - item->foreign_bytes - bytes_from(item, 0, priority->record_bytes);
    if (at->local && snap_item_may_time_out(item))
        input->priority->port.barrier_taken(input->port.task, channel, item->barrier.checkpoint);
    return item;
}

struct snap_buffer *snap_channel_poll(struct snap_input *input, uint32_t channel)
{
    struct snap_channel_priority *priority = priority_of(input, channel);
    bool has_priority = priority->part.count > 0;
    struct snap_buffer *item = snap_channel_take(input, channel);

    SNAP_CHECK(item || priority->broken);
    if (item && has_priority)
        priority->sequence_raised = item->sequence;
    if (priority->part.count > 0)
        snap_gate_order_raise(&input->order, channel);
    else if (input->channels[channel].queue.tail)
        snap_gate_order_add(&input->order, channel);
    return item;
}

void snap_input_capture_rest(struct snap_input *input, uint32_t channel,
                             snap_checkpoint_id checkpoint, const struct snap_buffer *current)
{
    const struct snap_channel_priority *priority = priority_of(input, channel);
    struct snap_buffer rest = {.kind = SNAP_ITEM_DATA};

    if (current)
        rest = *current;
    /* What was taken of a record that is not complete comes on top. */
    rest.bytes = priority->partial_bytes + bytes_from(&rest, rest.taken, priority->record_bytes);
    if (rest.bytes > 0)
        input->priority->port.captured(input->port.task, channel, checkpoint, &rest);
}

void snap_input_visit_inflight(const struct snap_input *input, uint32_t channel,
                               const struct snap_inflight_visitor *visitor)
{
    const struct snap_channel_priority *priority = priority_of(input, channel);
    const struct snap_buffer_queue *queue = &input->channels[channel].queue;
    const struct snap_buffer *at = snap_buffer_queue_behind_priority(queue, &priority->part);

    for (; at; at = snap_buffer_queue_next(queue, at)) {
        if (at->kind != SNAP_ITEM_DATA)
            continue;
        if (!belongs(priority, at))
            return;
        visitor->visit(visitor->context, at);
    }
}

/* A channel at the start of a capture, for the visits. */
struct channel_start {
    const struct snap_input *input;
    uint32_t channel;
    snap_checkpoint_id checkpoint;
};

static void capture_waiting(void *context, const struct snap_buffer *buffer)
{
    const struct channel_start *start = context;

    start->input->priority->port.captured(start->input->port.task, start->channel,
                                          start->checkpoint, buffer);
}

static bool start_channel(struct channel_start *start)
{
    struct snap_channel_priority *priority = priority_of(start->input, start->channel);
    struct snap_inflight_visitor visitor = {start, capture_waiting};

    if (start->checkpoint < priority->barrier ||
        !snap_channel_capture_start(&priority->capture, start->checkpoint))
        return false;
    /* An older checkpoint's barrier says nothing about what belongs to this one. */
    if (start->checkpoint > priority->barrier)
        priority->barrier = SNAP_NO_CHECKPOINT;
    snap_input_visit_inflight(start->input, start->channel, &visitor);
    return true;
}

bool snap_input_may_capture(const struct snap_input *input, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < input->channel_count; i++) {
        const struct snap_channel_priority *priority = priority_of(input, i);

        if (checkpoint < priority->barrier ||
            !snap_channel_capture_may_start(&priority->capture, checkpoint))
            return false;
    }
    return true;
}

bool snap_input_start_capture(struct snap_input *input, const struct snap_barrier *barrier)
{
    struct channel_start start = {input, 0, barrier->checkpoint};

    for (; start.channel < input->channel_count; start.channel++)
        if (!start_channel(&start))
            return false;
    return true;
}

void snap_input_stop_capture(struct snap_input *input, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < input->channel_count; i++) {
        struct snap_channel_priority *priority = priority_of(input, i);

        if (priority->barrier == checkpoint)
            priority->barrier = SNAP_NO_CHECKPOINT;
        snap_channel_capture_stop(&priority->capture, checkpoint);
    }
}

bool snap_input_prioritize(struct snap_input *input, uint32_t channel, int32_t sequence)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_channel_priority *priority = priority_of(input, channel);
    struct snap_buffer *barrier = snap_buffer_queue_behind_priority(&at->queue, &priority->part);

    if (at->local)
        return true;
    while (barrier && barrier->sequence != sequence)
        barrier = snap_buffer_queue_next(&at->queue, barrier);
    SNAP_CHECK(barrier && barrier->kind == SNAP_ITEM_BARRIER);
    if (priority->capture.state != SNAP_CAPTURE_BARRIER_RECEIVED ||
        priority->barrier_sequence != sequence)
        return false;
    snap_buffer_queue_prioritize(&at->queue, &priority->part, barrier);
    /* The gate saw this number with the announcement: it is told all the same. */
    if (priority->part.count == 1)
        snap_gate_order_raise(&input->order, channel);
    return true;
}

int64_t snap_input_queued_bytes(const struct snap_input *input, uint32_t channel)
{
    int64_t bytes = priority_of(input, channel)->queued_bytes;

    return bytes > 0 ? bytes : 0;
}

void snap_input_recover(struct snap_input *input, uint32_t channel, struct snap_buffer *buffer)
{
    SNAP_CHECK(buffer->kind == SNAP_ITEM_DATA);
    buffer->recovered = true;
    /* Before all that the sender numbers: it belongs to every checkpoint that begins meanwhile. */
    buffer->sequence = -1;
    priority_of(input, channel)->queued_bytes += snap_item_wire_bytes(buffer);
    snap_buffer_queue_push(&input->channels[channel].queue, buffer);
    snap_gate_order_add(&input->order, channel);
}
