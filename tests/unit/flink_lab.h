// SPDX-License-Identifier: Apache-2.0
/*
 * flink_lab.h: snapshots of tests/fixtures/flink for the tests of sim/flink.
 *
 * - flink_lab_each calls a test for every `_metadata` below a folder, with the folder opened as
 *   inspect would.
 */
#ifndef SNAP_TESTS_FLINK_LAB_H
#define SNAP_TESTS_FLINK_LAB_H

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "storage/snapshot_folder.h"

#define FLINK_LAB_SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"

/* One snapshot that is open. */
struct flink_lab {
    const char *path;
    struct snap_snapshot_folder *folder;
    struct snap_streams streams;
    struct snap_arena arena;
    struct snap_error error;
    struct snap_metadata metadata;
};

typedef void flink_lab_test(struct flink_lab *lab);

static inline bool flink_lab_open(struct flink_lab *lab, const char *path)
{
    struct snap_relocation relocation = {"/tmp/none", "/tmp/none"};
    struct snap_snapshot_place place = {.pointer = path, .relocations = &relocation};

    memset(lab, 0, sizeof(*lab));
    lab->path = path;
    lab->folder = snap_snapshot_folder_open(&place, &lab->error);
    if (!lab->folder)
        return false;
    lab->streams = snap_snapshot_folder_streams(lab->folder);
    return snap_metadata_read(snap_snapshot_folder_metadata(lab->folder), &lab->arena,
                              &lab->metadata, &lab->error);
}

static inline void flink_lab_close(struct flink_lab *lab)
{
    snap_snapshot_folder_close(lab->folder);
    snap_arena_fini(&lab->arena);
}

static inline void flink_lab_each(const char *directory, flink_lab_test *test, unsigned *count)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;
    char path[1024];

    while (stream && (entry = readdir(stream))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        if (strcmp(entry->d_name, "_metadata") == 0) {
            struct flink_lab lab;

            ++*count;
            if (!flink_lab_open(&lab, path))
                fail_msg("%s: %s", path, lab.error.message);
            test(&lab);
            flink_lab_close(&lab);
        } else if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) {
            flink_lab_each(path, test, count);
        }
    }
    if (stream)
        closedir(stream);
}

#endif
