// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_site.h: finds a snapshot, and the files that its handles name: the one finder of all
 * verbs.
 *
 * - A pointer is a directory with `_metadata` in it, a metadata file of any name, or a `file:` URI
 *   of either. What else it could be is told from nothing being there.
 * - Files of the snapshot's own are named relative to the directory of its metadata. Absolute names
 *   are taken where they lie in the job's directory (the one above), or where the same file lies
 *   there although the directory was moved, and where they are shared files of a job whose
 * directory lies beside this one's; others only if the user agreed, or said where they are. No name
 * leads out of its directory by "..".
 * - Where a directory stands for a remote storage, names of that are looked for in it.
 * - Errors have their file as place, not in the message. Nothing is opened here.
 * Flink: AbstractFsCheckpointStorageAccess.resolveCheckpointPointer.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_SITE_H
#define SNAP_STORAGE_SNAPSHOT_SITE_H

#include "base/bytes.h"
#include "base/fs.h"
#include "model/config.h"

struct snap_stream_handle;

/* Names that begin with `from` lie below `to`. */
struct snap_relocation {
    const char *from; /* a path or a `file:` URI */
    const char *to;
};

/* What the user says of a snapshot. */
struct snap_snapshot_place {
    const char *pointer;
    const struct snap_relocation *relocations;
    uint32_t relocation_count;
    bool follows_absolute;                /* the user agreed to read files elsewhere */
    const struct snap_uri_root *uri_root; /* of files with names elsewhere; NULL: none. Borrowed */
};

/* A snapshot that was found. */
struct snap_snapshot_site {
    struct snap_fs *fs;               /* borrowed */
    const char *metadata;             /* the path of its metadata */
    struct snap_bytes metadata_bytes; /* as read, into which handles point; empty: not yet */
    const char *directory;            /* the metadata's */
    const char *job;                  /* the directory above */
    const char *full_job;             /* the same as the machine has it: absolute, without ".." */
    const struct snap_relocation *relocations;
    uint32_t relocation_count;
    bool follows_absolute;
    const struct snap_uri_root *uri_root; /* or NULL; borrowed */
};

/* Finds the snapshot; texts are copied to the arena. Errors: SNAP_ERROR_RESTORE, there is none;
 * SNAP_ERROR_IO, nobody may look. */
bool snap_snapshot_site_find(struct snap_fs *fs, const struct snap_snapshot_place *place,
                             struct snap_arena *arena, struct snap_snapshot_site *site,
                             struct snap_error *error);

/* Looks for files in and beside another directory, in which states lie without the metadata. */
void snap_snapshot_site_move(struct snap_snapshot_site *site, const char *directory,
                             struct snap_arena *arena);

/* A file that a handle names, as it was found: memory of the arena handed in. */
struct snap_site_file {
    const char *path;
    const char *moved_from; /* where it should be by its name, and is not; NULL: it is there */
};

/* Finds the file of a handle that has one, FILE, RELATIVE or SEGMENT. Errors: SNAP_ERROR_SNAPSHOT,
 * it is missing or leads out, with the offset of its name in the metadata where that is known;
 * SNAP_ERROR_CONSENT, the user has to agree (Flink does not ask). */
bool snap_snapshot_site_file(const struct snap_snapshot_site *site,
                             const struct snap_stream_handle *handle, struct snap_arena *arena,
                             struct snap_site_file *file, struct snap_error *error);

/* Refuses a file of `bytes` bytes that ends before what the handle names of it. Errors:
 * SNAP_ERROR_SNAPSHOT with the offset. */
bool snap_snapshot_site_check(const struct snap_site_file *file,
                              const struct snap_stream_handle *handle, uint64_t bytes,
                              struct snap_error *error);

/* Returns what messages call a state inside the metadata, which is a file of its own to its reader.
 */
const char *snap_snapshot_site_inside(const struct snap_snapshot_site *site,
                                      struct snap_bytes metadata, struct snap_bytes state,
                                      struct snap_arena *arena);

#endif
