// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "model/job.h"

static uint32_t find_root(uint32_t *parents, uint32_t task)
{
    while (parents[task] != task) {
        parents[task] = parents[parents[task]];
        task = parents[task];
    }
    return task;
}

static void join_channels(const struct snap_job *job, const struct snap_edge *edge,
                          uint32_t *parents)
{
    const struct snap_vertex *from = &job->vertices[job->operators[edge->producer].vertex];
    const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];

    for (uint32_t i = 0; i < to->parallelism; i++) {
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, edge, i, &first, &count);
        for (uint32_t k = first; k < first + count; k++)
            parents[find_root(parents, from->task_first + k)] =
                find_root(parents, to->task_first + i);
    }
}

uint32_t snap_job_regions(const struct snap_job *job, struct snap_arena *arena, uint32_t *regions)
{
    uint32_t *parents = SNAP_ARENA_ARRAY(arena, uint32_t, job->task_count);
    uint32_t *numbers = SNAP_ARENA_ARRAY(arena, uint32_t, job->task_count);
    uint32_t count = 0;

    for (uint32_t t = 0; t < job->task_count; t++)
        parents[t] = t;
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained)
            join_channels(job, &job->edges[e], parents);
    for (uint32_t t = 0; t < job->task_count; t++) {
        uint32_t root = find_root(parents, t);

        /* Number 0 means none yet: numbers are one too high. */
        if (numbers[root] == 0)
            numbers[root] = ++count;
        regions[t] = numbers[root] - 1;
    }
    return count;
}
