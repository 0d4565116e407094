// SPDX-License-Identifier: Apache-2.0
/*
 * result.h: a run that is over, with all that can be asked about it.
 *
 * - The run itself stays until the result is destroyed: states and sinks are read from it.
 * - Owned by the program; borrows the job's catalogue.
 */
#ifndef SNAP_API_RESULT_H
#define SNAP_API_RESULT_H

#include "snapshot/restore.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "snap.h"
#include "trace/trace_hash.h"
#include "verify/ledger.h"

struct snapsim_result {
    struct snap_built built; /* its arena has the verdict's arrays as well */
    enum snap_runtime_kind runtime;
    struct snap_fs *real;           /* NULL: no directory */
    struct snap_fs *memory;         /* virtual time */
    struct snap_restored *restored; /* what it started from; NULL: from nothing */
    struct snap_run *run;
    const struct snap_job *job; /* of the last execution */
    struct snap_run_result ended;
    struct snap_verdict verdict;
    struct snap_trace_hash hash;
    bool *fired; /* by action of the timeline */
    bool met;
    const char *started_from;
    struct snapsim_snapshot *snapshots; /* in files, that are left */
    uint32_t snapshot_count;
    uint32_t snapshot_capacity;
    struct snap_arena told; /* notes of the run, which may come from another thread */
    const char **notes;
    uint32_t note_count;
    uint32_t note_capacity;
};

#endif
