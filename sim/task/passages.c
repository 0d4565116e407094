// SPDX-License-Identifier: Apache-2.0
#include "task/passages.h"

/* So many records are put together out of their columns at a time. */
enum { AT_ONCE = 128 };

static void show(const struct snap_world *world, const struct snap_passage *passage)
{
    for (uint32_t i = 0; i < world->observer_count; i++)
        if (world->observers[i].passage)
            world->observers[i].passage(world->observers[i].context, passage);
}

void snap_passage_show(struct snap_task *task, const struct snap_passage_place *place,
                       const struct snap_buffer *buffer, uint32_t count)
{
    const struct snap_world *world = task->actor.world;
    uint32_t channel = place->channel;
    struct snap_record records[AT_ONCE];
    struct snap_passage passage = {
        .kind = place->kind,
        .task = task->actor.id,
        .output = place->output,
        .checkpoint = place->checkpoint,
        .records = records,
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
    for (uint32_t i = buffer->taken; i < buffer->taken + count; i += passage.count) {
        uint32_t left = buffer->taken + count - i;

        passage.count = left < AT_ONCE ? left : AT_ONCE;
        passage.lineage = buffer->lineage ? buffer->lineage + i : NULL;
        for (uint32_t k = 0; k < passage.count; k++)
            records[k] = snap_buffer_record(buffer, i + k);
        show(world, &passage);
    }
}
