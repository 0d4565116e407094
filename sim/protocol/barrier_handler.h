// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_handler.h: decides for one subtask when checkpoint barriers block, trigger or abort.
 *
 * - An event comes in, actions go out; the handler knows no channel object, task or clock.
 * - Two kinds of bookkeeping: one checkpoint at a time (exactly once, barrier_single.h) and a
 *   queue of pending ones (at least once, barrier_tracker.h). What this file holds is common.
 * - open_channels only falls; a checkpoint waits for the channels open when it started.
 * - Times of events never fall.
 * - Memory is taken from the arena at init only. Owned by the subtask; its thread only.
 * Flink: CheckpointBarrierHandler.
 */
#ifndef SNAP_PROTOCOL_BARRIER_HANDLER_H
#define SNAP_PROTOCOL_BARRIER_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"
#include "protocol/alignment_clock.h"
#include "protocol/barrier_action.h"
#include "protocol/barrier_single.h"
#include "protocol/barrier_tracker.h"

/* One kind of bookkeeping: what an item from a channel means, and what can be asked. */
struct snap_barrier_bookkeeping {
    void (*barrier)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    void (*cancellation)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    void (*end_of_partition)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    /* NULL: nothing is announced, and nothing has a timer. */
    void (*announcement)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    void (*timed_out)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    snap_checkpoint_id (*latest)(const struct snap_barrier_handler *);
    uint32_t (*pending_count)(const struct snap_barrier_handler *);
    snap_checkpoint_id (*pending)(const struct snap_barrier_handler *, uint32_t index);
    bool (*is_blocked)(const struct snap_barrier_handler *, uint32_t channel);
};

/* What the handler asks of the inputs while it decides. */
struct snap_barrier_inputs {
    void *context;
    /* Whether saving for the checkpoint can begin: no channel has seen a newer barrier. */
    bool (*may_capture)(void *context, snap_checkpoint_id checkpoint);
};

struct snap_barrier_handler_options {
    enum snap_checkpointing_mode mode;
    bool may_overtake; /* unaligned barriers, or timeouts, may come: exactly once only */
    struct snap_barrier_inputs inputs; /* with may_overtake */
    uint32_t channels;
    bool checkpoints_after_finish; /* execution.checkpointing.checkpoints-after-tasks-finish */
};

struct snap_barrier_handler {
    const struct snap_barrier_bookkeeping *bookkeeping;
    struct snap_arena *arena; /* borrowed; lists of actions grow in it */
    uint32_t channels;
    uint32_t open_channels;
    bool checkpoints_after_finish;
    struct snap_barrier_inputs inputs;
    struct snap_alignment_clock clock;
    struct snap_barrier_actions actions;
    union {
        struct snap_barrier_single single;
        struct snap_barrier_tracker tracker;
    };
};

/* Makes a handler with all channels open; its memory is the arena's. */
void snap_barrier_handler_init(struct snap_barrier_handler *handler, struct snap_arena *arena,
                               const struct snap_barrier_handler_options *options);

/* Takes one event; returns what to do, borrowed until the next event. */
const struct snap_barrier_actions *
snap_barrier_handler_step(struct snap_barrier_handler *handler,
                          const struct snap_barrier_event *event);

/* Counts bytes of data taken, for the bytes processed during alignment. */
static inline void snap_barrier_handler_add_bytes(struct snap_barrier_handler *handler,
                                                  int64_t bytes)
{
    snap_alignment_clock_add_bytes(&handler->clock, bytes);
}

/* What follows is for who looks at the machine from outside: conformance and stories print it. */

/* Returns the newest checkpoint known, or SNAP_NO_CHECKPOINT; at least once: the newest pending. */
snap_checkpoint_id snap_barrier_handler_latest(const struct snap_barrier_handler *handler);

/* Returns how many checkpoints have begun here and are neither triggered nor aborted. */
uint32_t snap_barrier_handler_pending_count(const struct snap_barrier_handler *handler);

/* Returns the pending checkpoint at `index`, oldest first. */
snap_checkpoint_id snap_barrier_handler_pending(const struct snap_barrier_handler *handler,
                                                uint32_t index);

/* Returns whether the channel's barrier has come and others are awaited. */
bool snap_barrier_handler_is_blocked(const struct snap_barrier_handler *handler, uint32_t channel);

/* Returns whether an alignment is being timed. */
bool snap_barrier_handler_is_aligning(const struct snap_barrier_handler *handler);

/* For the bookkeepings: add an action to the list. */
void snap_barrier_handler_block(struct snap_barrier_handler *handler, uint32_t channel);
/* Channels in ascending order that follow each other become one action. */
void snap_barrier_handler_unblock(struct snap_barrier_handler *handler, uint32_t channel);
void snap_barrier_handler_abort(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint,
                                enum snap_barrier_abort_reason reason);
/* Nothing may follow in the list. */
void snap_barrier_handler_fail(struct snap_barrier_handler *handler);
/* Returns whether the list ends with the task's failure. */
bool snap_barrier_handler_has_failed(const struct snap_barrier_handler *handler);
void snap_barrier_handler_init_inputs(struct snap_barrier_handler *handler,
                                      const struct snap_barrier *barrier);
void snap_barrier_handler_capture(struct snap_barrier_handler *handler,
                                  snap_checkpoint_id checkpoint);
void snap_barrier_handler_capture_stop(struct snap_barrier_handler *handler,
                                       snap_checkpoint_id checkpoint);
void snap_barrier_handler_inputs_done(struct snap_barrier_handler *handler,
                                      snap_checkpoint_id checkpoint);
void snap_barrier_handler_inputs_failed(struct snap_barrier_handler *handler,
                                        snap_checkpoint_id checkpoint);
void snap_barrier_handler_measured(struct snap_barrier_handler *handler,
                                   snap_checkpoint_id checkpoint,
                                   const struct snap_barrier_measures *measures);
void snap_barrier_handler_prioritize(struct snap_barrier_handler *handler, uint32_t channel,
                                     int32_t sequence);
void snap_barrier_handler_set_timer(struct snap_barrier_handler *handler,
                                    snap_checkpoint_id checkpoint, snap_ns delay_ns);
void snap_barrier_handler_cancel_timer(struct snap_barrier_handler *handler);

/* Adds the trigger with what the clock says, or zeros if it timed another checkpoint since. */
void snap_barrier_handler_trigger(struct snap_barrier_handler *handler,
                                  const struct snap_barrier *barrier);

#endif
