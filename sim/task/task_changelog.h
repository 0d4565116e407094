// SPDX-License-Identifier: Apache-2.0
/*
 * task_changelog.h: how much a subtask's snapshots write with a change log, and its
 * materializations.
 *
 * - A checkpoint writes the changes since the last one; its size is that of the last materialized
 *   state and of all changes since then, which is what a restore reads. Savepoints and full
 *   checkpoints write the state itself.
 * - A record that an operator with keyed state takes is one change, as large as an entry.
 * - A materialization writes the keyed state of one operator beside all else; when it is there, the
 *   changes that it has are dropped. The next one follows an interval later. The first ones of
 *   subtasks do not come all at once.
 * - What could not be stored goes with the next checkpoint. Too many failures of materializations
 *   in a row fail the task.
 * - Owner and thread: the task's; memory of its attempt.
 * Flink: ChangelogKeyedStateBackend, PeriodicMaterializationManager, FsStateChangelogWriter.
 */
#ifndef SNAP_TASK_TASK_CHANGELOG_H
#define SNAP_TASK_TASK_CHANGELOG_H

#include "task/task.h"

/* One operator's. */
struct snap_changelog {
    bool is_used;         /* the operator has keyed state */
    int64_t base_bytes;   /* the materialized state */
    int64_t log_bytes;    /* changes since then */
    int64_t unsent_bytes; /* of these, what no checkpoint has written */
    uint64_t records;     /* taken by the operator, up to which changes are counted */
    snap_ns due_ns; /* the next materialization; SNAP_NEVER: one is under way, or none comes */

    /* The materialization under way. */
    uint64_t request; /* 0: there is none */
    snap_ns started_ns;
    int64_t next_base_bytes;
    int64_t covered_bytes;        /* of the log */
    int64_t covered_unsent_bytes; /* of these, what no checkpoint has written since */
    uint32_t failures;            /* in a row */
};

struct snap_task_changelog {
    snap_ns due_ns;                /* the earliest materialization */
    struct snap_changelog *places; /* by place in the chain */
};

/* When something is to be done next; SNAP_NEVER: nothing is. */
static inline snap_ns snap_task_changelog_due(const struct snap_task *task)
{
    return task->changelog ? task->changelog->due_ns : SNAP_NEVER;
}

/* The attempt begins with the state; NULL: with nothing. */
void snap_task_begin_changelog(struct snap_task *task, const struct snap_task_snapshot *from);

/* The task runs: materializations come from now on. */
void snap_task_start_materializing(struct snap_task *task);

/* What a snapshot of an operator holds in the storage, and what it writes. */
struct snap_changelog_sizes {
    int64_t bytes;
    int64_t written_bytes;
    int64_t message_bytes; /* of these, what goes to the JobManager with the acknowledgement */
};

/* The operator's state was taken; notes in it what the storage has. */
struct snap_changelog_sizes snap_task_log_snapshot(struct snap_task *task, uint32_t place,
                                                   struct snap_operator_state *state,
                                                   enum snap_snapshot_kind kind);

/* The snapshot could not be stored: what it wrote of the logs is to be written again. */
void snap_task_log_lost(struct snap_task *task, const struct snap_task_snapshot *snapshot);

/* Starts the materializations that are due. */
void snap_task_materialize(struct snap_task *task);

/* Returns whether the storage's answer was a materialization's, which has ended then. The attempt
 * may end here. */
bool snap_task_materialized(struct snap_task *task, const struct snap_mail *mail);

#endif
