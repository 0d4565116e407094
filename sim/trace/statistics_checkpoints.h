// SPDX-License-Identifier: Apache-2.0
/*
 * statistics_checkpoints.h: the events of a checkpoint's life; the inside of statistics.h.
 *
 * - The coordinator's events decide what Flink's REST answers would show of the checkpoint; the
 *   subtasks' events fill in their parts.
 * - Events of checkpoints that were never triggered here are passed over: a trace may start late.
 */
#ifndef SNAP_TRACE_STATISTICS_CHECKPOINTS_H
#define SNAP_TRACE_STATISTICS_CHECKPOINTS_H

#include "trace/statistics.h"

/* The coordinator started a checkpoint. */
void snap_statistics_triggered(struct snap_statistics *statistics, const struct snap_event *event);

/* It took an acknowledgement. */
void snap_statistics_ack(struct snap_statistics *statistics, const struct snap_event *event);

/* It completed one. */
void snap_statistics_completed(struct snap_statistics *statistics, const struct snap_event *event);

/* It gave one up. */
void snap_statistics_aborted(struct snap_statistics *statistics, const struct snap_event *event);

/* It took a decline. */
void snap_statistics_too_large(struct snap_statistics *statistics, const struct snap_event *event);
void snap_statistics_declined(struct snap_statistics *statistics, const struct snap_event *event);

/* It dropped a completed one. */
void snap_statistics_subsumed(struct snap_statistics *statistics, const struct snap_event *event);

/* A subtask took a barrier from a channel. */
void snap_statistics_barrier(struct snap_statistics *statistics, const struct snap_event *event);

/* A source took the trigger message. */
void snap_statistics_task_triggered(struct snap_statistics *statistics,
                                    const struct snap_event *event);

/* A subtask begins its snapshot. */
void snap_statistics_snapshot_started(struct snap_statistics *statistics,
                                      const struct snap_event *event);

/* The last barrier came, after the snapshot had begun. */
void snap_statistics_measured(struct snap_statistics *statistics, const struct snap_event *event);

/* In-flight data of the snapshot is known. */
void snap_statistics_channels_saved(struct snap_statistics *statistics,
                                    const struct snap_event *event);

/* The synchronous part is done. */
void snap_statistics_sync(struct snap_statistics *statistics, const struct snap_event *event);

/* The asynchronous part is done. */
void snap_statistics_async(struct snap_statistics *statistics, const struct snap_event *event);

/* The subtask gave its part up. */
void snap_statistics_part_aborted(struct snap_statistics *statistics,
                                  const struct snap_event *event);

#endif
