// SPDX-License-Identifier: Apache-2.0
#include "task/task_recovery.h"

#include "base/check.h"

/* Several edges are one input unless the operator tells them apart. */
static uint32_t *number_inputs(struct snap_task *task, uint32_t *count)
{
    const struct snap_job *job = task->actor.world->job;
    const struct snap_operator *head = &job->operators[task->vertex->operators[0]];
    uint32_t gates = task->vertex->in_edge_count;
    uint32_t *inputs = SNAP_ARENA_ARRAY(&task->arena, uint32_t, gates);

    *count = gates > 0;
    for (uint32_t g = 0; g < gates; g++) {
        if (head->type->input_count > 1)
            inputs[g] = job->edges[task->vertex->in_edges[g]].input;
        if (inputs[g] >= *count)
            *count = inputs[g] + 1;
    }
    return inputs;
}

void snap_task_begin_recovery(struct snap_task *task, const struct snap_task_snapshot *from)
{
    struct snap_task_recovery *recovery;
    uint32_t inputs;

    task->recovery = NULL;
    if (!task->input.priority || task->restored_checkpoint == SNAP_NO_CHECKPOINT)
        return;
    recovery = SNAP_ARENA_NEW(&task->arena, struct snap_task_recovery);
    recovery->input_of_gate = number_inputs(task, &inputs);
    recovery->awaited = SNAP_ARENA_ARRAY(&task->arena, uint32_t, inputs);
    for (uint32_t c = 0; c < task->input.channel_count; c++)
        recovery->awaited[recovery->input_of_gate[task->input.channels[c].gate]]++;
    for (uint32_t i = 0; i < inputs; i++)
        recovery->inputs_open += recovery->awaited[i] > 0;
    recovery->is_rescaled = from && from->is_rescaled;
    if (recovery->is_rescaled)
        snap_demultiplexer_init(&recovery->demultiplexer, &task->arena, task->input.channel_count,
                                from->virtuals, from->virtual_count);
    task->recovery = recovery;
}

void snap_task_end_output_recovery(struct snap_task *task)
{
    struct snap_buffer end = {.kind = SNAP_ITEM_END_OF_RECOVERY};

    if (task->recovery)
        snap_output_broadcast(&task->output, &end, task->actor.now_ns);
}

void snap_task_channel_recovered(struct snap_task *task, uint32_t channel)
{
    struct snap_task_recovery *recovery = task->recovery;
    uint32_t input;

    SNAP_CHECK(recovery);
    input = recovery->input_of_gate[task->input.channels[channel].gate];
    SNAP_CHECK(recovery->awaited[input] > 0);
    if (--recovery->awaited[input] > 0)
        return;
    recovery->inputs_open--;
    for (uint32_t c = 0; c < task->input.channel_count; c++)
        if (recovery->input_of_gate[task->input.channels[c].gate] == input)
            snap_task_resume_channel(task, c);
}

bool snap_task_is_rescaling(const struct snap_task *task)
{
    return task->recovery && task->recovery->is_rescaled && task->recovery->inputs_open > 0;
}

bool snap_task_demultiplex(struct snap_task *task, struct snap_record *mark)
{
    struct snap_task_recovery *recovery = task->recovery;

    if (!recovery || !recovery->is_rescaled || !task->current->is_old)
        return true;
    return snap_demultiplexer_step(&recovery->demultiplexer, task->current_channel,
                                   task->current->old, mark);
}
