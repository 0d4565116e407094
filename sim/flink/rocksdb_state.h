// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb_state.h: keyed state that a checkpoint has as files of RocksDB, entry by entry.
 *
 * - All tables of the handle are opened; those of one state are merged. The database itself (its
 *   manifest and options) is not needed: sequence numbers say what is newest.
 * - Entries of key groups that are not the handle's are left out: files are shared after rescaling.
 * - Items are as in the canonical layout: see keyed_file.h.
 * Flink: RocksIncrementalSnapshotStrategy, RocksNativeFullSnapshotStrategy.
 */
#ifndef SNAP_FLINK_ROCKSDB_STATE_H
#define SNAP_FLINK_ROCKSDB_STATE_H

#include "flink/keyed_file.h"
#include "flink/sst_merge.h"

struct snap_rocksdb_state {
    const struct snap_keyed_head *head; /* borrowed */
    const struct snap_keyed_handle *handle;
    uint32_t max_parallelism;
    struct snap_arena *arena;
    struct snap_error *error;
    const struct snap_sst *tables; /* borrowed */
    uint32_t table_count;
    struct snap_sst_cursor *cursors;
    struct snap_sst_merge merge;
    uint32_t state; /* whose tables are merged; starts behind the last */
    uint32_t state_end;
    bool is_merging;
    bool failed;
};

/* Whether a file of the handle is a table. */
bool snap_rocksdb_is_table(struct snap_bytes name);

/* Chooses one state, or all: SNAP_ROCKSDB_ALL. The fields above `cursors` are the caller's. */
#define SNAP_ROCKSDB_ALL UINT32_MAX
void snap_rocksdb_state_start(struct snap_rocksdb_state *rocksdb, uint32_t state);

/* Returns the next item; false at the end, or with the error set and `failed`. */
bool snap_rocksdb_state_next(struct snap_rocksdb_state *rocksdb, struct snap_keyed_item *item);

/* Returns which of the tables the failure was found in; NULL: there was none, or no table's bytes
 * were to blame. */
const struct snap_sst *snap_rocksdb_state_damaged(const struct snap_rocksdb_state *rocksdb);

#endif
