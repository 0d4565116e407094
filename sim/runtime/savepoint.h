// SPDX-License-Identifier: Apache-2.0
/*
 * savepoint.h: the savepoints of a run, by name.
 *
 * - A savepoint belongs to whoever asked for it: no job deletes it, and it outlives all executions
 *   of the run. A second one of the same name hides the first.
 * - It holds what the tasks acknowledged, as they did; whoever starts from it gets copies.
 * - Kept by the JobManager's thread while a job runs, read between executions.
 * Flink: CompletedCheckpoint of a savepoint, Checkpoints.loadAndValidateCheckpoint.
 */
#ifndef SNAP_RUNTIME_SAVEPOINT_H
#define SNAP_RUNTIME_SAVEPOINT_H

#include "base/arena.h"
#include "base/error.h"
#include "model/timeline.h"
#include "protocol/coordinator.h"
#include "runtime/task.h"

struct snap_savepoint {
    const char *name;
    snap_checkpoint_id id;
    uint32_t execution; /* of the run, in which it was taken */
    enum snap_snapshot_kind kind;
    snap_ns created_ns;
    const struct snap_job *job;
    struct snap_task_snapshot **tasks; /* by task; owned, NULL where none was taken */
    bool *finished;                    /* by task: it had finished before */
    struct snap_savepoint *next;       /* older */
};

struct snap_savepoints {
    struct snap_arena arena;
    struct snap_savepoint *newest;
};

void snap_savepoints_init(struct snap_savepoints *savepoints);
void snap_savepoints_fini(struct snap_savepoints *savepoints);

/* Takes over the states of a completed savepoint under the name. */
void snap_savepoints_keep(struct snap_savepoints *savepoints, const char *name,
                          const struct snap_world *world,
                          const struct snap_checkpoint_record *record);

/* Returns the newest savepoint of the name, NULL if there is none. */
const struct snap_savepoint *snap_savepoints_find(const struct snap_savepoints *savepoints,
                                                  const char *name);

/* A savepoint's states as the tasks of another job take them. */
struct snap_assigned {
    struct snap_task_snapshot **tasks; /* by task; each its own arena, the receiver's */
    uint32_t *finished;                /* tasks that start as finished */
    uint32_t finished_count;
    bool *restored; /* by operator: the savepoint knows it */
};

/*
 * Checks that the job may start from the savepoint and assigns the states to its tasks; arrays lie
 * in the arena. Errors: SNAP_ERROR_RESTORE; nothing is left then. Flink: StateAssignmentOperation.
 */
bool snap_savepoint_assign(const struct snap_savepoint *from, const struct snap_restart *to,
                           struct snap_arena *arena, struct snap_assigned *assigned,
                           struct snap_error *error);

#endif
