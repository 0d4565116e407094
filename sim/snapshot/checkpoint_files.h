// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint_files.h: the files of a run's checkpoints and savepoints: when they are written and
 * when they go.
 *
 * - Written when the last part of a snapshot is acknowledged, before anybody is told of it: what
 *   follows from its completion never comes before its files.
 * - What cannot be written fails the checkpoint as in Flink, and what cannot be removed stays; the
 *   user hears of both. A directory that cannot be made ends the job, and so do too many failures
 *   in a row.
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
#ifndef SNAP_SNAPSHOT_CHECKPOINT_FILES_H
#define SNAP_SNAPSHOT_CHECKPOINT_FILES_H

#include "base/fs.h"
#include "model/simulation.h"
#include "protocol/pending_checkpoint.h"
#include "snapshot/restored_tables.h"
#include "snapshot/storage_notes.h"

struct snap_checkpoint_files;

/* A snapshot that is there when a run is over. */
struct snap_files_left {
    snap_checkpoint_id id;
    bool is_savepoint;
    const char *name;      /* of a savepoint, as the timeline has it; NULL: none */
    const char *directory; /* absolute, on the machine */
};

/* What became of the files of a snapshot. */
enum snap_files_end {
    SNAP_FILES_WRITTEN,         /* or there was nothing to write */
    SNAP_FILES_STATE_FAILED,    /* a state of `task` */
    SNAP_FILES_METADATA_FAILED, /* states were written */
    SNAP_FILES_HOPELESS,        /* no other one will do better: `error` */
};

struct snap_files_outcome {
    enum snap_files_end end;
    uint32_t task;
    struct snap_error error;
};

/* In a row: then the run ends, as restarts would go on for ever in virtual time. */
enum { SNAP_FILES_FAILURES_MAX = 100 };

/* Whether the settings or the timeline name a directory for snapshots. */
bool snap_checkpoint_files_wanted(const struct snap_simulation *sim);

/* Returns the files of a run; NULL if it writes none and claims none. `fs` is the output
 * directory's, borrowed. `notes` (copied) says who is told. `claimed` is the directory
 * of the snapshot that becomes the job's; NULL: none does. */
struct snap_checkpoint_files *snap_checkpoint_files_create(const struct snap_simulation *sim,
                                                           struct snap_fs *fs,
                                                           const struct snap_storage_notes *notes,
                                                           const char *claimed);
void snap_checkpoint_files_destroy(struct snap_checkpoint_files *files);

/* An execution begins: from now on snapshots are this job's. */
void snap_checkpoint_files_begin(struct snap_checkpoint_files *files, const struct snap_job *job);

/* Writes a snapshot of which nothing is missing, a savepoint as its action says. NULL as `files`
 * writes nothing. */
struct snap_files_outcome snap_checkpoint_files_write(struct snap_checkpoint_files *files,
                                                      const struct snap_checkpoint_record *record,
                                                      const struct snap_action *action,
                                                      snap_ns now_ns);

/* The checkpoint is not needed any more. Nothing happens if it has no files. */
void snap_checkpoint_files_discard(struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                   snap_ns now_ns);

/* Where the files of a checkpoint lie that was not discarded; false: it has none. Borrowed. */
struct snap_files_place {
    struct snap_fs *fs;
    const char *directory;
    enum snap_backend_kind backend;
};
bool snap_checkpoint_files_find(const struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                struct snap_files_place *place);

/* Tells the user, see storage_notes.h. */
void snap_checkpoint_files_note(struct snap_checkpoint_files *files, snap_ns now_ns,
                                const char *what, const struct snap_error *error);

/* The execution has ended so. */
void snap_checkpoint_files_end(struct snap_checkpoint_files *files, enum snap_job_status status,
                               snap_ns now_ns);

/* No other execution follows: tells the user what was not told yet. */
void snap_checkpoint_files_over(struct snap_checkpoint_files *files);

/* Calls `left` for each snapshot that is on the machine's disks now that the run is over, in the
 * order in which they were given up or written; those in memory only are not among them. */
void snap_checkpoint_files_each_left(struct snap_checkpoint_files *files,
                                     void (*left)(void *to, const struct snap_files_left *),
                                     void *to);

/* What the first execution starts from. */
struct snap_files_origin {
    enum snap_claim_mode claim;
    const struct snap_restored_tables *tables; /* with what was read; borrowed */
};

/* With CLAIM the snapshot is the job's from now on: it goes when it is subsumed and nothing of it
 * is used. Incremental checkpoints go on with its tables. Flink: RecoveryClaimMode,
 * SharedStateRegistry.registerAllAfterRestored. */
void snap_checkpoint_files_restored(struct snap_checkpoint_files *files,
                                    const struct snap_files_origin *origin);

#endif
