// SPDX-License-Identifier: Apache-2.0
#include "protocol/channel_state_rescale.h"

#include <string.h>

#include "base/check.h"

/*
 * Which mappings exist decides whether subtasks are told of old ones at all: Flink computes them
 * when something moves, and later for whoever needs them because another edge of the task moves.
 */
struct known {
    const struct snap_channel_state_rescale *in;
    struct snap_channel_plan *plans;
    struct snap_error *error;
};

enum side { INPUTS, OUTPUTS };

static struct snap_subtask_run one(uint32_t subtask)
{
    return (struct snap_subtask_run){subtask, 1, 1};
}

static const struct snap_rescaled_vertex *consumer_of(const struct snap_channel_state_rescale *in,
                                                      uint32_t edge)
{
    SNAP_CHECK(in->edges[edge].consumer < in->vertex_count);
    return &in->vertices[in->edges[edge].consumer];
}

static const struct snap_rescaled_vertex *producer_of(const struct snap_channel_state_rescale *in,
                                                      uint32_t edge)
{
    SNAP_CHECK(in->edges[edge].producer < in->vertex_count);
    return &in->vertices[in->edges[edge].producer];
}

static bool changes(const struct snap_rescaled_vertex *vertex)
{
    return vertex->old_parallelism != vertex->new_parallelism;
}

static void start_plan(const struct snap_channel_state_rescale *in, uint32_t e,
                       struct snap_channel_plan *plan)
{
    const struct snap_rescaled_edge *edge = &in->edges[e];
    const struct snap_rescaled_vertex *consumer = consumer_of(in, e);
    const struct snap_rescaled_vertex *producer = producer_of(in, e);

    memset(plan, 0, sizeof(*plan));
    plan->consumers = (struct snap_subtask_mapping){
        edge->partitioner->consumer_mapper, consumer->old_parallelism, consumer->new_parallelism};
    plan->producers = (struct snap_subtask_mapping){
        edge->partitioner->producer_mapper, producer->old_parallelism, producer->new_parallelism};
    plan->in_flight = edge->has_input_state || edge->has_output_state;
}

/* A mapping is needed: it must be one that the partitioner supports. */
static bool require(const struct known *known, uint32_t e)
{
    const struct snap_partitioner *partitioner = known->in->edges[e].partitioner;

    if (partitioner->consumer_mapper != SNAP_MAPPER_UNSUPPORTED &&
        partitioner->producer_mapper != SNAP_MAPPER_UNSUPPORTED)
        return true;
    return snap_error_set(known->error, SNAP_ERROR_RESTORE,
                          "data in flight from %s to %s cannot be given to other subtasks: the "
                          "exchange is %s",
                          producer_of(known->in, e)->name, consumer_of(known->in, e)->name,
                          partitioner->name);
}

/*
 * Input data stay where the consumer keeps its parallelism, but for one case: where everybody may
 * hold what others need (a user's own partitioner) and a producer is not as many as the consumer
 * was.
 */
static bool inputs_follow(const struct snap_channel_state_rescale *in, uint32_t vertex)
{
    bool full = false;
    bool producer_differs = false;

    for (uint32_t e = 0; e < in->edge_count; e++) {
        if (in->edges[e].consumer != vertex)
            continue;
        full = full || in->edges[e].partitioner->consumer_mapper == SNAP_MAPPER_FULL;
        producer_differs = producer_differs || producer_of(in, e)->new_parallelism !=
                                                   in->vertices[vertex].old_parallelism;
    }
    return changes(&in->vertices[vertex]) || (full && producer_differs);
}

/* First the data move. A mapping that is used here is known to both ends of the edge. */
static bool move(const struct known *known)
{
    for (uint32_t e = 0; e < known->in->edge_count; e++) {
        struct snap_channel_plan *plan = &known->plans[e];

        if (!plan->in_flight)
            continue;
        plan->inputs_move = inputs_follow(known->in, known->in->edges[e].consumer);
        plan->outputs_move = changes(producer_of(known->in, e));
        if ((plan->inputs_move || plan->outputs_move) && !require(known, e))
            return false;
    }
    return true;
}

static uint32_t vertex_at(const struct snap_rescaled_edge *edge, enum side side)
{
    return side == INPUTS ? edge->consumer : edge->producer;
}

/* Whether an edge on this side of the vertex has a mapping already. */
static bool knows(const struct known *known, uint32_t vertex, enum side side)
{
    for (uint32_t e = 0; e < known->in->edge_count; e++) {
        const struct snap_channel_plan *plan = &known->plans[e];

        if (vertex_at(&known->in->edges[e], side) == vertex &&
            (plan->inputs_move || plan->outputs_move || plan->input_described ||
             plan->output_described))
            return true;
    }
    return false;
}

/* Then subtasks are told. One edge of a task that has a mapping makes all its edges that hold data
 * need theirs. */
static bool describe(const struct known *known, enum side side)
{
    for (uint32_t e = 0; e < known->in->edge_count; e++) {
        struct snap_channel_plan *plan = &known->plans[e];

        if (!plan->in_flight || !knows(known, vertex_at(&known->in->edges[e], side), side))
            continue;
        if (!require(known, e))
            return false;
        if (side == INPUTS)
            plan->input_described = true;
        else
            plan->output_described = true;
    }
    return true;
}

bool snap_channel_state_rescale(const struct snap_channel_state_rescale *in,
                                struct snap_channel_plan *plans, struct snap_error *error)
{
    struct known known = {in, plans, error};
    /* Output data that are handed on are looked at first. */
    enum side first = in->recovery == SNAP_OUTPUT_AT_CONSUMER ? OUTPUTS : INPUTS;

    for (uint32_t e = 0; e < in->edge_count; e++)
        start_plan(in, e, &plans[e]);
    if (!move(&known) || !describe(&known, first) ||
        !describe(&known, first == INPUTS ? OUTPUTS : INPUTS))
        return false;
    for (uint32_t e = 0; e < in->edge_count; e++)
        plans[e].identity = (plans[e].input_described || plans[e].output_described) &&
                            snap_subtask_mapping_is_identity(&plans[e].consumers) &&
                            snap_subtask_mapping_is_identity(&plans[e].producers);
    return true;
}

/* What is in nobody's mapping stays with its number, as far as there is such a subtask. */
static struct snap_subtask_run own(uint32_t new_subtask, const struct snap_subtask_mapping *mapping)
{
    return (struct snap_subtask_run){new_subtask, 1, new_subtask < mapping->old_parallelism};
}

static bool is_described(const struct snap_channel_plan *plan)
{
    return plan->input_described || plan->output_described;
}

struct snap_subtask_run snap_channel_old_consumers(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask)
{
    if (!is_described(plan))
        return (struct snap_subtask_run){0, 1, 0};
    return snap_subtask_mapping_old(&plan->consumers, new_subtask);
}

struct snap_subtask_run snap_channel_old_producers(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask)
{
    if (!is_described(plan))
        return (struct snap_subtask_run){0, 1, 0};
    return snap_subtask_mapping_old(&plan->producers, new_subtask);
}

bool snap_channel_input_rescales(const struct snap_channel_state_rescale *in,
                                 const struct snap_channel_plan *plans, uint32_t vertex,
                                 uint32_t new_subtask)
{
    SNAP_CHECK(new_subtask < in->vertices[vertex].new_parallelism);
    for (uint32_t e = 0; e < in->edge_count; e++)
        if (in->edges[e].consumer == vertex && plans[e].input_described && !plans[e].identity &&
            snap_channel_old_consumers(&plans[e], new_subtask).count > 0)
            return true;
    return false;
}

bool snap_channel_output_rescales(const struct snap_channel_state_rescale *in,
                                  const struct snap_channel_plan *plans, uint32_t vertex,
                                  uint32_t new_subtask)
{
    SNAP_CHECK(new_subtask < in->vertices[vertex].new_parallelism);
    for (uint32_t e = 0; e < in->edge_count; e++)
        if (in->edges[e].producer == vertex && plans[e].output_described && !plans[e].identity &&
            snap_channel_old_producers(&plans[e], new_subtask).count > 0)
            return true;
    return false;
}

struct snap_subtask_run snap_channel_old_channels(const struct snap_channel_plan *plan,
                                                  uint32_t new_channel)
{
    return is_described(plan) ? snap_subtask_mapping_old(&plan->producers, new_channel)
                              : one(new_channel);
}

struct snap_subtask_run snap_channel_new_channels(const struct snap_channel_plan *plan,
                                                  uint32_t old_channel)
{
    return is_described(plan) ? snap_subtask_mapping_new(&plan->producers, old_channel)
                              : one(old_channel);
}

struct snap_subtask_run snap_channel_new_subpartitions(const struct snap_channel_plan *plan,
                                                       uint32_t old_subpartition)
{
    struct snap_subtask_run targets = one(old_subpartition);

    if (plan->output_described)
        targets = snap_subtask_mapping_new(&plan->consumers, old_subpartition);
    SNAP_CHECK(targets.count > 0);
    return targets;
}

bool snap_channel_is_filtered(const struct snap_channel_plan *plan, uint32_t old_consumer)
{
    return is_described(plan) && snap_subtask_mapper_is_ambiguous(plan->consumers.mapper) &&
           snap_subtask_mapping_new(&plan->consumers, old_consumer).count > 1;
}

struct snap_subtask_run snap_channel_input_sources(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask)
{
    return plan->inputs_move ? snap_subtask_mapping_old(&plan->consumers, new_subtask)
                             : own(new_subtask, &plan->consumers);
}

struct snap_subtask_run snap_channel_output_sources(const struct snap_channel_plan *plan,
                                                    uint32_t new_subtask)
{
    return plan->outputs_move ? snap_subtask_mapping_old(&plan->producers, new_subtask)
                              : own(new_subtask, &plan->producers);
}
