// SPDX-License-Identifier: Apache-2.0
/*
 * task_sabotage.h: what a task does when a rule is broken on purpose: model/sabotage.h. What the
 * JobManager does: job_sabotage.h.
 *
 * - Each function does nothing, or gives back what it was given, unless its rule is broken.
 * - Each rule has one place, in one of the two or, for skip-alignment, in task_items.c. SABOTAGED
 * is told when breaking it made a difference, by the actor that broke it.
 * - Called in the task's thread.
 */
#ifndef SNAP_TASK_TASK_SABOTAGE_H
#define SNAP_TASK_TASK_SABOTAGE_H

#include <stdbool.h>

#include "actor/broken.h"
#include "task/task.h"

/* commit-before-complete: sinks hear of the completion as soon as their snapshot is taken. Returns
 * false if one could not write. */
bool snap_sabotage_commit_early(struct snap_task *task, snap_checkpoint_id checkpoint);

/* forget-state, forget-split, double-restore: what the operators of the chain are given back. The
 * result is the snapshot's, or a changed copy in the attempt's arena. */
const struct snap_operator_state *snap_sabotage_restored(struct snap_task *task,
                                                         const struct snap_task_snapshot *from);

/* no-blocking-without-capture: whether data that comes before its channel's barrier, to a task that
 * has taken its snapshot, is let through. */
bool snap_sabotage_lets_pass(struct snap_task *task, const struct snap_async_part *part,
                             const struct snap_buffer *buffer);

/* forget-overtaken-output: whether data that a barrier overtakes in an output is not saved. */
bool snap_sabotage_forgets_output(struct snap_task *task, const struct snap_async_part *part,
                                  const struct snap_buffer *buffer);

/* forget-channel-state, double-channel-restore: how often in-flight data is put back. */
uint32_t snap_sabotage_restores(struct snap_task *task, const struct snap_channel_state *state,
                                bool outputs);
/* overbook-buffers: gives the channel an exclusive buffer that nobody has, where its gate has
 * exclusive ones. */
void snap_sabotage_overbook(struct snap_task *task, struct snap_input_channel *channel);

/* forget-blocked-time: what the task tells of its times has none of that sort. */
void snap_sabotage_times(struct snap_task *task);

/* skip-initializing: whether the task keeps its status to itself. */
bool snap_sabotage_skips_status(struct snap_task *task);

#endif
