// SPDX-License-Identifier: Apache-2.0
/*
 * out_dir.h: the directory a run writes to.
 *
 * - Made with its parents if it does not exist. It must be empty, or --overwrite was given; then
 *   its contents are removed first, but only if they look like those of a run.
 */
#ifndef SNAP_CLI_OUT_DIR_H
#define SNAP_CLI_OUT_DIR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

/* Returns "out/NAME" with what does not belong into a file name replaced by "-", "." and "-" in
 * front by "_"; NAME has at most NAME_MAX bytes. */
const char *snap_out_dir_default(const char *name, struct snap_arena *arena);

enum snap_out_dir_rule { SNAP_OUT_DIR_MUST_BE_EMPTY, SNAP_OUT_DIR_OVERWRITE };

/* Makes the directory ready. Errors: SNAP_ERROR_USAGE if it is not empty, SNAP_ERROR_IO. */
bool snap_out_dir_prepare(const char *path, enum snap_out_dir_rule rule, struct snap_error *error);

#endif
