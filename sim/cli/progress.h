// SPDX-License-Identifier: Apache-2.0
/*
 * progress.h: tells the user of a long run on stderr that it goes on.
 *
 * - On a terminal one line, which changes every second and goes in the end; elsewhere a line every
 *   30 s, and none of a shorter run.
 * - The 100th restart of a job, the 1000th and so on are noted in any case.
 * - One run at a time, one thread.
 */
#ifndef SNAP_CLI_PROGRESS_H
#define SNAP_CLI_PROGRESS_H

#include <stdbool.h>

#include "trace/statistics.h"

/* A run begins whose statistics (borrowed until the end) are these; `has_lines`: of its progress.
 */
void snap_cli_progress_begin(const struct snap_statistics *statistics, bool has_lines);

/* To be called now and then; prints what is due. */
void snap_cli_progress(void);

/* Removes the line from a terminal: something else is to be printed. */
void snap_cli_progress_clear(void);

#endif
