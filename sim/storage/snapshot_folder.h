// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_folder.h: finds a snapshot on disk, and the files that its handles name.
 *
 * - A pointer is a directory with `_metadata` in it, a metadata file of any name, or a `file:` URI
 *   of either.
 * - Files of the snapshot's own are named relative to the directory of its metadata. Absolute names
 *   are taken where they lie in the job's directory (the one above), or where the same file lies
 *   there although the directory was moved, and where they are shared files of a job whose
 * directory lies beside this one's; others only if the user agreed. No name leads out of its
 * directory by
 *   "..".
 * - Files are mapped, not read: a large one costs no memory.
 * - One thread. Pointers into a file are valid until its stream is closed.
 * Flink: AbstractFsCheckpointStorageAccess.resolveCheckpointPointer.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_FOLDER_H
#define SNAP_STORAGE_SNAPSHOT_FOLDER_H

#include "flink/snapshot_describe.h"

/* Names that begin with `from` lie below `to`. */
struct snap_relocation {
    const char *from; /* a path or a `file:` URI */
    const char *to;
};

struct snap_snapshot_place {
    const char *pointer;
    const struct snap_relocation *relocations;
    uint32_t relocation_count;
    bool follows_absolute; /* the user agreed to read files elsewhere */
};

struct snap_snapshot_folder;

/*
 * Finds the snapshot and maps its metadata; texts of `place` are copied. The caller owns it.
 * Errors: SNAP_ERROR_SNAPSHOT with the file: there is none, or it was not completed.
 */
struct snap_snapshot_folder *snap_snapshot_folder_open(const struct snap_snapshot_place *place,
                                                       struct snap_error *error);

/* Closes the folder; NULL is allowed. */
void snap_snapshot_folder_close(struct snap_snapshot_folder *folder);

/* The metadata's bytes and path, valid until the folder is closed. */
struct snap_bytes snap_snapshot_folder_metadata(const struct snap_snapshot_folder *folder);
const char *snap_snapshot_folder_path(const struct snap_snapshot_folder *folder);

/* How descriptions get at the files; valid until the folder is closed. */
struct snap_streams snap_snapshot_folder_streams(struct snap_snapshot_folder *folder);

#endif
