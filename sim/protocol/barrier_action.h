// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_action.h: what a barrier handler is told and what it answers.
 *
 * - An event is one item taken from an input channel, with the instant it was taken.
 * - Actions are to be performed in the order of the list; the list is the handler's and stands
 *   until the next event.
 * - One event triggers at most one checkpoint, so the list has one place for its details.
 * - Channels count from 0 over all gates of the task.
 */
#ifndef SNAP_PROTOCOL_BARRIER_ACTION_H
#define SNAP_PROTOCOL_BARRIER_ACTION_H

#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"

enum snap_barrier_event_type {
    SNAP_BARRIER_ARRIVED,   /* a barrier was taken from the channel */
    SNAP_BARRIER_INJECTED,  /* it came by a call instead: all upstream tasks have finished */
    SNAP_BARRIER_CANCELLED, /* a cancellation marker was taken */
    SNAP_BARRIER_ENDED,     /* the channel's end of partition was taken */
};

struct snap_barrier_event {
    enum snap_barrier_event_type type;
    uint32_t channel;
    snap_ns now_ns;
    struct snap_barrier barrier; /* of a marker only the checkpoint is read, of an end nothing */
};

enum snap_barrier_action_type {
    SNAP_BARRIER_BLOCK,   /* take nothing more from the channel; its sender has stopped by itself */
    SNAP_BARRIER_UNBLOCK, /* tell the senders of channels in a row to go on */
    SNAP_BARRIER_TRIGGER, /* take the checkpoint: see the list's trigger */
    SNAP_BARRIER_ABORT,   /* decline the checkpoint and send a cancellation marker on */
    SNAP_BARRIER_FAIL,    /* fail the task */
};

/* Why a checkpoint was aborted here. Flink: CheckpointFailureReason.CHECKPOINT_DECLINED_*. */
enum snap_barrier_abort_reason {
    SNAP_BARRIER_ON_CANCELLATION,
    SNAP_BARRIER_SUBSUMED,
    SNAP_BARRIER_INPUT_END_OF_STREAM,
};

struct snap_barrier_action {
    enum snap_barrier_action_type type;
    union {
        uint32_t channel;                      /* of BLOCK; of UNBLOCK the first one */
        enum snap_barrier_abort_reason reason; /* of ABORT */
    };
    union {
        snap_checkpoint_id checkpoint; /* of TRIGGER and ABORT */
        uint32_t count;                /* of UNBLOCK: channels */
    };
};

/* Flink: CheckpointMetaData and CheckpointMetricsBuilder. */
struct snap_barrier_trigger {
    struct snap_barrier barrier;
    snap_ns start_delay_ns;
    snap_ns alignment_ns;
    int64_t bytes_processed; /* during alignment */
};

struct snap_barrier_actions {
    struct snap_barrier_action *items; /* of the handler's arena */
    uint32_t count;
    uint32_t capacity;
    struct snap_barrier_trigger trigger;
};

#endif
