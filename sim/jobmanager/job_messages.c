// SPDX-License-Identifier: Apache-2.0
/*
 * Acknowledgements and notifications on their way: lost, late, or twice, as the timeline wants.
 *
 * - Both ends of the way are seen here: what is lost is dropped at the JobManager, what is late
 * lies in its own inbox until then.
 * - The first rule that fits a message decides; a message that was late or is a copy is not touched
 *   again.
 * - A copy of an acknowledgement carries no snapshot: that belongs to the coordinator already.
 */
#include "base/check.h"
#include "jobmanager/job_manager.h"
#include "snapshot/task_snapshot.h"

/* A message that a rule may be about. */
struct message {
    enum snap_message kind;
    uint32_t task;
    snap_checkpoint_id checkpoint;
};

void snap_job_manager_start_rule(struct snap_job_manager *jm, uint32_t index)
{
    const struct snap_message_rule *rule = &jm->actor.world->timeline.actions[index].rule;

    jm->rules[index] = (struct snap_rule_state){
        .left = rule->count, .until_ns = snap_ns_add(jm->actor.now_ns, rule->duration_ns)};
}

static bool fits(const struct snap_message_rule *rule, const struct message *message)
{
    return rule->message == message->kind &&
           (rule->task == SNAP_NO_INDEX || rule->task == message->task) &&
           (rule->checkpoint == SNAP_ANY || rule->checkpoint == message->checkpoint);
}

/* The action that has something done to the message, or NULL. */
static const struct snap_action *find_rule(struct snap_job_manager *jm,
                                           const struct message *message)
{
    const struct snap_timeline *timeline = &jm->actor.world->timeline;

    for (uint32_t i = 0; i < timeline->count; i++) {
        struct snap_rule_state *state = &jm->rules[i];

        if (state->left == 0 || jm->actor.now_ns >= state->until_ns ||
            !fits(&timeline->actions[i].rule, message))
            continue;
        if (state->left != SNAP_TIMES_UNLIMITED)
            state->left--;
        SNAP_EVENT(&jm->actor, ACTION_FIRED, jm->actor.now_ns, i);
        return &timeline->actions[i];
    }
    return NULL;
}

/* A mail to itself, which it will deal with so much later. */
static struct snap_mail *new_late_mail(struct snap_job_manager *jm, const struct snap_mail *of,
                                       uint32_t task)
{
    struct snap_mail *mail = snap_actor_new_mail(&jm->actor, of->kind, jm->actor.id);

    mail->attempt = of->attempt;
    mail->barrier = of->barrier;
    mail->bytes = of->bytes;
    mail->channel = task;
    return mail;
}

static void post_late(struct snap_job_manager *jm, struct snap_mail *mail, snap_ns by_ns)
{
    snap_actor_send(&jm->actor, mail, snap_ns_add(jm->actor.now_ns, snap_ns_max(by_ns, 1) - 1), 1);
}

void snap_job_manager_hear_ack(struct snap_job_manager *jm, struct snap_mail *mail)
{
    struct message message = {SNAP_MESSAGE_ACK, mail->source, mail->barrier.checkpoint};
    struct snap_actor *actor = &jm->actor;
    const struct snap_action *action = mail->source == actor->id ? NULL : find_rule(jm, &message);
    struct snap_mail *late;

    if (!action) {
        snap_job_manager_take_ack(jm, mail);
        return;
    }
    if (action->kind == SNAP_ACTION_LOSE) {
        SNAP_EVENT(actor, ACK_LOST, actor->now_ns, message.checkpoint, message.task);
        return;
    }
    late = new_late_mail(jm, mail, message.task);
    post_late(jm, late, action->rule.by_ns);
    if (action->kind == SNAP_ACTION_DELAY) {
        SNAP_EVENT(actor, ACK_DELAYED, actor->now_ns, message.checkpoint, message.task,
                   action->rule.by_ns);
        late->snapshot = mail->snapshot;
        mail->snapshot = NULL;
        return;
    }
    SNAP_EVENT(actor, ACK_DUPLICATED, actor->now_ns, message.checkpoint, message.task);
    snap_job_manager_take_ack(jm, mail);
}

void snap_job_manager_send_like(struct snap_job_manager *jm, const struct snap_mail *like,
                                uint32_t task)
{
    struct snap_mail *mail = snap_actor_new_mail(&jm->actor, like->kind, task);
    snap_ns time_ns = snap_world_latency(jm->actor.world, jm->actor.id, task);

    /* Plan, number, location and the states of the coordinators come between the checkpoint's time
     * and its triggers. Flink: CheckpointCoordinator.startTriggeringCheckpoint. */
    if (like->kind == SNAP_MAIL_TRIGGER)
        time_ns = snap_ns_add(time_ns, jm->actor.world->sim->model.trigger_ns);
    mail->attempt = like->attempt;
    mail->barrier = like->barrier;
    snap_actor_send(&jm->actor, mail, jm->actor.now_ns, time_ns);
}

void snap_job_manager_send_late(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    SNAP_CHECK(mail->kind == SNAP_MAIL_NOTIFY_COMPLETE || mail->kind == SNAP_MAIL_NOTIFY_ABORTED);
    snap_job_manager_send_like(jm, mail, mail->channel);
}

/* Tells what becomes of the notification. */
static void tell_tampered(struct snap_job_manager *jm, const struct snap_action *action,
                          const struct message *message)
{
    bool aborted = message->kind == SNAP_MESSAGE_ABORT_NOTIFICATION;
    const int64_t args[SNAP_EVENT_ARGS_MAX] = {message->checkpoint, message->task,
                                               action->rule.by_ns};
    enum snap_event_type type =
        aborted ? SNAP_EVENT_ABORT_NOTIFICATION_DELAYED : SNAP_EVENT_NOTIFICATION_DELAYED;

    if (action->kind == SNAP_ACTION_LOSE)
        type = aborted ? SNAP_EVENT_ABORT_NOTIFICATION_LOST : SNAP_EVENT_NOTIFICATION_LOST;
    if (action->kind == SNAP_ACTION_DUPLICATE)
        type =
            aborted ? SNAP_EVENT_ABORT_NOTIFICATION_DUPLICATED : SNAP_EVENT_NOTIFICATION_DUPLICATED;
    snap_actor_event(&jm->actor, type, jm->actor.now_ns, args);
}

void snap_job_manager_notify(struct snap_job_manager *jm, const struct snap_mail *like,
                             uint32_t task)
{
    struct message message = {like->kind == SNAP_MAIL_NOTIFY_ABORTED
                                  ? SNAP_MESSAGE_ABORT_NOTIFICATION
                                  : SNAP_MESSAGE_NOTIFICATION,
                              task, like->barrier.checkpoint};
    const struct snap_action *action = find_rule(jm, &message);

    if (!action || action->kind == SNAP_ACTION_DUPLICATE)
        snap_job_manager_send_like(jm, like, task);
    if (!action)
        return;
    tell_tampered(jm, action, &message);
    if (action->kind != SNAP_ACTION_LOSE)
        post_late(jm, new_late_mail(jm, like, task), action->rule.by_ns);
}
