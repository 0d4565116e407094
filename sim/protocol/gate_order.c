// SPDX-License-Identifier: Apache-2.0
#include "protocol/gate_order.h"

#include "base/check.h"

/* The places of the heads of the two rings, behind the channels' links. */
static uint32_t normal_head(const struct snap_gate_order *order)
{
    return order->channels;
}

static uint32_t priority_head(const struct snap_gate_order *order)
{
    return order->channels + 1;
}

void snap_gate_order_init(struct snap_gate_order *order, struct snap_arena *arena,
                          uint32_t channels)
{
    SNAP_CHECK(channels < SNAP_NO_CHANNEL - 2);
    order->channels = channels;
    order->links = SNAP_ARENA_ARRAY(arena, struct snap_gate_link, channels + 2);
    order->standing = SNAP_ARENA_ARRAY(arena, uint8_t, channels);
    for (uint32_t head = channels; head < channels + 2; head++)
        order->links[head] = (struct snap_gate_link){head, head};
}

static void join(struct snap_gate_order *order, uint32_t channel, uint32_t head)
{
    struct snap_gate_link *link = &order->links[channel];

    link->previous = order->links[head].previous;
    link->next = head;
    order->standing[channel] = head == priority_head(order) ? SNAP_GATE_RAISED : SNAP_GATE_WAITING;
    order->links[link->previous].next = channel;
    order->links[head].previous = channel;
}

static void leave(struct snap_gate_order *order, uint32_t channel)
{
    struct snap_gate_link *link = &order->links[channel];

    SNAP_CHECK(order->standing[channel] != SNAP_GATE_ABSENT);
    order->links[link->previous].next = link->next;
    order->links[link->next].previous = link->previous;
    order->standing[channel] = SNAP_GATE_ABSENT;
}

void snap_gate_order_add(struct snap_gate_order *order, uint32_t channel)
{
    SNAP_CHECK(channel < order->channels);
    if (order->standing[channel] == SNAP_GATE_ABSENT)
        join(order, channel, normal_head(order));
}

void snap_gate_order_raise(struct snap_gate_order *order, uint32_t channel)
{
    SNAP_CHECK(channel < order->channels);
    if (order->standing[channel] == SNAP_GATE_RAISED)
        return;
    if (order->standing[channel] == SNAP_GATE_WAITING)
        leave(order, channel);
    join(order, channel, priority_head(order));
}

uint32_t snap_gate_order_take(struct snap_gate_order *order)
{
    uint32_t channel = snap_gate_order_first(order);

    if (channel != SNAP_NO_CHANNEL)
        leave(order, channel);
    return channel;
}
