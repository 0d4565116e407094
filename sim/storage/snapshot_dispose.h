// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_dispose.h: removes a snapshot that somebody else may have written.
 *
 * - Gone are `_metadata`, first of all, and the files that it names in its own directory; then the
 *   directory, if nothing else is in it.
 * - Files outside of the directory stay: other snapshots may share them, and nobody here knows.
 * Flink: CompletedCheckpoint.discard, StandaloneDispatcher.disposeSavepoint.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_DISPOSE_H
#define SNAP_STORAGE_SNAPSHOT_DISPOSE_H

#include "storage/snapshot_read.h"
#include "storage/state_place.h"

/* Removes the snapshot that was opened; *outside is set to the number of handles that name files
 * elsewhere. Errors: SNAP_ERROR_IO. */
bool snap_snapshot_dispose(const struct snap_snapshot_reading *reading, uint32_t *outside,
                           struct snap_error *error);

/* Returns the files of keyed state that lie beside the snapshot, in the job's directory; memory of
 * the reading's arena. Those that only this snapshot uses are its own. */
const struct snap_shared_file *
snap_snapshot_shared_files(const struct snap_snapshot_reading *reading, uint32_t *count);

/* Another checkpoint that names files of this one, too. */
struct snap_sharer {
    const char *name; /* "chk-4"; of another job with its directory, "ab12/chk-4" */
    uint32_t files;
};

/* Who was found. */
struct snap_sharers {
    const struct snap_sharer *items;
    uint32_t count;
    uint32_t unshared; /* files that none of them names */
    bool is_cut;       /* there are more directories than were looked at */
};

/* Finds who shares the snapshot's files, by the metadata in the job's directory and in those of the
 * jobs beside it, whose jobs may have started from this one's checkpoints; memory of the reading's
 * arena. At most SNAP_SHARER_DIRECTORIES_MAX directories are looked at. */
enum { SNAP_SHARER_DIRECTORIES_MAX = 4096 };
struct snap_sharers snap_snapshot_sharers(const struct snap_snapshot_reading *reading);

#endif
