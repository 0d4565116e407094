// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/job.h"
#include "protocol/checkpoint_plan.h"

struct rig {
    struct snap_arena arena;
    struct snap_plan_graph graph;
    enum snap_plan_state *states;
};

static void read_vertices(struct rig *rig, const json_t *json)
{
    const json_t *list = conform_array(json, "vertex_parallelism");
    uint32_t count = (uint32_t)json_array_size(list);
    struct snap_plan_vertex *vertices =
        SNAP_ARENA_ARRAY(&rig->arena, struct snap_plan_vertex, count);

    for (uint32_t i = 0; i < count; i++) {
        vertices[i].parallelism = (uint32_t)json_integer_value(json_array_get(list, i));
        vertices[i].first_task = rig->graph.task_count;
        rig->graph.task_count += vertices[i].parallelism;
    }
    rig->graph.vertices = vertices;
    rig->graph.vertex_count = count;
}

/* Reads the lists of upstream subtasks; an all-to-all edge is also tried as lists. */
static void read_lists(struct rig *rig, struct snap_plan_edge *edge, const json_t *lists)
{
    uint32_t count = (uint32_t)json_array_size(lists);
    uint32_t *offsets = SNAP_ARENA_ARRAY(&rig->arena, uint32_t, count + 1);
    uint32_t *upstream;
    json_t *list;
    size_t i;

    json_array_foreach(lists, i, list)
    {
        offsets[i + 1] = offsets[i] + (uint32_t)json_array_size(list);
    }
    upstream = SNAP_ARENA_ARRAY(&rig->arena, uint32_t, offsets[count]);
    json_array_foreach(lists, i, list)
    {
        for (uint32_t k = 0; k < json_array_size(list); k++)
            upstream[offsets[i] + k] = (uint32_t)json_integer_value(json_array_get(list, k));
    }
    edge->offsets = offsets;
    edge->upstream = upstream;
}

static uint32_t vertex_number(const char *name)
{
    return (uint32_t)strtoul(name + 1, NULL, 10);
}

/* The upstream subtasks of each downstream one, as the job graph has them. */
static json_t *upstream_lists(const struct rig *rig, const struct snap_plan_edge *edge)
{
    uint32_t producers = rig->graph.vertices[edge->from].parallelism;
    uint32_t consumers = rig->graph.vertices[edge->to].parallelism;
    struct snap_operator ends[2] = {{.parallelism = producers}, {.parallelism = consumers}};
    struct snap_job job = {.operators = ends, .operator_count = 2};
    struct snap_edge between = {.producer = 0, .consumer = 1};
    json_t *lists = json_array();

    between.ship = edge->all_to_all ? SNAP_SHIP_REBALANCE : SNAP_SHIP_RESCALE;
    for (uint32_t i = 0; i < consumers; i++) {
        json_t *list = json_array();
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(&job, &between, i, &first, &count);
        for (uint32_t k = 0; k < count; k++)
            json_array_append_new(list, json_integer(first + k));
        json_array_append_new(lists, list);
    }
    return lists;
}

static void compare_upstream(const struct rig *rig, const json_t *json, struct snap_text *why)
{
    json_t *entry;
    size_t i;

    json_array_foreach(conform_array(json, "edges"), i, entry)
    {
        json_t *actual = upstream_lists(rig, &rig->graph.edges[i]);

        conform_same_json(why, "upstream subtasks",
                          conform_array(entry, "upstream_subtasks_of_each_downstream_subtask"),
                          actual);
        json_decref(actual);
    }
}

static void read_edges(struct rig *rig, const json_t *json)
{
    const json_t *list = conform_array(json, "edges");
    struct snap_plan_edge *edges =
        SNAP_ARENA_ARRAY(&rig->arena, struct snap_plan_edge, json_array_size(list));
    json_t *entry;
    size_t i;

    json_array_foreach(list, i, entry)
    {
        edges[i].from = vertex_number(conform_string(entry, "from"));
        edges[i].to = vertex_number(conform_string(entry, "to"));
        edges[i].all_to_all = !strcmp(conform_string(entry, "pattern"), "all_to_all");
        read_lists(rig, &edges[i],
                   conform_array(entry, "upstream_subtasks_of_each_downstream_subtask"));
    }
    rig->graph.edges = edges;
    rig->graph.edge_count = (uint32_t)json_array_size(list);
}

static void read_states(struct rig *rig, const json_t *json)
{
    json_t *vertex;
    json_t *state;
    uint32_t task = 0;
    size_t v;
    size_t i;

    rig->states = SNAP_ARENA_ARRAY(&rig->arena, enum snap_plan_state, rig->graph.task_count);
    json_array_foreach(conform_array(json, "task_states"), v, vertex)
    {
        json_array_foreach(vertex, i, state)
        {
            const char *name = json_string_value(state);

            rig->states[task++] = !strcmp(name, "running")    ? SNAP_PLAN_RUNNING
                                  : !strcmp(name, "finished") ? SNAP_PLAN_FINISHED
                                                              : SNAP_PLAN_NOT_RUNNING;
        }
    }
}

static json_t *task_name(const struct rig *rig, uint32_t task)
{
    uint32_t v = 0;

    while (task >= rig->graph.vertices[v].first_task + rig->graph.vertices[v].parallelism)
        v++;
    return json_sprintf("v%" PRIu32 "/%" PRIu32, v, task - rig->graph.vertices[v].first_task);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

/* Compares two lists of names whose order says nothing; takes `actual`. */
static void compare_names(const char *what, const json_t *expected, json_t *actual,
                          struct snap_text *why)
{
    json_t *lists[2] = {json_copy((json_t *)expected), actual};

    for (size_t l = 0; l < 2; l++) {
        size_t count = json_array_size(lists[l]);
        json_t **names = calloc(count + 1, sizeof(json_t *));

        for (size_t i = 0; i < count; i++)
            names[i] = json_incref(json_array_get(lists[l], i));
        qsort(names, count, sizeof(json_t *), by_text);
        json_array_clear(lists[l]);
        for (size_t i = 0; i < count; i++)
            json_array_append_new(lists[l], names[i]);
        free(names);
    }
    conform_same_json(why, what, lists[0], lists[1]);
    json_decref(lists[0]);
    json_decref(lists[1]);
}

static void compare_tasks(const struct rig *rig, const char *key, const json_t *expected,
                          const uint32_t *tasks, struct snap_text *why)
{
    json_t *actual = json_array();

    for (size_t i = 0; i < json_array_size(expected); i++)
        json_array_append_new(actual, task_name(rig, tasks[i]));
    compare_names(key, expected, actual, why);
}

static void compare_list(const struct rig *rig, const json_t *json, const char *key,
                         const uint32_t *tasks, uint32_t count, struct snap_text *why)
{
    const json_t *expected = conform_array(json, key);

    if (conform_same_integer(why, key, (int64_t)json_array_size(expected), count))
        compare_tasks(rig, key, expected, tasks, why);
}

static void compare_plan(const struct rig *rig, const json_t *json,
                         const struct snap_checkpoint_plan *plan, struct snap_text *why)
{
    json_t *finished = json_array();

    if (json_is_string(json_object_get(json, "failure_reason"))) {
        snap_text_printf(why, "expected %s, actual a plan\n",
                         conform_string(json, "failure_reason"));
        json_decref(finished);
        return;
    }
    compare_list(rig, json, "trigger", plan->trigger, plan->trigger_count, why);
    compare_list(rig, json, "wait_for", plan->wait_for, plan->wait_for_count, why);
    compare_list(rig, json, "notify", plan->wait_for, plan->wait_for_count, why);
    compare_list(rig, json, "finished", plan->finished, plan->finished_count, why);
    for (uint32_t v = 0; v < rig->graph.vertex_count; v++)
        if (plan->fully_finished[v])
            json_array_append_new(finished, json_sprintf("v%" PRIu32, v));
    compare_names("fully_finished_vertices", conform_array(json, "fully_finished_vertices"),
                  finished, why);
}

static void run(struct rig *rig, const json_t *json, struct snap_text *why)
{
    struct snap_plan_input input = {.graph = &rig->graph, .task_states = rig->states};
    struct snap_checkpoint_plan plan;
    enum snap_failure_reason reason;

    input.after_tasks_finish = conform_boolean(json, "checkpoints_after_tasks_finish");
    snap_checkpoint_plan_init(&plan, &rig->arena, &rig->graph);
    if (snap_checkpoint_plan_compute(&plan, &input, &reason))
        compare_plan(rig, json, &plan, why);
    else
        conform_same_string(why, "failure_reason",
                            conform_string_or(json, "failure_reason", "a plan"),
                            snap_failure_reason_name(reason));
}

enum conform_result conform_checkpoint_plan_case(const struct conform_case *at,
                                                 struct snap_text *why)
{
    struct rig rig = {0};
    struct snap_plan_edge *edges;

    if (strcmp(conform_string(at->json, "kind"), "plan"))
        return conform_skip(why, conform_string(at->json, "kind"));
    snap_arena_init(&rig.arena);
    read_vertices(&rig, at->json);
    read_edges(&rig, at->json);
    compare_upstream(&rig, at->json, why);
    read_states(&rig, at->json);
    run(&rig, at->json, why);
    /* The same edges given as plain lists must give the same plan. */
    edges = snap_arena_copy(&rig.arena, rig.graph.edges,
                            rig.graph.edge_count * sizeof(*rig.graph.edges));
    for (uint32_t i = 0; i < rig.graph.edge_count; i++)
        edges[i].all_to_all = false;
    rig.graph.edges = edges;
    run(&rig, at->json, why);
    snap_arena_fini(&rig.arena);
    return conform_verdict(why);
}
