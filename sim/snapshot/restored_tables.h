// SPDX-License-Identifier: Apache-2.0
/*
 * restored_tables.h: which subtasks go on with RocksDB's tables of the snapshot that the job starts
 * from.
 *
 * - Those whose key groups are exactly the ones of one incremental handle, in the modes CLAIM and
 *   LEGACY. Others, and all with NO_CLAIM, write all that they have once more.
 * - States of subtasks that do not go on are marked: their first checkpoint counts as full.
 * - Called before the run; memory of the reading's arena.
 * Flink: RocksDBIncrementalRestoreOperation.initBaseDBFromSingleStateHandle.
 */
#ifndef SNAP_SNAPSHOT_RESTORED_TABLES_H
#define SNAP_SNAPSHOT_RESTORED_TABLES_H

#include "model/simulation.h"
#include "snapshot/savepoint.h"
#include "storage/rocksdb_restore.h"

struct snap_restored_tables {
    const struct snap_snapshot_reading *reading; /* borrowed */
    struct snap_rocksdb_base *bases;
    uint32_t count;
    uint32_t capacity;
};

/* Finds them for the job with its states as assigned. */
void snap_restored_tables_find(struct snap_restored_tables *tables,
                               const struct snap_simulation *sim,
                               const struct snap_snapshot_reading *reading,
                               const struct snap_resume *resume);

#endif
