// SPDX-License-Identifier: Apache-2.0
/*
 * statistics_lanes.h: what each subtask was doing when; the inside of statistics.h.
 *
 * - The status layer covers a subtask's time without gaps from 0 to the end once finished.
 * - A subtask is blocked by alignment while at least one of its channels is.
 */
#ifndef SNAP_TRACE_STATISTICS_LANES_H
#define SNAP_TRACE_STATISTICS_LANES_H

#include "trace/statistics.h"

/* A subtask changed its status; its actor is a task. */
void snap_lanes_status(struct snap_statistics *statistics, const struct snap_event *event);

/* Alignment blocks, or frees, one of the subtask's channels. */
void snap_lanes_blocked(struct snap_statistics *statistics, const struct snap_event *event);
void snap_lanes_unblocked(struct snap_statistics *statistics, const struct snap_event *event);

/* The part of a snapshot that just ended; args: checkpoint, duration. */
void snap_lanes_snapshot(struct snap_statistics *statistics, const struct snap_event *event,
                         enum snap_lane_kind kind);

/* Closes what is open at statistics->end_ns. */
void snap_lanes_finish(struct snap_statistics *statistics);

#endif
