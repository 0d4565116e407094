// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint_tasks_json.h: the member `tasks` of a checkpoint: by vertex, then by subtask.
 *
 * - A vertex has the members of Flink's details answer and those of its subtask answer.
 * - Sums and distributions cover acknowledged subtasks only.
 * Flink: TaskCheckpointStatistics, TaskCheckpointStatisticsWithSubtaskDetails.
 */
#ifndef SNAP_VIEW_CHECKPOINT_TASKS_JSON_H
#define SNAP_VIEW_CHECKPOINT_TASKS_JSON_H

#include "base/json.h"
#include "trace/statistics.h"

/* Writes one member a vertex, named by the vertex id, into the open object. */
void snap_checkpoint_tasks_json(struct snap_json *json, const struct snap_job *job,
                                const struct snap_checkpoint_stats *checkpoint);

#endif
