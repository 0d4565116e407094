// SPDX-License-Identifier: Apache-2.0
/*
 * channel_refusal.h: which data in flight a job cannot go on with.
 *
 * - Data of an edge that is no more, or whose ends are chained or not all connected now.
 * - Data that stay with a subtask to which nothing is assigned over that exchange, because another
 *   exchange of the task made it read virtual channels: watermarks in flight to all but the first
 *   subtask of `global`. Flink restores such a job, and its task fails when it reads them.
 * - Pure functions of the assignment; called between executions, by one thread.
 * Flink: StateAssignmentOperation, DemultiplexingRecordDeserializer.select.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_REFUSAL_H
#define SNAP_SNAPSHOT_CHANNEL_REFUSAL_H

#include "snapshot/channel_assign.h"

/* Whether the new job has an exchange for the data of this edge of the old one. The assignment has
 * no plans yet. Errors: SNAP_ERROR_RESTORE. */
bool snap_channel_edge_is_there(const struct snap_channel_assignment *at,
                                const struct snap_edge *old, struct snap_error *error);

/* Whether all data are read where they are given to. The assignment has its plans.
 * Errors: SNAP_ERROR_RESTORE. */
bool snap_channel_data_are_read(const struct snap_channel_assignment *at, struct snap_error *error);

#endif
