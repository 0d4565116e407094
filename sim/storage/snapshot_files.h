// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_files.h: which files a snapshot is made of.
 *
 * - `_metadata`, and every file that its handles name, wherever it lies; one that many handles name
 *   comes as often. Those that are missing are left out.
 * - Nothing is read but names.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_FILES_H
#define SNAP_STORAGE_SNAPSHOT_FILES_H

#include "storage/snapshot_read.h"

/* Who gets the paths; valid as long as the reading's arena. */
struct snap_file_visitor {
    void (*visit)(void *context, const char *path);
    void *context;
};

/* Visits the files of the snapshot that was opened. */
void snap_snapshot_files_each(const struct snap_snapshot_reading *reading,
                              const struct snap_file_visitor *visitor);

#endif
