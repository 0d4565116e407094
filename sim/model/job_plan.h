// SPDX-License-Identifier: Apache-2.0
/*
 * job_plan.h: from operators and edges as written to vertices, tasks and slots as Flink makes them.
 *
 * - The caller fills `name`, `operators` and `edges`; the plan fills all the rest of the job.
 *   Of an operator it needs uid, name, type, parallelism, max_parallelism (0: not configured),
 *   chaining_allowed, slot_sharing_group (NULL: inherited), split_count of sources. Of an edge:
 *   producer, consumer, ship; edges stand in the order of consumer, then input.
 * - The graph has no cycle and every parallelism fits its max parallelism: checked before.
 * - All operators of a vertex end up with its max parallelism, the head's.
 * Flink: StreamingJobGraphGenerator, JobGraph, SlotSharingGroup.
 */
#ifndef SNAP_MODEL_JOB_PLAN_H
#define SNAP_MODEL_JOB_PLAN_H

#include "base/arena.h"
#include "model/config.h"
#include "model/job.h"

/* Plans the job under these settings; new memory comes from the arena. */
void snap_job_plan(struct snap_job *job, const struct snap_config *config,
                   struct snap_arena *arena);

/*
 * Writes the operator indices in topological order to `order` (operator_count entries). Returns
 * how many could be ordered: fewer than there are if the graph has a cycle. Needs a connected job.
 */
uint32_t snap_job_topological_order(const struct snap_job *job, uint32_t *order,
                                    struct snap_arena *arena);

/* Sets index, in_edges, out_edges of all operators and index, input, output of all edges. */
void snap_job_connect(struct snap_job *job, struct snap_arena *arena);

/* Says of each edge whether barriers may overtake on it: one input that is chained, pointwise or a
 * broadcast holds its operator's others back. Flink: StreamGraphGenerator. */
void snap_job_find_overtaken(struct snap_job *job);

#endif
