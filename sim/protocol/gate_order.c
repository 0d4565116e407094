// SPDX-License-Identifier: Apache-2.0
#include "protocol/gate_order.h"

#include "base/check.h"

/* The head of the ring of a gate's channels. */
static uint32_t gate_head(const struct snap_gate_order *order, uint32_t gate)
{
    return order->channels + gate;
}

/* The gate's own link in the ring of gates; it links to itself while it is not there. */
static uint32_t gate_link(const struct snap_gate_order *order, uint32_t gate)
{
    return order->channels + order->gates + gate;
}

void snap_gate_order_init(struct snap_gate_order *order, struct snap_arena *arena, uint32_t gates,
                          uint32_t channels)
{
    uint32_t count;

    SNAP_CHECK(gates <= UINT16_MAX + 1 && channels < SNAP_NO_CHANNEL - 2 * gates - 2);
    order->channels = channels;
    order->gates = gates;
    count = snap_gate_order_priority_head(order) + 1;
    order->links = SNAP_ARENA_ARRAY(arena, struct snap_gate_link, count);
    order->standing = SNAP_ARENA_ARRAY(arena, uint8_t, channels);
    order->gate_of = SNAP_ARENA_ARRAY(arena, uint16_t, channels);
    for (uint32_t head = channels; head < count; head++)
        order->links[head] = (struct snap_gate_link){head, head};
}

void snap_gate_order_set_gate(struct snap_gate_order *order, uint32_t channel, uint16_t gate)
{
    SNAP_CHECK(channel < order->channels && gate < order->gates);
    SNAP_CHECK(order->standing[channel] == SNAP_GATE_ABSENT);
    order->gate_of[channel] = gate;
}

static void link_last(struct snap_gate_order *order, uint32_t at, uint32_t head)
{
    struct snap_gate_link *link = &order->links[at];

    link->previous = order->links[head].previous;
    link->next = head;
    order->links[link->previous].next = at;
    order->links[head].previous = at;
}

static void unlink_it(struct snap_gate_order *order, uint32_t at)
{
    struct snap_gate_link *link = &order->links[at];

    order->links[link->previous].next = link->next;
    order->links[link->next].previous = link->previous;
    *link = (struct snap_gate_link){at, at};
}

/* The channel joins its gate, and the gate the others, if it was empty. */
static void join_gate(struct snap_gate_order *order, uint32_t channel)
{
    uint32_t gate = order->gate_of[channel];
    uint32_t at = gate_link(order, gate);

    link_last(order, channel, gate_head(order, gate));
    order->standing[channel] = SNAP_GATE_WAITING;
    if (order->links[at].next == at)
        link_last(order, at, snap_gate_order_gates_head(order));
}

/* Without a channel that waits the gate does not either. */
static void leave_gate(struct snap_gate_order *order, uint32_t channel)
{
    uint32_t head = gate_head(order, order->gate_of[channel]);

    unlink_it(order, channel);
    order->standing[channel] = SNAP_GATE_ABSENT;
    if (order->links[head].next == head)
        unlink_it(order, gate_link(order, order->gate_of[channel]));
}

/* One item of the gate is enough: the other gates go first. */
static void pass_on(struct snap_gate_order *order, uint32_t gate)
{
    uint32_t at = gate_link(order, gate);

    if (order->links[at].next == at)
        return;
    unlink_it(order, at);
    link_last(order, at, snap_gate_order_gates_head(order));
}

void snap_gate_order_add(struct snap_gate_order *order, uint32_t channel)
{
    SNAP_CHECK(channel < order->channels);
    if (order->standing[channel] == SNAP_GATE_ABSENT)
        join_gate(order, channel);
}

void snap_gate_order_raise(struct snap_gate_order *order, uint32_t channel)
{
    SNAP_CHECK(channel < order->channels);
    if (order->standing[channel] == SNAP_GATE_RAISED)
        return;
    if (order->standing[channel] == SNAP_GATE_WAITING)
        leave_gate(order, channel);
    link_last(order, channel, snap_gate_order_priority_head(order));
    order->standing[channel] = SNAP_GATE_RAISED;
}

uint32_t snap_gate_order_take(struct snap_gate_order *order)
{
    uint32_t channel = snap_gate_order_first(order);

    if (channel == SNAP_NO_CHANNEL)
        return channel;
    if (order->standing[channel] == SNAP_GATE_WAITING) {
        leave_gate(order, channel);
    } else {
        unlink_it(order, channel);
        order->standing[channel] = SNAP_GATE_ABSENT;
    }
    if (order->gates > 1)
        pass_on(order, order->gate_of[channel]);
    return channel;
}
