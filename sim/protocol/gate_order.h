// SPDX-License-Identifier: Apache-2.0
/*
 * gate_order.h: the order in which a gate serves its channels.
 *
 * - Channels that have something wait in a queue; the gate takes the first, one item of it, and
 *   lets it join again if it has more.
 * - The queue has a priority part in front: first in, first out, before all others.
 * - A channel stands in the queue at most once. Joining twice changes nothing; raising a channel
 *   moves it from wherever it is to the end of the priority part, unless it stands there already.
 * - All operations take constant time: links lie in arrays indexed by channel.
 * - Memory of the arena given to init. Owned by the gate; its thread only.
 * Flink: SingleInputGate, PrioritizedDeque.
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

struct snap_gate_order {
    struct snap_gate_link *links; /* one a channel, then the heads of the two rings */
    uint8_t *standing; /* by channel: enum snap_gate_standing in a byte, for there may be many */
    uint32_t channels;
};

/* Makes an empty queue for `channels` channels; memory of the arena. */
void snap_gate_order_init(struct snap_gate_order *order, struct snap_arena *arena,
                          uint32_t channels);

/* The channel has something: it joins at the tail, unless it waits already. */
void snap_gate_order_add(struct snap_gate_order *order, uint32_t channel);

/* The channel's next item has priority: it joins or moves to the end of the priority part. */
void snap_gate_order_raise(struct snap_gate_order *order, uint32_t channel);

/* Returns the channel to serve next; SNAP_NO_CHANNEL if none waits. */
static inline uint32_t snap_gate_order_first(const struct snap_gate_order *order)
{
    const struct snap_gate_link *heads = &order->links[order->channels];

    if (heads[1].next != order->channels + 1)
        return heads[1].next;
    return heads[0].next != order->channels ? heads[0].next : SNAP_NO_CHANNEL;
}

/* Takes the channel to serve next out of the queue; SNAP_NO_CHANNEL if none waits. */
uint32_t snap_gate_order_take(struct snap_gate_order *order);

/* Returns whether any channel waits. */
static inline bool snap_gate_order_is_empty(const struct snap_gate_order *order)
{
    const struct snap_gate_link *heads = &order->links[order->channels];

    return heads[0].next == order->channels && heads[1].next == order->channels + 1;
}

/* Returns whether a channel stands in the priority part. */
static inline bool snap_gate_order_has_raised(const struct snap_gate_order *order)
{
    return order->links[order->channels + 1].next != order->channels + 1;
}

#endif
