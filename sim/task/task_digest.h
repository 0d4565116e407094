// SPDX-License-Identifier: Apache-2.0
/*
 * task_digest.h: tells what a subtask's state holds (state_digest.h) when a snapshot is taken, and
 * again after it was put back. Nothing is computed unless somebody wants the events.
 *
 * - After a restore the operators are asked for their state anew: what counts is what they have,
 *   not what they were given.
 */
#ifndef SNAP_TASK_TASK_DIGEST_H
#define SNAP_TASK_TASK_DIGEST_H

#include "task/task.h"

/* Sets the snapshot's digest and tells STATE_TAKEN. */
void snap_task_digest_taken(struct snap_task *task, struct snap_task_snapshot *snapshot);

/* Tells STATE_RESTORED of a task that has just opened its operators with a checkpoint's state. */
void snap_task_digest_restored(struct snap_task *task);

#endif
