// SPDX-License-Identifier: Apache-2.0
/*
 * partition_priority.h: what the sending side adds for barriers that overtake.
 *
 * - Exists only for an output that was allowed it; channels of others do not grow. From then on
 *   items are numbered in the order in which they leave.
 * - An unaligned barrier goes to the end of the priority part of each queue and leaves at once,
 * also where data waits for the link; what is on the link stays ahead of it. Data behind the
 * priority part is captured for its checkpoint.
 * - An aligned barrier that may time out waits in its place with a promise: taken in time, nothing
 *   was overtaken and the promise is kept with nothing captured. At the output's timeout the data
 *   before it is captured, it becomes unaligned and overtakes. One promise a channel: another one,
 *   or an abort, breaks it; the barrier stays where it is.
 * - While an aligned barrier blocks a channel, priority events can be taken, but a reader that has
 *   credit is not woken for them: they leave when the channel goes on. Where checkpoints are
 *   allowed during a recovery, the end of restored data does not hold them up so.
 * - Local channels: the queue is at the receiver. A promise is kept when the receiver has taken the
 *   barrier (snap_output_barrier_taken); at the timeout the receiver is told by SNAP_ITEM_TIMED_OUT
 *   and captures what is overtaken there, see gate_priority.h.
 * - A captured buffer is lent for the call. Owner and thread: the task's, as for partition.h.
 * Flink: PipelinedSubpartition, CreditBasedSequenceNumberingViewReader.
 */
#ifndef SNAP_PROTOCOL_PARTITION_PRIORITY_H
#define SNAP_PROTOCOL_PARTITION_PRIORITY_H

#include "model/checkpoint.h"
#include "protocol/partition.h"

enum snap_output_promise {
    SNAP_PROMISE_OPENED, /* the channel's state of the checkpoint comes later */
    SNAP_PROMISE_KEPT,   /* all of it was captured, or there is none */
    SNAP_PROMISE_BROKEN, /* the checkpoint was aborted, or another one began */
};

/* What an output needs of its task for barriers that overtake. */
struct snap_output_capture_port {
    /* Data of the channel belongs to the checkpoint; the buffer is lent. */
    void (*captured)(void *task, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer);
    /* What became of the channel's state of the checkpoint; after `captured`. */
    void (*promised)(void *task, uint32_t channel, snap_checkpoint_id checkpoint,
                     enum snap_output_promise what);
};

struct snap_sub_priority {
    struct snap_priority_part part;
    snap_checkpoint_id promised; /* the checkpoint whose promise is open; or none */
    int32_t sequence;            /* of the item that leaves next */
};

struct snap_output_priority {
    struct snap_sub_priority *channels; /* one a channel of the output */
    bool passes_recovery; /* priority events leave while the receiver takes restored data */
    struct snap_output_capture_port port; /* called with the task of the output's own port */
};

/* Allows barriers to overtake; memory of the arena. To be called when all partitions are added,
 * before anything is written. */
void snap_output_allow_priority(struct snap_output *output, struct snap_arena *arena,
                                const struct snap_output_capture_port *port);

/* The output's timer of the checkpoint fired: its barriers that wait overtake. Nothing where no
 * promise of it is open. Flink: ResultSubpartition.alignedBarrierTimeout. */
void snap_output_time_out(struct snap_output *output, snap_checkpoint_id checkpoint,
                          snap_ns now_ns);

/* The checkpoint was aborted: breaks its open promises. Flink: abortCheckpoint. */
void snap_output_abort(struct snap_output *output, snap_checkpoint_id checkpoint);

/* The receiver of a local channel has taken the checkpoint's barrier: keeps the promise, if it is
 * still open. */
void snap_output_barrier_taken(struct snap_output *output, uint32_t channel,
                               snap_checkpoint_id checkpoint);

/* Puts a data buffer out of a snapshot into the channel's queue, before anything is written. Flink:
 * ResultSubpartitionRecoveredStateHandler. */
void snap_output_recover(struct snap_output *output, uint32_t channel, struct snap_buffer *buffer,
                         snap_ns now_ns);

#endif
