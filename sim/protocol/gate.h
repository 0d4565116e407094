// SPDX-License-Identifier: Apache-2.0
/*
 * gate.h: the receiving side of one task: input gates, their channels and buffers.
 *
 * - A gate is one incoming edge of the vertex; channels count from 0 over all gates of the task.
 * - A remote channel owns exclusive buffers and borrows floating ones of its gate, as many as the
 *   sender's backlog asks for. Each buffer it gains is one credit of the sender. A local channel
 *   has no buffers: the sender's segments wait here until they are used up.
 * - A channel with items waits in the order of gate_order.h; a poll takes one item of the first.
 * - What overtakes, and what is captured for it: gate_priority.h.
 * - Credits are gathered and told by snap_input_announce, one message a channel.
 * - Plain functions on the hot path; they know a port, no task. Owner and thread: the task.
 * Flink: SingleInputGate, RemoteInputChannel, LocalInputChannel, BufferManager.
 */
#ifndef SNAP_PROTOCOL_GATE_H
#define SNAP_PROTOCOL_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/config.h"
#include "protocol/buffer.h"
#include "protocol/gate_order.h"

/* What the receiving side needs of its task. */
struct snap_input_port {
    void *task;
    struct snap_block_pool *blocks;
    /* Tells the sender: `credits` more buffers are free, `segments` local ones are used up. */
    void (*credit)(void *task, uint32_t channel, uint32_t credits, uint32_t segments);
};

/* One of many: kept short. */
struct snap_input_channel {
    struct snap_buffer_queue queue;
    uint32_t sender_channel; /* the sender's number of this channel */
    uint32_t exclusive_free;
    uint32_t floating_free; /* borrowed and not used */
    int32_t required;       /* buffers the sender could use. Flink: numRequiredBuffers */
    uint32_t untold_count;  /* credits that the sender does not know of; local: used up segments */
    uint32_t untold_next;   /* in the list of those that have something to tell */
    uint32_t waiting_next;  /* in the gate's list of those that want a floating buffer */
    uint16_t gate;
    bool untold : 1;
    bool waiting : 1;
    bool local : 1;
    bool ended : 1; /* its end of partition was taken */
};

struct snap_input_gate {
    uint32_t exclusive_per_channel;
    uint32_t floating_count;
    uint32_t floating_free;
    uint32_t waiting_head; /* channels that want floating buffers, first come first served */
    uint32_t waiting_tail;
};

struct snap_input {
    struct snap_input_channel *channels;
    uint32_t channel_count;
    struct snap_input_gate *gates;
    uint32_t gate_count;
    uint32_t untold_head;
    struct snap_gate_order order;
    struct snap_input_priority *priority; /* NULL: no barrier overtakes. See gate_priority.h */
    struct snap_input_port port;
};

/* Makes gates and channels without senders; memory of the arena. */
void snap_input_init(struct snap_input *input, struct snap_arena *arena,
                     const struct snap_input_port *port, uint32_t gate_count,
                     uint32_t channel_count);

/* What a gate is given. */
struct snap_gate_buffers {
    uint32_t exclusive_per_channel;
    uint32_t floating;
};

/*
 * Returns what a gate of so many channels gets: where a limit stands in the way of exclusive
 * buffers, all channels have fewer of them and the gate has as many more floating ones. Flink:
 * InputGateSpecUtils.
 */
struct snap_gate_buffers snap_gate_buffers_of(const struct snap_network_config *network,
                                              uint32_t channels);

/* Sets up a gate with its buffers; `channels` is how many it has. */
void snap_input_set_gate(struct snap_input *input, uint32_t gate, uint32_t channels,
                         const struct snap_network_config *network);

/* Sets up a channel. Returns the first credit, 0 for a local channel. */
uint32_t snap_input_set_channel(struct snap_input *input, uint32_t channel,
                                const struct snap_input_channel *description);

/* Gives back all items. */
void snap_input_fini(struct snap_input *input);

/* An item came over the channel; the input holds it from now on. */
void snap_input_arrive(struct snap_input *input, uint32_t channel, struct snap_buffer *item);

/* Returns whether a poll would give an item. */
static inline bool snap_input_is_available(const struct snap_input *input)
{
    return !snap_gate_order_is_empty(&input->order);
}

/* Returns whether what arrives over the channel gives nobody credit as long as no buffer is used
 * up: a local one never does, and else there is a floating buffer for it, or there is none. */
bool snap_input_gives_no_credit(const struct snap_input *input, uint32_t channel);

/* Takes the next item and its channel; NULL if there is none. The caller holds it. NULL with a
 * channel: that one is broken, see gate_priority.h. */
struct snap_buffer *snap_input_poll(struct snap_input *input, uint32_t *channel);

/* A data buffer was used up: gives it back and sees who gets its place. */
void snap_input_recycle(struct snap_input *input, uint32_t channel, struct snap_buffer *buffer);

/* The channel's sender is told to go on: without exclusive buffers it starts without credit. */
void snap_input_resume(struct snap_input *input, uint32_t channel);

/* An ended channel needs no buffers any more: its floating ones go back to the gate. */
void snap_input_end_channel(struct snap_input *input, uint32_t channel);

/* Returns how many buffers wait for the gate, here and at its senders. Flink:
 * InputGate.getBuffersInUseCount. */
uint32_t snap_input_buffers_in_use(const struct snap_input *input, uint32_t gate);

/* How many of the buffers that remote channels may fill hold something. */
struct snap_pool_use {
    uint32_t used;
    uint32_t total;
};

/* Returns that of all gates. Flink: inPoolUsage. */
struct snap_pool_use snap_input_pool_use(const struct snap_input *input);

/* Tells all credits gathered since the last call. */
void snap_input_announce(struct snap_input *input);

#endif
