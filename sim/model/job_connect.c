// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "model/job_plan.h"
#include "model/lineage.h"

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

/* Where the edges of one producer lead. */
struct ways {
    struct snap_job *job;
    uint32_t *first_at; /* by operator: the first output that leads there, and 1; 0: none */
    uint32_t *next;     /* operators to look behind */
    bool *meets;        /* by output: some other leads to where it leads, too */
};

/* Follows the edge. Behind an operator to which an earlier one leads there is nothing new. */
static void follow(struct ways *ways, const struct snap_edge *edge)
{
    const struct snap_job *job = ways->job;
    uint32_t count = 0;

    ways->next[count++] = edge->consumer;
    while (count > 0) {
        uint32_t at = ways->next[--count];
        const struct snap_operator *op = &job->operators[at];

        if (ways->first_at[at] != 0 && ways->first_at[at] != edge->output + 1) {
            ways->meets[ways->first_at[at] - 1] = true;
            ways->meets[edge->output] = true;
        }
        if (ways->first_at[at] != 0)
            continue;
        ways->first_at[at] = edge->output + 1;
        for (uint32_t i = 0; i < op->out_edge_count; i++)
            ways->next[count++] = job->edges[op->out_edges[i]].consumer;
    }
}

/* Numbers the edges of the operator. */
static void number_ways(struct ways *ways, const struct snap_operator *op)
{
    struct snap_job *job = ways->job;
    uint32_t count = 0;

    memset(ways->first_at, 0, job->operator_count * sizeof(*ways->first_at));
    memset(ways->meets, 0, op->out_edge_count * sizeof(*ways->meets));
    for (uint32_t i = 0; i < op->out_edge_count; i++)
        follow(ways, &job->edges[op->out_edges[i]]);
    for (uint32_t i = 0; i < op->out_edge_count; i++)
        job->edges[op->out_edges[i]].way =
            ways->meets[i] ? snap_lineage_way_name(op->uid, count++) : 0;
}

static void find_ways(struct snap_job *job, struct snap_arena *arena)
{
    struct ways ways = {
        .job = job,
        .first_at = SNAP_ARENA_ARRAY(arena, uint32_t, job->operator_count),
        .next = SNAP_ARENA_ARRAY(arena, uint32_t, job->edge_count + 1),
        .meets = SNAP_ARENA_ARRAY(arena, bool, job->edge_count),
    };

    for (uint32_t i = 0; i < job->edge_count; i++)
        job->edges[i].way = 0;
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (job->operators[i].out_edge_count > 1)
            number_ways(&ways, &job->operators[i]);
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
    find_ways(job, arena);
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
