// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_action.h: what a barrier handler is told and what it answers.
 *
 * - An event is one item taken from an input channel, with the instant it was taken.
 * - Actions are to be performed in the order of the list; the list is the handler's and stands
 *   until the next event.
 * - One event triggers at most one checkpoint, so the list has one place for its details.
 * - Who gets CAPTURE saves the data that lies in front of the checkpoint's barriers in the inputs,
 *   and what arrives in front of those that are still missing, until CAPTURE_STOP.
 * - Channels count from 0 over all gates of the task.
 */
#ifndef SNAP_PROTOCOL_BARRIER_ACTION_H
#define SNAP_PROTOCOL_BARRIER_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"

enum snap_barrier_event_type {
    SNAP_BARRIER_ARRIVED,   /* a barrier was taken from the channel */
    SNAP_BARRIER_INJECTED,  /* it came by a call instead: all upstream tasks have finished */
    SNAP_BARRIER_CANCELLED, /* a cancellation marker was taken */
    SNAP_BARRIER_ENDED,     /* the channel's end of partition was taken */
    SNAP_BARRIER_ANNOUNCED, /* a barrier lies in the channel, behind data */
    SNAP_BARRIER_TIMED_OUT, /* the alignment timer of barrier.checkpoint fired; no channel */
};

struct snap_barrier_event {
    enum snap_barrier_event_type type;
    uint32_t channel;
    snap_ns now_ns;
    struct snap_barrier barrier; /* of a marker only the checkpoint is read, of an end nothing */
    int32_t sequence;            /* of ANNOUNCED: the barrier's number in its channel */
};

enum snap_barrier_action_type {
    SNAP_BARRIER_BLOCK,   /* take nothing more from the channel; its sender has stopped by itself */
    SNAP_BARRIER_UNBLOCK, /* tell the senders of channels in a row to go on */
    SNAP_BARRIER_INIT_INPUTS, /* the state of channels of the list's `init` is going to be written
                               */
    SNAP_BARRIER_CAPTURE,  /* save what waits in the inputs, and what comes before the barriers */
    SNAP_BARRIER_TRIGGER,  /* take the checkpoint: see the list's trigger */
    SNAP_BARRIER_MEASURED, /* what was not known yet when the checkpoint was triggered */
    SNAP_BARRIER_CAPTURE_STOP,  /* the inputs save nothing more for the checkpoint */
    SNAP_BARRIER_INPUTS_DONE,   /* all barriers of a checkpoint triggered as unaligned have come */
    SNAP_BARRIER_INPUTS_FAILED, /* they will not come: the checkpoint is given up */
    SNAP_BARRIER_ABORT,         /* decline the checkpoint and send a cancellation marker on */
    SNAP_BARRIER_PRIORITIZE,    /* move the announced barrier to the front of its channel */
    SNAP_BARRIER_TIMER_SET,     /* SNAP_BARRIER_TIMED_OUT is due after `delay_ns` */
    SNAP_BARRIER_TIMER_CANCEL,
    SNAP_BARRIER_FAIL, /* fail the task */
};

/* Why a checkpoint was aborted here. Flink: CheckpointFailureReason.CHECKPOINT_DECLINED_*; of a
 * refused capture CHECKPOINT_SUBSUMED. */
enum snap_barrier_abort_reason {
    SNAP_BARRIER_ON_CANCELLATION,
    SNAP_BARRIER_SUBSUMED,
    SNAP_BARRIER_INPUT_END_OF_STREAM,
    SNAP_BARRIER_CAPTURE_REFUSED, /* a channel has seen a newer barrier */
};

/* How long an alignment took, and what was taken meanwhile. */
struct snap_barrier_measures {
    snap_ns alignment_ns;
    int64_t bytes_processed;
};

struct snap_barrier_action {
    enum snap_barrier_action_type type;
    uint32_t channel;              /* of BLOCK and PRIORITIZE; of UNBLOCK the first one */
    snap_checkpoint_id checkpoint; /* of all that are about a checkpoint */
    union {
        uint32_t count;                        /* of UNBLOCK: channels */
        int32_t sequence;                      /* of PRIORITIZE */
        snap_ns delay_ns;                      /* of TIMER_SET */
        enum snap_barrier_abort_reason reason; /* of ABORT */
        struct snap_barrier_measures measures; /* of MEASURED */
    };
};

/* Flink: CheckpointMetaData and CheckpointMetricsBuilder. */
struct snap_barrier_trigger {
    struct snap_barrier barrier;
    snap_ns start_delay_ns;
    bool measured; /* else MEASURED follows when the alignment is over */
    struct snap_barrier_measures measures;
};

struct snap_barrier_actions {
    struct snap_barrier_action *items; /* of the handler's arena */
    uint32_t count;
    uint32_t capacity;
    struct snap_barrier init; /* of INIT_INPUTS */
    struct snap_barrier_trigger trigger;
};

#endif
