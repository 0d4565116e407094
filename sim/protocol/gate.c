// SPDX-License-Identifier: Apache-2.0
#include "protocol/gate.h"

#include <string.h>

#include "base/check.h"
#include "protocol/buffer_debloater.h"
#include "protocol/gate_internal.h"
#include "protocol/gate_priority.h"

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
    snap_gate_order_init(&input->order, arena, gate_count, channel_count);
}

struct snap_gate_buffers snap_gate_buffers_of(const struct snap_network_config *network,
                                              uint32_t channels)
{
    struct snap_gate_buffers buffers = {network->exclusive_per_channel, network->floating_per_gate};
    uint64_t all = (uint64_t)channels * buffers.exclusive_per_channel;
    uint64_t required = all + 1;

    if (network->required_per_gate_max == 0 || network->required_per_gate_max >= required ||
        channels == 0)
        return buffers;
    required = network->required_per_gate_max;
    buffers.exclusive_per_channel = (uint32_t)((required - 1) / channels);
    buffers.floating += (uint32_t)(all - (uint64_t)channels * buffers.exclusive_per_channel);
    return buffers;
}

void snap_input_set_gate(struct snap_input *input, uint32_t gate, uint32_t channels,
                         const struct snap_network_config *network)
{
    struct snap_gate_buffers buffers = snap_gate_buffers_of(network, channels);

    input->gates[gate].exclusive_per_channel = buffers.exclusive_per_channel;
    input->gates[gate].floating_count = buffers.floating;
    input->gates[gate].floating_free = buffers.floating;
    input->gates[gate].waiting_head = SNAP_NO_CHANNEL;
    input->gates[gate].waiting_tail = SNAP_NO_CHANNEL;
}

uint32_t snap_input_set_channel(struct snap_input *input, uint32_t channel,
                                const struct snap_input_channel *description)
{
    struct snap_input_channel *at = &input->channels[channel];

    SNAP_CHECK(description->gate < input->gate_count);
    at->gate = description->gate;
    snap_gate_order_set_gate(&input->order, channel, description->gate);
    at->sender_channel = description->sender_channel;
    at->local = description->local;
    if (!at->local)
        at->exclusive_free = input->gates[at->gate].exclusive_per_channel;
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

/* Whether the sender could use more buffers than are free. Flink counts what it takes down from
 * what the last backlog asked for, below 0 if need be. */
static bool wants_buffers(const struct snap_input_channel *at)
{
    return (int64_t)free_buffers(at) < at->required;
}

void snap_channel_take_backlog(struct snap_input *input, uint32_t channel, uint32_t backlog)
{
    struct snap_input_channel *at = &input->channels[channel];
    struct snap_input_gate *gate = &input->gates[at->gate];

    at->required = (int32_t)(backlog + gate->exclusive_per_channel);
    while (wants_buffers(at) && !at->waiting) {
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

        if (at->ended || !wants_buffers(at))
            continue;
        at->floating_free++;
        note_untold(input, channel, 1);
        if (wants_buffers(at))
            wait_for_floating(input, channel);
        return;
    }
    gate->floating_free++;
}

void snap_channel_take_place(struct snap_input_channel *at, struct snap_buffer *item)
{
    SNAP_CHECK(free_buffers(at) > 0);
    item->floating = at->floating_free > 0;
    if (item->floating)
        at->floating_free--;
    else
        at->exclusive_free--;
    at->required--;
}

static void release_floating(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];

    at->required = 0;
    for (; at->floating_free > 0; at->floating_free--)
        give_floating(input, &input->gates[at->gate]);
}

/* Without exclusive buffers a channel needs none until its sender goes on. Flink:
 * RemoteInputChannel.onBlockingUpstream. */
static void sender_stops(struct snap_input *input, uint32_t channel)
{
    if (input->gates[input->channels[channel].gate].exclusive_per_channel == 0)
        release_floating(input, channel);
}

void snap_input_resume(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];

    if (input->gates[at->gate].exclusive_per_channel == 0)
        at->untold_count = 0;
}

void snap_input_arrive(struct snap_input *input, uint32_t channel, struct snap_buffer *item)
{
    struct snap_input_channel *at = &input->channels[channel];
    uint32_t backlog = item->backlog;

    SNAP_CHECK(channel < input->channel_count && !at->ended);
    if (item->kind == SNAP_ITEM_BACKLOG) {
        snap_buffer_put(input->port.blocks, item);
        snap_channel_take_backlog(input, channel, backlog);
        return;
    }
    if (!at->local && item->kind == SNAP_ITEM_DATA)
        snap_channel_take_place(at, item);
    if (!at->local && snap_item_blocks(item))
        sender_stops(input, channel);
    if (input->priority) {
        if (!snap_channel_arrive(input, channel, item))
            return;
    } else {
        snap_buffer_queue_push(&at->queue, item);
        snap_gate_order_add(&input->order, channel);
    }
    /* Events tell a backlog too; an aligned barrier, behind which its sender stops, one of 0. */
    if (!at->local)
        snap_channel_take_backlog(input, channel, backlog);
}

bool snap_input_gives_no_credit(const struct snap_input *input, uint32_t channel)
{
    const struct snap_input_channel *at = &input->channels[channel];
    const struct snap_input_gate *gate = &input->gates[at->gate];

    return at->local || (gate->floating_free == 0 && gate->exclusive_per_channel > 0);
}

struct snap_buffer *snap_input_poll(struct snap_input *input, uint32_t *channel)
{
    struct snap_buffer *item;

    *channel = snap_gate_order_take(&input->order);
    if (*channel == SNAP_NO_CHANNEL)
        return NULL;
    if (input->priority)
        return snap_channel_poll(input, *channel);
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
    if ((int64_t)free_buffers(at) > at->required && at->floating_free > 0) {
        at->floating_free--;
        give_floating(input, gate);
        return;
    }
    note_untold(input, channel, 1);
}

void snap_input_recycle(struct snap_input *input, uint32_t channel, struct snap_buffer *buffer)
{
    SNAP_CHECK(buffer->kind == SNAP_ITEM_DATA);
    if (buffer->recovered) {
        /* It has taken nobody's place. */
    } else if (!input->channels[channel].local) {
        recycle_remote(input, channel, buffer->floating);
    } else if (buffer->segment_end) {
        note_untold(input, channel, 1);
    }
    snap_buffer_put(input->port.blocks, buffer);
}

void snap_input_end_channel(struct snap_input *input, uint32_t channel)
{
    struct snap_input_channel *at = &input->channels[channel];

    at->ended = true;
    release_floating(input, channel);
}

static uint32_t count_queued(const struct snap_buffer_queue *queue)
{
    const struct snap_buffer *at = queue->tail ? snap_buffer_queue_head(queue) : NULL;
    uint32_t count = 0;

    for (; at; at = snap_buffer_queue_next(queue, at))
        count++;
    return count;
}

uint32_t snap_input_buffers_in_use(const struct snap_input *input, uint32_t gate)
{
    uint32_t exclusive = input->gates[gate].exclusive_per_channel;
    uint32_t count = 0;

    for (uint32_t i = 0; i < input->channel_count; i++) {
        const struct snap_input_channel *at = &input->channels[i];

        if (at->gate != gate)
            continue;
        count += snap_buffers_in_use(count_queued(&at->queue),
                                     at->required > 0 ? (uint32_t)at->required : 0, exclusive);
    }
    return count;
}

struct snap_pool_use snap_input_pool_use(const struct snap_input *input)
{
    struct snap_pool_use use = {0, 0};
    uint32_t unused = 0;

    for (uint32_t g = 0; g < input->gate_count; g++) {
        use.total += input->gates[g].floating_count;
        unused += input->gates[g].floating_free;
    }
    for (uint32_t i = 0; i < input->channel_count; i++) {
        const struct snap_input_channel *at = &input->channels[i];

        if (at->local)
            continue;
        use.total += input->gates[at->gate].exclusive_per_channel;
        unused += free_buffers(at);
    }
    /* Where credits are given twice on purpose there are more free ones than buffers. */
    use.used = unused < use.total ? use.total - unused : 0;
    return use;
}

uint32_t snap_channel_take_untold(struct snap_input_channel *at)
{
    uint32_t count = at->untold_count;

    at->untold_count = 0;
    return count;
}

void snap_input_announce(struct snap_input *input)
{
    while (input->untold_head != SNAP_NO_CHANNEL) {
        uint32_t channel = input->untold_head;
        struct snap_input_channel *at = &input->channels[channel];
        uint32_t count = snap_channel_take_untold(at);

        input->untold_head = at->untold_next;
        at->untold = false;
        if (!at->ended && count > 0)
            input->port.credit(input->port.task, channel, at->local ? 0 : count,
                               at->local ? count : 0);
    }
}
