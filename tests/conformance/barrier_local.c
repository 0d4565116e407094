// SPDX-License-Identifier: Apache-2.0
/*
 * The local channels of the harness `channels`: their items wait at the sender, as in Flink, and
 * the gate takes them out of the sender's queue.
 *
 * - The queue is a real one that is not connected, so that nothing leaves by itself. When Flink
 *   wakes the gate is read off it: at the first priority event, the end, the first finished buffer.
 * - Input is captured when an item is taken. The state of the capture is the real input's.
 */
#include <string.h>

#include "barrier_play.h"
#include "base/check.h"
#include "protocol/partition_internal.h"

static void never_sent(void *context, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                       snap_ns transmit_ns)
{
    (void)context;
    (void)channel;
    (void)item;
    (void)depart_ns;
    (void)transmit_ns;
    SNAP_CHECK(false);
}

static struct snap_subpartition *sub_of(struct barrier_sender *sender)
{
    return &sender->output.channels[0];
}

static struct snap_channel_priority *priority_of(const struct barrier_sender *sender)
{
    return &sender->play->input.priority->channels[sender->channel];
}

static void output_told(struct barrier_sender *sender, const char *name,
                        snap_checkpoint_id checkpoint)
{
    json_t *output = json_pack("{s:s, s:I, s:I}", "a", name, "cp", (json_int_t)checkpoint, "ch",
                               (json_int_t)sender->channel);

    if (!strcmp(name, "capture_out")) {
        json_object_set_new(output, "ids", sender->captured);
        sender->captured = json_array();
    }
    small_output(&sender->play->small, output);
}

static void captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer)
{
    struct barrier_sender *sender = context;

    SNAP_CHECK(channel == 0);
    sender->capturing = checkpoint;
    json_array_append_new(sender->captured, json_integer(small_id(buffer)));
}

static void promised(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     enum snap_output_promise what)
{
    static const char *const names[] = {
        [SNAP_PROMISE_OPENED] = "capture_out_open",
        [SNAP_PROMISE_KEPT] = "capture_out",
        [SNAP_PROMISE_BROKEN] = "capture_out_failed",
    };

    SNAP_CHECK(channel == 0);
    output_told(context, names[what], checkpoint);
}

void barrier_local_init(struct barrier_sender *sender)
{
    struct small_play *small = &sender->play->small;
    const struct snap_network_config network = {.segment_bytes = 32768};
    const struct snap_output_port port = {
        .task = sender, .blocks = &small->blocks, .send = never_sent};
    const struct snap_output_capture_port capture_port = {captured, promised};
    struct snap_output *output = &sender->output;

    sender->captured = json_array();
    sender->edge.overtaken = sender->play->may_overtake;
    snap_output_init(output, &network, &port, 0);
    snap_output_reserve(output, &small->arena, 1, 1);
    output->partitions[0].edge = &sender->edge;
    output->partition_count = 1;
    output->channel_count = 1;
    if (sender->play->may_overtake)
        snap_output_allow_priority(output, &small->arena, &capture_port);
}

void barrier_local_fini(struct barrier_sender *sender)
{
    snap_output_fini(&sender->output);
    json_decref(sender->captured);
}

static void add(struct barrier_sender *sender, struct snap_buffer *item)
{
    if (item->kind == SNAP_ITEM_DATA) {
        snap_sub_add(&sender->output, sub_of(sender), item);
    } else {
        snap_output_broadcast(&sender->output, item, sender->play->now_ns);
        snap_buffer_put(&sender->play->small.blocks, item);
    }
}

/* Only the first priority event is told of, and only if the gate has not taken one of its number.
 */
static void tell_of_priority(struct barrier_sender *sender, uint32_t priority_before)
{
    if (sender->play->may_overtake) {
        const struct snap_sub_priority *priority = sender->output.priority->channels;

        if (priority_before == 0 && priority->part.count == 1 &&
            priority->sequence > priority_of(sender)->sequence_raised)
            snap_gate_order_raise(&sender->play->input.order, sender->channel);
    }
}

/* The end is told of also where the queue is blocked, but once. */
static void tell_of_item(struct barrier_sender *sender)
{
    const struct snap_subpartition *sub = sub_of(sender);

    if (sub->ended || snap_sub_is_ready(&sender->output, sub, true))
        snap_gate_order_add(&sender->play->input.order, sender->channel);
}

void barrier_local_step(struct barrier_sender *sender, const json_t *step)
{
    struct snap_output *output = &sender->output;
    const char *op = conform_string(step, "op");
    snap_checkpoint_id checkpoint = conform_integer_or(step, "cp", 0);
    uint32_t priority_before = output->priority ? output->priority->channels[0].part.count : 0;
    bool has_item = strcmp(op, "output_timeout") && strcmp(op, "output_abort");

    if (has_item)
        add(sender, small_item(&sender->play->small, step));
    else if (!strcmp(op, "output_timeout"))
        snap_output_time_out(output, checkpoint, sender->play->now_ns);
    else
        snap_output_abort(output, checkpoint);
    if (json_array_size(sender->captured) > 0)
        output_told(sender, "capture_out", sender->capturing);
    tell_of_priority(sender, priority_before);
    if (has_item)
        tell_of_item(sender);
}

void barrier_local_resume(struct barrier_sender *sender)
{
    snap_output_resume(&sender->output, 0, sender->play->now_ns);
    if (snap_sub_is_ready(&sender->output, sub_of(sender), true))
        snap_gate_order_add(&sender->play->input.order, sender->channel);
}

static void capture_taken(struct barrier_sender *sender, const struct snap_buffer *item)
{
    struct snap_channel_capture *capture = &priority_of(sender)->capture;

    if (item->kind == SNAP_ITEM_BARRIER)
        snap_channel_capture_see(capture, item->barrier.checkpoint);
    else if (item->kind == SNAP_ITEM_DATA && snap_channel_capture_is_pending(capture))
        barrier_channels_capture(sender->play, sender->channel, capture->last, item);
}

struct snap_buffer *barrier_local_poll(struct barrier_sender *sender)
{
    struct snap_subpartition *sub = sub_of(sender);
    struct snap_output *output = &sender->output;
    struct snap_gate_order *order = &sender->play->input.order;
    bool has_priority = snap_sub_has_priority(output, sub);
    struct snap_buffer *item = snap_sub_take(output, sub);

    if (!item)
        return NULL;
    if (sender->play->may_overtake) {
        snap_sub_number(output, sub, item);
        capture_taken(sender, item);
        if (has_priority)
            priority_of(sender)->sequence_raised = item->sequence;
    }
    if (!snap_sub_is_ready(output, sub, true))
        return item;
    if (snap_sub_has_priority(output, sub))
        snap_gate_order_raise(order, sender->channel);
    else
        snap_gate_order_add(order, sender->channel);
    return item;
}
