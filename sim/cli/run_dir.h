// SPDX-License-Identifier: Apache-2.0
/*
 * run_dir.h: whether a folder on the command line is what verbs that look at a run want.
 */
#ifndef SNAP_CLI_RUN_DIR_H
#define SNAP_CLI_RUN_DIR_H

#include <stdbool.h>

#include "base/error.h"
#include "trace/reader.h"

/* Refuses what holds no run, with what it is instead. Errors: SNAP_ERROR_USAGE. */
bool snap_run_dir_check(const char *path, struct snap_error *error);

/* The same, but a folder of runs, such as a comparison, is allowed too. */
bool snap_runs_dir_check(const char *path, struct snap_error *error);

/* Says on standard error what the trace that was read to its end lacks; nothing if it is whole. */
void snap_run_dir_note_trace(const char *directory, const struct snap_trace_reader *reader);

#endif
