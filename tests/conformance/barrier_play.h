// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_play.h: one case of the barrier table being played on a barrier handler.
 *
 * - The outputs collect what the current step causes, in the words of the table.
 * - Harness `handler` hands each step straight to the handler; harness `channels` lets it wait in
 *   a channel until the gate serves that channel (barrier_channels.c).
 * - A remote channel is one of the real input. A local one is, as in Flink, the queue of its sender
 *   (barrier_local.c), of which the input has only the place in its order and the capture's state.
 * - After an `error` nothing more is played.
 */
#ifndef SNAP_TESTS_BARRIER_PLAY_H
#define SNAP_TESTS_BARRIER_PLAY_H

#include "barrier_small.h"
#include "protocol/barrier_handler.h"
#include "protocol/gate_priority.h"
#include "protocol/partition_priority.h"

struct barrier_play;

/* Who writes into a channel. */
struct barrier_sender {
    struct barrier_play *play;
    uint32_t channel;
    bool local;
    int32_t next_sequence; /* of a remote channel: what its next item is numbered with */
    /* Of a local channel: its sender's queue. */
    struct snap_output output;
    struct snap_edge edge;
    json_t *captured; /* owned; ids that no output has told of yet */
    snap_checkpoint_id capturing;
};

/* An alignment timer. */
struct barrier_timer {
    snap_ns due_ns;
    snap_checkpoint_id checkpoint;
};

struct barrier_play {
    struct small_play small;
    struct snap_barrier_handler handler;
    bool may_overtake;
    struct snap_input input;
    struct barrier_sender *senders; /* one a channel; of the arena */
    uint32_t channel_count;
    json_t *captured; /* owned; ids of inputs that no output has told of yet */
    uint32_t captured_channel;
    snap_checkpoint_id capturing;
    snap_ns now_ns;
    struct barrier_timer *timers; /* of the arena; the one set last is the last */
    uint32_t timer_count;
    uint32_t timer_capacity;
    bool closed;
};

/* Hands the item that was taken from the channel to the handler, tells of both and does what the
 * handler says. */
void barrier_play_taken(struct barrier_play *play, uint32_t channel,
                        const struct snap_buffer *item);

/* The channels and the gate in front of the handler. */
void barrier_channels_init(struct barrier_play *play);
void barrier_channels_fini(struct barrier_play *play);

/* A step on a channel: puts its item in, or is about the sender's timer or an abort. */
void barrier_channels_step(struct barrier_play *play, const json_t *step);

/* Takes one item as the gate decides; returns false if there is none. */
bool barrier_channels_poll(struct barrier_play *play);

/* Does what the handler wants of the inputs; nothing for other actions. */
void barrier_channels_perform(struct barrier_play *play, const struct snap_barrier_action *action);

/* The channel's sender may go on. */
void barrier_channels_resume(struct barrier_play *play, uint32_t channel);

/* Data of the channel belongs to the checkpoint's state. */
void barrier_channels_capture(struct barrier_play *play, uint32_t channel,
                              snap_checkpoint_id checkpoint, const struct snap_buffer *buffer);

/* The queue of a local channel's sender: the same for it. */
void barrier_local_init(struct barrier_sender *sender);
void barrier_local_fini(struct barrier_sender *sender);
void barrier_local_step(struct barrier_sender *sender, const json_t *step);
void barrier_local_resume(struct barrier_sender *sender);

/* The gate has come to the channel, which left its order: returns an item, which the caller holds;
 * NULL if none may be taken. */
struct snap_buffer *barrier_local_poll(struct barrier_sender *sender);

#endif
