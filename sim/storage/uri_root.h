// SPDX-License-Identifier: Apache-2.0
/*
 * uri_root.h: a directory of this machine that stands for a remote storage: names of files are
 * those there, the files lie here.
 *
 * - The names of snapshots, and those inside of them, are turned into paths here and nowhere else.
 * - A relative directory is relative to the current one; it may be a `file:` URI.
 * - Results are memory of the arena, or the argument itself.
 */
#ifndef SNAP_STORAGE_URI_ROOT_H
#define SNAP_STORAGE_URI_ROOT_H

#include "base/arena.h"
#include "model/config.h"

/* Returns the path of what the text names: a URI of the root, a `file:` URI or a path. `root` may
 * be NULL. */
const char *snap_uri_root_path(const struct snap_uri_root *root, struct snap_arena *arena,
                               const char *text);

/* Returns the full name of a path, without "..": a URI of the root, or else a `file:` URI. */
const char *snap_uri_root_name(const struct snap_uri_root *root, struct snap_arena *arena,
                               const char *path);

#endif
