// SPDX-License-Identifier: Apache-2.0
#include "protocol/gate.h"

#include <string.h>

#include "base/check.h"

void snap_input_init(struct snap_input *input, struct snap_arena *arena,
                     const struct snap_input_port *port, uint32_t gate_count,
                     uint32_t channel_count)
{
    SNAP_CHECK(gate_count <= UINT16_MAX + 1);
    memset(input, 0, sizeof(*input));
    input->channels = SNAP_ARENA_ARRAY(arena, struct snap_input_channel, channel_count);
    input->channel_count = channel_count;
    input->gates = SNAP_ARENA_ARRAY(arena, struct snap_input_gate, gate_count);
    input->gate_count = gate_count;
    input->untold_head = SNAP_NO_CHANNEL;
    input->port = *port;
    snap_gate_order_init(&input->order, arena, channel_count);
}

void snap_input_set_gate(struct snap_input *input, uint32_t gate,
                         const struct snap_network_config *network)
{
    input->gates[gate].exclusive_per_channel = network->exclusive_per_channel;
    input->gates[gate].floating_free = network->floating_per_gate;
    input->gates[gate].waiting_head = SNAP_NO_CHANNEL;
    input->gates[gate].waiting_tail = SNAP_NO_CHANNEL;
}

uint32_t snap_input_set_channel(struct snap_input *input, uint32_t channel,
                                const struct snap_input_channel *description)
{
    struct snap_input_channel *at = &input->channels[channel];

    SNAP_CHECK(description->gate < input->gate_count);
    at->gate = description->gate;
    at->sender_channel = description->sender_channel;
    at->local = description->local;
    if (!at->local) {
        at->exclusive_free = input->gates[at->gate].exclusive_per_channel;
        at->required = at->exclusive_free;
    }
    return at->exclusive_free;
}

void snap_input_fini(struct snap_input *input)
{
    for (uint32_t i = 0; i < input->channel_count; i++)
        snap_buffer_queue_clear(&input->channels[i].queue, input->port.blocks);
    memset(input, 0, sizeof(*input));
}

/* So many credits, or used up segments of a local channel, have to be told. */
static void note_untold(struct snap_input *input, uint32_t channel, uint32_t count)
{
    struct snap_input_channel *at = &input->channels[channel];

    at->untold_count += count;
    if (at->untold)
        return;
    at->untold = true;
    at->untold_next = input->untold_head;
    input->untold_head = channel;
}

static uint32_t free_buffers(const struct snap_input_channel *at)
{
    return at->exclusive_free + at->floating_free;
}

static void wait_for_floating(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_input_gate *gate = &input->gates[at->gate];

    if (at->waiting)
        return;
    at->waiting = true;
    at->waiting_next = SNAP_NO_CHANNEL;
    if (gate->waiting_tail == SNAP_NO_CHANNEL)
        gate->waiting_head = channel;
    else
        input->channels[gate->waiting_tail].waiting_next = channel;
    gate->waiting_tail = channel;
}

/* Flink: BufferManager.requestFloatingBuffers after RemoteInputChannel.onSenderBacklog. */
static void take_backlog(struct snap_input *input, uint32_t channel, uint32_t backlog)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_input_gate *gate = &input->gates[at->gate];

    at->required = backlog + gate->exclusive_per_channel;
    while (free_buffers(at) < at->required && !at->waiting) {
        if (gate->floating_free == 0) {
            wait_for_floating(input, channel);
            return;
        }
        gate->floating_free--;
        at->floating_free++;
        note_untold(input, channel, 1);
    }
}

static struct snap_input_channel *pop_waiting(struct snap_input *input,
                                              struct snap_input_gate *gate)
{
    struct snap_input_channel *at = &input->channels[gate->waiting_head];

    gate->waiting_head = at->waiting_next;
    if (gate->waiting_head == SNAP_NO_CHANNEL)
        gate->waiting_tail = SNAP_NO_CHANNEL;
    at->waiting = false;
    return at;
}

/* A floating buffer is free: the first waiting channel that still needs it gets it. */
static void give_floating(struct snap_input *input, struct snap_input_gate *gate)
{
    while (gate->waiting_head != SNAP_NO_CHANNEL) {
        uint32_t channel = gate->waiting_head;
        struct snap_input_channel *at = pop_waiting(input, gate);

        if (at->ended || free_buffers(at) >= at->required)
            continue;
        at->floating_free++;
        note_untold(input, channel, 1);
        if (free_buffers(at) < at->required)
            wait_for_floating(input, channel);
        return;
    }
    gate->floating_free++;
}

/* A data buffer takes a place: a floating one first. Flink: BufferManager.requestBuffer. */
static void take_place(struct snap_input_channel *at, struct snap_buffer *item)
{
    SNAP_CHECK(free_buffers(at) > 0);
    item->floating = at->floating_free > 0;
    if (item->floating)
        at->floating_free--;
    else
        at->exclusive_free--;
    if (at->required > 0)
        at->required--;
}

void snap_input_arrive(struct snap_input *input, uint32_t channel, struct snap_buffer *item)
{
    struct snap_input_channel *at = &input->channels[channel];

    SNAP_CHECK(channel < input->channel_count && !at->ended);
    snap_buffer_queue_push(&at->queue, item);
    snap_gate_order_add(&input->order, channel);
    if (item->kind != SNAP_ITEM_DATA || at->local)
        return;
    take_place(at, item);
    take_backlog(input, channel, item->backlog);
}

struct snap_buffer *snap_input_poll(struct snap_input *input, uint32_t *channel)
{
    struct snap_buffer *item;

    *channel = snap_gate_order_take(&input->order);
    if (*channel == SNAP_NO_CHANNEL)
        return NULL;
    item = snap_buffer_queue_pop(&input->channels[*channel].queue);
    SNAP_CHECK(item);
    if (input->channels[*channel].queue.tail)
        snap_gate_order_add(&input->order, *channel);
    return item;
}

/* Flink: BufferManager.recycle and AvailableBufferQueue.addExclusiveBuffer. */
static void recycle_remote(struct snap_input *input, uint32_t channel, bool floating)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_input_gate *gate = &input->gates[at->gate];

    if (floating) {
        give_floating(input, gate);
        return;
    }
    at->exclusive_free++;
    if (free_buffers(at) > at->required && at->floating_free > 0) {
        at->floating_free--;
        give_floating(input, gate);
        return;
    }
    note_untold(input, channel, 1);
}

void snap_input_recycle(struct snap_input *input, uint32_t channel, struct snap_buffer *buffer)
{
    SNAP_CHECK(buffer->kind == SNAP_ITEM_DATA);
    if (!input->channels[channel].local)
        recycle_remote(input, channel, buffer->floating);
    else if (buffer->segment_end)
        note_untold(input, channel, 1);
    snap_buffer_put(input->port.blocks, buffer);
}

void snap_input_end_channel(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];

    at->ended = true;
    at->required = 0;
    for (; at->floating_free > 0; at->floating_free--)
        give_floating(input, &input->gates[at->gate]);
}

void snap_input_announce(struct snap_input *input)
{
    while (input->untold_head != SNAP_NO_CHANNEL) {
        uint32_t channel = input->untold_head;
        struct snap_input_channel *at = &input->channels[channel];
        uint32_t count = at->untold_count;

        input->untold_head = at->untold_next;
        at->untold = false;
        at->untold_count = 0;
        if (!at->ended)
            input->port.credit(input->port.task, channel, at->local ? 0 : count,
                               at->local ? count : 0);
    }
}
