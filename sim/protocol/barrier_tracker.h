// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_tracker.h: bookkeeping of at least once: counts barriers and never blocks.
 *
 * - Pending checkpoints stand in a ring, ids rising; at most SNAP_TRACKER_PENDING_MAX of them: one
 *   more pushes the oldest out.
 * - A channel counts once for a checkpoint, by its barrier, cancellation marker or end.
 * - A checkpoint that is complete takes all older ones with it; it triggers unless aborted.
 * - `latest` is the highest id that ever entered the ring; only higher ids can enter.
 * - Part of a barrier handler, which owns it.
 * Flink: CheckpointBarrierTracker.
 */
#ifndef SNAP_PROTOCOL_BARRIER_TRACKER_H
#define SNAP_PROTOCOL_BARRIER_TRACKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bitset.h"
#include "model/checkpoint.h"
#include "protocol/barrier_action.h"

enum { SNAP_TRACKER_PENDING_MAX = 50 };

struct snap_barrier_handler;

struct snap_tracker_entry {
    struct snap_barrier barrier; /* the first one; of an aborted entry perhaps only the id */
    uint32_t target;             /* channels open when it entered */
    bool aborted;
    struct snap_bitset seen; /* channels that count */
};

struct snap_barrier_tracker {
    struct snap_tracker_entry *entries; /* a ring in the arena given to init */
    uint32_t first;                     /* place of the oldest */
    uint32_t count;
    snap_checkpoint_id latest;
};

extern const struct snap_barrier_bookkeeping snap_barrier_tracker_bookkeeping;

/* Makes the bookkeeping for `channels` channels; memory of the arena. */
void snap_barrier_tracker_init(struct snap_barrier_tracker *tracker, struct snap_arena *arena,
                               uint32_t channels);

#endif
