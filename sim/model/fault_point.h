// SPDX-License-Identifier: Apache-2.0
/*
 * fault_point.h: the named steps of a checkpoint and of a restore, before and after which a fault
 * of the timeline may strike.
 *
 * - One table: name, what the step is, and whether the JobManager takes it or a subtask.
 * - A crash of the very one who takes the step strikes there: before a step it does not happen,
 *   after it nothing else has. Anything else that waits for a step is told by mail.
 * - Steps are no events: a trace does not grow by them.
 */
#ifndef SNAP_MODEL_FAULT_POINT_H
#define SNAP_MODEL_FAULT_POINT_H

#include <stdbool.h>

/* X(NAME, "name", "what it is", whether the JobManager takes it). */
#define SNAP_FAULT_STEPS(X)                                                                        \
    X(BARRIER, "barrier", "the barrier is put into all outputs", false)                            \
    X(SNAPSHOT, "snapshot", "the synchronous part: operators copy their state", false)             \
    X(PRE_COMMIT, "pre-commit", "a sink flushes and closes what belongs to the checkpoint", false) \
    X(STORE, "store", "the asynchronous part: the snapshot goes to the storage", false)            \
    X(ACK, "ack", "the subtask acknowledges", false)                                               \
    X(COMPLETION, "completion", "all is acknowledged, the checkpoint counts from then on", true)   \
    X(NOTIFICATION, "notification", "the subtasks are told of the completion", true)               \
    X(COMMIT, "commit", "a sink makes visible what it had prepared", false)                        \
    X(RESTORE, "restore", "a new attempt reads its state", false)

#define SNAP_FAULT_STEP_ENUM(id, name, doc, at_job_manager) SNAP_STEP_##id,
enum snap_fault_step { SNAP_FAULT_STEPS(SNAP_FAULT_STEP_ENUM) SNAP_STEP_COUNT };
#undef SNAP_FAULT_STEP_ENUM

enum snap_fault_side { SNAP_BEFORE, SNAP_AFTER };

struct snap_fault_step_info {
    const char *name;
    const char *doc;
    bool at_job_manager;
};

/* Returns the row of the table. */
const struct snap_fault_step_info *snap_fault_step_get(enum snap_fault_step step);

#endif
