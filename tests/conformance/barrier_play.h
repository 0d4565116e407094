// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_play.h: one case of the barrier table being played on a barrier handler.
 *
 * - `outputs` collects what the current step causes, in the words of the table.
 * - Harness `handler` hands each step straight to the handler; harness `channels` lets it wait in
 *   a channel until the gate serves that channel (barrier_channels.c).
 * - After an `error` nothing more is played.
 */
#ifndef SNAP_TESTS_BARRIER_PLAY_H
#define SNAP_TESTS_BARRIER_PLAY_H

#include "conform.h"
#include "protocol/barrier_handler.h"
#include "protocol/gate_order.h"

/* A receive queue, or the queue of a sender in the same process. */
struct barrier_channel {
    json_t *items; /* steps waiting, oldest first; owned */
    bool local;
    bool stopped; /* a local sender's queue stops behind a blocking barrier until resumed */
};

/* An alignment timer. */
struct barrier_timer {
    snap_ns due_ns;
    snap_checkpoint_id checkpoint;
};

/* More than any case has at once. */
enum { BARRIER_TIMERS_MAX = 64 };

struct barrier_play {
    const struct conform_case *at;
    struct snap_arena arena;
    struct snap_barrier_handler handler;
    struct snap_gate_order order;
    struct barrier_channel *channels; /* of the arena */
    uint32_t channel_count;
    snap_ns now_ns;
    struct barrier_timer timers[BARRIER_TIMERS_MAX]; /* the one set last is the last */
    uint32_t timer_count;
    json_t *outputs; /* owned; of the current step */
    bool failed;
};

/* Hands one item to the handler, adds what it causes to the outputs and does it. */
void barrier_play_item(struct barrier_play *play, const json_t *step);

/* Whether a barrier with these options stops its sender's queue. */
bool barrier_stops_sender(const json_t *step);

/* The channels and the gate in front of the handler. */
void barrier_channels_init(struct barrier_play *play);
void barrier_channels_fini(struct barrier_play *play);

/* Puts the step's item into its channel. */
void barrier_channels_push(struct barrier_play *play, json_t *step);

/* Takes one item as the gate decides; returns false if there is none. */
bool barrier_channels_poll(struct barrier_play *play);

/* The channel's sender may go on. */
void barrier_channels_resume(struct barrier_play *play, uint32_t channel);

#endif
