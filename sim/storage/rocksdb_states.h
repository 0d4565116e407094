// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb_states.h: keyed state as files of RocksDB: a database for each subtask of each operator,
 * into which every snapshot of the backend puts what has changed.
 *
 * - The state itself lies in tables in memory; a database holds what the last snapshot had, and
 *   beside it a copy of those tables tells what has changed since. So a snapshot writes as much as
 *   changed, and reads memory only.
 * - Entries are Flink's: key group, key and namespace as key; a column family a state.
 * - Incremental: tables that the last confirmed checkpoint has are named again, new ones go to the
 *   directory that checkpoints share. Full: all files are the checkpoint's own. A native savepoint
 *   has all of them in its own directory, and later checkpoints use none of them.
 * - Databases lie in a directory of their own on this machine, which goes with them.
 * - One thread at a time. Strings of what was written must last as long as the databases.
 * Flink: RocksIncrementalSnapshotStrategy, RocksNativeFullSnapshotStrategy.
 */
#ifndef SNAP_STORAGE_ROCKSDB_STATES_H
#define SNAP_STORAGE_ROCKSDB_STATES_H

#include "storage/image.h"
#include "storage/state_place.h"

struct snap_keyed_handle;
struct snap_rocksdb_states;
struct snap_state_stream;

enum snap_rocksdb_form {
    SNAP_ROCKSDB_INCREMENTAL,
    SNAP_ROCKSDB_FULL,
    SNAP_ROCKSDB_SELF_CONTAINED, /* a native savepoint */
};

struct snap_rocksdb_target {
    struct snap_state_stream *stream;
    const struct snap_state_place *shared; /* INCREMENTAL */
    enum snap_rocksdb_form form;
    bool uses_nothing_older; /* INCREMENTAL: all files are new ones */
    snap_checkpoint_id checkpoint;
    uint32_t operator_index;
    uint32_t subtask;
};

/* Makes the databases of a job, none yet. `seed` is that of their names; the caller owns it. */
struct snap_rocksdb_states *snap_rocksdb_states_create(uint64_t seed);

/* Removes the databases and their directory; NULL is allowed. */
void snap_rocksdb_states_destroy(struct snap_rocksdb_states *states);

/* Writes the tables of the state; the handle, whose memory is the stream's and the databases'
 * until the next snapshot, is NONE if there are none. Errors: SNAP_ERROR_IO,
 * SNAP_ERROR_UNSUPPORTED. */
bool snap_rocksdb_states_write(struct snap_rocksdb_states *states,
                               const struct snap_image_operator *of,
                               const struct snap_operator_state *state,
                               const struct snap_rocksdb_target *target,
                               struct snap_keyed_handle *handle, struct snap_error *error);

/* Returns the shared files of the snapshot in work; valid until it is confirmed or given up. */
const struct snap_shared_file *snap_rocksdb_states_shared(const struct snap_rocksdb_states *states,
                                                          uint32_t *count);

/* The snapshot in work is complete, what comes later may use its files; or it came to nothing. */
void snap_rocksdb_states_confirm(struct snap_rocksdb_states *states);
void snap_rocksdb_states_give_up(struct snap_rocksdb_states *states);

#endif
