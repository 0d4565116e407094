// SPDX-License-Identifier: Apache-2.0
/*
 * shared_files.h: the files that a job's checkpoints have in common: which there are, who uses
 * them, when they go.
 *
 * - A table goes when no checkpoint that is kept uses it; what only one checkpoint uses goes with
 *   that one. Both lie in the directory `shared` beside the checkpoints.
 * - Relative paths are of the run's file system, absolute ones of the machine's.
 * - The JobManager's thread, and between executions the run's.
 * Flink: SharedStateRegistry, IncrementalRemoteKeyedStateHandle.
 */
#ifndef SNAP_SNAPSHOT_SHARED_FILES_H
#define SNAP_SNAPSHOT_SHARED_FILES_H

#include "base/fs.h"
#include "protocol/shared_state_registry.h"
#include "storage/rocksdb_states.h"

/* A file of one checkpoint. */
struct snap_own_file {
    snap_checkpoint_id checkpoint;
    const char *path;
};

struct snap_shared_files {
    struct snap_fs *run_fs; /* borrowed */
    struct snap_fs *machine_fs;
    struct snap_arena arena;
    struct snap_shared_registry registry;
    bool restored_is_over;
    struct snap_own_file *own;
    uint32_t own_count;
    uint32_t own_capacity;
};

/* A job begins, without any. File systems are borrowed; what was before is forgotten. */
void snap_shared_files_begin(struct snap_shared_files *files, struct snap_fs *run_fs,
                             struct snap_fs *machine_fs);
void snap_shared_files_fini(struct snap_shared_files *files);

/* The checkpoint, which is complete, uses these files. */
void snap_shared_files_use(struct snap_shared_files *files, snap_checkpoint_id checkpoint,
                           const struct snap_shared_file *uses, uint32_t count);

/* Removes new files of a checkpoint that came to nothing. */
void snap_shared_files_undo(const struct snap_shared_files *files,
                            const struct snap_shared_file *uses, uint32_t count);

/* Removes what only the checkpoint used. Errors: SNAP_ERROR_IO. */
bool snap_shared_files_drop(struct snap_shared_files *files, snap_checkpoint_id checkpoint,
                            struct snap_error *error);

/* The job starts from the snapshot, whose files the caller registers. */
void snap_shared_files_restored(struct snap_shared_files *files,
                                const struct snap_shared_restored *restored);

/* Nobody keeps the restored snapshot any more. */
void snap_shared_files_leave(struct snap_shared_files *files, snap_checkpoint_id restored);

/* Removes what was last used below `lowest`, the lowest checkpoint kept; INT64_MAX: none is. After
 * that `restored_is_over` tells whether the snapshot that was left may go. Errors: SNAP_ERROR_IO.
 */
bool snap_shared_files_release(struct snap_shared_files *files, snap_checkpoint_id lowest,
                               struct snap_error *error);

#endif
