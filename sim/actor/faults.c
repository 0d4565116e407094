// SPDX-License-Identifier: Apache-2.0
#include "actor/faults.h"

#include <string.h>

#include "base/check.h"
#include "actor/world.h"

/* Mails of one instant: at most one of each action, in the order of the timeline. */
static struct snap_mail *new_timed_mail(struct snap_actor *target, uint64_t index, snap_ns at_ns)
{
    struct snap_mail *mail = snap_actor_new_mail(target, SNAP_MAIL_ACTION, target->id);

    mail->source = target->world->actor_count; /* nobody's: behind all others of its instant */
    mail->sequence = index;
    mail->arrives_ns = at_ns;
    mail->request = index;
    return mail;
}

void snap_watch_init(struct snap_world *world)
{
    const struct snap_timeline *timeline = &world->timeline;
    struct snap_watch *watch = &world->watch;

    watch->occasions = SNAP_ARENA_ARRAY(&world->arena, struct snap_occasions, timeline->count + 1);
    world->link_permille_least = 1000;
    for (uint32_t i = 0; i < timeline->count; i++) {
        const struct snap_action *action = &timeline->actions[i];

        if (snap_action_is_of_link(action->kind))
            world->links_change = true;
        if (action->kind == SNAP_ACTION_SPEED_LINK && action->factor > 1)
            world->link_permille_least =
                snap_ns_min(world->link_permille_least, (int64_t)(1000 / action->factor));
        if (!action->on_event)
            continue;
        if (action->pattern.type == SNAP_EVENT_COUNT)
            watch->steps = true;
        else
            watch->events[action->pattern.type] = true;
    }
    watch->records =
        watch->events[SNAP_EVENT_RECORD_EMITTED] || watch->events[SNAP_EVENT_RECORD_AFFECTED] ||
        watch->events[SNAP_EVENT_RECORD_WRITTEN] || watch->events[SNAP_EVENT_WINDOW_FIRED] ||
        watch->events[SNAP_EVENT_RECORD_LATE];
    world->records_wanted = world->records_wanted || watch->records;
    world->spans_wanted = world->spans_wanted || watch->records;
    world->instants_wanted = world->instants_wanted || watch->records;
}

/* The first instant of a timed action in this execution; SNAP_NEVER: it had its turn. */
static snap_ns first_instant(const struct snap_world *world, uint32_t index)
{
    const struct snap_action *action = &world->timeline.actions[index];
    snap_ns from_ns = world->start_ns;
    int64_t occasion;

    if (!world->follows)
        return action->at_ns;
    /* What started this execution has had its turn, also where it starts at that very instant. */
    if (index == world->started_by)
        from_ns++;
    if (action->at_ns >= from_ns)
        return action->at_ns;
    if (action->every_ns == 0)
        return SNAP_NEVER;
    occasion = (from_ns - action->at_ns + action->every_ns - 1) / action->every_ns;
    return occasion < (int64_t)action->times ? action->at_ns + occasion * action->every_ns
                                             : SNAP_NEVER;
}

void snap_watch_start(struct snap_world *world)
{
    const struct snap_timeline *timeline = &world->timeline;

    for (uint32_t i = 0; i < timeline->count; i++) {
        snap_ns at_ns = first_instant(world, i);

        if (timeline->actions[i].on_event || at_ns == SNAP_NEVER)
            continue;
        for (uint32_t a = 0; a < world->actor_count; a++) {
            struct snap_actor *actor = world->actors[a];

            if (!snap_action_concerns(&timeline->actions[i], world->job, a))
                continue;
            snap_inbox_add(&actor->inbox, actor->blocks, new_timed_mail(actor, i, at_ns));
            actor->next_ns = snap_ns_min(actor->next_ns, at_ns);
            actor->promise_ns = snap_ns_min(actor->promise_ns, at_ns);
        }
    }
}

bool snap_watch_take_action(struct snap_actor *actor, const struct snap_mail *mail)
{
    const struct snap_world *world = actor->world;
    const struct snap_action *action = &world->timeline.actions[mail->request];
    uint64_t occasion;

    if (action->on_event)
        return true; /* drawn where its event was seen */
    occasion =
        action->every_ns ? (uint64_t)((mail->arrives_ns - action->at_ns) / action->every_ns) : 0;
    if (action->every_ns > 0 && occasion + 1 < action->times)
        snap_inbox_add(
            &actor->inbox, actor->blocks,
            new_timed_mail(actor, mail->request, snap_ns_add(mail->arrives_ns, action->every_ns)));
    return snap_action_is_drawn(action, world->sim->seed, (uint32_t)mail->request, occasion);
}

void snap_watch_tell(struct snap_world *world, uint64_t index)
{
    const struct snap_action *action = &world->timeline.actions[index];
    struct snap_actor *by = world->actors[snap_job_manager_actor(world->job)];

    for (uint32_t a = 0; a < world->actor_count; a++) {
        struct snap_mail *mail;

        if (!snap_action_concerns(action, world->job, a))
            continue;
        mail = snap_actor_new_mail(by, SNAP_MAIL_ACTION, a);
        mail->request = index;
        snap_actor_send(by, mail, snap_ns_add(by->now_ns, action->delay_ns),
                        snap_world_latency(world, by->id, a));
    }
}

/* Tells the JobManager, which may be the one who saw it. */
static void tell_match(struct snap_actor *actor, uint32_t index, snap_ns at_ns)
{
    struct snap_world *world = actor->world;
    uint32_t job_manager = snap_job_manager_actor(world->job);
    struct snap_mail *mail;

    if (actor->id == job_manager) {
        snap_watch_tell(world, index);
        return;
    }
    mail = snap_actor_new_mail(actor, SNAP_MAIL_MATCH, job_manager);
    mail->request = index;
    /* On real threads instants that were worked out ahead would be overtaken. */
    snap_actor_send(actor, mail, world->runtime->spend ? actor->now_ns : at_ns,
                    snap_world_latency(world, actor->id, job_manager));
}

/* The pattern came true: is it one of the times, and is it drawn? */
static bool counts(struct snap_world *world, uint32_t index)
{
    const struct snap_action *action = &world->timeline.actions[index];
    struct snap_occasions *occasions = &world->watch.occasions[index];

    if (occasions->fired >= action->times ||
        !snap_action_is_drawn(action, world->sim->seed, index, occasions->seen++))
        return false;
    if (action->times != SNAP_TIMES_UNLIMITED)
        occasions->fired++;
    return true;
}

/* The value of the first argument of the kind; SNAP_ANY if there is none. */
static int64_t argument_of(const struct snap_event *event, enum snap_arg_kind kind)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);

    for (uint32_t i = 0; i < info->arg_count; i++)
        if (info->args[i].kind == kind)
            return event->args[i];
    return SNAP_ANY;
}

static bool agrees(int64_t wanted, int64_t found)
{
    return wanted == SNAP_ANY || wanted == found;
}

static bool matches(const struct snap_event_pattern *pattern, const struct snap_event *event)
{
    int64_t operator_index;

    if (pattern->type != event->type || pattern->actor != event->actor ||
        !agrees(pattern->number, event->args[pattern->number_arg]) ||
        !agrees(pattern->subject, argument_of(event, SNAP_ARG_TASK)))
        return false;
    if (!agrees(pattern->status,
                argument_of(event, event->type == SNAP_EVENT_JOB_STATUS ? SNAP_ARG_JOB_STATUS
                                                                        : SNAP_ARG_TASK_STATUS)))
        return false;
    /* A captured record names who made it, which may be another subtask's operator. */
    if (event->type == SNAP_EVENT_RECORD_CAPTURED)
        return true;
    operator_index = argument_of(event, SNAP_ARG_OPERATOR);
    return operator_index == SNAP_ANY || agrees(pattern->operator_index, operator_index);
}

void snap_watch_event(struct snap_actor *actor, const struct snap_event *event)
{
    const struct snap_timeline *timeline = &actor->world->timeline;

    for (uint32_t i = 0; i < timeline->count; i++)
        if (timeline->actions[i].on_event && matches(&timeline->actions[i].pattern, event) &&
            counts(actor->world, i))
            tell_match(actor, i, event->at_ns);
}

static bool is_at(const struct snap_event_pattern *pattern, const struct snap_actor *actor,
                  const struct snap_fault_moment *moment)
{
    return pattern->type == SNAP_EVENT_COUNT && pattern->step == moment->step &&
           pattern->side == moment->side && pattern->actor == actor->id &&
           agrees(pattern->number, moment->checkpoint) &&
           (moment->operator_index == SNAP_NO_INDEX ||
            agrees(pattern->operator_index, moment->operator_index));
}

/* Whether the action is the crash of this very actor. */
static bool is_own_crash(const struct snap_action *action, const struct snap_actor *actor)
{
    return (action->kind == SNAP_ACTION_CRASH || action->kind == SNAP_ACTION_CRASH_JOB_MANAGER) &&
           action->delay_ns == 0 && snap_action_actor(action, actor->world->job) == actor->id;
}

bool snap_fault_strikes(struct snap_actor *actor, const struct snap_fault_moment *moment)
{
    const struct snap_timeline *timeline = &actor->world->timeline;
    bool strikes = false;

    for (uint32_t i = 0; i < timeline->count && actor->world->watch.steps; i++) {
        const struct snap_action *action = &timeline->actions[i];

        if (!action->on_event || !is_at(&action->pattern, actor, moment) ||
            !counts(actor->world, i))
            continue;
        if (!is_own_crash(action, actor)) {
            tell_match(actor, i, actor->now_ns);
        } else if (!strikes) {
            SNAP_EVENT(actor, ACTION_FIRED, actor->now_ns, (int64_t)i);
            strikes = true;
        }
    }
    return strikes;
}
