// SPDX-License-Identifier: Apache-2.0
#include "protocol/checkpoint_plan.h"

#include <string.h>

#include "base/check.h"

void snap_checkpoint_plan_init(struct snap_checkpoint_plan *plan, struct snap_arena *arena,
                               const struct snap_plan_graph *graph)
{
    memset(plan, 0, sizeof(*plan));
    plan->trigger = SNAP_ARENA_ARRAY(arena, uint32_t, graph->task_count);
    plan->wait_for = SNAP_ARENA_ARRAY(arena, uint32_t, graph->task_count);
    plan->finished = SNAP_ARENA_ARRAY(arena, uint32_t, graph->task_count);
    plan->fully_finished = SNAP_ARENA_ARRAY(arena, bool, graph->vertex_count);
}

/* Sorts the tasks into finished and waited for; false if one has not started. */
static bool sort_tasks(struct snap_checkpoint_plan *plan, const struct snap_plan_input *input)
{
    plan->trigger_count = plan->wait_for_count = plan->finished_count = 0;
    for (uint32_t task = 0; task < input->graph->task_count; task++) {
        if (input->task_states[task] == SNAP_PLAN_NOT_RUNNING)
            return false;
        if (input->task_states[task] == SNAP_PLAN_FINISHED)
            plan->finished[plan->finished_count++] = task;
        else
            plan->wait_for[plan->wait_for_count++] = task;
    }
    return true;
}

static void find_finished_vertices(struct snap_checkpoint_plan *plan,
                                   const struct snap_plan_input *input)
{
    for (uint32_t v = 0; v < input->graph->vertex_count; v++) {
        const struct snap_plan_vertex *vertex = &input->graph->vertices[v];
        uint32_t i = 0;

        while (i < vertex->parallelism &&
               input->task_states[vertex->first_task + i] == SNAP_PLAN_FINISHED)
            i++;
        plan->fully_finished[v] = i == vertex->parallelism;
    }
}

/* Whether over this edge an unfinished task is upstream of the subtask. */
static bool edge_is_live(const struct snap_checkpoint_plan *plan,
                         const struct snap_plan_input *input, const struct snap_plan_edge *edge,
                         uint32_t subtask)
{
    uint32_t first_task = input->graph->vertices[edge->from].first_task;

    /* Every subtask reads all of them: no need to look at each. */
    if (edge->all_to_all)
        return !plan->fully_finished[edge->from];
    for (uint32_t i = edge->offsets[subtask]; i < edge->offsets[subtask + 1]; i++)
        if (input->task_states[first_task + edge->upstream[i]] != SNAP_PLAN_FINISHED)
            return true;
    return false;
}

static void find_triggered(struct snap_checkpoint_plan *plan, const struct snap_plan_input *input,
                           uint32_t v)
{
    const struct snap_plan_vertex *vertex = &input->graph->vertices[v];

    for (uint32_t i = 0; i < vertex->parallelism; i++) {
        uint32_t task = vertex->first_task + i;
        bool live = input->task_states[task] == SNAP_PLAN_FINISHED;

        for (uint32_t e = 0; e < input->graph->edge_count && !live; e++)
            live = input->graph->edges[e].to == v &&
                   edge_is_live(plan, input, &input->graph->edges[e], i);
        if (!live)
            plan->trigger[plan->trigger_count++] = task;
    }
}

bool snap_checkpoint_plan_compute(struct snap_checkpoint_plan *plan,
                                  const struct snap_plan_input *input,
                                  enum snap_failure_reason *reason)
{
    /* Flink has this one reason for tasks not started, and for finished ones with the switch off.
     */
    *reason = SNAP_FAILURE_NOT_ALL_REQUIRED_TASKS_RUNNING;
    if (!sort_tasks(plan, input))
        return false;
    if (plan->finished_count > 0 && !input->after_tasks_finish)
        return false;
    find_finished_vertices(plan, input);
    for (uint32_t v = 0; v < input->graph->vertex_count; v++)
        find_triggered(plan, input, v);
    SNAP_CHECK(plan->wait_for_count + plan->finished_count == input->graph->task_count);
    return true;
}
