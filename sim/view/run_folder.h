// SPDX-License-Identifier: Apache-2.0
/*
 * run_folder.h: reads the folder of a run back: its trace, and the verdict of its summary.
 *
 * - trace.jsonl is needed (of any level but `off`), summary.json adds the verdict, flow.tsv the
 *   flow, metrics.tsv the gauges of the subtasks.
 * - Everything is owned by the folder struct until close; `input` borrows from it. close is safe on
 *   zeroed memory.
 */
#ifndef SNAP_VIEW_RUN_FOLDER_H
#define SNAP_VIEW_RUN_FOLDER_H

#include "trace/reader.h"
#include "view/figure.h"

struct snap_run_folder {
    struct snap_trace_reader reader;
    struct snap_statistics **executions; /* of the job; owned, the array is the reader's */
    uint32_t execution_count;
    uint32_t execution_capacity;
    struct snap_whole_run whole;   /* of several ones */
    struct snap_statistics *shown; /* the only one's, or the whole's */
    struct snap_figure_input input;
};

/* Whether the folder has a trace. */
bool snap_run_folder_is_one(const char *path);

/* Reads the folder. Errors: no trace, or one that cannot be read; a summary that is no JSON. */
bool snap_run_folder_open(struct snap_run_folder *folder, const char *path,
                          struct snap_error *error);
void snap_run_folder_close(struct snap_run_folder *folder);

/* Puts the runs of a comparison into the order of its compare.json; runs that it does not name, or
 * all if there is no such file, keep theirs behind the others. */
void snap_comparison_sort(const char *directory, struct snap_figure_input *inputs, uint32_t count);

#endif
