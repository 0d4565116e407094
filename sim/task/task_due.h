// SPDX-License-Identifier: Apache-2.0
/*
 * task_due.h: when a task has something to do, and for what it has to wait.
 */
#ifndef SNAP_TASK_TASK_DUE_H
#define SNAP_TASK_TASK_DUE_H

#include "task/task.h"

/* Returns when the next record of a source may be made; SNAP_NEVER: there is none. */
snap_ns snap_task_source_due(const struct snap_task *task);

/* Whether an operator has no room for the record that is to come, or results after the last one. */
bool snap_task_finds_no_room(const struct snap_task *task);

static inline bool snap_task_waits_for_operators(const struct snap_task *task)
{
    return (task->data_ending || task->chain.may_fill) && snap_task_finds_no_room(task);
}

/* Returns when the next of its own timers is due. */
snap_ns snap_task_next_timer(const struct snap_task *task);

/* Returns the earliest instant, not before now, at which there is something to do; the next timer
 * is due at `timer_ns`. */
snap_ns snap_task_next_boundary(const struct snap_task *task, snap_ns timer_ns);

#endif
