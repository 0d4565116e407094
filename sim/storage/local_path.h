// SPDX-License-Identifier: Apache-2.0
/*
 * local_path.h: paths as snapshots write them: "file:/a/b", "file:///a/b" or plain.
 *
 * - Results are memory of the arena, or the argument itself.
 * Flink: org.apache.flink.core.fs.Path.
 */
#ifndef SNAP_STORAGE_LOCAL_PATH_H
#define SNAP_STORAGE_LOCAL_PATH_H

#include <stdbool.h>

#include "base/arena.h"

/* Returns the path without scheme and host, with at most one slash in front. */
const char *snap_local_path(struct snap_arena *arena, const char *text);

/* Returns the path with %20 and the like decoded. */
const char *snap_local_path_decoded(struct snap_arena *arena, const char *path);

/* Returns the path without slashes at its end, but for "/" itself. */
const char *snap_local_path_trimmed(struct snap_arena *arena, const char *path);

/* Returns the directory the path lies in; "." for a plain name, ".." for "." itself. */
const char *snap_local_path_directory(struct snap_arena *arena, const char *path);

/* Returns where the file of another job lies if the path names one that its checkpoints share,
 * ".../JOB/shared/NAME", and that job's directory lay beside this one; NULL: it names none, or this
 * is no job's directory. Jobs that start from each other's checkpoints use each other's files. */
const char *snap_local_path_beside(struct snap_arena *arena, const char *path, const char *job);

/* Returns the absolute path, relative ones taken from the current directory, without "." and "..":
 * one by which a file may be named. In front of ".." links are followed; where nothing is, the
 * text decides. */
const char *snap_local_path_full(struct snap_arena *arena, const char *path);

/* Whether ".." is among its names. */
bool snap_local_path_climbs(const char *path);

#endif
