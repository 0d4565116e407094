// SPDX-License-Identifier: Apache-2.0
/*
 * persisted_bounds.h: whether no subtask persists more data in flight than it has memory for.
 *
 * - Output: at most the segments of its pools, and the overdraft of each.
 * - Input: at most the segments of its gates (for a local channel those of the sender's pool), what
 *   arrives until the channel's barrier, and the begin of one record for each channel. Of a
 *   checkpoint during recovery also what was restored in front of the channels and not used up:
 *   that is held apart, and may be the outputs of a sender with another pool.
 * - Without unaligned checkpoints nothing; what was snapshotted aligned has no input.
 * - Of the first execution: a later one may have another parallelism. Of later ones, that no
 * subtask persists as much as 2 GB, which is a size below 0.
 */
#ifndef SNAP_TESTS_PERSISTED_BOUNDS_H
#define SNAP_TESTS_PERSISTED_BOUNDS_H

#include "swarm/swarm_run.h"

/* The run must have kept events of buffers. Prints what is above its bound. */
bool persisted_bounds_hold(const struct swarm_run *run);

#endif
