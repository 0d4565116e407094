// SPDX-License-Identifier: Apache-2.0
/*
 * state_files.h: writes the keyed state that a run leaves as DIR/state/UID.tsv.
 *
 * - One line an entry, "key TAB value", sorted bytewise; tabs, newlines and backslashes inside are
 *   escaped as in the files of file-sink.
 */
#ifndef SNAP_CLI_STATE_FILES_H
#define SNAP_CLI_STATE_FILES_H

#include "base/error.h"
#include "runtime/run.h"

/* Writes a file for each operator with keyed state. Errors: it cannot be written. */
bool snap_state_files_write(struct snap_run *run, const struct snap_job *job, const char *directory,
                            struct snap_error *error);

#endif
