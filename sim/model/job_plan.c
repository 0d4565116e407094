// SPDX-License-Identifier: Apache-2.0
#include "model/job_plan.h"

#include <string.h>

#include "base/check.h"
#include "model/generated_id.h"
#include "model/key_group.h"

struct planner {
    struct snap_job *job;
    const struct snap_config *config;
    struct snap_arena *arena;
    const uint32_t *order; /* operators, topological */
};

static struct snap_operator *producer_of(const struct snap_job *job, uint32_t edge)
{
    return &job->operators[job->edges[edge].producer];
}

/* A group that is not given is that of the inputs if they agree, else "default". */
static void inherit_slot_sharing_group(struct snap_job *job, struct snap_operator *op)
{
    const char *group = NULL;

    if (op->slot_sharing_group)
        return;
    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        const char *inherited = producer_of(job, op->in_edges[i])->slot_sharing_group;

        SNAP_CHECK(inherited);
        if (group && strcmp(group, inherited) != 0)
            inherited = "default";
        group = inherited;
    }
    op->slot_sharing_group = group ? group : "default";
}

static bool is_chainable(const struct planner *planner, const struct snap_edge *edge)
{
    const struct snap_operator *up = &planner->job->operators[edge->producer];
    const struct snap_operator *down = &planner->job->operators[edge->consumer];

    return planner->config->chaining_enabled && down->in_edge_count == 1 &&
           edge->ship == SNAP_SHIP_FORWARD && up->parallelism == down->parallelism &&
           up->chaining_allowed && down->chaining_allowed &&
           strcmp(up->slot_sharing_group, down->slot_sharing_group) == 0 &&
           (planner->config->chain_different_max_parallelism ||
            up->max_parallelism == down->max_parallelism);
}

static bool is_head(const struct snap_job *job, const struct snap_operator *op)
{
    return op->in_edge_count != 1 || !job->edges[op->in_edges[0]].chained;
}

/* The operators of a chain, depth first, into `into` (NULL: only count). Returns how many. */
static uint32_t collect_chain(const struct snap_job *job, uint32_t head, uint32_t *into)
{
    const struct snap_operator *op = &job->operators[head];
    uint32_t count = 1;

    if (into)
        into[0] = head;
    for (uint32_t i = 0; i < op->out_edge_count; i++) {
        const struct snap_edge *edge = &job->edges[op->out_edges[i]];

        if (edge->chained)
            count += collect_chain(job, edge->consumer, into ? into + count : NULL);
    }
    return count;
}

/* "a", "a -> b" or "a -> (b, c -> d)". Flink: createChainedName. */
static const char *chain_name(const struct planner *planner, uint32_t index)
{
    const struct snap_operator *op = &planner->job->operators[index];
    const char *rest = NULL;
    uint32_t count = 0;

    for (uint32_t i = 0; i < op->out_edge_count; i++) {
        const struct snap_edge *edge = &planner->job->edges[op->out_edges[i]];

        if (!edge->chained)
            continue;
        rest = rest ? snap_arena_printf(planner->arena, "%s, %s", rest,
                                        chain_name(planner, edge->consumer))
                    : chain_name(planner, edge->consumer);
        count++;
    }
    if (count == 0)
        return op->name;
    return snap_arena_printf(planner->arena, count > 1 ? "%s -> (%s)" : "%s -> %s", op->name, rest);
}

/* The edges that leave the vertex, by operator in the chain, then output. */
static void collect_outputs(const struct planner *planner, struct snap_vertex *vertex)
{
    uint32_t *edges;
    uint32_t count = 0;

    for (uint32_t o = 0; o < vertex->operator_count; o++)
        count += planner->job->operators[vertex->operators[o]].out_edge_count;
    edges = SNAP_ARENA_ARRAY(planner->arena, uint32_t, count);
    for (uint32_t o = 0; o < vertex->operator_count; o++) {
        const struct snap_operator *op = &planner->job->operators[vertex->operators[o]];

        for (uint32_t i = 0; i < op->out_edge_count; i++)
            if (!planner->job->edges[op->out_edges[i]].chained)
                edges[vertex->out_edge_count++] = op->out_edges[i];
    }
    vertex->out_edges = edges;
}

static uint32_t max_parallelism(const struct snap_operator *head)
{
    struct snap_error error = {0};
    uint32_t max = 0;

    if (head->max_parallelism)
        return head->max_parallelism;
    SNAP_CHECK(snap_max_parallelism_default(head->parallelism, &max, &error));
    return max;
}

static void fill_vertex(const struct planner *planner, struct snap_vertex *vertex, uint32_t head)
{
    struct snap_job *job = planner->job;
    const struct snap_operator *op = &job->operators[head];
    uint32_t *operators;

    vertex->id = op->id;
    vertex->parallelism = op->parallelism;
    vertex->max_parallelism = max_parallelism(op);
    vertex->slot_sharing_group = op->slot_sharing_group;
    vertex->operator_count = collect_chain(job, head, NULL);
    operators = SNAP_ARENA_ARRAY(planner->arena, uint32_t, vertex->operator_count);
    collect_chain(job, head, operators);
    vertex->operators = operators;
    vertex->in_edges = op->in_edges;
    vertex->in_edge_count = op->in_edge_count;
    collect_outputs(planner, vertex);
    vertex->name = chain_name(planner, head);
}

/* State while vertices are put in order: heads, and whether each still waits. */
struct sorter {
    const struct snap_job *job;
    const uint32_t *head_of; /* by operator */
    bool *waiting;           /* by operator, heads only */
    uint32_t *sorted;
    uint32_t count;
};

static void add_consumers(struct sorter *sorter, uint32_t head);

static void add_if_ready(struct sorter *sorter, const struct snap_edge *edge)
{
    const struct snap_operator *op = &sorter->job->operators[edge->consumer];

    if (!sorter->waiting[op->index])
        return;
    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        const struct snap_edge *other = &sorter->job->edges[op->in_edges[i]];

        if (other != edge && sorter->waiting[sorter->head_of[other->producer]])
            return;
    }
    sorter->waiting[op->index] = false;
    sorter->sorted[sorter->count++] = op->index;
    add_consumers(sorter, op->index);
}

/* Flink connects what leaves the chained consumers first, then the operator's own outputs. */
static void add_consumers(struct sorter *sorter, uint32_t head)
{
    const struct snap_operator *op = &sorter->job->operators[head];

    for (uint32_t i = 0; i < op->out_edge_count; i++)
        if (sorter->job->edges[op->out_edges[i]].chained)
            add_consumers(sorter, sorter->job->edges[op->out_edges[i]].consumer);
    for (uint32_t i = 0; i < op->out_edge_count; i++)
        if (!sorter->job->edges[op->out_edges[i]].chained)
            add_if_ready(sorter, &sorter->job->edges[op->out_edges[i]]);
}

/* Heads from the sources to the sinks. Flink: JobGraph.getVerticesSortedTopologicallyFromSources */
static uint32_t sort_heads(const struct planner *planner, uint32_t *sorted)
{
    struct snap_job *job = planner->job;
    uint32_t *head_of = SNAP_ARENA_ARRAY(planner->arena, uint32_t, job->operator_count);
    struct sorter sorter = {.job = job, .head_of = head_of, .sorted = sorted};

    sorter.waiting = SNAP_ARENA_ARRAY(planner->arena, bool, job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[planner->order[i]];
        bool head = is_head(job, op);

        head_of[op->index] = head ? op->index : head_of[job->edges[op->in_edges[0]].producer];
        sorter.waiting[op->index] = head && op->in_edge_count > 0;
    }
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (job->operators[i].in_edge_count == 0)
            sorted[sorter.count++] = i;
    for (uint32_t i = 0; i < sorter.count; i++)
        add_consumers(&sorter, sorted[i]);
    return sorter.count;
}

static void build_vertices(const struct planner *planner)
{
    struct snap_job *job = planner->job;
    uint32_t *heads = SNAP_ARENA_ARRAY(planner->arena, uint32_t, job->operator_count);

    job->vertex_count = sort_heads(planner, heads);
    job->vertices = SNAP_ARENA_ARRAY(planner->arena, struct snap_vertex, job->vertex_count);
    job->task_count = 0;
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        struct snap_vertex *vertex = &job->vertices[v];

        vertex->index = v;
        fill_vertex(planner, vertex, heads[v]);
        if (planner->config->vertex_name_index_prefix)
            vertex->name =
                snap_arena_printf(planner->arena, "[vertex-%u]%s", (unsigned)v, vertex->name);
        vertex->task_first = job->task_count;
        job->task_count += vertex->parallelism;
        for (uint32_t o = 0; o < vertex->operator_count; o++) {
            struct snap_operator *op = &job->operators[vertex->operators[o]];

            op->vertex = v;
            op->max_parallelism = vertex->max_parallelism;
            op->max_parallelism_configured = job->operators[heads[v]].max_parallelism_configured;
        }
    }
}

/* The first slot of the vertex' group: groups lie behind each other, in order of appearance. */
static uint32_t group_slot_first(const struct snap_job *job, const struct snap_vertex *vertex,
                                 const uint32_t *group_width)
{
    uint32_t first = 0;

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        if (strcmp(job->vertices[v].slot_sharing_group, vertex->slot_sharing_group) == 0)
            break;
        first += group_width[v];
    }
    return first;
}

/* Slots a group takes, kept at its first vertex: the largest parallelism in it. */
static uint32_t *measure_groups(const struct planner *planner)
{
    const struct snap_job *job = planner->job;
    uint32_t *width = SNAP_ARENA_ARRAY(planner->arena, uint32_t, job->vertex_count);

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];
        uint32_t first = 0;

        while (strcmp(job->vertices[first].slot_sharing_group, vertex->slot_sharing_group) != 0)
            first++;
        if (width[first] < vertex->parallelism)
            width[first] = vertex->parallelism;
    }
    return width;
}

/* Subtask i of every vertex of a group shares the group's slot i. */
static void place_tasks(const struct planner *planner)
{
    struct snap_job *job = planner->job;
    uint32_t *place = SNAP_ARENA_ARRAY(planner->arena, uint32_t, job->task_count);
    const uint32_t *width = measure_groups(planner);
    uint32_t slots = 0;

    job->slots_per_task_manager = planner->config->task_slots ? planner->config->task_slots : 1;
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];
        uint32_t first = group_slot_first(job, vertex, width);

        slots += width[v];
        for (uint32_t i = 0; i < vertex->parallelism; i++)
            place[vertex->task_first + i] = (first + i) / job->slots_per_task_manager;
    }
    job->task_manager = place;
    job->task_manager_count =
        (slots + job->slots_per_task_manager - 1) / job->slots_per_task_manager;
}

static void number_splits(struct snap_job *job)
{
    job->split_count = 0;
    for (uint32_t i = 0; i < job->operator_count; i++) {
        struct snap_operator *op = &job->operators[i];

        if (op->type->role != SNAP_ROLE_SOURCE)
            continue;
        op->split_first = job->split_count;
        job->split_count += op->split_count;
    }
}

static bool is_overtaken(const struct snap_edge *edge)
{
    return !edge->chained && snap_ship_is_overtaken(edge->ship);
}

void snap_job_find_overtaken(struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];
        bool all = true;

        for (uint32_t e = 0; e < op->in_edge_count; e++)
            all = all && is_overtaken(&job->edges[op->in_edges[e]]);
        for (uint32_t e = 0; e < op->in_edge_count; e++)
            job->edges[op->in_edges[e]].overtaken = all;
    }
}

void snap_job_plan(struct snap_job *job, const struct snap_config *config, struct snap_arena *arena)
{
    uint32_t *order = SNAP_ARENA_ARRAY(arena, uint32_t, job->operator_count);
    struct planner planner = {.job = job, .config = config, .arena = arena, .order = order};

    snap_job_connect(job, arena);
    SNAP_CHECK(snap_job_topological_order(job, order, arena) == job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        struct snap_operator *op = &job->operators[order[i]];

        if (!op->id_generated)
            op->id = snap_operator_id_of_uid(op->uid, strlen(op->uid));
        op->max_parallelism_configured = op->max_parallelism != 0;
        if (!op->max_parallelism && config->max_parallelism > 0) {
            op->max_parallelism = (uint32_t)config->max_parallelism;
            op->max_parallelism_configured = true;
        }
        inherit_slot_sharing_group(job, op);
    }
    for (uint32_t i = 0; i < job->edge_count; i++)
        job->edges[i].chained = is_chainable(&planner, &job->edges[i]);
    snap_job_find_overtaken(job);
    snap_operator_ids_generate(job, arena);
    build_vertices(&planner);
    place_tasks(&planner);
    number_splits(job);
}
