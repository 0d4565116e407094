// SPDX-License-Identifier: Apache-2.0
/*
 * gate_priority.h: what the receiving side adds for barriers that overtake.
 *
 * - Exists only for an input that was allowed it; channels of others do not grow. From then on the
 *   senders number their items, and a gap or a repetition breaks the channel.
 * - Priority events stand in front of their channel's queue, the channel in front of the gate's. An
 *   aligned barrier that may time out waits in its place and is announced in front; both have its
 *   number. Local channels announce nothing.
 * - The newest barrier that has arrived is remembered with its number: data with lower numbers that
 *   waits when a capture starts belongs to the checkpoint, and so does data that arrives until the
 *   barrier does.
 * - Local channels: Flink leaves their data in the sender's queue, where the sender's barrier
 *   captures it, and captures data before that as it is taken. Here it waits at the receiver. To
 *   capture what lies in the queue at the start, and what arrives until the barrier, gives the same
 *   records, each once; only the owner differs: what waits behind a barrier that overtook it is the
 *   sender's output in Flink. The channel's `barrier` says whether it has come. What a sender does
 *   later to a barrier of its queue comes as SNAP_ITEM_TIMED_OUT.
 * - A captured buffer is lent for the call and goes on being processed: who keeps it makes a copy,
 *   which takes no buffer of the gate.
 * - Owner and thread: the task's, as for gate.h.
 * Flink: RemoteInputChannel, LocalInputChannel, SingleInputGate.
 */
#ifndef SNAP_PROTOCOL_GATE_PRIORITY_H
#define SNAP_PROTOCOL_GATE_PRIORITY_H

#include "protocol/channel_capture.h"
#include "protocol/gate.h"

struct snap_channel_priority {
    struct snap_priority_part part;
    struct snap_channel_capture capture;
    snap_checkpoint_id barrier; /* newest that arrived and is remembered; or none */
    int64_t queued_bytes;       /* Flink's count: announcements leave it but never join it */
    int32_t barrier_sequence;
    int32_t sequence_expected;
    int32_t sequence_raised; /* of the last priority event that was polled; -1: none */
    uint32_t partial_bytes;  /* of a record whose end has not been taken */
    uint32_t record_bytes;   /* of the sender's records */
    bool broken;             /* an item came out of order: nothing can be taken any more */
};

/* What an input needs of its task for barriers that overtake. */
struct snap_capture_port {
    /* Data of the channel belongs to the checkpoint; the buffer is lent. `bytes` counts what of it
     * is not processed. */
    void (*captured)(void *task, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer);
    /* A local channel's barrier that may time out was taken: its sender need not time it out. */
    void (*barrier_taken)(void *task, uint32_t channel, snap_checkpoint_id checkpoint);
    /* A local channel's barrier overtakes now, so that its sender, which stopped behind it, goes
     * on. */
    void (*overtaken)(void *task, uint32_t channel);
};

struct snap_input_priority {
    struct snap_channel_priority *channels; /* one a channel of the input */
    struct snap_capture_port port;          /* called with the task of the input's own port */
};

/* Allows barriers to overtake; memory of the arena. To be called after the channels are set, before
 * anything arrives. */
void snap_input_allow_priority(struct snap_input *input, struct snap_arena *arena,
                               const struct snap_capture_port *port);

/* Says how large the records are that come over the channel, for the bytes of captured rests. */
void snap_input_set_record_bytes(struct snap_input *input, uint32_t channel, uint32_t bytes);

/* Returns whether the next item polled is a priority event. Flink: CheckpointedInputGate takes such
 * events by an urgent mail. */
static inline bool snap_input_has_priority(const struct snap_input *input)
{
    return snap_gate_order_has_raised(&input->order);
}

/*
 * Captures for the checkpoint what is left of the buffer that was taken from the channel, or the
 * beginning of a record that ends in a later one; `current` may be NULL. Comes before the start.
 * Flink: StreamTaskNetworkInput.prepareSnapshot.
 */
void snap_input_capture_rest(struct snap_input *input, uint32_t channel,
                             snap_checkpoint_id checkpoint, const struct snap_buffer *current);

/* Returns whether a capture for the checkpoint would start in all channels. */
bool snap_input_may_capture(const struct snap_input *input, snap_checkpoint_id checkpoint);

/*
 * Captures what waits in all channels and belongs to the barrier's checkpoint, and from now on what
 * arrives until their barriers do. Returns false if a channel has seen a newer barrier: the
 * checkpoint is subsumed; channels before that one go on capturing until the next start. Flink:
 * InputGate.checkpointStarted.
 */
bool snap_input_start_capture(struct snap_input *input, const struct snap_barrier *barrier);

/* Ends the capture for the checkpoint; newer ones go on. Flink: InputGate.checkpointStopped. */
void snap_input_stop_capture(struct snap_input *input, snap_checkpoint_id checkpoint);

/*
 * Moves the announced barrier with this number to the front of its channel; it stays what it is.
 * Nothing for local channels. False if a later barrier has come behind it: Flink's task fails then.
 * Flink: convertToPriorityEvent.
 */
bool snap_input_prioritize(struct snap_input *input, uint32_t channel, int32_t sequence);

/* Puts a data buffer out of a snapshot into the channel's queue, before anything else comes; it
 * uses none of the channel's buffers. Flink: RecoveredInputChannel. */
void snap_input_recover(struct snap_input *input, uint32_t channel, struct snap_buffer *buffer);

/* Returns how many bytes wait in the channel. Flink: unsynchronizedGetSizeOfQueuedBuffers. */
int64_t snap_input_queued_bytes(const struct snap_input *input, uint32_t channel);

/* Lists what a capture for the checkpoint would take of the waiting data: calls `visit` for each
 * buffer, in order. */
struct snap_inflight_visitor {
    void *context;
    void (*visit)(void *context, const struct snap_buffer *buffer);
};
void snap_input_visit_inflight(const struct snap_input *input, uint32_t channel,
                               const struct snap_inflight_visitor *visitor);

#endif
