// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint_files.h: the files of a run's checkpoints and savepoints: when they are written and
 * when they go.
 *
 * - Written at the instant at which a snapshot completes, before anybody is told of it: what
 *   follows from its completion never comes before its files.
 * - DIR/<job id>/chk-N below the directory of checkpoints, beside `shared` and `taskowned`; and
 *   DIR/savepoint-xxxxxx-xxxxxxxxxxxx for savepoints. Each execution is a job with an id of its
 * own.
 * - A checkpoint goes when the coordinator discards it, and at the end of the job as its retention
 *   says. A job that is stopped by `until` or killed leaves everything. Savepoints stay.
 * - A relative directory lies below the run's output directory, in its file system; an absolute one
 *   is the machine's.
 * - The JobManager's thread, and between executions the run's.
 * Flink: FsCheckpointStorageAccess, FsCompletedCheckpointStorageLocation.
 */
#ifndef SNAP_RUNTIME_CHECKPOINT_FILES_H
#define SNAP_RUNTIME_CHECKPOINT_FILES_H

#include "base/fs.h"
#include "model/simulation.h"
#include "protocol/pending_checkpoint.h"

struct snap_checkpoint_files;

/* Returns the files of a run; NULL if it writes none. `fs` is the output directory's, borrowed. */
struct snap_checkpoint_files *snap_checkpoint_files_create(const struct snap_simulation *sim,
                                                           struct snap_fs *fs);
void snap_checkpoint_files_destroy(struct snap_checkpoint_files *files);

/* An execution begins: from now on snapshots are this job's. */
void snap_checkpoint_files_begin(struct snap_checkpoint_files *files, const struct snap_job *job);

/* Writes a completed snapshot, a savepoint as its action says. NULL as `files` writes nothing.
 * Errors: SNAP_ERROR_IO, SNAP_ERROR_UNSUPPORTED. */
bool snap_checkpoint_files_complete(struct snap_checkpoint_files *files,
                                    const struct snap_checkpoint_record *record,
                                    const struct snap_action *action, struct snap_error *error);

/* The checkpoint is not needed any more. Nothing happens if it has no files. */
bool snap_checkpoint_files_discard(struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                   struct snap_error *error);

/* The execution has ended so. */
bool snap_checkpoint_files_end(struct snap_checkpoint_files *files, enum snap_job_status status,
                               struct snap_error *error);

/* The snapshot that the first execution starts from is its own from now on: it goes when it is
 * subsumed. `directory` is absolute. Flink: RecoveryClaimMode.CLAIM. */
void snap_checkpoint_files_claim(struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                 const char *directory);

#endif
