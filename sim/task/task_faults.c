// SPDX-License-Identifier: Apache-2.0
/*
 * What actions of the timeline do to a task: crashes, the loss of its TaskManager, pauses, and
 * changes of its speed, and pauses and changes of the speed of its links.
 */
#include "base/check.h"
#include "task/task.h"

/* Costs and times as they are. */
enum { PERMILLE_ONE = 1000 };

/* Whether an attempt was there, and not finished, when the action was meant for it. */
static bool is_alive(const struct snap_task *task, const struct snap_mail *mail)
{
    return task->has_attempt && task->status != SNAP_TASK_FINISHED &&
           mail->arrives_ns >= task->deployed_ns;
}

static void tell_fired(struct snap_task *task, const struct snap_mail *mail)
{
    SNAP_EVENT(&task->actor, ACTION_FIRED, task->actor.now_ns, (int64_t)mail->request);
}

static void plan_end_of_faults(struct snap_task *task)
{
    task->fault_due_ns = SNAP_NEVER;
    if (task->pace.permille != PERMILLE_ONE)
        task->fault_due_ns = task->pace.until_ns;
    if (task->link.permille != PERMILLE_ONE)
        task->fault_due_ns = snap_ns_min(task->fault_due_ns, task->link.until_ns);
}

/* As many bytes a second as a link has on which everything takes so much longer. */
static int64_t stretched(int64_t bytes_per_second, int64_t permille)
{
    __int128 bytes = (__int128)bytes_per_second * PERMILLE_ONE / permille;

    return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
}

/* The attempt's chain and output as the faults in force want them. */
static void apply_faults(struct snap_task *task)
{
    int64_t bandwidth = task->actor.world->sim->model.network_bytes_per_second;

    snap_chain_set_pace(&task->chain, task->pace.permille);
    if (task->link.to == SNAP_NO_INDEX && bandwidth > 0) {
        bandwidth = stretched(bandwidth, task->link.permille);
        task->output.link_bytes_per_second = bandwidth > 0 ? bandwidth : 1;
    }
}

void snap_task_init_faults(struct snap_task *task)
{
    task->pace = (struct snap_task_pace){.permille = PERMILLE_ONE, .to = SNAP_NO_INDEX};
    task->link = task->pace;
    task->fault_due_ns = SNAP_NEVER;
}

void snap_task_settle_faults(struct snap_task *task)
{
    snap_ns now = task->actor.now_ns;

    if (task->pace.until_ns <= now)
        task->pace.permille = PERMILLE_ONE;
    if (task->link.until_ns <= now) {
        task->link.permille = PERMILLE_ONE;
        task->link.to = SNAP_NO_INDEX;
    }
    apply_faults(task);
    plan_end_of_faults(task);
}

snap_ns snap_task_link_time(struct snap_task *task, uint32_t channel, snap_ns depart_ns,
                            snap_ns transmit_ns)
{
    bool on_threads = task->actor.world->runtime->spend != NULL;
    uint32_t to = snap_task_receiver(task, channel);
    snap_ns latency_ns = snap_world_latency(task->actor.world, task->actor.id, to);
    snap_ns undisturbed_ns = transmit_ns + latency_ns;
    snap_ns time_ns = undisturbed_ns;

    if (!task->arrived_ns)
        return on_threads ? 0 : time_ns;
    /* A link's bandwidth has changed with it, so what goes through has been stretched already. */
    if (depart_ns < task->link.until_ns && task->link.to == SNAP_NO_INDEX)
        time_ns = transmit_ns + snap_ns_scale(latency_ns, task->link.permille);
    else if (depart_ns < task->link.until_ns && task->link.to == to)
        time_ns = snap_ns_scale(time_ns, task->link.permille);
    time_ns = snap_ns_min(time_ns, 2 * SNAP_DURATION_MAX); /* behind the end of the run */
    /* The machine takes its own time: there only what a slow link takes more is waited for. */
    time_ns = on_threads ? snap_ns_max(time_ns - undisturbed_ns, 0) : snap_ns_max(time_ns, 1);
    /* What was sent while it was slow, or stood still, is not overtaken. */
    time_ns = snap_ns_max(time_ns, task->arrived_ns[channel] - depart_ns);
    task->arrived_ns[channel] = depart_ns + time_ns;
    return time_ns;
}

/* What a cost or a time becomes, in permille, if all goes `factor` times as fast. */
static int64_t permille_of(double factor)
{
    int64_t permille = (int64_t)(PERMILLE_ONE / factor + 0.5);

    return permille > 0 ? permille : 1;
}

static void change_pace(struct snap_task *task, const struct snap_action *action)
{
    struct snap_actor *actor = &task->actor;

    task->pace.permille = permille_of(action->factor);
    task->pace.until_ns = snap_ns_add(actor->now_ns, action->duration_ns);
    SNAP_EVENT(actor, TASK_SPEED, actor->now_ns, task->pace.permille, action->duration_ns);
    snap_task_settle_faults(task);
}

static void change_link(struct snap_task *task, const struct snap_action *action)
{
    struct snap_actor *actor = &task->actor;

    /* One change of links at a time: what the last one did to the bandwidth ends. */
    task->link.permille = PERMILLE_ONE;
    task->link.to = SNAP_NO_INDEX;
    apply_faults(task);
    task->link.permille = permille_of(action->factor);
    task->link.to = action->receiver;
    task->link.until_ns = snap_ns_add(actor->now_ns, action->duration_ns);
    SNAP_EVENT(actor, LINK_SPEED, actor->now_ns,
               action->receiver == SNAP_NO_INDEX ? (int64_t)-1 : (int64_t)action->receiver,
               task->link.permille, action->duration_ns);
    snap_task_settle_faults(task);
}

static void pause(struct snap_task *task, const struct snap_action *action)
{
    struct snap_actor *actor = &task->actor;

    task->paused_until_ns =
        snap_ns_max(task->paused_until_ns, snap_ns_add(actor->now_ns, action->duration_ns));
    SNAP_EVENT(actor, TASK_PAUSED, actor->now_ns, action->duration_ns);
}

/* The channels have had nothing arrive before the end of it, and keep their order. Those of a later
 * attempt are new ones. */
static void pause_link(struct snap_task *task, const struct snap_action *action)
{
    struct snap_actor *actor = &task->actor;
    snap_ns until_ns = snap_ns_add(actor->now_ns, action->duration_ns);

    for (uint32_t c = 0; c < task->output.channel_count; c++)
        if (action->receiver == SNAP_NO_INDEX || action->receiver == snap_task_receiver(task, c))
            task->arrived_ns[c] = snap_ns_max(task->arrived_ns[c], until_ns);
    SNAP_EVENT(actor, LINK_PAUSED, actor->now_ns,
               action->receiver == SNAP_NO_INDEX ? (int64_t)-1 : (int64_t)action->receiver,
               action->duration_ns);
}

/* Whoever runs here is gone without a word. What has finished has handed its output over. */
static void lose_task_manager(struct snap_task *task, const struct snap_action *action,
                              const struct snap_mail *mail)
{
    task->lost_until_ns = snap_ns_add(task->actor.now_ns, action->duration_ns);
    task->machines_lost++;
    task->lost_by = mail->request;
    task->lost_fired = is_alive(task, mail);
    if (!task->lost_fired)
        return; /* it may still meet one that is deployed before this is noticed */
    tell_fired(task, mail);
    snap_task_vanish(task, action->duration_ns);
}

/* What needs somebody who is there. */
static void act_on_attempt(struct snap_task *task, const struct snap_action *action,
                           const struct snap_mail *mail)
{
    if (!is_alive(task, mail))
        return; /* nothing runs here: the action stays unfired */
    tell_fired(task, mail);
    if (action->kind == SNAP_ACTION_CRASH)
        snap_task_fail(task, SNAP_CAUSE_CRASH);
    else if (action->kind == SNAP_ACTION_PAUSE)
        pause(task, action);
    else if (action->kind == SNAP_ACTION_PAUSE_LINK)
        pause_link(task, action);
    else if (action->kind == SNAP_ACTION_SPEED)
        change_pace(task, action);
    else
        change_link(task, action);
}

void snap_task_take_action(struct snap_task *task, const struct snap_mail *mail)
{
    const struct snap_action *action = &task->actor.world->timeline.actions[mail->request];

    if (!snap_watch_take_action(&task->actor, mail))
        return;
    switch (action->kind) {
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_PAUSE_LINK:
    case SNAP_ACTION_SPEED:
    case SNAP_ACTION_SPEED_LINK:
        act_on_attempt(task, action, mail);
        return;
    case SNAP_ACTION_CRASH_TASK_MANAGER:
        lose_task_manager(task, action, mail);
        return;
    case SNAP_ACTION_DECLINE:
        /* Kept until that checkpoint comes, whichever attempt takes it. */
        task->decline_checkpoint = action->checkpoint;
        task->decline_action = mail->request;
        return;
    case SNAP_ACTION_CRASH_JOB_MANAGER:
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
    case SNAP_ACTION_STALL_STORAGE:
    case SNAP_ACTION_FILL_STORAGE:
    case SNAP_ACTION_CORRUPT:
    case SNAP_ACTION_CHECKPOINT:
    case SNAP_ACTION_SAVEPOINT:
    case SNAP_ACTION_STOP_WITH_SAVEPOINT:
    case SNAP_ACTION_CANCEL_WITH_SAVEPOINT:
    case SNAP_ACTION_RESTART_FROM:
        break;
    }
    SNAP_CHECK(false);
}

bool snap_task_crashes_at(struct snap_task *task, const struct snap_fault_moment *moment)
{
    SNAP_CHECK(task->has_attempt);
    if (!snap_fault_strikes(&task->actor, moment))
        return false;
    snap_task_fail(task, SNAP_CAUSE_CRASH);
    return true;
}
