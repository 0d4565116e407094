// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_folder.h: a snapshot on this machine whose files are mapped: for those who look into it.
 *
 * - Where it is, and where its files are, says snapshot_site.h.
 * - Files are mapped, not read: a large one costs no memory.
 * - One thread. Pointers into a file are valid until its stream is closed.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_FOLDER_H
#define SNAP_STORAGE_SNAPSHOT_FOLDER_H

#include "flink/snapshot_describe.h"
#include "storage/snapshot_site.h"

struct snap_snapshot_folder;

/*
 * Finds the snapshot and maps its metadata; texts of `place` are copied. The caller owns it.
 * Errors: as snap_snapshot_site_find.
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
