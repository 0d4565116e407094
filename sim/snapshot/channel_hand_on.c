// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_hand_on.h"

#include "base/check.h"
#include "snapshot/channel_place.h"
#include "snapshot/task_snapshot.h"

/* The channel of an output, as its receiver sees it. */
struct receiver {
    uint32_t task;
    uint32_t channel;
};

static struct receiver receiver_of(const struct snap_job *job, uint32_t task, uint32_t channel)
{
    struct snap_channel_place place =
        snap_channel_place_of(job, task, channel, SNAP_CHANNEL_OUTPUT);
    const struct snap_edge *edge = &job->edges[place.edge];
    const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];

    return (struct receiver){
        to->task_first + place.peer,
        snap_job_input_channel(job, edge, snap_job_task_subtask(job, task), place.peer)};
}

void snap_channels_hand_on(const struct snap_job *job, void *const *snapshots)
{
    for (uint32_t t = 0; t < job->task_count; t++) {
        struct snap_task_snapshot *from = snapshots[t];
        struct snap_channel_piece *piece = from ? from->outputs.first : NULL;

        if (!piece)
            continue;
        from->bytes -= from->outputs.bytes;
        from->outputs = (struct snap_channel_state){.first = NULL};
        while (piece) {
            struct snap_channel_piece *next = piece->next;
            struct receiver receiver = receiver_of(job, t, piece->channel);
            struct snap_task_snapshot *to = snapshots[receiver.task];

            /* Who sent is in the checkpoint, so who receives had not finished. */
            SNAP_CHECK(to);
            piece->next = NULL;
            piece->channel = receiver.channel;
            snap_channel_state_add(&to->inputs, piece);
            to->inputs.bytes += piece->bytes;
            to->bytes += piece->bytes;
            piece = next;
        }
    }
}
