// SPDX-License-Identifier: Apache-2.0
/*
 * flow_file.h: flow.tsv, the rows of flow.h in a file.
 *
 * - The first line names the columns: vertex (counted from 0), name, from_ms, to_ms, records_per_s,
 *   busy, backpressured, idle, backlog. Then a line a row, tabs between; "-" is not known.
 * - Any tool for tables reads it, and `plot` draws the figure `flow` from it: what a trace of level
 *   `checkpoints` does not tell stands here.
 */
#ifndef SNAP_TRACE_FLOW_FILE_H
#define SNAP_TRACE_FLOW_FILE_H

#include "base/error.h"
#include "base/text.h"
#include "trace/flow.h"

/* Appends the file's text; nothing but the first line if nothing is known. */
void snap_flow_file_text(struct snap_text *text, const struct snap_flow *flow);

/* Reads the file into a flow of the job that nothing was told to. Errors: no such file, or a line
 * that is no row. */
bool snap_flow_file_read(struct snap_flow *flow, const char *path, struct snap_error *error);

#endif
