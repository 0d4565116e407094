// SPDX-License-Identifier: Apache-2.0
#include "trace/whole_job.h"

#include <string.h>

#include "base/check.h"

static const char *head_uid(const struct snap_job *job, uint32_t vertex)
{
    return job->operators[job->vertices[vertex].operators[0]].uid;
}

static uint32_t find_vertex(const struct snap_job *whole, const char *uid)
{
    uint32_t v = 0;

    while (v < whole->vertex_count && strcmp(head_uid(whole, v), uid) != 0)
        v++;
    return v;
}

static uint32_t operator_of(const struct snap_job *whole, const struct snap_job *job,
                            uint32_t index)
{
    const struct snap_operator *found = snap_job_find_operator(whole, job->operators[index].uid);

    SNAP_CHECK(found != NULL);
    return found->index;
}

/* The latest execution that has an operator tells what it is. */
static void add_operators(struct snap_job *whole, const struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *known = snap_job_find_operator(whole, job->operators[i].uid);
        uint32_t index = known ? known->index : whole->operator_count++;

        whole->operators[index] = job->operators[i];
        whole->operators[index].index = index;
    }
}

/* A vertex that was not there yet stands behind the one before it in its own job. */
static void add_vertices(struct snap_job *whole, const struct snap_job *job,
                         struct snap_arena *arena)
{
    uint32_t place = 0;

    for (uint32_t i = 0; i < job->vertex_count; i++) {
        struct snap_vertex vertex = job->vertices[i];
        uint32_t *operators = SNAP_ARENA_ARRAY(arena, uint32_t, vertex.operator_count);
        uint32_t found = find_vertex(whole, head_uid(job, i));

        for (uint32_t o = 0; o < vertex.operator_count; o++)
            operators[o] = operator_of(whole, job, vertex.operators[o]);
        vertex.operators = operators;
        if (found < whole->vertex_count) {
            uint32_t before = whole->vertices[found].parallelism;

            place = found;
            vertex.parallelism = before > vertex.parallelism ? before : vertex.parallelism;
        } else {
            memmove(&whole->vertices[place + 1], &whole->vertices[place],
                    (whole->vertex_count++ - place) * sizeof(vertex));
        }
        whole->vertices[place++] = vertex;
    }
}

static void add_edges(struct snap_job *whole, const struct snap_job *job)
{
    for (uint32_t e = 0; e < job->edge_count; e++) {
        struct snap_edge *edge = &whole->edges[whole->edge_count];

        *edge = job->edges[e];
        edge->index = whole->edge_count++;
        edge->producer = operator_of(whole, job, edge->producer);
        edge->consumer = operator_of(whole, job, edge->consumer);
    }
}

/* Numbers vertices and tasks, now that all are there. */
static void number_vertices(struct snap_job *whole)
{
    for (uint32_t v = 0; v < whole->vertex_count; v++) {
        struct snap_vertex *vertex = &whole->vertices[v];

        vertex->index = v;
        vertex->task_first = whole->task_count;
        whole->task_count += vertex->parallelism;
        for (uint32_t o = 0; o < vertex->operator_count; o++)
            whole->operators[vertex->operators[o]].vertex = v;
    }
}

struct snap_job *snap_whole_job_create(const struct snap_job *const *jobs, uint32_t count,
                                       struct snap_arena *arena)
{
    struct snap_job *whole = SNAP_ARENA_NEW(arena, struct snap_job);
    uint32_t operators = 0;
    uint32_t vertices = 0;
    uint32_t edges = 0;

    for (uint32_t i = 0; i < count; i++) {
        operators += jobs[i]->operator_count;
        vertices += jobs[i]->vertex_count;
        edges += jobs[i]->edge_count;
    }
    whole->name = jobs[count - 1]->name;
    whole->operators = SNAP_ARENA_ARRAY(arena, struct snap_operator, operators);
    whole->vertices = SNAP_ARENA_ARRAY(arena, struct snap_vertex, vertices);
    whole->edges = SNAP_ARENA_ARRAY(arena, struct snap_edge, edges);
    for (uint32_t i = 0; i < count; i++) {
        add_operators(whole, jobs[i]);
        add_vertices(whole, jobs[i], arena);
        add_edges(whole, jobs[i]);
    }
    number_vertices(whole);
    return whole;
}

void snap_whole_job_map(const struct snap_job *whole, const struct snap_job *job,
                        uint32_t *vertices)
{
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        vertices[v] = find_vertex(whole, head_uid(job, v));
        SNAP_CHECK(vertices[v] < whole->vertex_count);
    }
}
