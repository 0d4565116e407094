// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_place.h"

#include "base/check.h"

struct snap_channel_place snap_channel_place_of(const struct snap_job *job, uint32_t task,
                                                uint32_t channel, enum snap_channel_end end)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    const uint32_t *edges = end == SNAP_CHANNEL_INPUT ? vertex->in_edges : vertex->out_edges;
    uint32_t edge_count =
        end == SNAP_CHANNEL_INPUT ? vertex->in_edge_count : vertex->out_edge_count;
    uint32_t subtask = snap_job_task_subtask(job, task);
    uint32_t first;
    uint32_t count;

    for (uint32_t i = 0; i < edge_count; i++) {
        const struct snap_edge *edge = &job->edges[edges[i]];

        if (end == SNAP_CHANNEL_INPUT)
            snap_job_edge_upstream(job, edge, subtask, &first, &count);
        else
            snap_job_edge_downstream(job, edge, subtask, &first, &count);
        if (channel < count)
            return (struct snap_channel_place){edge->index, first + channel};
        channel -= count;
    }
    SNAP_CHECK(false);
    return (struct snap_channel_place){SNAP_NO_INDEX, 0};
}
