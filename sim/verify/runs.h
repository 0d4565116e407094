// SPDX-License-Identifier: Apache-2.0
/*
 * runs.h: what stands in a state, or in a sink, at the end: records in a row, from all subtasks.
 *
 * - A state's runs are the contents of its journals, all visible.
 * - A sink's runs are its written records; the phase says who sees them. What is in no line of its
 *   part counts as in progress: nobody sees it.
 * - Runs stand in the order subtask, then time: of two entries of one subtask the earlier is first.
 */
#ifndef SNAP_VERIFY_RUNS_H
#define SNAP_VERIFY_RUNS_H

#include <stdint.h>

#include "base/arena.h"
#include "model/observer.h"
#include "verify/books.h"

struct snap_run {
    struct snap_slice slice;
    const struct snap_log *log; /* where the slice lies, from entry `first` on */
    uint64_t first;
    uint32_t subtask;
    enum snap_part_phase phase;
    uint32_t order; /* snap_runs_sort: where it stood */
};

struct snap_runs {
    struct snap_run *items;
    uint32_t count;
    uint32_t capacity;
    uint64_t record_count;  /* over all runs */
    uint64_t visible_count; /* over the visible ones */
};

/* Adds the content of one subtask's journal. */
void snap_runs_add_journal(struct snap_runs *runs, struct snap_arena *arena,
                           const struct snap_subtask_book *book, uint32_t subtask);

/* Adds the parts of one subtask of a sink. */
void snap_runs_add_parts(struct snap_runs *runs, struct snap_arena *arena,
                         const struct snap_subtask_book *book, uint32_t subtask);

/* Puts the runs in the order of time, for jobs that were started again: records of one key may have
 * moved to another subtask. Runs of one subtask keep their order. */
void snap_runs_sort(struct snap_runs *runs);

/* Returns when the record at the position in the run was done. */
snap_ns snap_run_time_of(const struct snap_run *run, uint32_t position);

#endif
