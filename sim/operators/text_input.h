// SPDX-License-Identifier: Apache-2.0
/*
 * text_input.h: text files as one run of bytes, cut into ranges at line ends.
 *
 * - The files stand one after the other; a position counts bytes over all of them. A file's end
 *   ends its last line, with or without a newline.
 * - A line starts at the first byte of a file that is not empty, and behind each newline that is
 *   not its file's last byte. Range s of S is [s * bytes / S, (s + 1) * bytes / S); a line belongs
 *   to the range in which it starts.
 * - The sizes are taken once, when the job is configured; a file that is shorter later is an error.
 */
#ifndef SNAP_OPERATORS_TEXT_INPUT_H
#define SNAP_OPERATORS_TEXT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct snap_text_files {
    const char *const *paths; /* borrowed */
    uint64_t *starts;         /* position of each file; starts[count] = all bytes */
    uint32_t count;
};

/* Finds out the sizes; `starts` comes from the arena. Errors: a file that cannot be read. */
bool snap_text_files_measure(struct snap_text_files *files, struct snap_arena *arena,
                             struct snap_error *error);

/* Lines that start at `from` or later and before `to`. */
struct snap_text_range {
    uint64_t from;
    uint64_t to;
};

/* A line without its newline and without a carriage return before that. */
struct snap_text_line {
    const char *bytes;
    uint64_t position; /* where it starts */
    size_t length;
};

struct snap_text_lines {
    struct snap_text_line *items;
    uint32_t count;
    uint32_t capacity;
};

/* What a subtask reads with. */
struct snap_text_reader {
    const struct snap_text_files *files;
    struct snap_arena *arena; /* gets bytes and lines */
};

/*
 * Reads the lines of the range into *lines (zeroed). Errors: a file that cannot be read or is
 * shorter than it was.
 */
bool snap_text_lines_read(const struct snap_text_reader *reader, struct snap_text_range range,
                          struct snap_text_lines *lines, struct snap_error *error);

#endif
