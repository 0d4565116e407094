// SPDX-License-Identifier: Apache-2.0
/*
 * increments.h: how much of one operator's state an incremental checkpoint writes.
 *
 * - A checkpoint flushes what was put in since the one before into tables; those that the last
 *   confirmed one named are not written again. So it writes the entries that are new or changed
 *   since the last snapshot, and again those of snapshots that nobody has confirmed.
 * - Entries are known by fingerprints of what they hold; what compaction writes is not modelled.
 * - A savepoint and a full checkpoint write all. Lists of operators are written by every snapshot.
 * - Owner and thread: the task's; it outlives attempts.
 * Flink: RocksIncrementalSnapshotStrategy, RocksDBSnapshotStrategyBase.
 */
#ifndef SNAP_SNAPSHOT_INCREMENTS_H
#define SNAP_SNAPSHOT_INCREMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checkpoint.h"
#include "state/operator_state.h"

/* Entries that a snapshot wrote which is not confirmed yet. */
struct snap_increment {
    snap_checkpoint_id checkpoint;
    uint64_t entries;
};

/* What one operator of one subtask has in its tables; zeroed is nothing. */
struct snap_increments {
    uint64_t *prints; /* of the entries of the last snapshot; open addressing, 0 is free */
    uint64_t mask;    /* places - 1 */
    struct snap_increment *pending;
    uint32_t pending_count;
    uint32_t pending_capacity;
};

/* The attempt begins with the state; NULL: with nothing. */
void snap_increments_begin(struct snap_increments *increments,
                           const struct snap_operator_state *state);

/* The state was taken for the checkpoint. Returns how many of its bytes are written. */
int64_t snap_increments_take(struct snap_increments *increments,
                             const struct snap_operator_state *state, snap_checkpoint_id checkpoint,
                             enum snap_snapshot_kind kind);

/* The checkpoint is complete: later ones name its tables. */
void snap_increments_confirm(struct snap_increments *increments, snap_checkpoint_id checkpoint);

void snap_increments_fini(struct snap_increments *increments);

#endif
