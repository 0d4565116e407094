// SPDX-License-Identifier: Apache-2.0
#include "task/task_passed.h"

void snap_task_init_passing(struct snap_task *task)
{
    const struct snap_world *world = task->actor.world;

    task->passes_mails = !world->runtime->spend && task->chain.cost_is_constant &&
                         task->chain.cost_ns > 0 && !task->input.priority && !task->debloat &&
                         !task->output.sizes && !world->told[SNAP_EVENT_BUFFER_RECEIVED] &&
                         !world->told[SNAP_EVENT_CREDIT_SENT];
}

/* Whether nothing follows from it as long as there is a buffer in work. */
static bool is_no_cause(const struct snap_task *task, enum snap_mail_kind kind, uint32_t channel)
{
    if (kind == SNAP_MAIL_ITEM)
        return task->current && snap_input_gives_no_credit(&task->input, channel);
    return kind == SNAP_MAIL_CREDIT && snap_output_leaves_no_earlier(&task->output, channel);
}

/* Whether a span may go on over it: its records do the same before it and behind it. */
static bool is_passed(const struct snap_task *task, const struct snap_inbox_place *place)
{
    return place->kind == SNAP_MAIL_ITEM ||
           (place->kind == SNAP_MAIL_CREDIT && place->attempt == task->attempt &&
            snap_output_writes_the_same(&task->output, place->channel));
}

static bool is_ignored(const struct snap_task *task, const struct snap_inbox_place *place)
{
    return place->attempt == task->attempt && is_no_cause(task, place->kind, place->channel);
}

bool snap_task_may_answer(const struct snap_task *task, const struct snap_mail *mail)
{
    return !(task->has_attempt && task->passes_mails && mail->attempt == task->attempt &&
             !snap_task_is_held(task) && is_no_cause(task, mail->kind, mail->channel));
}

/* The first mail before `limit_ns` that is not skipped; a later instant if there is none. */
static snap_ns first_but(const struct snap_task *task, snap_ns limit_ns,
                         bool (*skipped)(const struct snap_task *, const struct snap_inbox_place *))
{
    const struct snap_inbox *inbox = &task->actor.inbox;
    snap_ns next = snap_inbox_peek(inbox);
    struct snap_inbox_walk walk;

    if (!task->passes_mails || next >= limit_ns || next <= task->actor.now_ns || inbox->put_back)
        return next;
    next = inbox->heap_count > 0 ? inbox->heap[0].arrives_ns : SNAP_NEVER;
    next = snap_ns_min(next, limit_ns);
    for (const struct snap_inbox_place *place = snap_inbox_walk_line(inbox, &walk); place;
         place = snap_inbox_walk_on(inbox, &walk))
        if (place->arrives_ns >= next || !skipped(task, place))
            return snap_ns_min(next, place->arrives_ns);
    return next;
}

snap_ns snap_task_next_stop(const struct snap_task *task, snap_ns limit_ns)
{
    return first_but(task, limit_ns, is_passed);
}

snap_ns snap_task_next_cause(const struct snap_task *task, snap_ns limit_ns)
{
    return first_but(task, limit_ns, is_ignored);
}

void snap_task_take_passed(struct snap_task *task, snap_ns start_ns, snap_ns cost_ns)
{
    struct snap_actor *actor = &task->actor;
    snap_ns end_ns = actor->now_ns;
    snap_ns next;

    if (!task->passes_mails)
        return;
    while ((next = snap_inbox_peek(&actor->inbox)) <= end_ns - cost_ns) {
        actor->now_ns = start_ns + (next - start_ns + cost_ns - 1) / cost_ns * cost_ns;
        snap_task_take_mail(task, snap_inbox_take(&actor->inbox, actor->blocks, next));
    }
    actor->now_ns = end_ns;
}
