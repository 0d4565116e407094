// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_dispose.h: removes a snapshot that somebody else may have written.
 *
 * - Gone are `_metadata`, first of all, and the files that it names in its own directory; then the
 *   directory, if nothing else is in it.
 * - Of files elsewhere those go, if asked, that no other checkpoint names; Flink takes all of them.
 *   What Flink leaves there stays here, too: change logs and parts of merged files.
 * Flink: Checkpoints.disposeSavepoint, IncrementalRemoteKeyedStateHandle.discardState,
 * ChangelogStateBackendHandle, SegmentFileStateHandle.
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
    const char *const *unshared; /* paths of files elsewhere that none of them names */
    uint32_t unshared_count;
    uint32_t handles;       /* that name files elsewhere which disposal may delete */
    const char *unreadable; /* a snapshot whose metadata cannot be read; NULL: there is none */
    bool is_cut;            /* there are more directories than were looked at */
};

/* Finds who shares the snapshot's files, by the metadata in the job's directory and in those of the
 * jobs beside it, whose jobs may have started from this one's checkpoints; memory of the reading's
 * arena. At most SNAP_SHARER_DIRECTORIES_MAX directories are looked at. */
enum { SNAP_SHARER_DIRECTORIES_MAX = 4096 };
struct snap_sharers snap_snapshot_sharers(const struct snap_snapshot_reading *reading);

/* Whether all who may share files were asked: else files that nobody named may be somebody's. */
bool snap_sharers_are_all(const struct snap_sharers *sharers);

/* Removes the files that nobody shares; after the snapshot itself. Errors: SNAP_ERROR_IO. */
bool snap_snapshot_dispose_unshared(const struct snap_snapshot_reading *reading,
                                    const struct snap_sharers *sharers, struct snap_error *error);

#endif
