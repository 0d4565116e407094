// SPDX-License-Identifier: Apache-2.0
/*
 * whole_file.h: a file that is there with all its bytes, or is not there.
 *
 * - Bytes go to a hidden file beside it, ".NAME.part", which gets the name when all are written.
 *   A full disk, a crash of the program or a signal in between leaves no half file of that name.
 * - The bytes are not synced: a crash of the machine may lose them.
 * - Any thread may call, one at a time for one path.
 */
#ifndef SNAP_BASE_WHOLE_FILE_H
#define SNAP_BASE_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Writes the text to the file, replacing an earlier one. Errors: SNAP_ERROR_IO; then the earlier
 * file, if any, is as it was. */
bool snap_whole_file_write(const char *path, const struct snap_text *text,
                           struct snap_error *error);

/* Appends the hidden name under which others may write the file first. */
void snap_whole_file_part(struct snap_text *part, const char *path);

/* Gives the hidden file its name. Errors: SNAP_ERROR_IO. */
bool snap_whole_file_place(const char *path, struct snap_error *error);

/* Removes the hidden file, if there is one. */
void snap_whole_file_drop(const char *path);

#endif
