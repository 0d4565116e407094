// SPDX-License-Identifier: Apache-2.0
/*
 * scratch_directory.h: a directory of this process alone, for as long as it lives.
 *
 * - It lies in $TMPDIR or /tmp; its file `lock` is locked while the process lives, whatever ends
 *   it.
 * - Whoever makes one first removes those of the same user that nobody holds any more: what a
 *   killed process left is gone with the next run.
 * - Links are never followed.
 */
#ifndef SNAP_STORAGE_SCRATCH_DIRECTORY_H
#define SNAP_STORAGE_SCRATCH_DIRECTORY_H

#include <stdbool.h>

#include "base/error.h"

enum { SNAP_SCRATCH_PATH_BYTES = 4096 };

struct snap_scratch_directory {
    char path[SNAP_SCRATCH_PATH_BYTES]; /* "": none */
    int lock;                           /* a file descriptor */
};

/* Makes a directory whose name begins with the prefix. Errors: SNAP_ERROR_IO. */
bool snap_scratch_directory_make(struct snap_scratch_directory *directory, const char *prefix,
                                 struct snap_error *error);

/* Removes it with all that is in it; nothing happens if there is none. */
void snap_scratch_directory_remove(struct snap_scratch_directory *directory);

#endif
