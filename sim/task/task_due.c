// SPDX-License-Identifier: Apache-2.0
#include "task/task_due.h"

#include "task/task_changelog.h"
#include "task/task_debloat.h"

snap_ns snap_task_source_due(const struct snap_task *task)
{
    const struct snap_chain_operator *head = &task->chain.operators[0];

    if (task->deployed_finished || snap_task_is_stopped(task))
        return SNAP_NEVER;
    return head->class->next_due(head->self);
}

bool snap_task_finds_no_room(const struct snap_task *task)
{
    if (task->data_ending)
        return snap_chain_has_results(&task->chain);
    return !snap_chain_has_room(&task->chain) &&
           (task->current ||
            (snap_task_source_is_open(task) && snap_task_source_due(task) <= task->actor.now_ns));
}

snap_ns snap_task_next_timer(const struct snap_task *task)
{
    snap_ns due;

    if (!task->has_attempt)
        return SNAP_NEVER;
    due = snap_ns_min(snap_task_output_timer(task), task->metrics_due_ns);
    if (task->work_until_ns > 0)
        return snap_ns_min(due, task->work_until_ns);
    due = snap_ns_min(due, task->fault_due_ns);
    due = snap_ns_min(due, task->chain.pause_due_ns);
    if (!snap_task_is_held(task)) {
        due = snap_ns_min(due,
                          snap_ns_min(snap_task_alignment_due(task), snap_task_debloat_due(task)));
        due = snap_ns_min(due, snap_task_changelog_due(task));
    }
    return task->chain.has_timers ? snap_ns_min(due, snap_task_timer_due(task)) : due;
}

snap_ns snap_task_next_boundary(const struct snap_task *task, snap_ns timer_ns)
{
    snap_ns now = task->actor.now_ns;
    snap_ns next = snap_task_is_held(task) ? snap_inbox_peek_new(&task->actor.inbox)
                                           : snap_inbox_peek(&task->actor.inbox);

    next = snap_ns_min(next, timer_ns);
    if (task->paused_until_ns > now)
        next = snap_ns_min(next, task->paused_until_ns);
    if (task->outputs_settled)
        return now;
    if (snap_task_may_act(task) && !snap_task_waits_for_operators(task)) {
        if (task->data_ending || task->recovering)
            return now;
        if (task->current || snap_input_is_available(&task->input))
            return now;
        if (snap_task_source_is_open(task)) {
            snap_ns due = snap_task_source_due(task);

            /* SNAP_NEVER: the source is exhausted, which is something to do. */
            next = snap_ns_min(next, due == SNAP_NEVER ? now : due);
        }
    }
    return snap_ns_max(now, next);
}
