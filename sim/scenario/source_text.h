// SPDX-License-Identifier: Apache-2.0
/*
 * source_text.h: where a text that a user wrote comes from: a file, memory, or an argument.
 *
 * - A source is UTF-8 without control characters, checked before anything parses it.
 * - An argument of the command line has a name ("--set lines.rate=5/s") and no lines.
 * - Owned by the arena it was made in; constant.
 */
#ifndef SNAP_SCENARIO_SOURCE_TEXT_H
#define SNAP_SCENARIO_SOURCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum { SNAP_SOURCE_BYTES_MAX = 10 * 1000 * 1000 };

struct snap_source {
    const char *name; /* file name as given, or the argument */
    const char *bytes;
    size_t length;
    bool argument; /* from the command line: no line and column, paths are literal */
};

/* Reads the file. Errors: SNAP_ERROR_SCENARIO if it cannot be read, is too large, empty or binary.
 */
bool snap_source_read(const char *path, struct snap_arena *arena, struct snap_source *source,
                      struct snap_error *error);

/* Checks size and encoding of a source whose bytes are set. Errors: as snap_source_read. */
bool snap_source_check(const struct snap_source *source, struct snap_error *error);

#endif
