// SPDX-License-Identifier: Apache-2.0
/*
 * metrics_file.h: metrics.tsv, the lines of metrics.h in a file.
 *
 * - The first line names the columns: vertex (counted from 0), name, subtask (its number, or `min`,
 *   `median` or `max` of all), from_ms, to_ms, then Flink's gauges. Then a line a bin, tabs
 * between;
 *   "-" is not known.
 * - Any tool for tables reads it, and `plot` draws the figure `metrics` from it.
 */
#ifndef SNAP_TRACE_METRICS_FILE_H
#define SNAP_TRACE_METRICS_FILE_H

#include "base/error.h"
#include "base/text.h"
#include "trace/metrics.h"

/* Appends the file's text; nothing but the first line if nothing is known. */
void snap_metrics_file_text(struct snap_text *text, const struct snap_metrics *metrics);

/* Reads the file into metrics of the job that nothing was told to. Errors: no such file, or one
 * that does not have the job's lines. */
bool snap_metrics_file_read(struct snap_metrics *metrics, const char *path,
                            struct snap_error *error);

#endif
