// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_write.h: writes a snapshot as Flink's files into a directory.
 *
 * - Data first: each state file is synced before `_metadata` is written. `_metadata` gets its name
 *   when all its bytes are safe, so a directory without it is incomplete and one with it is whole.
 * - A write that fails removes what it has written, as far as it can; files that checkpoints share
 *   are the caller's to register or to remove: snap_rocksdb_states_shared.
 * - Version 4 of `_metadata` is what Flink 1.20 writes, 6 what 2.3 writes.
 * Flink: PendingCheckpoint.finalizeCheckpoint, FsCheckpointMetadataOutputStream, Checkpoints.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_WRITE_H
#define SNAP_STORAGE_SNAPSHOT_WRITE_H

#include "base/fs.h"
#include "model/config.h"
#include "model/timeline.h"
#include "storage/image.h"
#include "storage/rocksdb_states.h"

/* Keyed state goes into files of RocksDB. */
struct snap_rocksdb_writing {
    struct snap_rocksdb_states *states;
    bool is_incremental;
    struct snap_state_place shared; /* where checkpoints share files */
};

/* Where the machine of a subtask keeps files, if each has a directory of its own. */
struct snap_subtask_place {
    const char *directory; /* of the snapshot there; made if it has states */
    bool *has_files;       /* set if some of its state went there */
};

struct snap_snapshot_writing {
    struct snap_fs *fs;
    const char *directory; /* made if it is not there */
    int64_t inline_max;    /* execution.checkpointing.data-inline-threshold */
    bool is_in_memory;     /* larger states are refused: no file has them */
    bool is_compressed;    /* keyed states that are not RocksDB's tables, and operator states */
    enum snap_flink_version version;
    enum snap_retention retention;              /* of a checkpoint */
    enum snap_savepoint_format format;          /* of a savepoint */
    uint64_t seed;                              /* of the names of its files */
    const struct snap_rocksdb_writing *rocksdb; /* NULL: the backend is hashmap */
    /* By operator of the image and subtask; NULL: all files lie beside the metadata. */
    const struct snap_subtask_place *const *places;
};

struct snap_snapshot_written {
    uint64_t files; /* `_metadata` included */
    uint64_t bytes;
    uint32_t
        operator_index; /* whose state could not be written; SNAP_NO_INDEX: nobody's, or none */
    uint32_t subtask;
};

/* Writes the snapshot; `written` may be NULL, and is filled in a failure, too. Errors:
 * SNAP_ERROR_IO, SNAP_ERROR_UNSUPPORTED. */
bool snap_snapshot_write(const struct snap_image *image, const struct snap_snapshot_writing *how,
                         struct snap_snapshot_written *written, struct snap_error *error);

/* Removes the directory of a snapshot with all its files. Errors: SNAP_ERROR_IO. */
bool snap_snapshot_remove(struct snap_fs *fs, const char *directory, struct snap_error *error);

#endif
