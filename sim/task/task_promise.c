// SPDX-License-Identifier: Apache-2.0
#include "task/task_promise.h"

#include "task/foresight.h"
#include "task/task_passed.h"
#include "task/task_plan.h"

snap_ns snap_task_promise(struct snap_task *task, snap_ns timer_ns)
{
    const struct snap_actor *actor = &task->actor;
    const struct snap_chain *chain = &task->chain;
    const struct snap_chain_operator *head = &chain->operators[0];
    snap_ns at = actor->next_ns;
    uint32_t k;

    if (at > actor->now_ns || !snap_task_may_act(task) || actor->world->watch.records)
        return at;
    if (snap_inbox_peek(&actor->inbox) <= at || timer_ns <= at || task->outputs_settled)
        return at;
    if (task->current)
        k = snap_buffer_records_in_a_row(task->current);
    else if (snap_input_is_available(&task->input) || task->deployed_finished ||
             snap_task_is_stopped(task) || task->data_ending || task->recovering)
        return at;
    else
        k = head->class->due_count(head->self, SNAP_NEVER, UINT32_MAX);
    k = snap_foresight_quiet_records(task, k);
    if (chain->costs_ahead)
        at += snap_costs_ahead_sum(chain->costs_ahead, snap_task_draw_ahead(task, k));
    else
        at = snap_ns_add(at, snap_ns_times(chain->cost_ns, k));
    at = snap_ns_min(at, timer_ns);
    return snap_ns_min(at, snap_task_next_cause(task, at));
}

/* Whether the buffer in work is used up before the instant. */
static bool is_done_before(const struct snap_task *task, snap_ns at_ns)
{
    return task->current && !task->chain.costs_ahead &&
           snap_ns_add(task->actor.now_ns,
                       snap_ns_times(task->chain.cost_ns,
                                     snap_buffer_records_in_a_row(task->current))) < at_ns;
}

bool snap_task_is_left_for_later(struct snap_task *task, snap_ns timer_ns)
{
    struct snap_actor *actor = &task->actor;

    if (!actor->may_wait || task->chain.foresight.possible || actor->next_ns > actor->now_ns ||
        (!task->current && !task->is_source))
        return false;
    if (timer_ns < actor->horizon_ns || is_done_before(task, actor->horizon_ns) ||
        snap_task_next_cause(task, actor->horizon_ns) < actor->horizon_ns)
        return false;
    actor->promise_ns = snap_task_promise(task, timer_ns);
    return actor->promise_ns >= actor->horizon_ns;
}
