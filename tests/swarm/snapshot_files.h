// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_files.h: the files that runs have left in a directory, for tests: which snapshots are
 * complete, and whether anything lies about that none of them needs.
 *
 * - A snapshot is a directory with `_metadata`: `chk-N` or `savepoint-...`, at any depth.
 * - Real files; paths are absolute. Memory is the arena's.
 */
#ifndef SNAP_TESTS_SNAPSHOT_FILES_H
#define SNAP_TESTS_SNAPSHOT_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct snapshot_files {
    struct snap_arena *arena;
    const char **snapshots; /* directories, sorted */
    uint32_t snapshot_count;
    uint32_t snapshot_capacity;
    const char **shared; /* files in directories `shared` */
    uint32_t shared_count;
    uint32_t shared_capacity;
    uint32_t incomplete; /* directories `chk-N` without `_metadata` */
    uint64_t digest;     /* of names and contents of all files */
};

/* Looks through the directory; one that is not there has nothing. The arena is set. */
void snapshot_files_find(struct snapshot_files *files, const char *directory);

/* Whether each shared file is named by a complete snapshot; prints the first that is not. */
bool snapshot_files_are_used(const struct snapshot_files *files);

/* Whether it is a canonical savepoint, which every backend reads. */
bool snapshot_is_canonical(struct snap_arena *arena, const char *snapshot);

/* Makes a new directory, in memory where the machine has such; memory of the arena. */
const char *snapshot_files_make_directory(struct snap_arena *arena);

/* Removes the directory and all in it. */
void snapshot_files_remove(const char *directory);

#endif
