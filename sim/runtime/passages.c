// SPDX-License-Identifier: Apache-2.0
#include "runtime/passages.h"

void snap_passage_show(struct snap_task *task, const struct snap_passage_place *place,
                       const struct snap_buffer *buffer, uint32_t count)
{
    const struct snap_world *world = task->actor.world;
    uint32_t channel = place->channel;
    struct snap_passage passage = {
        .kind = place->kind,
        .task = task->actor.id,
        .output = place->output,
        .checkpoint = place->checkpoint,
        .records = buffer->records + buffer->taken,
        .lineage = buffer->lineage ? buffer->lineage + buffer->taken : NULL,
        .count = count,
    };

    if (!world->passages_wanted || count == 0)
        return;
    if (place->output) {
        passage.edge = task->vertex->out_edges[task->output.channels[channel].partition];
        passage.peer = snap_task_receiver(task, channel);
    } else {
        passage.edge = task->vertex->in_edges[task->input.channels[channel].gate];
        passage.peer = snap_task_sender(task, channel);
    }
    for (uint32_t i = 0; i < world->observer_count; i++)
        if (world->observers[i].passage)
            world->observers[i].passage(world->observers[i].context, &passage);
}
