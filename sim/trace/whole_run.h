// SPDX-License-Identifier: Apache-2.0
/*
 * whole_run.h: the statistics of all executions of a run put together, as figures show them.
 *
 * - The run's job is nobody's: it has every vertex and subtask that some execution had. Vertices
 *   are the same if their first operators have the same uid; the later execution names them.
 * - A subtask's lane is empty while no execution has it, and between two executions.
 * - Checkpoints stand in the order of the executions; an id may come twice, where the job went back
 *   to an older savepoint.
 * - Takes no events. Names and everything else of an execution are copied, but texts and operators
 *   are borrowed from the executions' jobs until fini. fini is safe on zeroed memory. One thread.
 */
#ifndef SNAP_TRACE_WHOLE_RUN_H
#define SNAP_TRACE_WHOLE_RUN_H

#include "trace/statistics.h"

/* Where one execution ended and the next one began. */
struct snap_execution_change {
    snap_ns ended_ns;
    snap_ns resumed_ns;
    enum snap_job_status status;   /* of the one that ended */
    snap_checkpoint_id checkpoint; /* that the next one began with */
    bool savepoint;                /* it is one; else a retained checkpoint */
    uint32_t checkpoint_first;     /* of the next one, in the run's statistics */
};

struct snap_whole_run {
    struct snap_statistics statistics; /* finished */
    struct snap_execution_change *changes;
    uint32_t change_count;
};

/* Puts the finished statistics of the executions, oldest first, together; `count` > 0. */
void snap_whole_run_init(struct snap_whole_run *run,
                         const struct snap_statistics *const *executions, uint32_t count);
void snap_whole_run_fini(struct snap_whole_run *run);

#endif
