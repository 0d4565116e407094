// SPDX-License-Identifier: Apache-2.0
#include "model/job.h"

#include <string.h>

#include "base/check.h"

const struct snap_vertex *snap_job_task_vertex(const struct snap_job *job, uint32_t task)
{
    uint32_t low = 0;
    uint32_t high = job->vertex_count;

    SNAP_CHECK(task < job->task_count);
    /* The last vertex whose first task is not behind `task`. */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (job->vertices[middle].task_first <= task)
            low = middle;
        else
            high = middle;
    }
    return &job->vertices[low];
}

uint32_t snap_job_task_subtask(const struct snap_job *job, uint32_t task)
{
    return task - snap_job_task_vertex(job, task)->task_first;
}

bool snap_job_vertex_is_source(const struct snap_job *job, uint32_t vertex)
{
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained && job->operators[job->edges[e].consumer].vertex == vertex)
            return false;
    return true;
}

const struct snap_operator *snap_job_find_operator(const struct snap_job *job, const char *uid)
{
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (strcmp(job->operators[i].uid, uid) == 0)
            return &job->operators[i];
    return NULL;
}

static uint32_t scale_down(uint64_t index, uint64_t from, uint64_t to)
{
    return (uint32_t)(index * to / from);
}

static uint32_t scale_up(uint64_t index, uint64_t from, uint64_t to)
{
    return (uint32_t)((index * to + from - 1) / from);
}

/*
 * Pointwise, with more producers than consumers: consumer j reads producers [j*P/C, (j+1)*P/C).
 * With fewer: producer i feeds consumers [ceil(i*C/P), ceil((i+1)*C/P)).
 */
void snap_job_edge_upstream(const struct snap_job *job, const struct snap_edge *edge,
                            uint32_t consumer_subtask, uint32_t *first, uint32_t *count)
{
    uint32_t producers = job->operators[edge->producer].parallelism;
    uint32_t consumers = job->operators[edge->consumer].parallelism;

    SNAP_CHECK(consumer_subtask < consumers);
    if (!snap_ship_is_pointwise(edge->ship)) {
        *first = 0;
        *count = producers;
    } else if (producers >= consumers) {
        *first = scale_down(consumer_subtask, consumers, producers);
        *count = scale_down((uint64_t)consumer_subtask + 1, consumers, producers) - *first;
    } else {
        *first = scale_down(consumer_subtask, consumers, producers);
        *count = 1;
    }
}

void snap_job_edge_downstream(const struct snap_job *job, const struct snap_edge *edge,
                              uint32_t producer_subtask, uint32_t *first, uint32_t *count)
{
    uint32_t producers = job->operators[edge->producer].parallelism;
    uint32_t consumers = job->operators[edge->consumer].parallelism;

    SNAP_CHECK(producer_subtask < producers);
    if (!snap_ship_is_pointwise(edge->ship)) {
        *first = 0;
        *count = consumers;
    } else if (producers >= consumers) {
        /* The one consumer j with j*P/C <= i < (j+1)*P/C. */
        *first = scale_up((uint64_t)producer_subtask + 1, producers, consumers) - 1;
        *count = 1;
    } else {
        *first = scale_up(producer_subtask, producers, consumers);
        *count = scale_up((uint64_t)producer_subtask + 1, producers, consumers) - *first;
    }
}

const char *snap_sink_view_name(enum snap_sink_view view)
{
    switch (view) {
    case SNAP_SINK_APPENDS:
        return "appends";
    case SNAP_SINK_CUTS_BACK:
        return "cuts back";
    case SNAP_SINK_REPLACES:
        return "replaces";
    case SNAP_SINK_COMMITS:
        return "commits";
    }
    return NULL;
}

/* Behind the channels of the receiver's earlier gates. */
uint32_t snap_job_input_channel(const struct snap_job *job, const struct snap_edge *edge,
                                uint32_t producer_subtask, uint32_t consumer_subtask)
{
    const struct snap_vertex *vertex = &job->vertices[job->operators[edge->consumer].vertex];
    uint32_t channel = 0;

    for (uint32_t i = 0; i < vertex->in_edge_count; i++) {
        const struct snap_edge *in = &job->edges[vertex->in_edges[i]];
        uint32_t first;
        uint32_t count;

        snap_job_edge_upstream(job, in, consumer_subtask, &first, &count);
        if (in == edge)
            return channel + producer_subtask - first;
        channel += count;
    }
    SNAP_CHECK(false);
    return 0;
}

/* Behind those of the sender's earlier partitions. */
uint32_t snap_job_output_channel(const struct snap_job *job, const struct snap_edge *edge,
                                 uint32_t producer_subtask, uint32_t consumer_subtask)
{
    const struct snap_vertex *vertex = &job->vertices[job->operators[edge->producer].vertex];
    uint32_t channel = 0;

    for (uint32_t i = 0; i < vertex->out_edge_count; i++) {
        const struct snap_edge *out = &job->edges[vertex->out_edges[i]];
        uint32_t first;
        uint32_t count;

        snap_job_edge_downstream(job, out, producer_subtask, &first, &count);
        if (out == edge)
            return channel + consumer_subtask - first;
        channel += count;
    }
    SNAP_CHECK(false);
    return 0;
}

const char *snap_ship_name(enum snap_ship ship)
{
    switch (ship) {
    case SNAP_SHIP_FORWARD:
        return "forward";
    case SNAP_SHIP_REBALANCE:
        return "rebalance";
    case SNAP_SHIP_RESCALE:
        return "rescale";
    case SNAP_SHIP_HASH:
        return "hash";
    case SNAP_SHIP_BROADCAST:
        return "broadcast";
    case SNAP_SHIP_GLOBAL:
        return "global";
    case SNAP_SHIP_SHUFFLE:
        return "shuffle";
    case SNAP_SHIP_CUSTOM:
        return "custom";
    }
    SNAP_CHECK(false);
    return "";
}
