// SPDX-License-Identifier: Apache-2.0
#include "protocol/finished_state.h"

#include "base/check.h"

struct tally {
    struct snap_finish_counts counts;
    bool restored_finished; /* one task is enough: the vertex was finished */
};

static struct tally count_ends(const struct snap_finish_input *in)
{
    struct tally tally = {.counts = {.tasks = in->task_count}};

    for (uint32_t i = 0; i < in->task_count; i++) {
        tally.counts.finished += in->tasks[i].finished;
        tally.counts.called += in->tasks[i].finish_called;
        tally.restored_finished = tally.restored_finished || in->tasks[i].restored_finished;
        tally.counts.has_union = tally.counts.has_union || in->tasks[i].has_union_list;
    }
    return tally;
}

static bool reports_state(const struct snap_task_end *task)
{
    return !task->finished && !task->restored_finished;
}

static void list_stored(const struct snap_finish_input *in, enum snap_stored_task *stored)
{
    for (uint32_t i = 0; i < in->task_count; i++) {
        stored[i] = SNAP_STORED_NONE;
        if (reports_state(&in->tasks[i]))
            stored[i] = SNAP_STORED_STATE;
        else if (in->after_tasks_finish && in->tasks[i].finished)
            stored[i] = SNAP_STORED_FINISHED;
    }
}

static bool some_called(const struct snap_finish_counts *counts)
{
    return counts->has_union && counts->called > 0 && counts->called < counts->tasks;
}

enum snap_finish_problem snap_finished_union(const struct snap_finish_counts *counts)
{
    SNAP_CHECK(counts->finished < counts->tasks && counts->called <= counts->tasks);
    if (counts->has_union && counts->finished > 0)
        return SNAP_FINISH_UNION_SOME_FINISHED;
    return some_called(counts) ? SNAP_FINISH_UNION_SOME_CALLED : SNAP_FINISH_OK;
}

enum snap_finish_problem snap_finished_store(const struct snap_finish_input *in,
                                             enum snap_stored_task *stored, bool *fully_finished)
{
    struct tally tally = count_ends(in);

    SNAP_CHECK(in->task_count > 0);
    list_stored(in, stored);
    *fully_finished = false;
    if (!in->after_tasks_finish)
        return SNAP_FINISH_OK;
    if (tally.restored_finished || tally.counts.finished == in->task_count) {
        /* A finished vertex is no partly finished one, but this is looked at before its state. */
        if (some_called(&tally.counts))
            return SNAP_FINISH_UNION_SOME_CALLED;
        *fully_finished = true;
        for (uint32_t i = 0; i < in->task_count; i++)
            if (reports_state(&in->tasks[i]))
                return SNAP_FINISH_STATE_OF_FINISHED;
        return SNAP_FINISH_OK;
    }
    return snap_finished_union(&tally.counts);
}

enum snap_failure_reason snap_finish_problem_reason(enum snap_finish_problem problem)
{
    SNAP_CHECK(problem != SNAP_FINISH_OK);
    return problem == SNAP_FINISH_STATE_OF_FINISHED ? SNAP_FAILURE_FINALIZE_CHECKPOINT_FAILURE
                                                    : SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING;
}

/* For the graph, who is not in the snapshot runs. */
static enum snap_finished_state state_of(const struct snap_finished_vertex *vertex, uint32_t i)
{
    return vertex->operators[i] == SNAP_FINISHED_ABSENT ? SNAP_FINISHED_RUNNING
                                                        : vertex->operators[i];
}

static enum snap_finished_refusal check_feeder(enum snap_finished_state fed,
                                               enum snap_finished_state feeder, bool all_to_all)
{
    if (fed == SNAP_FINISHED_FULLY && feeder != SNAP_FINISHED_FULLY)
        return SNAP_FINISHED_FEEDER_OF_FULL;
    if (fed == SNAP_FINISHED_PARTLY && all_to_all && feeder != SNAP_FINISHED_FULLY)
        return SNAP_FINISHED_FEEDER_OF_ALL_TO_ALL;
    if (fed == SNAP_FINISHED_PARTLY && !all_to_all && feeder == SNAP_FINISHED_RUNNING)
        return SNAP_FINISHED_FEEDER_OF_POINTWISE;
    return SNAP_FINISHED_OK;
}

enum snap_finished_refusal snap_finished_check(const struct snap_plan_graph *graph,
                                               const struct snap_finished_vertex *vertices)
{
    for (uint32_t v = 0; v < graph->vertex_count; v++)
        for (uint32_t i = 1; i < vertices[v].operator_count; i++)
            if (state_of(&vertices[v], i) != state_of(&vertices[v], 0))
                return SNAP_FINISHED_OPERATORS_DIFFER;
    for (uint32_t e = 0; e < graph->edge_count; e++) {
        const struct snap_plan_edge *edge = &graph->edges[e];
        enum snap_finished_refusal refusal = check_feeder(
            state_of(&vertices[edge->to], 0), state_of(&vertices[edge->from], 0), edge->all_to_all);

        if (refusal != SNAP_FINISHED_OK)
            return refusal;
    }
    return SNAP_FINISHED_OK;
}

bool snap_finished_deploy(const struct snap_finished_vertex *vertex, enum snap_deploy_as *as)
{
    uint32_t finished = 0;
    uint32_t absent = 0;

    SNAP_CHECK(vertex->operator_count > 0);
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        finished += vertex->operators[i] == SNAP_FINISHED_FULLY;
        absent += vertex->operators[i] == SNAP_FINISHED_ABSENT;
    }
    *as = absent == vertex->operator_count ? SNAP_DEPLOY_NEW : SNAP_DEPLOY_RESTORED;
    if (finished == vertex->operator_count)
        *as = SNAP_DEPLOY_FINISHED;
    return finished == 0 || finished == vertex->operator_count;
}
