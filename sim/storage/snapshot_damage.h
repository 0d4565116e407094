// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_damage.h: damages what a snapshot on disk has of one subtask, for those who want to see
 * what becomes of it.
 *
 * - One file is damaged: that of the first state that lies in a file, the operators in the order in
 *   which they are named. Of RocksDB it is a table, which other checkpoints may share.
 * - If all states lie in `_metadata`, `_metadata` is damaged.
 * - Bits are flipped where a reader looks for a version or a mark, so that it is noticed: Flink has
 *   no checksums over entries. A torn file ends in the middle of the state.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_DAMAGE_H
#define SNAP_STORAGE_SNAPSHOT_DAMAGE_H

#include "model/checkpoint.h"
#include "storage/snapshot_read.h"

struct snap_damage_target {
    const struct snap_operator_id *operators;
    uint32_t operator_count;
    uint32_t subtask;
    enum snap_stored_damage damage;
};

/* Damages a file of the snapshot, which was opened. Returns whether there was something to damage;
 * *path is the file's, in the arena of the reading. Errors: SNAP_ERROR_IO. */
bool snap_snapshot_damage(const struct snap_snapshot_reading *reading,
                          const struct snap_damage_target *target, const char **path,
                          struct snap_error *error);

#endif
