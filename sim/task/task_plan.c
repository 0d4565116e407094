// SPDX-License-Identifier: Apache-2.0
#include "task/task_plan.h"

#include "task/foresight.h"

/* On real threads a span with a cost ends at the latest after this much of it. */
#define SPAN_COST_MAX_NS SNAP_MS

/* On real threads only the clock says when a record is complete: nothing may be sent at instants
 * worked out ahead, or later mails would overtake it. Without a cost they are all the same. */
static bool may_be_timed(const struct snap_task *task)
{
    return task->chain.is_one_to_one &&
           (!task->actor.world->runtime->spend ||
            (task->chain.cost_ns == 0 && task->chain.cost_is_constant));
}

/* Whether the keys of the buffer in work, or nothing but their number, say how many records find
 * room. */
static bool may_look(const struct snap_task *task)
{
    const struct snap_foresight *foresight = &task->chain.foresight;

    return (foresight->in_turns || (task->current && foresight->possible)) &&
           !snap_output_arms_flush(&task->output);
}

/* How many records' outputs can be written without stopping, and how. */
static struct snap_span_plan plan_outputs(struct snap_task *task)
{
    const struct snap_chain *chain = &task->chain;
    struct snap_span_plan plan = {0, SNAP_SPAN_FILLS_NONE};
    uint32_t timed;

    if ((!chain->cost_is_constant && !chain->costs_ahead) || chain->arms_timers)
        return plan;
    /* A barrier that leaves an output may complete a snapshot: between any two records. */
    if (snap_task_waits_for_outputs(task))
        return plan;
    if (!may_be_timed(task)) {
        plan.count = snap_output_room(&task->output) / chain->fanout_max;
        return plan;
    }
    timed = snap_output_timed_room(&task->output);
    if (timed > 0)
        return (struct snap_span_plan){timed, SNAP_SPAN_TIMED};
    if (may_look(task))
        return (struct snap_span_plan){SNAP_SPAN_RECORDS_MAX, SNAP_SPAN_FILLS_LAST};
    snap_output_open_only(&task->output);
    return (struct snap_span_plan){snap_output_filling_room(&task->output), SNAP_SPAN_FILLS_LAST};
}

uint32_t snap_task_draw_ahead(const struct snap_task *task, uint32_t count)
{
    const struct snap_buffer *current = task->current;

    return snap_costs_ahead_draw(task->chain.costs_ahead,
                                 current ? current->records + current->taken : NULL, count);
}

snap_ns snap_task_long_cost(const struct snap_task *task)
{
    const struct snap_chain *chain = &task->chain;
    const struct snap_costs_ahead *ahead = chain->costs_ahead;

    if (task->actor.world->runtime->spend)
        return 0;
    if (ahead) {
        if (ahead->next == ahead->count)
            snap_task_draw_ahead(task, 1);
        return ahead->long_at == ahead->next ? snap_costs_ahead_sum(ahead, 1) : 0;
    }
    return chain->cost_is_constant && chain->cost_ns >= SNAP_LONG_RECORD_NS ? chain->cost_ns : 0;
}

/* How many of the records may start before something else is due. */
static uint32_t records_before(struct snap_task *task, snap_ns limit_ns, uint32_t count)
{
    const struct snap_costs_ahead *ahead = task->chain.costs_ahead;
    snap_ns cost = task->chain.cost_ns;
    snap_ns span_ns;

    if (count == 0 || (cost == 0 && !ahead))
        return count;
    span_ns = task->actor.world->runtime->spend ? SPAN_COST_MAX_NS : limit_ns - task->actor.now_ns;
    /* A mail that took time leaves others waiting: just one record before them. */
    if (span_ns <= 0)
        return 0;
    if (ahead) {
        count = snap_costs_ahead_before_long(ahead, snap_task_draw_ahead(task, count));
        return count ? snap_costs_ahead_fit(ahead, count, span_ns) : 0;
    }
    return (span_ns - 1) / cost < count ? (uint32_t)((span_ns - 1) / cost) + 1 : count;
}

struct snap_span_plan snap_task_plan_span(struct snap_task *task, uint32_t available,
                                          snap_ns limit_ns)
{
    uint32_t wanted = available < SNAP_SPAN_RECORDS_MAX ? available : SNAP_SPAN_RECORDS_MAX;
    struct snap_span_plan plan = plan_outputs(task);

    plan.count = records_before(task, limit_ns, plan.count < wanted ? plan.count : wanted);
    if (plan.outputs == SNAP_SPAN_FILLS_LAST && may_look(task))
        plan.count = snap_foresight_room(task, plan.count);
    return plan;
}
