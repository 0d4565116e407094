// SPDX-License-Identifier: Apache-2.0
#include "scenario/edge_read.h"

#include <string.h>

#include "base/check.h"
#include "model/job_plan.h"

/* One input of one operator as written. */
struct written_edge {
    const struct snap_node *uid;  /* names the producer */
    const struct snap_node *ship; /* NULL: the default */
};

struct edge_reader {
    struct snap_reader *reader;
    const struct snap_operator_specs *specs;
    struct snap_job *job;
    struct snap_edge *edges;
    uint32_t edge_capacity;
    struct written_edge *written; /* parallel to edges */
    uint32_t written_capacity;
};

/* The words are those of snap_ship_name, in the order of the enum. */
static bool read_ship(struct snap_reader *reader, const struct snap_node *node,
                      enum snap_ship *ship)
{
    static const char *const names[] = {"forward", "rebalance", "rescale", "hash", "broadcast",
                                        "global",  "shuffle",   "custom",  NULL};
    uint32_t index = 0;

    if (!snap_reader_choice(reader, node, "ship", names, &index))
        return false;
    *ship = (enum snap_ship)index;
    SNAP_CHECK(strcmp(snap_ship_name(*ship), names[index]) == 0);
    return true;
}

/* The ship strategy stays as written until all parallelisms are known. */
static bool add_edge(struct edge_reader *edges, uint32_t consumer, struct written_edge written)
{
    struct snap_arena *arena = edges->reader->arena;
    struct snap_job *job = edges->job;
    uint32_t producer;

    if (!snap_reader_expect(edges->reader, written.uid, SNAP_NODE_SCALAR, "input"))
        return false;
    producer = snap_operator_specs_find(edges->specs, written.uid->text);
    if (producer == edges->specs->count)
        return snap_operator_specs_fail(edges->reader, edges->specs, written.uid,
                                        written.uid->text);
    if (edges->specs->items[producer].type->role == SNAP_ROLE_SINK)
        return snap_reader_fail(edges->reader, written.uid,
                                "\"%s\" is a sink, it gives nothing to read", written.uid->text);
    edges->edges = snap_arena_grow(arena, edges->edges, job->edge_count, &edges->edge_capacity,
                                   sizeof(*edges->edges));
    edges->written = snap_arena_grow(arena, edges->written, job->edge_count,
                                     &edges->written_capacity, sizeof(*edges->written));
    edges->edges[job->edge_count] = (struct snap_edge){.producer = producer, .consumer = consumer};
    edges->written[job->edge_count] = written;
    job->edge_count++;
    return true;
}

/* An item of `inputs`: X or {uid: X, ship: hash}. */
static bool add_item(struct edge_reader *edges, uint32_t consumer, const struct snap_node *item,
                     const struct snap_node *ship)
{
    static const char *const keys[] = {"uid", "ship", NULL};
    const struct snap_node *uid = item;

    if (item->kind == SNAP_NODE_MAP) {
        if (!snap_reader_check_keys(edges->reader, item, "key of an input", keys))
            return false;
        uid = snap_node_get(item, "uid");
        if (!uid)
            return snap_reader_fail(edges->reader, item, "this input has no uid");
        if (snap_node_get(item, "ship"))
            ship = snap_node_get(item, "ship");
    }
    return add_edge(edges, consumer, (struct written_edge){uid, ship});
}

/* Sources have no input, all others need one. */
static bool check_role(struct edge_reader *edges, const struct snap_operator_spec *spec,
                       const struct snap_node *input)
{
    bool source = spec->type->role == SNAP_ROLE_SOURCE;

    if (source && input)
        return snap_reader_fail(edges->reader, input, "\"%s\" is a source, it has no input",
                                spec->uid);
    if (!source && !input)
        return snap_reader_fail(edges->reader, spec->node, "operator \"%s\" has no input",
                                spec->uid);
    return true;
}

/* `input` and `inputs` are two spellings of one thing, so both at once is an error. */
static bool read_inputs(struct edge_reader *edges, uint32_t consumer)
{
    const struct snap_operator_spec *spec = &edges->specs->items[consumer];
    const struct snap_node *ship = snap_operator_spec_get(edges->reader, spec, "ship");
    const struct snap_node *one = snap_operator_spec_get(edges->reader, spec, "input");
    const struct snap_node *many = snap_operator_spec_get(edges->reader, spec, "inputs");
    const struct snap_node *input = one ? one : many;

    if (one && many)
        return snap_reader_fail(edges->reader, many, "\"%s\" has both input and inputs", spec->uid);
    if (!check_role(edges, spec, input))
        return false;
    if (ship && !input)
        return snap_reader_fail(edges->reader, ship, "\"%s\" is a source, it has no ship",
                                spec->uid);
    if (input && input->kind != SNAP_NODE_LIST && spec->type->input_count > 1)
        return snap_reader_fail(edges->reader, input, "a %s has %u inputs, \"%s\" has one",
                                spec->type->name, spec->type->input_count, spec->uid);
    if (!input || input->kind != SNAP_NODE_LIST)
        return !input || add_item(edges, consumer, input, ship);
    if (input->count == 0)
        return snap_reader_fail(edges->reader, input, "operator \"%s\" has no input", spec->uid);
    if (spec->type->input_count && input->count != spec->type->input_count)
        return snap_reader_fail(edges->reader, input, "a %s has %u inputs, \"%s\" has %u",
                                spec->type->name, spec->type->input_count, spec->uid, input->count);
    for (uint32_t i = 0; i < input->count; i++)
        if (!add_item(edges, consumer, input->items[i], ship))
            return false;
    return true;
}

/* What a job must not do: Flink refuses it when the graph is made. */
static bool resolve_ship(struct edge_reader *edges, uint32_t index)
{
    struct snap_edge *edge = &edges->edges[index];
    const struct written_edge *written = &edges->written[index];
    const struct snap_operator *up = &edges->job->operators[edge->producer];
    const struct snap_operator *down = &edges->job->operators[edge->consumer];
    bool equal = up->parallelism == down->parallelism;
    bool keyed = edges->specs->items[edge->consumer].type->keyed;

    edge->ship = equal ? SNAP_SHIP_FORWARD : SNAP_SHIP_REBALANCE;
    if (written->ship && !read_ship(edges->reader, written->ship, &edge->ship))
        return false;
    if (keyed && edge->ship != SNAP_SHIP_HASH)
        return snap_reader_fail(edges->reader, written->ship ? written->ship : written->uid,
                                "\"%s\" keeps state by key, so its input must be partitioned by "
                                "key: write \"ship: hash\"",
                                down->uid);
    if (edge->input == 1 && edges->specs->items[edge->consumer].type->second_is_broadcast &&
        edge->ship != SNAP_SHIP_BROADCAST)
        return snap_reader_fail(edges->reader, written->ship ? written->ship : written->uid,
                                "the second input of \"%s\" goes to every subtask: write \"ship: "
                                "broadcast\"",
                                down->uid);
    if (edge->ship == SNAP_SHIP_FORWARD && !equal)
        return snap_reader_fail(edges->reader, written->ship,
                                "forward needs equal parallelisms, but \"%s\" has %u and \"%s\" "
                                "has %u: use rebalance or rescale",
                                up->uid, up->parallelism, down->uid, down->parallelism);
    return true;
}

/* Walks back from an operator that could not be ordered until one comes up twice. */
static bool fail_cycle(struct edge_reader *edges, const bool *ordered)
{
    const struct snap_job *job = edges->job;
    uint32_t *step = SNAP_ARENA_ARRAY(edges->reader->arena, uint32_t, job->operator_count);
    const char *text = NULL;
    uint32_t at = 0;
    uint32_t edge = 0;
    uint32_t start;

    while (ordered[at])
        at++;
    for (uint32_t count = 1; step[at] == 0; count++) {
        step[at] = count;
        for (uint32_t i = 0; i < job->operators[at].in_edge_count; i++)
            if (!ordered[job->edges[job->operators[at].in_edges[i]].producer])
                edge = job->operators[at].in_edges[i];
        at = job->edges[edge].producer;
    }
    start = at;
    text = job->operators[start].uid;
    do {
        for (uint32_t i = 0; i < job->operators[at].in_edge_count; i++)
            if (!ordered[job->edges[job->operators[at].in_edges[i]].producer])
                edge = job->operators[at].in_edges[i];
        at = job->edges[edge].producer;
        text = snap_arena_printf(edges->reader->arena, "%s -> %s", job->operators[at].uid, text);
    } while (at != start);
    return snap_reader_fail(edges->reader, edges->written[edge].uid, "the graph has a cycle: %s",
                            text);
}

/* What a topological order leaves out lies on a cycle or behind one. */
static bool check_cycles(struct edge_reader *edges)
{
    struct snap_arena *arena = edges->reader->arena;
    struct snap_job *job = edges->job;
    uint32_t *order = SNAP_ARENA_ARRAY(arena, uint32_t, job->operator_count);
    bool *ordered = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    uint32_t count = snap_job_topological_order(job, order, arena);

    for (uint32_t i = 0; i < count; i++)
        ordered[order[i]] = true;
    return count == job->operator_count || fail_cycle(edges, ordered);
}

bool snap_edges_read(struct snap_reader *reader, const struct snap_operator_specs *specs,
                     struct snap_job *job)
{
    struct edge_reader edges = {.reader = reader, .specs = specs, .job = job};

    job->edge_count = 0;
    for (uint32_t i = 0; i < specs->count; i++)
        if (!read_inputs(&edges, i))
            return false;
    job->edges = edges.edges;
    snap_job_connect(job, reader->arena);
    if (!check_cycles(&edges))
        return false;
    for (uint32_t i = 0; i < job->edge_count; i++)
        if (!resolve_ship(&edges, i))
            return false;
    return true;
}
