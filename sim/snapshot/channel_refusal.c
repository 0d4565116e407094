// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_refusal.h"

#include <stdio.h>

#include "snapshot/channel_place.h"

static const struct snap_job *old_job(const struct snap_channel_assignment *at)
{
    return at->in->from->job;
}

static const struct snap_job *new_job(const struct snap_channel_assignment *at)
{
    return at->in->to->job;
}

static bool refuse(const struct snap_channel_assignment *at, const struct snap_edge *old,
                   const char *why, struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_RESTORE,
                          "checkpoint %lld holds data in flight from %s to %s: %s",
                          (long long)at->in->from->id, old_job(at)->operators[old->producer].uid,
                          old_job(at)->operators[old->consumer].uid, why);
}

/* The edge of the new job that the old one has become, or its number of edges. */
static uint32_t new_edge_of(const struct snap_channel_assignment *at, uint32_t old)
{
    uint32_t e = 0;

    while (e < new_job(at)->edge_count && at->old_edges[e] != old)
        e++;
    return e;
}

bool snap_channel_edge_is_there(const struct snap_channel_assignment *at,
                                const struct snap_edge *old, struct snap_error *error)
{
    uint32_t e = new_edge_of(at, old->index);
    const struct snap_rescaled_edge *edge;

    if (e == new_job(at)->edge_count)
        return refuse(at, old, "the new job has no exchange between these two", error);
    edge = &at->rescale.edges[e];
    if (edge->partitioner->pointwise)
        return refuse(at, old,
                      "in the new job not all of their subtasks are connected, it cannot be given "
                      "to others",
                      error);
    if (at->rescale.vertices[edge->producer].old_parallelism !=
            old_job(at)->operators[old->producer].parallelism ||
        at->rescale.vertices[edge->consumer].old_parallelism !=
            old_job(at)->operators[old->consumer].parallelism)
        return refuse(at, old, "the new job chains them with operators of other parallelisms",
                      error);
    return true;
}

/* Whether the new subtask, if it is given data that the old consumer was to read, reads it. */
static bool reads(const struct snap_channel_assignment *at, uint32_t e, uint32_t subtask,
                  uint32_t old_consumer)
{
    return !snap_channel_input_rescales(&at->rescale, at->plans, at->rescale.edges[e].consumer,
                                        subtask) ||
           snap_subtask_run_holds(snap_channel_old_consumers(&at->plans[e], subtask), old_consumer);
}

/* The subtask that is given data of the old consumer over the edge without reading them, or
 * SNAP_NO_INDEX. */
static uint32_t find_stray(const struct snap_channel_assignment *at, uint32_t e,
                           uint32_t old_consumer, enum snap_channel_end end)
{
    const struct snap_channel_plan *plan = &at->plans[e];
    struct snap_subtask_run to = {old_consumer, 1, old_consumer < plan->consumers.new_parallelism};

    /* Input data that move follow the mapping by which they are read, else stay with their number.
     */
    if (end == SNAP_CHANNEL_INPUT && plan->inputs_move)
        return SNAP_NO_INDEX;
    if (end == SNAP_CHANNEL_OUTPUT)
        to = snap_channel_new_subpartitions(plan, old_consumer);
    for (uint32_t i = 0; i < to.count; i++)
        if (!reads(at, e, snap_subtask_run_at(to, i), old_consumer))
            return snap_subtask_run_at(to, i);
    return SNAP_NO_INDEX;
}

static bool check_pieces(const struct snap_channel_assignment *at, uint32_t task,
                         enum snap_channel_end end, struct snap_error *error)
{
    const struct snap_task_snapshot *snapshot = at->in->from->tasks[task];
    const struct snap_channel_piece *piece = NULL;

    if (snapshot)
        piece = end == SNAP_CHANNEL_INPUT ? snapshot->inputs.first : snapshot->outputs.first;
    for (; piece; piece = piece->next) {
        struct snap_channel_place place =
            snap_channel_place_of(old_job(at), task, piece->channel, end);
        uint32_t old_consumer =
            end == SNAP_CHANNEL_INPUT ? snap_job_task_subtask(old_job(at), task) : place.peer;
        uint32_t stray = find_stray(at, new_edge_of(at, place.edge), old_consumer, end);
        char why[160];

        if (stray == SNAP_NO_INDEX)
            continue;
        snprintf(why, sizeof(why),
                 "some of it stays with subtask %u, to which nothing is assigned over that "
                 "exchange, and nobody would read it",
                 stray);
        return refuse(at, &old_job(at)->edges[place.edge], why, error);
    }
    return true;
}

bool snap_channel_data_are_read(const struct snap_channel_assignment *at, struct snap_error *error)
{
    for (uint32_t t = 0; at->in_flight && t < old_job(at)->task_count; t++)
        if (!check_pieces(at, t, SNAP_CHANNEL_INPUT, error) ||
            !check_pieces(at, t, SNAP_CHANNEL_OUTPUT, error))
            return false;
    return true;
}
