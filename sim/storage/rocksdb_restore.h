// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb_restore.h: the database of a subtask goes on with the files of the snapshot that its job
 * starts from.
 *
 * - They are copied, the database is opened with them, and the first checkpoint names the shared
 *   ones of them again. What is restored is what the database has: no entry is written anew.
 * - States that the snapshot does not have in this form, or whose serializers have other snapshots,
 *   are given up in the database and put whole by the first checkpoint.
 * - What is restored is a snapshot in work until it is confirmed: its shared files are told by
 *   snap_rocksdb_states_shared, as ones that are new.
 * - Names of files come from the snapshot: one that is more than a name is refused.
 * Flink: RocksDBIncrementalRestoreOperation.
 */
#ifndef SNAP_STORAGE_ROCKSDB_RESTORE_H
#define SNAP_STORAGE_ROCKSDB_RESTORE_H

#include "model/key_group.h"
#include "storage/rocksdb_states.h"
#include "storage/snapshot_read.h"

/* What a subtask goes on with; everything borrowed. */
struct snap_rocksdb_base {
    uint32_t operator_index; /* of the image that will be written */
    uint32_t subtask;
    const struct snap_image_operator *of;
    const struct snap_operator_state *state; /* with which the subtask begins */
    const struct snap_keyed_handle *handle;  /* INCREMENTAL, of the same key groups */
};

/* Returns the handle that a subtask with these key groups goes on with: the only one of the image's
 * operator that has any of them, if it is incremental and has no others. NULL: it begins anew. */
const struct snap_keyed_handle *snap_rocksdb_base_find(const struct snap_snapshot_reading *reading,
                                                       uint32_t operator_index,
                                                       struct snap_key_group_range range);

/* Makes the subtask's database, which has none yet. Errors, after which there is none:
 * SNAP_ERROR_IO, SNAP_ERROR_SNAPSHOT, SNAP_ERROR_RESTORE, SNAP_ERROR_UNSUPPORTED. */
bool snap_rocksdb_states_restore(struct snap_rocksdb_states *states,
                                 const struct snap_snapshot_reading *reading,
                                 const struct snap_rocksdb_base *base, struct snap_error *error);

#endif
