// SPDX-License-Identifier: Apache-2.0
/*
 * The two timers of aligned barriers that may become unaligned: of the inputs, set by the barrier
 * handler, and of the outputs, in which the task's own barrier waits. Both are mails of the task:
 * a record in work is finished first.
 * Flink: BarrierAlignmentUtil, SubtaskCheckpointCoordinatorImpl.registerAlignmentTimer.
 */
#include "base/check.h"
#include "task/task.h"

void snap_task_set_alignment_timer(struct snap_task *task, snap_checkpoint_id checkpoint,
                                   snap_ns delay_ns)
{
    task->alignment_timer_checkpoint = checkpoint;
    task->alignment_timer_ns = snap_ns_add(task->actor.now_ns, delay_ns);
}

void snap_task_set_output_timer(struct snap_task *task, const struct snap_barrier *barrier)
{
    snap_ns due = snap_ns_add(barrier->created_ns, barrier->options.aligned_timeout_ns);

    task->output_timer_ns = SNAP_NEVER;
    if (!task->actor.world->sim->config.network.output_timeout ||
        !snap_options_may_time_out(&barrier->options))
        return;
    task->output_timer_checkpoint = barrier->checkpoint;
    task->output_timer_ns = snap_ns_max(task->actor.now_ns, due);
}

static bool may_overtake(const struct snap_task *task)
{
    return task->output.priority != NULL;
}

void snap_task_abort_outputs(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    if (task->output_timer_checkpoint == checkpoint)
        task->output_timer_ns = SNAP_NEVER;
    if (may_overtake(task))
        snap_output_abort(&task->output, checkpoint);
}

static void time_outputs_out(struct snap_task *task)
{
    snap_checkpoint_id checkpoint = task->output_timer_checkpoint;
    const struct snap_async_part *part = snap_task_find_part(task, checkpoint);

    task->output_timer_ns = SNAP_NEVER;
    if (!part || part->outputs_open == 0)
        return;
    SNAP_EVENT(&task->actor, ALIGNMENT_TIMED_OUT, task->actor.now_ns, checkpoint, 1);
    snap_output_time_out(&task->output, checkpoint, task->actor.now_ns);
}

void snap_task_run_alignment_timers(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    if (snap_task_alignment_due(task) > now)
        return;
    if (task->alignment_timer_ns <= now) {
        task->alignment_timer_ns = SNAP_NEVER;
        snap_task_alignment_timed_out(task, task->alignment_timer_checkpoint);
    }
    if (task->has_attempt && task->output_timer_ns <= now)
        time_outputs_out(task);
    /* What they moved to the front comes next, and a snapshot takes time. */
    snap_task_take_priority_items(task);
    task->must_act = task->must_act || task->actor.now_ns > now;
}
