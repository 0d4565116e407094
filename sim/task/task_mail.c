// SPDX-License-Identifier: Apache-2.0
/*
 * Mails of a task: who may be heard when, and which function each goes to.
 */
#include "base/check.h"
#include "protocol/partition_size.h"
#include "task/task.h"
#include "task/task_changelog.h"
#include "task/task_debloat.h"

/* Whether the mail belongs to one attempt of this task. */
static bool is_of_attempt(const struct snap_mail *mail)
{
    return mail->kind != SNAP_MAIL_DEPLOY && mail->kind != SNAP_MAIL_CANCEL &&
           mail->kind != SNAP_MAIL_ACTION;
}

/* What Flink's network threads do without the task's own. */
static bool comes_by_network(enum snap_mail_kind kind)
{
    return kind == SNAP_MAIL_ITEM || kind == SNAP_MAIL_CREDIT || kind == SNAP_MAIL_BUFFER_SIZE ||
           kind == SNAP_MAIL_RESUME || kind == SNAP_MAIL_CONNECT || kind == SNAP_MAIL_BARRIER_TAKEN;
}

/* Flink's task hears of room downstream, and of its own end, also in the middle of a record; and
 * the asynchronous part of a snapshot acknowledges from a thread of its own. A long record in work
 * comes to its end, while what arrives lies down in the gate. */
static bool is_heard_while_held(const struct snap_task *task, enum snap_mail_kind kind)
{
    if (kind == SNAP_MAIL_STORAGE_DONE)
        return task->status == SNAP_TASK_RUNNING;
    if (kind == SNAP_MAIL_CANCEL || kind == SNAP_MAIL_ACTION)
        return task->work_until_ns == 0;
    if (kind == SNAP_MAIL_ITEM)
        return task->work_until_ns > 0;
    return comes_by_network(kind);
}

static void keep_for_later_attempt(struct snap_task *task, struct snap_mail *mail)
{
    mail = snap_mail_own(task->actor.blocks, mail);
    mail->next = NULL;
    if (task->early_tail)
        task->early_tail->next = mail;
    else
        task->early = mail;
    task->early_tail = mail;
}

static void drop(struct snap_task *task, struct snap_mail *mail)
{
    snap_buffer_put(task->actor.blocks, mail->item);
    snap_actor_free_mail(&task->actor, mail);
}

static void take_channel_item(struct snap_task *task, struct snap_mail *mail)
{
    struct snap_buffer *item = mail->item;

    mail->item = NULL;
    if (item->kind != SNAP_ITEM_DATA)
        item = snap_buffer_unshare(task->actor.blocks, item);
    if (item->kind == SNAP_ITEM_DATA)
        SNAP_EVENT(&task->actor, BUFFER_RECEIVED, task->actor.now_ns, mail->source, mail->channel,
                   item->bytes);
    snap_task_count_arrival(task, mail->channel, item);
    snap_input_arrive(&task->input, mail->channel, item);
    snap_input_announce(&task->input);
}

static void dispatch(struct snap_task *task, struct snap_mail *mail)
{
    snap_ns now = task->actor.now_ns;

    switch (mail->kind) {
    case SNAP_MAIL_ITEM:
        take_channel_item(task, mail);
        return;
    case SNAP_MAIL_CONNECT:
        snap_output_connect(&task->output, mail->channel, mail->count, now);
        return;
    case SNAP_MAIL_CREDIT:
        snap_output_credit(&task->output, mail->channel, mail->count, mail->other, now);
        return;
    case SNAP_MAIL_BUFFER_SIZE:
        snap_output_set_size(&task->output, mail->channel, mail->count);
        return;
    case SNAP_MAIL_RESUME:
        snap_output_resume(&task->output, mail->channel, now);
        return;
    case SNAP_MAIL_BARRIER_TAKEN:
        snap_output_barrier_taken(&task->output, mail->channel, mail->barrier.checkpoint);
        return;
    case SNAP_MAIL_PROCESSED:
        task->unprocessed_channels--;
        snap_task_finish_if_done(task);
        return;
    case SNAP_MAIL_DEPLOY:
        if (now < task->lost_until_ns)
            snap_task_deploy_lost(task, mail);
        else
            snap_task_deploy(task, mail);
        return;
    case SNAP_MAIL_CANCEL:
        snap_task_cancel(task);
        return;
    case SNAP_MAIL_TRIGGER:
        snap_task_take_trigger(task, &mail->barrier);
        return;
    case SNAP_MAIL_NOTIFY_COMPLETE:
        snap_task_notify_complete(task, mail->barrier.checkpoint);
        return;
    case SNAP_MAIL_NOTIFY_ABORTED:
        snap_task_notify_aborted(task, mail->barrier.checkpoint);
        return;
    case SNAP_MAIL_STORAGE_DONE:
        if (task->status == SNAP_TASK_INITIALIZING)
            snap_task_restore_read(task, mail);
        else if (!snap_task_materialized(task, mail))
            snap_task_stored(task, mail);
        return;
    case SNAP_MAIL_ACTION:
        snap_task_take_action(task, mail);
        return;
    case SNAP_MAIL_STATUS:
    case SNAP_MAIL_ACK:
    case SNAP_MAIL_DECLINE:
    case SNAP_MAIL_STORE:
    case SNAP_MAIL_MATCH:
        break;
    }
    SNAP_CHECK(false);
}

void snap_task_take_mail(struct snap_task *task, struct snap_mail *mail)
{
    if (is_of_attempt(mail)) {
        if (mail->attempt > task->attempt ||
            (mail->attempt == task->attempt && task->status == SNAP_TASK_CREATED)) {
            keep_for_later_attempt(task, mail);
            return;
        }
        if (mail->attempt < task->attempt || !task->has_attempt) {
            drop(task, mail);
            return;
        }
    }
    if (snap_task_is_held(task) && !is_heard_while_held(task, mail->kind)) {
        snap_inbox_put_back(&task->actor.inbox, snap_mail_own(task->actor.blocks, mail));
        return;
    }
    dispatch(task, mail);
    drop(task, mail);
}

static struct snap_mail *next_mail(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;

    return snap_task_is_held(task)
               ? snap_inbox_take_new(&actor->inbox, actor->blocks, actor->now_ns)
               : snap_inbox_take(&actor->inbox, actor->blocks, actor->now_ns);
}

/* Takes the mail, and the priority items that are in the gate behind it. */
static void take_with_priority(struct snap_task *task, struct snap_mail *mail)
{
    snap_ns before = task->actor.now_ns;

    if (mail)
        snap_task_take_mail(task, mail);
    if (!snap_task_is_held(task))
        snap_task_take_priority_items(task);
    task->must_act = task->actor.now_ns > before;
}

static bool has_more(const struct snap_task *task)
{
    return !task->must_act && snap_inbox_peek(&task->actor.inbox) <= task->actor.now_ns;
}

/* Whatever came over the network is in the gate before the one urgent mail is run that takes
 * priority items until none is left; all other mails come behind it. */
static void take_network_first(struct snap_task *task)
{
    struct snap_actor *actor = &task->actor;
    struct snap_mail *others = NULL;
    struct snap_mail **tail = &others;
    struct snap_mail *mail;

    while (!snap_task_is_held(task) && has_more(task)) {
        mail = next_mail(task);
        if (comes_by_network(mail->kind)) {
            snap_task_take_mail(task, mail);
            continue;
        }
        *tail = snap_mail_own(actor->blocks, mail);
        tail = &(*tail)->next;
        *tail = NULL;
    }
    take_with_priority(task, NULL);
    while ((mail = others)) {
        others = mail->next;
        mail->next = NULL;
        if (task->must_act)
            snap_inbox_put_back(&actor->inbox, mail);
        else
            take_with_priority(task, mail);
    }
}

void snap_task_take_mails(struct snap_task *task)
{
    /* Priority items may have arrived during a long record. */
    if (task->input.priority && !task->must_act && !snap_task_is_held(task))
        take_network_first(task);
    while (has_more(task)) {
        struct snap_mail *mail;

        if (task->input.priority && !snap_task_is_held(task)) {
            take_network_first(task);
            continue;
        }
        mail = next_mail(task);
        if (!mail)
            break;
        take_with_priority(task, mail);
    }
}
