// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint_plan.h: which tasks a checkpoint triggers, waits for and notifies.
 *
 * - Tasks are dense ids, vertex by vertex in topological order.
 * - Triggered: every unfinished task none of whose connected upstream tasks is unfinished; with no
 *   task finished these are the sources.
 * - Waited for and notified: every unfinished task, in the order of ids.
 * - A plan's lists lie in memory that its owner made once for the job's number of tasks.
 * Flink: DefaultCheckpointPlanCalculator, DefaultCheckpointPlan.
 */
#ifndef SNAP_PROTOCOL_CHECKPOINT_PLAN_H
#define SNAP_PROTOCOL_CHECKPOINT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/failure_reason.h"

enum snap_plan_state {
    SNAP_PLAN_NOT_RUNNING,
    SNAP_PLAN_RUNNING,
    SNAP_PLAN_FINISHED,
};

struct snap_plan_vertex {
    uint32_t first_task;
    uint32_t parallelism;
};

/*
 * One edge between two vertices. all_to_all: each subtask of `to` reads each of `from`, and the
 * lists are NULL. Else subtask i of `to` reads subtasks upstream[offsets[i]..offsets[i + 1]).
 */
struct snap_plan_edge {
    uint32_t from; /* vertex */
    uint32_t to;
    bool all_to_all;
    const uint32_t *offsets; /* parallelism of `to` + 1 entries; borrowed */
    const uint32_t *upstream;
};

struct snap_plan_graph {
    const struct snap_plan_vertex *vertices; /* topological order; borrowed */
    const struct snap_plan_edge *edges;      /* borrowed */
    uint32_t vertex_count;
    uint32_t edge_count;
    uint32_t task_count;
};

struct snap_checkpoint_plan {
    uint32_t *trigger; /* tasks, in the order of ids */
    uint32_t *wait_for;
    uint32_t *finished;
    bool *fully_finished; /* per vertex: all its tasks are finished */
    uint32_t trigger_count;
    uint32_t wait_for_count;
    uint32_t finished_count;
};

struct snap_plan_input {
    const struct snap_plan_graph *graph;
    const enum snap_plan_state *task_states; /* per task */
    bool after_tasks_finish; /* execution.checkpointing.checkpoints-after-tasks-finish */
};

/* Makes room for plans of this graph in the arena. */
void snap_checkpoint_plan_init(struct snap_checkpoint_plan *plan, struct snap_arena *arena,
                               const struct snap_plan_graph *graph);

/* Computes the plan as the tasks stand. Returns false and *reason if no checkpoint is possible. */
bool snap_checkpoint_plan_compute(struct snap_checkpoint_plan *plan,
                                  const struct snap_plan_input *input,
                                  enum snap_failure_reason *reason);

#endif
