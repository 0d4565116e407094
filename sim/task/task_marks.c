// SPDX-License-Identifier: Apache-2.0
/*
 * Event time and timers of a task: marks from its input, timers of its operators, the end.
 * Flink: AbstractStreamTaskNetworkInput.processElement, ProcessingTimeService, StreamTask.endData.
 */
#include "base/check.h"
#include "task/task_recovery.h"

/* An operator that tells its inputs apart has a gate for each; all others read one stream. */
static void add_inputs(struct snap_task *task)
{
    uint32_t first = 0;

    for (uint32_t c = 0; c < task->input.channel_count; c++) {
        bool is_last = c + 1 == task->input.channel_count ||
                       task->input.channels[c + 1].gate != task->input.channels[c].gate;

        if (!is_last)
            continue;
        snap_watermark_inputs_add(&task->watermarks, &task->arena, c + 1 - first);
        first = c + 1;
    }
}

void snap_task_init_marks(struct snap_task *task)
{
    uint32_t input_count = task->chain.operators[0].op->type->input_count;

    task->end_of_time_sent = false;
    if (!task->actor.world->event_time)
        return;
    snap_watermark_inputs_init(&task->watermarks, &task->arena, input_count > 1 ? input_count : 1);
    if (input_count > 1)
        add_inputs(task);
    else
        snap_watermark_inputs_add(&task->watermarks, &task->arena, task->input.channel_count);
}

void snap_task_tell_mark(struct snap_task *task, const struct snap_record *mark)
{
    struct snap_actor *actor = &task->actor;

    if (snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK)
        SNAP_EVENT(actor, WATERMARK, actor->now_ns, mark->timestamp_ms);
    else
        SNAP_EVENT(actor, WATERMARK_STATUS, actor->now_ns,
                   snap_mark_kind_of(mark) == SNAP_MARK_IDLE);
}

/* The chain takes a mark, at once; only what comes of it may take time. */
static snap_ns hand_to_chain(struct snap_task *task, const struct snap_record *mark)
{
    snap_task_tell_mark(task, mark);
    if (!task->deployed_finished)
        return snap_chain_take_mark(&task->chain, mark, task->actor.now_ns);
    snap_chain_stage_mark(&task->chain, mark);
    return 0;
}

snap_ns snap_task_take_mark(struct snap_task *task, const struct snap_record *mark)
{
    struct snap_record of_channel = *mark;
    struct snap_valve_output out;
    struct snap_record passed;
    snap_ns cost = 0;

    if (!snap_task_demultiplex(task, &of_channel))
        return 0;
    out = snap_watermark_inputs_step(&task->watermarks, task->current_channel, &of_channel);
    if (out.has_watermark) {
        passed = snap_mark_make(SNAP_MARK_WATERMARK, out.watermark_ms);
        cost += hand_to_chain(task, &passed);
    }
    if (out.has_status) {
        passed = snap_mark_make(out.idle ? SNAP_MARK_IDLE : SNAP_MARK_ACTIVE, 0);
        cost += hand_to_chain(task, &passed);
    }
    return cost;
}

bool snap_task_has_to_end_time(const struct snap_task *task)
{
    return task->actor.world->event_time && !task->end_of_time_sent;
}

snap_ns snap_task_end_time(struct snap_task *task)
{
    struct snap_record last = snap_mark_make(SNAP_MARK_WATERMARK, SNAP_WATERMARK_MAX);

    SNAP_CHECK(task->is_source);
    task->end_of_time_sent = true;
    return hand_to_chain(task, &last);
}

/* After the end of its input a task's timers are gone. Flink: ProcessingTimeService.quiesce. */
snap_ns snap_task_timer_due(const struct snap_task *task)
{
    if (!task->chain.has_timers || (task->status != SNAP_TASK_RUNNING && !task->recovering) ||
        task->output_pending || task->work_until_ns > 0 || task->phase != SNAP_INPUT_OPEN)
        return SNAP_NEVER;
    return task->chain.timer_due_ns;
}

void snap_task_tell_late(struct snap_task *task)
{
    const struct snap_job *job = task->actor.world->job;

    for (uint32_t i = 0; i < task->vertex->operator_count; i++) {
        const struct snap_operator *op = &job->operators[task->vertex->operators[i]];
        const struct snap_operator_class *class = snap_operator_class_of(op);
        uint64_t late = class->late_dropped ? class->late_dropped(task->slots[i].world) : 0;

        if (late > 0)
            SNAP_EVENT(&task->actor, LATE_TOTAL, task->actor.now_ns, op->index, (int64_t)late);
    }
}
