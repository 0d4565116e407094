// SPDX-License-Identifier: Apache-2.0
/*
 * channel_assign.h: data in flight of a checkpoint, for the tasks of a job of other parallelisms.
 *
 * - Who reads what stands in protocol/channel_state_rescale.h; here pieces are handed out. A piece
 *   that several subtasks read is filtered for each: it keeps the records that the partitioner
 *   would send there, and its bytes.
 * - Operators find each other by their ids, edges by both ends. Data of an edge that is no more, or
 *   that a chain has swallowed, has nowhere to go: that is refused.
 * - Output data is sent by a producer, or read by the consumers if the settings say so.
 * - Records of pieces that nobody filters stay where they are: what was taken must outlive what is
 *   assigned. Called between executions, by one thread.
 * Flink: TaskStateAssignment, InputChannelRecoveredStateHandler,
 * ResultSubpartitionRecoveredStateHandler.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_ASSIGN_H
#define SNAP_SNAPSHOT_CHANNEL_ASSIGN_H

#include "protocol/channel_state_rescale.h"
#include "snapshot/savepoint.h"

struct snap_channel_assignment {
    const struct snap_assignment_input *in;
    struct snap_arena *arena; /* scratch and plans */
    bool in_flight;           /* there is anything to assign */
    uint32_t *old_edges; /* by edge of the new job: the same of the old one, or SNAP_NO_INDEX */
    struct snap_channel_state_rescale rescale; /* edges as in the new job */
    struct snap_channel_plan *plans;
};

/* Works out who reads what; everything is borrowed until the last task has its share.
 * Errors: SNAP_ERROR_RESTORE. */
bool snap_channel_assignment_init(struct snap_channel_assignment *at, struct snap_error *error);

/* Puts the share of the new task into its snapshot, and adds its bytes. */
void snap_channel_assignment_fill(const struct snap_channel_assignment *at, uint32_t task,
                                  struct snap_task_snapshot *snapshot);

#endif
