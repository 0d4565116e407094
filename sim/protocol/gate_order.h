// SPDX-License-Identifier: Apache-2.0
/*
 * gate_order.h: the order in which a task serves its gates, and a gate its channels.
 *
 * - Gates that have something take turns, one item each, however many channels they have: the
 *   inputs of a union, and of an operator with two inputs. Within a gate channels do: the first
 *   in its queue gives one item, and joins again if it has more.
 * - In front of all is a priority part: channels of any gate, first in, first out. A gate whose
 *   channel is served there lets the other gates go first.
 * - A channel stands in the queue at most once. Joining twice changes nothing; raising a channel
 *   moves it from wherever it is to the end of the priority part, unless it stands there already.
 * - All operations take constant time: links lie in arrays indexed by channel and gate.
 * - Memory of the arena given to init. Owned by the input; its thread only.
 * Flink: SingleInputGate, UnionInputGate, MultipleInputSelectionHandler, PrioritizedDeque.
 */
#ifndef SNAP_PROTOCOL_GATE_ORDER_H
#define SNAP_PROTOCOL_GATE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define SNAP_NO_CHANNEL UINT32_MAX

struct snap_gate_link {
    uint32_t previous;
    uint32_t next;
};

/* Where a channel stands. */
enum snap_gate_standing {
    SNAP_GATE_ABSENT,
    SNAP_GATE_WAITING,
    SNAP_GATE_RAISED, /* in the priority part */
};

/* Rings of links: of each gate's channels, of the gates that have any in theirs, and of the
 * priority part. */
struct snap_gate_order {
    struct snap_gate_link *links; /* one a channel, the heads of the gates' rings, one a gate, the
                                   * head of the ring of gates, that of the priority part */
    uint8_t *standing; /* by channel: enum snap_gate_standing in a byte, for there may be many */
    uint16_t *gate_of; /* by channel */
    uint32_t channels;
    uint32_t gates;
};

/* Makes an empty queue for so many channels, all of the first gate; memory of the arena. */
void snap_gate_order_init(struct snap_gate_order *order, struct snap_arena *arena, uint32_t gates,
                          uint32_t channels);

/* The channel belongs to the gate. It must not wait. */
void snap_gate_order_set_gate(struct snap_gate_order *order, uint32_t channel, uint16_t gate);

/* The channel has something: it joins at the tail, unless it waits already. */
void snap_gate_order_add(struct snap_gate_order *order, uint32_t channel);

/* The channel's next item has priority: it joins or moves to the end of the priority part. */
void snap_gate_order_raise(struct snap_gate_order *order, uint32_t channel);

static inline uint32_t snap_gate_order_gates_head(const struct snap_gate_order *order)
{
    return order->channels + 2 * order->gates;
}

static inline uint32_t snap_gate_order_priority_head(const struct snap_gate_order *order)
{
    return order->channels + 2 * order->gates + 1;
}

/* Returns the channel to serve next; SNAP_NO_CHANNEL if none waits. */
static inline uint32_t snap_gate_order_first(const struct snap_gate_order *order)
{
    uint32_t gates = snap_gate_order_gates_head(order);
    uint32_t priority = gates + 1;

    if (order->links[priority].next != priority)
        return order->links[priority].next;
    if (order->links[gates].next == gates)
        return SNAP_NO_CHANNEL;
    return order->links[order->links[gates].next - order->gates].next;
}

/* Takes the channel to serve next out of the queue; SNAP_NO_CHANNEL if none waits. */
uint32_t snap_gate_order_take(struct snap_gate_order *order);

/* Returns whether a channel stands in the priority part. */
static inline bool snap_gate_order_has_raised(const struct snap_gate_order *order)
{
    uint32_t priority = snap_gate_order_priority_head(order);

    return order->links[priority].next != priority;
}

/* Returns whether any channel waits. */
static inline bool snap_gate_order_is_empty(const struct snap_gate_order *order)
{
    uint32_t gates = snap_gate_order_gates_head(order);

    return order->links[gates].next == gates && !snap_gate_order_has_raised(order);
}

#endif
