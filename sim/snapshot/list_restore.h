// SPDX-License-Identifier: Apache-2.0
/*
 * list_restore.h: lists of operators, as subtasks get them back after a failure.
 *
 * - The parallelism is the same, so each subtask keeps its own lists; but of a union list
 *   everybody gets the items of all, also of subtasks that were not restarted.
 * - What each subtask acknowledged stays as it is, for files and for who starts from it later:
 *   `restored` of a snapshot is what is given back.
 * - Called by the JobManager's thread before a snapshot of the checkpoint is lent for the first
 *   time; afterwards nothing of it changes.
 * Flink: StateAssignmentOperation, RoundRobinOperatorStateRepartitioner.
 */
#ifndef SNAP_SNAPSHOT_LIST_RESTORE_H
#define SNAP_SNAPSHOT_LIST_RESTORE_H

#include "model/job.h"

/* Fills `restored` of the snapshots, one a task of the job or NULL, where it is to differ from what
 * was acknowledged. The second call of a checkpoint changes nothing. */
void snap_lists_restore(const struct snap_job *job, void *const *snapshots);

#endif
