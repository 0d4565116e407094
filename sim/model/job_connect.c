// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "model/job_plan.h"

static void count_edges(struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        job->operators[i].index = i;
        job->operators[i].in_edge_count = 0;
        job->operators[i].out_edge_count = 0;
    }
    for (uint32_t i = 0; i < job->edge_count; i++) {
        struct snap_edge *edge = &job->edges[i];

        SNAP_CHECK(edge->producer < job->operator_count && edge->consumer < job->operator_count);
        edge->index = i;
        edge->input = job->operators[edge->consumer].in_edge_count++;
        edge->output = job->operators[edge->producer].out_edge_count++;
    }
}

void snap_job_connect(struct snap_job *job, struct snap_arena *arena)
{
    uint32_t **in = SNAP_ARENA_ARRAY(arena, uint32_t *, job->operator_count);
    uint32_t **out = SNAP_ARENA_ARRAY(arena, uint32_t *, job->operator_count);

    count_edges(job);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        struct snap_operator *op = &job->operators[i];

        in[i] = SNAP_ARENA_ARRAY(arena, uint32_t, op->in_edge_count);
        out[i] = SNAP_ARENA_ARRAY(arena, uint32_t, op->out_edge_count);
        op->in_edges = in[i];
        op->out_edges = out[i];
    }
    for (uint32_t i = 0; i < job->edge_count; i++) {
        const struct snap_edge *edge = &job->edges[i];

        in[edge->consumer][edge->input] = i;
        out[edge->producer][edge->output] = i;
    }
}

/* Adds what the last operator in `order` makes ready, then what those make ready, and so on. */
static void visit(const struct snap_job *job, uint32_t *missing, uint32_t *order, uint32_t *count)
{
    for (uint32_t next = *count - 1; next < *count; next++) {
        const struct snap_operator *op = &job->operators[order[next]];

        for (uint32_t i = 0; i < op->out_edge_count; i++) {
            uint32_t consumer = job->edges[op->out_edges[i]].consumer;

            if (--missing[consumer] == 0)
                order[(*count)++] = consumer;
        }
    }
}

uint32_t snap_job_topological_order(const struct snap_job *job, uint32_t *order,
                                    struct snap_arena *arena)
{
    uint32_t *missing = SNAP_ARENA_ARRAY(arena, uint32_t, job->operator_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < job->operator_count; i++)
        missing[i] = job->operators[i].in_edge_count;
    for (uint32_t i = 0; i < job->operator_count; i++) {
        if (job->operators[i].in_edge_count != 0)
            continue;
        order[count++] = i;
        visit(job, missing, order, &count);
    }
    return count;
}
