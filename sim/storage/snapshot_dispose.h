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

/* A checkpoint of the same job that names files of this one, too. */
struct snap_sharer {
    const char *name; /* "chk-4" */
    uint32_t files;
};

/* Returns who shares the snapshot's files beside it, by the metadata in the job's directory; memory
 * of the reading's arena. *unshared is set to the number of those that nobody else there names. */
const struct snap_sharer *snap_snapshot_sharers(const struct snap_snapshot_reading *reading,
                                                uint32_t *count, uint32_t *unshared);

#endif
