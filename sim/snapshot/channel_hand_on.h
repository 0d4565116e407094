// SPDX-License-Identifier: Apache-2.0
/*
 * channel_hand_on.h: output data in flight that its receivers restore, not those who sent it.
 *
 * - All states of one checkpoint and one job; a piece moves to the snapshot of its receiver, behind
 *   what that one had saved of the channel itself. Its memory stays where it is: the snapshots of a
 *   checkpoint are freed together.
 * - Done once before a restart; the next one finds nothing left to do.
 * Flink: StateAssignmentOperation, execution.checkpointing.unaligned.recover-output-on-downstream.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_HAND_ON_H
#define SNAP_SNAPSHOT_CHANNEL_HAND_ON_H

#include "model/job.h"

/* Moves all output data of the snapshots, one a task, NULL where there is none. */
void snap_channels_hand_on(const struct snap_job *job, void *const *snapshots);

#endif
