// SPDX-License-Identifier: Apache-2.0
/*
 * savepoint.h: the snapshots of a run that a job may start from: savepoints by name, and the
 * checkpoints that a job left behind.
 *
 * - A savepoint belongs to whoever asked for it: no job deletes it, and it outlives all executions
 *   of the run. A second one of the same name hides the first.
 * - A checkpoint is retained when its job has ended in a way that the settings name. It may hold
 *   data in flight. Ids may come again in a later execution: the newest one is meant.
 * - It holds what the tasks acknowledged, as they did; whoever starts from it gets copies.
 * - Kept by the JobManager's thread while a job runs, read between executions.
 * Flink: CompletedCheckpoint of a savepoint, Checkpoints.loadAndValidateCheckpoint.
 */
#ifndef SNAP_SNAPSHOT_SAVEPOINT_H
#define SNAP_SNAPSHOT_SAVEPOINT_H

#include "base/arena.h"
#include "base/error.h"
#include "model/timeline.h"
#include "protocol/coordinator.h"
#include "snapshot/task_snapshot.h"
#include "actor/world.h"

struct snap_savepoint {
    const char *name; /* NULL: a retained checkpoint */
    snap_checkpoint_id id;
    uint32_t execution; /* of the run, in which it was taken */
    enum snap_snapshot_kind kind;
    snap_ns created_ns;
    const struct snap_job *job;
    struct snap_task_snapshot **tasks; /* by task; owned, NULL where none was taken */
    bool *finished;                    /* by task: it had finished before */
    bool is_in_files;                  /* read from them, not taken in this run */
    const bool *has_coordinator;       /* by operator: its coordinator has state; if in files */
    struct snap_savepoint *next;       /* older */
};

/* What became of a savepoint that somebody asked for. */
struct snap_savepoint_wish {
    const char *name;
    snap_ns asked_ns;
    snap_ns failed_ns; /* SNAP_NEVER: it is complete, or under way */
    enum snap_failure_reason reason;
    struct snap_savepoint_wish *next; /* older */
};

struct snap_savepoints {
    struct snap_arena arena;
    struct snap_savepoint *newest;
    struct snap_savepoint_wish *wishes; /* the newest */
};

void snap_savepoints_init(struct snap_savepoints *savepoints);
void snap_savepoints_fini(struct snap_savepoints *savepoints);

/* Takes over the states of a completed savepoint under the name; NULL: of a retained checkpoint. */
void snap_savepoints_keep(struct snap_savepoints *savepoints, const char *name,
                          const struct snap_world *world,
                          const struct snap_checkpoint_record *record);

/* Notes that somebody asks for a savepoint of the name, or that the newest of that name failed. */
void snap_savepoints_asked(struct snap_savepoints *savepoints, const char *name, snap_ns at_ns);
void snap_savepoints_failed(struct snap_savepoints *savepoints, const char *name, snap_ns at_ns,
                            enum snap_failure_reason reason);

/* Returns the newest wish for a savepoint of the name, NULL if there was none. */
struct snap_savepoint_wish *snap_savepoints_wish(const struct snap_savepoints *savepoints,
                                                 const char *name);

/* Returns the newest savepoint of the name, NULL if there is none. */
const struct snap_savepoint *snap_savepoints_find(const struct snap_savepoints *savepoints,
                                                  const char *name);

/* Returns the newest retained checkpoint of the id, NULL if there is none. */
const struct snap_savepoint *
snap_savepoints_find_checkpoint(const struct snap_savepoints *savepoints, snap_checkpoint_id id);

/* Returns the newest checkpoint that the execution left behind, NULL if it left none. */
const struct snap_savepoint *
snap_savepoints_latest_checkpoint(const struct snap_savepoints *savepoints, uint32_t execution);

/* A savepoint's states as the tasks of another job take them. */
struct snap_assigned {
    struct snap_task_snapshot **tasks; /* by task; each its own arena, the receiver's */
    uint32_t *finished;                /* tasks that start as finished */
    uint32_t finished_count;
    bool *restored;      /* by operator: the savepoint knows it */
    bool in_flight;      /* data in flight is among them */
    bool fails_in_tasks; /* refused for what Flink's tasks would find, not its JobManager */
    const char *dropped; /* a sentence: whose state nobody takes; NULL: nobody's */
};

/* What an execution starts with: one that follows another, or the first one, from files. */
struct snap_resume {
    struct snap_world *before; /* NULL: it is the first one */
    enum snap_claim_mode claim;
    const struct snap_job *job;
    const struct snap_savepoint *savepoint;
    struct snap_assigned assigned;
    uint32_t action; /* of the timeline, or SNAP_NO_INDEX */
    snap_ns start_ns;
};

/* What a job is to start from. */
struct snap_assignment_input {
    const struct snap_savepoint *from;
    const struct snap_restart *to;
    const struct snap_checkpoint_config *config;
};

/* The checks of what follows that need no state's contents: operators, key groups, finished
 * subtasks. Errors: SNAP_ERROR_RESTORE. Flink: Checkpoints.loadAndValidateCheckpoint. */
bool snap_savepoint_check(const struct snap_assignment_input *in, struct snap_arena *arena,
                          struct snap_error *error);

/*
 * Checks that the job may start from the savepoint and assigns the states to its tasks; arrays lie
 * in the arena. Errors: SNAP_ERROR_RESTORE; nothing is left then. Flink: StateAssignmentOperation.
 */
bool snap_savepoint_assign(const struct snap_assignment_input *in, struct snap_arena *arena,
                           struct snap_assigned *assigned, struct snap_error *error);

#endif
