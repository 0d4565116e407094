// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_single.h: bookkeeping of the exactly-once modes, one checkpoint at a time.
 *
 * - Pending is `current` while it differs from `last_done`; both only grow.
 * - A newer checkpoint aborts the pending one. A channel counts once for a checkpoint, by its
 *   barrier or by its end; all are there when `aligned` has `target` members.
 * - `target` is fixed when the checkpoint starts: channels that end later count as aligned.
 * - What barriers do to channels, and when to trigger, is the policy's (barrier_aligned.h,
 *   barrier_alternating.h).
 * - Part of a barrier handler, which owns it.
 * Flink: SingleCheckpointBarrierHandler; policy: BarrierHandlerState.
 */
#ifndef SNAP_PROTOCOL_BARRIER_SINGLE_H
#define SNAP_PROTOCOL_BARRIER_SINGLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bitset.h"
#include "model/checkpoint.h"
#include "protocol/barrier_action.h"

struct snap_barrier_handler;

/* What the policy of alternating barriers keeps: see barrier_alternating.h. */
struct snap_barrier_alternation {
    bool unaligned;               /* the pending checkpoint overtakes */
    bool collecting;              /* its first barrier has been taken */
    struct snap_bitset announced; /* channels in which a barrier of it waits behind data */
    int32_t *sequences;           /* of those barriers, by channel */
};

/* What a mode does to channels. Called after the channel was counted for the pending checkpoint. */
struct snap_alignment_policy {
    /* A barrier of the pending checkpoint came. */
    void (*barrier)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    /* A channel ended while a checkpoint is pending. */
    void (*end_of_partition)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    /* The pending checkpoint is given up; `checkpoint` is it or a newer one that ended it. */
    void (*abort)(struct snap_barrier_handler *, snap_checkpoint_id checkpoint);
    /* A barrier of the pending checkpoint was announced; NULL: announcements mean nothing, and
     * nothing times out. */
    void (*announcement)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    /* The alignment of the pending checkpoint has taken too long. */
    void (*timeout)(struct snap_barrier_handler *);
};

struct snap_barrier_single {
    const struct snap_alignment_policy *policy;
    snap_checkpoint_id current;
    snap_checkpoint_id last_done; /* triggered or aborted last */
    struct snap_barrier first;    /* the barrier that started the current checkpoint */
    uint32_t target;
    struct snap_bitset aligned;
    struct snap_bitset blocked;
    bool timer_set;
    bool inputs_open;   /* the inputs' state of the current checkpoint is being written */
    bool measures_open; /* it was triggered before its alignment was over */
    struct snap_barrier_alternation alternation;
};

extern const struct snap_barrier_bookkeeping snap_barrier_single_bookkeeping;

/* Makes the bookkeeping for `channels` channels with the policy; memory of the arena. */
void snap_barrier_single_init(struct snap_barrier_single *single, struct snap_arena *arena,
                              uint32_t channels, const struct snap_alignment_policy *policy);

/* Returns whether a checkpoint has begun that is neither triggered, with all its barriers, nor
 * given up. */
bool snap_barrier_single_is_pending(const struct snap_barrier_single *single);

/* Gives up the pending checkpoint, for the policy; a newer `checkpoint` may be the reason. */
void snap_barrier_single_abort(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint,
                               enum snap_barrier_abort_reason reason);

/* Lets all blocked channels go on, in the order of channels: Flink's is that of a hash table. */
void snap_barrier_single_unblock_all(struct snap_barrier_handler *handler);

/* Returns whether the pending checkpoint waits for no channel any more. */
bool snap_barrier_single_all_aligned(const struct snap_barrier_single *single);

#endif
