// SPDX-License-Identifier: Apache-2.0
/*
 * restore.h: a snapshot on disk as the start of a run.
 *
 * - Opened before the run: all checks are made and all states are read then. A refusal leaves
 *   everything untouched, and the snapshot itself is never written to.
 * - It must outlive the run; keys and values of restored state lie in it.
 * Flink: SavepointRestoreSettings, Checkpoints.loadAndValidateCheckpoint.
 */
#ifndef SNAP_SNAPSHOT_RESTORE_H
#define SNAP_SNAPSHOT_RESTORE_H

#include "base/fs.h"
#include "model/baseline.h"
#include "model/simulation.h"
#include "protocol/coordinator.h"
#include "snapshot/restored_tables.h"
#include "snapshot/savepoint.h"
#include "storage/image.h"
#include "storage/snapshot_dropped.h"
#include "storage/snapshot_files.h"
#include "storage/snapshot_read.h"

struct snap_restore_request {
    struct snap_snapshot_place place; /* its pointer: absolute, or a `file:` URI */
    bool allow_non_restored;
    enum snap_claim_mode claim;
    struct snap_fs *fs; /* where it lies; borrowed, NULL: the machine's files */
};

/* Returns the pointer of a request for what a user wrote: a path, also behind `file:`, is relative
 * to the current directory; URIs of other kinds are left to those who refuse them. */
const char *snap_restore_pointer(const char *written, struct snap_arena *arena);

struct snap_restored;

/* Where Flink fails for the same reason: before the job runs, or in its tasks, which try again
 * until the restart strategy has enough. Here both are refusals. */
enum snap_restore_stage { SNAP_RESTORE_AT_SUBMISSION, SNAP_RESTORE_IN_TASKS };

/* Reads the snapshot for the job. NULL: errors SNAP_ERROR_RESTORE, SNAP_ERROR_SNAPSHOT,
 * SNAP_ERROR_UNSUPPORTED, SNAP_ERROR_IO. */
struct snap_restored *snap_restored_open(const struct snap_simulation *sim,
                                         const struct snap_restore_request *request,
                                         struct snap_error *error);

/* The same for those who ask whether it could be restored: a snapshot whose metadata can be read is
 * returned also if it is refused then, with the reason in *error. Not to be run. */
struct snap_restored *snap_restored_check(const struct snap_simulation *sim,
                                          const struct snap_restore_request *request,
                                          struct snap_error *error);
void snap_restored_close(struct snap_restored *restored);

/* What the first execution starts with. */
const struct snap_resume *snap_restored_resume(const struct snap_restored *restored);

/* The run that was made with it owns the tasks' shares from now on. */
void snap_restored_hand_over(struct snap_restored *restored);

/* What the ledger takes for granted. */
const struct snap_baseline *snap_restored_baseline(const struct snap_restored *restored);

/* One line for people: what it is, of which checkpoint, and where. */
const char *snap_restored_text(const struct snap_restored *restored);

/* A line for each operator and state of the snapshot that the job leaves behind; "": none is. */
const char *snap_restored_dropped(const struct snap_restored *restored);

/* What an operator of the snapshot has, by its position in the image: also of one that was refused,
 * whose states may not have been read. */
struct snap_state_names snap_restored_state_names(const struct snap_restored *restored,
                                                  uint32_t operator_index);

/* Of one that was refused. */
enum snap_restore_stage snap_restored_stage(const struct snap_restored *restored);

/* Files that Flink would look for in vain: it takes names as they stand. */
const struct snap_moved_files *snap_restored_moved(const struct snap_restored *restored);

/* What was read, matched with the job's operators. */
const struct snap_image *snap_restored_image(const struct snap_restored *restored);

/* Which tables subtasks go on with; valid as long as the restored snapshot. */
const struct snap_restored_tables *snap_restored_tables(const struct snap_restored *restored);

/* The directory of the snapshot, absolute. */
const char *snap_restored_directory(const struct snap_restored *restored);

/* Visits all files that a start from it still needs: the snapshot's, and the parts that its sinks
 * are to commit. Their paths are valid as long as the restored snapshot. */
void snap_restored_files_each(struct snap_restored *restored,
                              const struct snap_file_visitor *visitor);

#endif
