// SPDX-License-Identifier: Apache-2.0
/*
 * gate_internal.h: what the source files of gate.h share.
 *
 * - gate.c has the channels, their buffers and credits; gate_priority.c what overtakes and what is
 *   captured.
 */
#ifndef SNAP_PROTOCOL_GATE_INTERNAL_H
#define SNAP_PROTOCOL_GATE_INTERNAL_H

#include "protocol/gate.h"

/* An item of the channel's sender takes its place in the channel, in order or ahead of others.
 * Returns false if the channel is broken; the item is given back then. */
bool snap_channel_arrive(struct snap_input *input, uint32_t channel, struct snap_buffer *item);

/* The gate's order has come to the channel: takes an item; NULL if the channel is broken. */
struct snap_buffer *snap_channel_poll(struct snap_input *input, uint32_t channel);

/* Takes the channel's next item; NULL if it has none. Flink: InputChannel.getNextBuffer. */
struct snap_buffer *snap_channel_take(struct snap_input *input, uint32_t channel);

/* Data takes one of the channel's buffers, a floating one first. Flink:
 * BufferManager.requestBuffer. */
void snap_channel_take_place(struct snap_input_channel *at, struct snap_buffer *item);

/* The sender has so many more data buffers: borrows what is missing. Flink:
 * RemoteInputChannel.onSenderBacklog. */
void snap_channel_take_backlog(struct snap_input *input, uint32_t channel, uint32_t backlog);

/* Returns the channel's credits, or used up segments, that are not told, and forgets them. */
uint32_t snap_channel_take_untold(struct snap_input_channel *at);

#endif
