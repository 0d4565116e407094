// SPDX-License-Identifier: Apache-2.0
/* The job graph of saved REST answers. */
#include <string.h>

#include "explain/explain_rest_parts.h"
#include "explain/json_pick.h"

enum { NAME_BYTES_MAX = 40, ID_BYTES_SHOWN = 8 };

static bool has_node(const json_t *nodes, const char *id)
{
    for (size_t i = 0; i < json_array_size(nodes); i++)
        if (snap_pick_is(json_array_get(nodes, i), "id", id))
            return true;
    return false;
}

/* A plan is the job's if it has the vertices of the checkpoint. */
static bool fits(const struct snap_rest *rest, const json_t *nodes)
{
    json_t *tasks = json_object_get(rest->chosen, "tasks");
    const char *id;
    json_t *task;

    json_object_foreach(tasks, id, task) if (!has_node(nodes, id)) return false;
    return json_array_size(nodes) > 0;
}

static const json_t *plan_nodes(const struct snap_rest *rest, const char **file)
{
    for (uint32_t i = 0; i < rest->answers.count; i++) {
        const struct snap_rest_answer *answer = &rest->answers.items[i];
        const json_t *plan = json_object_get(answer->body, "plan");
        const json_t *nodes = json_object_get(plan ? plan : answer->body, "nodes");

        if ((answer->kind == SNAP_REST_PLAN || answer->kind == SNAP_REST_JOB) &&
            snap_rest_is_of(answer, rest->job) && fits(rest, nodes)) {
            *file = answer->file;
            return nodes;
        }
    }
    return NULL;
}

/* "Source: events<br/>+- parse<br/>": the head's name is enough. */
static const char *node_name(const struct snap_rest *rest, const json_t *node)
{
    const char *name = snap_pick_text(node, "description");
    size_t length;

    if (!name || !*name)
        name = snap_pick_text(node, "id");
    if (!name)
        return "?";
    length = strcspn(name, "<");
    return snap_arena_strndup(&rest->facts->arena, name,
                              length < NAME_BYTES_MAX ? length : NAME_BYTES_MAX);
}

static uint32_t vertex_of(const struct snap_rest *rest, const char *id)
{
    for (uint32_t v = 0; id && v < rest->facts->vertex_count; v++)
        if (strcmp(rest->ids[v], id) == 0)
            return v;
    return SNAP_NO_FACT;
}

static void add_vertex(struct snap_rest *rest, const char *id, const char *name,
                       int64_t parallelism)
{
    struct snap_facts *facts = rest->facts;

    rest->ids[facts->vertex_count] = snap_arena_strdup(&facts->arena, id);
    facts->vertices[facts->vertex_count++] = (struct snap_fact_vertex){
        .name = name, .parallelism = parallelism > 0 ? (uint32_t)parallelism : 1};
}

static bool inputs_are_known(const struct snap_rest *rest, const json_t *node)
{
    const json_t *inputs = json_object_get(node, "inputs");

    for (size_t i = 0; i < json_array_size(inputs); i++)
        if (vertex_of(rest, snap_pick_text(json_array_get(inputs, i), "id")) == SNAP_NO_FACT)
            return false;
    return true;
}

/* Sources first: a vertex follows when all its inputs stand there. */
static void add_nodes(struct snap_rest *rest, const json_t *nodes)
{
    size_t count = json_array_size(nodes);

    for (size_t round = 0; round < count; round++)
        for (size_t i = 0; i < count; i++) {
            const json_t *node = json_array_get(nodes, i);
            const char *id = snap_pick_text(node, "id");

            if (id && vertex_of(rest, id) == SNAP_NO_FACT && inputs_are_known(rest, node))
                add_vertex(rest, id, node_name(rest, node), snap_pick_number(node, "parallelism"));
        }
}

static const char *unknown_input(const json_t *nodes, const json_t *node)
{
    const json_t *inputs = json_object_get(node, "inputs");

    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const char *id = snap_pick_text(json_array_get(inputs, i), "id");

        if (!id || !has_node(nodes, id))
            return id ? id : "without an id";
    }
    return NULL;
}

/* Every node has become a vertex, or the plan is none: says what is wrong with it. */
static bool check_nodes(const struct snap_rest *rest, const json_t *nodes, const char *path,
                        struct snap_error *error)
{
    const char *circle = NULL;

    for (size_t i = 0; i < json_array_size(nodes); i++) {
        const json_t *node = json_array_get(nodes, i);
        const char *id = snap_pick_text(node, "id");
        const char *input = unknown_input(nodes, node);

        if (!id)
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "%s: the job plan is broken: node %zu has no id", path, i);
        if (input)
            return snap_error_set(error, SNAP_ERROR_USAGE,
                                  "%s: the job plan is broken: vertex %s has the input %s, which "
                                  "is none of its vertices",
                                  path, id, input);
        if (vertex_of(rest, id) == SNAP_NO_FACT && !circle)
            circle = id;
    }
    if (circle)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s: the job plan is broken: vertex %s comes behind itself in a "
                              "circle of inputs",
                              path, circle);
    return rest->facts->vertex_count == json_array_size(nodes) ||
           snap_error_set(error, SNAP_ERROR_USAGE,
                          "%s: the job plan is broken: a vertex stands in it twice", path);
}

static enum snap_ship ship_of(const char *strategy)
{
    static const struct {
        const char *name;
        enum snap_ship ship;
    } ships[] = {
        {"FORWARD", SNAP_SHIP_FORWARD},     {"RESCALE", SNAP_SHIP_RESCALE},
        {"BROADCAST", SNAP_SHIP_BROADCAST}, {"HASH", SNAP_SHIP_HASH},
        {"GLOBAL", SNAP_SHIP_GLOBAL},       {"SHUFFLE", SNAP_SHIP_SHUFFLE},
        {"CUSTOM", SNAP_SHIP_CUSTOM},
    };

    for (size_t i = 0; strategy && i < sizeof(ships) / sizeof(ships[0]); i++)
        if (strcmp(ships[i].name, strategy) == 0)
            return ships[i].ship;
    return SNAP_SHIP_REBALANCE;
}

static void add_edges(struct snap_rest *rest, const json_t *nodes)
{
    struct snap_facts *facts = rest->facts;
    uint32_t capacity = 0;

    for (size_t i = 0; i < json_array_size(nodes); i++) {
        const json_t *node = json_array_get(nodes, i);
        const json_t *inputs = json_object_get(node, "inputs");
        uint32_t to = vertex_of(rest, snap_pick_text(node, "id"));

        for (size_t k = 0; to != SNAP_NO_FACT && k < json_array_size(inputs); k++) {
            const json_t *input = json_array_get(inputs, k);
            const char *strategy = snap_pick_text(input, "ship_strategy");
            uint32_t from = vertex_of(rest, snap_pick_text(input, "id"));

            if (from == SNAP_NO_FACT)
                continue;
            facts->edges = snap_arena_grow(&facts->arena, facts->edges, facts->edge_count,
                                           &capacity, sizeof(facts->edges[0]));
            facts->edges[facts->edge_count++] = (struct snap_fact_edge){
                from, to, ship_of(strategy),
                strategy ? snap_arena_strdup(&facts->arena, strategy) : "?"};
        }
    }
}

/* Without a plan there are only the vertices that the checkpoint names, in no order. */
static void add_tasks_as_vertices(struct snap_rest *rest)
{
    json_t *tasks = json_object_get(rest->chosen, "tasks");
    const char *id;
    json_t *task;

    rest->facts->planless = true;
    snap_facts_miss(rest->facts, "No job plan (/jobs/ID/plan): who sends to whom is not known, so "
                                 "the walk ends at the first subtask.");
    json_object_foreach(tasks, id, task)
        add_vertex(rest, id, snap_arena_strndup(&rest->facts->arena, id, ID_BYTES_SHOWN),
                   snap_pick_number(task, "num_subtasks"));
}

bool snap_rest_read_graph(struct snap_rest *rest, const char *directory, struct snap_error *error)
{
    struct snap_facts *facts = rest->facts;
    const char *file = NULL;
    const json_t *nodes = plan_nodes(rest, &file);
    size_t room = json_array_size(nodes) + json_object_size(json_object_get(rest->chosen, "tasks"));

    facts->vertices = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_vertex, room);
    rest->ids = SNAP_ARENA_ARRAY(&facts->arena, const char *, room);
    if (nodes) {
        add_nodes(rest, nodes);
        if (!check_nodes(rest, nodes, snap_arena_printf(&facts->arena, "%s/%s", directory, file),
                         error))
            return false;
        add_edges(rest, nodes);
    } else {
        add_tasks_as_vertices(rest);
    }
    snap_facts_make_tasks(facts);
    return true;
}
