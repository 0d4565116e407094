// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_single.h: bookkeeping of the exactly-once modes, one checkpoint at a time.
 *
 * - Pending is `current` while it differs from `last_done`; both only grow.
 * - A newer checkpoint aborts the pending one. A channel counts once for a checkpoint, by its
 *   barrier or by its end; all are there when `aligned` has `target` members.
 * - `target` is fixed when the checkpoint starts: channels that end later count as aligned.
 * - What barriers do to channels, and when to trigger, is the policy's (barrier_aligned.h).
 * - Part of a barrier handler, which owns it.
 * Flink: SingleCheckpointBarrierHandler; policy: BarrierHandlerState.
 */
#ifndef SNAP_PROTOCOL_BARRIER_SINGLE_H
#define SNAP_PROTOCOL_BARRIER_SINGLE_H

#include <stdint.h>

#include "base/bitset.h"
#include "model/checkpoint.h"
#include "protocol/barrier_action.h"

struct snap_barrier_handler;

/* What a mode does to channels. Called after the channel was counted for the pending checkpoint. */
struct snap_alignment_policy {
    /* A barrier of the pending checkpoint came. */
    void (*barrier)(struct snap_barrier_handler *, const struct snap_barrier_event *);
    /* A channel ended while a checkpoint is pending. */
    void (*end_of_partition)(struct snap_barrier_handler *, uint32_t channel);
    /* The pending checkpoint is given up. */
    void (*abort)(struct snap_barrier_handler *);
};

struct snap_barrier_single {
    const struct snap_alignment_policy *policy;
    snap_checkpoint_id current;
    snap_checkpoint_id last_done; /* triggered or aborted last */
    struct snap_barrier first;    /* the barrier that started the current checkpoint */
    uint32_t target;
    struct snap_bitset aligned;
    struct snap_bitset blocked;
};

extern const struct snap_barrier_bookkeeping snap_barrier_single_bookkeeping;

/* Makes the bookkeeping for `channels` channels with aligned barriers; memory of the arena. */
void snap_barrier_single_init(struct snap_barrier_single *single, struct snap_arena *arena,
                              uint32_t channels);

/* Returns whether the pending checkpoint waits for no channel any more. */
bool snap_barrier_single_all_aligned(const struct snap_barrier_single *single);

#endif
