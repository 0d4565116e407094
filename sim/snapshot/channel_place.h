// SPDX-License-Identifier: Apache-2.0
/*
 * channel_place.h: which edge a channel of a task belongs to, and who is at its other end.
 *
 * - Channels of a task count over all its gates, or over all its partitions.
 * - Pure functions of the job.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_PLACE_H
#define SNAP_SNAPSHOT_CHANNEL_PLACE_H

#include "model/job.h"
#include "snapshot/channel_state.h"

struct snap_channel_place {
    uint32_t edge;
    uint32_t peer; /* subtask at the other end */
};

/* Returns the place of a channel of the task, at this end of it. */
struct snap_channel_place snap_channel_place_of(const struct snap_job *job, uint32_t task,
                                                uint32_t channel, enum snap_channel_end end);

#endif
