// SPDX-License-Identifier: Apache-2.0
/*
 * Events from input channels, what the barrier handler makes of them, and the end of input.
 */
#include <string.h>

#include "base/check.h"
#include "task/task_sabotage.h"
#include "task/task.h"
#include "task/task_debloat.h"
#include "task/task_recovery.h"

void snap_task_resume_channel(void *context, uint32_t channel)
{
    struct snap_task *task = context;

    if (task->input.channels[channel].ended)
        return;
    snap_input_resume(&task->input, channel);
    snap_task_send_to_sender(
        task, channel,
        snap_actor_new_mail(&task->actor, SNAP_MAIL_RESUME, snap_task_sender(task, channel)));
}

static enum snap_failure_reason reason_of(const struct snap_task *task,
                                          enum snap_barrier_abort_reason reason)
{
    switch (reason) {
    case SNAP_BARRIER_ON_CANCELLATION:
        return SNAP_FAILURE_CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER;
    case SNAP_BARRIER_SUBSUMED:
        return SNAP_FAILURE_CHECKPOINT_DECLINED_SUBSUMED;
    case SNAP_BARRIER_INPUT_END_OF_STREAM:
        return SNAP_FAILURE_CHECKPOINT_DECLINED_INPUT_END_OF_STREAM;
    case SNAP_BARRIER_CAPTURE_REFUSED:
        return snap_task_is_rescaling(task) ? SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY
                                            : SNAP_FAILURE_CHECKPOINT_SUBSUMED;
    }
    SNAP_CHECK(false);
    return SNAP_FAILURE_CHECKPOINT_DECLINED;
}

static bool skips_alignment(const struct snap_task *task)
{
    return snap_breaks(task->actor.world, SNAP_BROKEN_SKIP_ALIGNMENT);
}

static void block(struct snap_task *task, uint32_t channel, snap_checkpoint_id checkpoint)
{
    if (skips_alignment(task))
        return;
    SNAP_EVENT(&task->actor, CHANNEL_BLOCKED, task->actor.now_ns, checkpoint,
               snap_task_sender(task, channel), channel);
}

static void unblock(struct snap_task *task, const struct snap_barrier_action *action,
                    snap_checkpoint_id checkpoint)
{
    if (skips_alignment(task))
        return;
    for (uint32_t c = action->channel; c < action->channel + action->count; c++) {
        SNAP_EVENT(&task->actor, CHANNEL_UNBLOCKED, task->actor.now_ns, checkpoint,
                   snap_task_sender(task, c), c);
        snap_task_resume_channel(task, c);
    }
}

/* Without alignment a channel goes on that should wait for the others. */
static void tell_if_skipped(struct snap_task *task, const struct snap_barrier_actions *actions,
                            snap_checkpoint_id checkpoint)
{
    bool blocks = false;

    for (uint32_t i = 0; i < actions->count; i++) {
        if (actions->items[i].type == SNAP_BARRIER_TRIGGER)
            return;
        blocks = blocks || actions->items[i].type == SNAP_BARRIER_BLOCK;
    }
    if (blocks)
        snap_tell_sabotaged(&task->actor, SNAP_BROKEN_SKIP_ALIGNMENT, checkpoint);
}

/* What only barriers that overtake, or may come to, cause. */
static void perform_overtaking(struct snap_task *task, const struct snap_barrier_actions *actions,
                               const struct snap_barrier_action *action)
{
    switch (action->type) {
    case SNAP_BARRIER_INIT_INPUTS:
        snap_task_init_channels(task, &actions->init);
        return;
    case SNAP_BARRIER_CAPTURE:
        snap_task_capture_inputs(task, action->checkpoint);
        return;
    case SNAP_BARRIER_CAPTURE_STOP:
        snap_input_stop_capture(&task->input, action->checkpoint);
        return;
    case SNAP_BARRIER_MEASURED:
        SNAP_EVENT(&task->actor, ALIGNMENT_MEASURED, task->actor.now_ns, action->checkpoint,
                   action->measures.alignment_ns, action->measures.bytes_processed);
        return;
    case SNAP_BARRIER_INPUTS_DONE:
        snap_task_inputs_done(task, action->checkpoint);
        return;
    case SNAP_BARRIER_INPUTS_FAILED:
        snap_task_drop_part(task, action->checkpoint);
        return;
    case SNAP_BARRIER_PRIORITIZE:
        if (!snap_input_prioritize(&task->input, action->channel, action->sequence))
            snap_task_fail(task, SNAP_CAUSE_BARRIERS);
        return;
    case SNAP_BARRIER_TIMER_SET:
        snap_task_set_alignment_timer(task, action->checkpoint, action->delay_ns);
        return;
    case SNAP_BARRIER_TIMER_CANCEL:
        task->alignment_timer_ns = SNAP_NEVER;
        return;
    case SNAP_BARRIER_BLOCK:
    case SNAP_BARRIER_UNBLOCK:
    case SNAP_BARRIER_TRIGGER:
    case SNAP_BARRIER_ABORT:
    case SNAP_BARRIER_FAIL:
        break;
    }
    SNAP_CHECK(false);
}

/* Performs what the handler asked for, in its order; stops if the task fails on the way. */
static void perform(struct snap_task *task, const struct snap_barrier_actions *actions,
                    snap_checkpoint_id checkpoint)
{
    if (skips_alignment(task))
        tell_if_skipped(task, actions, checkpoint);
    for (uint32_t i = 0; i < actions->count && task->has_attempt; i++) {
        const struct snap_barrier_action *action = &actions->items[i];

        switch (action->type) {
        case SNAP_BARRIER_BLOCK:
            block(task, action->channel, checkpoint);
            break;
        case SNAP_BARRIER_UNBLOCK:
            unblock(task, action, checkpoint);
            break;
        case SNAP_BARRIER_TRIGGER:
            snap_task_checkpoint(task, &actions->trigger);
            break;
        case SNAP_BARRIER_ABORT:
            snap_task_abort_checkpoint(task, action->checkpoint, reason_of(task, action->reason));
            break;
        case SNAP_BARRIER_FAIL:
            snap_task_fail(task, SNAP_CAUSE_BARRIERS);
            break;
        case SNAP_BARRIER_INIT_INPUTS:
        case SNAP_BARRIER_CAPTURE:
        case SNAP_BARRIER_MEASURED:
        case SNAP_BARRIER_CAPTURE_STOP:
        case SNAP_BARRIER_INPUTS_DONE:
        case SNAP_BARRIER_INPUTS_FAILED:
        case SNAP_BARRIER_PRIORITIZE:
        case SNAP_BARRIER_TIMER_SET:
        case SNAP_BARRIER_TIMER_CANCEL:
            perform_overtaking(task, actions, action);
            break;
        }
    }
}

static void handle(struct snap_task *task, enum snap_barrier_event_type type, uint32_t channel,
                   const struct snap_barrier *barrier)
{
    struct snap_barrier_event event = {
        .type = type, .channel = channel, .now_ns = task->actor.now_ns, .barrier = *barrier};

    perform(task, snap_barrier_handler_step(&task->handler, &event), barrier->checkpoint);
}

static void take_announcement(struct snap_task *task, uint32_t channel,
                              const struct snap_buffer *item)
{
    struct snap_barrier_event event = {.type = SNAP_BARRIER_ANNOUNCED,
                                       .channel = channel,
                                       .now_ns = task->actor.now_ns,
                                       .barrier = item->barrier,
                                       .sequence = item->sequence};

    perform(task, snap_barrier_handler_step(&task->handler, &event), item->barrier.checkpoint);
}

void snap_task_alignment_timed_out(struct snap_task *task, snap_checkpoint_id checkpoint)
{
    struct snap_barrier_event event = {.type = SNAP_BARRIER_TIMED_OUT,
                                       .now_ns = task->actor.now_ns,
                                       .barrier.checkpoint = checkpoint};
    const struct snap_barrier_actions *actions = snap_barrier_handler_step(&task->handler, &event);

    if (actions->count > 0)
        SNAP_EVENT(&task->actor, ALIGNMENT_TIMED_OUT, task->actor.now_ns, checkpoint, 0);
    perform(task, actions, checkpoint);
}

/* No more records; the savepoint is taken when the data has ended, which may take a while: event
 * time ends too, and operators have results to come. */
static void stop_source(struct snap_task *task, const struct snap_barrier *barrier)
{
    task->stopped_by = barrier->options.kind;
    task->stop_barrier = *barrier;
    task->stop_savepoint = barrier->checkpoint;
    if (task->stopped_by == SNAP_KIND_SAVEPOINT_SUSPEND)
        task->end_of_time_sent = true; /* it goes on when the job is resumed */
}

/* The source's data has ended because of a stop: now its savepoint begins. */
static void take_stop_savepoint(struct snap_task *task)
{
    struct snap_barrier_trigger trigger = {
        .barrier = task->stop_barrier,
        .start_delay_ns = snap_ns_max(0, task->actor.now_ns - task->stop_barrier.created_ns),
    };

    snap_task_checkpoint(task, &trigger);
}

static bool awaits_final_checkpoint(const struct snap_task *task)
{
    const struct snap_checkpoint_config *config = &task->actor.world->sim->config.checkpoint;

    return config->interval_ns > 0 && config->after_tasks_finish;
}

static bool awaits_its_end(const struct snap_task *task)
{
    return (awaits_final_checkpoint(task) || task->stopped_by != SNAP_KIND_CHECKPOINT) &&
           !task->deployed_finished;
}

/* All that it waited for has come, but for what it still writes. Flink: StreamTask.afterInvoke. */
static bool is_closing(const struct snap_task *task)
{
    return awaits_its_end(task) && task->phase == SNAP_INPUT_ENDED &&
           task->unprocessed_channels == 0 && task->final_completed;
}

void snap_task_take_trigger(struct snap_task *task, const struct snap_barrier *barrier)
{
    struct snap_actor *actor = &task->actor;

    SNAP_EVENT(actor, TASK_TRIGGERED, actor->now_ns, barrier->checkpoint);
    /* With checkpoints that overlap there would always be one more to write. */
    if (task->status != SNAP_TASK_RUNNING || is_closing(task)) {
        snap_task_decline(task, barrier->checkpoint,
                          task->status == SNAP_TASK_INITIALIZING
                              ? SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY
                              : SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING);
        return;
    }
    if (task->is_source && task->phase == SNAP_INPUT_OPEN &&
        snap_kind_is_stop(barrier->options.kind)) {
        stop_source(task, barrier);
        return;
    }
    if (task->ended_channels == task->input.channel_count) {
        struct snap_barrier_trigger trigger = {
            .barrier = *barrier,
            .start_delay_ns = snap_ns_max(0, actor->now_ns - barrier->created_ns),
        };

        snap_task_checkpoint(task, &trigger);
        return;
    }
    /* All upstream tasks have finished but their ends are still on the way: inject barriers. */
    for (uint32_t c = 0; c < task->input.channel_count && task->has_attempt; c++)
        if (!task->input.channels[c].ended)
            handle(task, SNAP_BARRIER_INJECTED, c, barrier);
}

void snap_task_finish_if_done(struct snap_task *task)
{
    struct snap_buffer end = {.kind = SNAP_ITEM_END_OF_PARTITION};

    if (task->status != SNAP_TASK_RUNNING || task->phase != SNAP_INPUT_ENDED)
        return;
    if (awaits_its_end(task) && (!is_closing(task) || task->async_parts))
        return;
    /* Without final checkpoints nobody waits for what is still being written. */
    snap_task_drop_async_parts(task);
    snap_output_broadcast(&task->output, &end, task->actor.now_ns);
    task->chain.pause_due_ns = SNAP_NEVER;
    snap_task_set_status(task, SNAP_TASK_FINISHED, SNAP_CAUSE_NONE);
}

/* Flink: StreamTask.endData. A stop without drain is no end of the input: operators do not finish,
 * they go on where they are when the job is resumed. */
static void finish_operators(struct snap_task *task)
{
    struct snap_buffer end = {.kind = SNAP_ITEM_END_OF_DATA};
    bool finishes = !task->deployed_finished && task->stopped_by != SNAP_KIND_SAVEPOINT_SUSPEND;

    end.barrier.options.kind = task->stopped_by;
    for (uint32_t i = 0; finishes && i < task->chain.count; i++) {
        struct snap_chain_operator *at = &task->chain.operators[i];

        if (at->class->finish && !at->class->finish(at->self, &task->error)) {
            snap_task_fail(task, SNAP_CAUSE_SINK_FAILED);
            return;
        }
    }
    snap_output_broadcast(&task->output, &end, task->actor.now_ns);
    SNAP_EVENT(&task->actor, END_OF_DATA, task->actor.now_ns, 0);
}

void snap_task_end_data(struct snap_task *task)
{
    task->data_ending =
        task->stopped_by != SNAP_KIND_SAVEPOINT_SUSPEND && snap_chain_has_results(&task->chain);
    if (task->data_ending)
        return;
    task->phase = task->is_source ? SNAP_INPUT_ENDED : SNAP_INPUT_DRY;
    finish_operators(task);
    if (task->has_attempt && task->is_source && task->stopped_by != SNAP_KIND_CHECKPOINT)
        take_stop_savepoint(task);
    if (task->has_attempt)
        snap_task_finish_if_done(task);
}

static void take_end_of_partition(struct snap_task *task, uint32_t channel)
{
    struct snap_barrier none = {.checkpoint = SNAP_NO_CHECKPOINT};

    SNAP_EVENT(&task->actor, END_RECEIVED, task->actor.now_ns, snap_task_sender(task, channel),
               channel);
    snap_input_end_channel(&task->input, channel);
    snap_input_announce(&task->input);
    task->ended_channels++;
    handle(task, SNAP_BARRIER_ENDED, channel, &none);
    if (task->has_attempt && task->ended_channels == task->input.channel_count) {
        SNAP_CHECK(task->phase == SNAP_INPUT_DRY);
        task->phase = SNAP_INPUT_ENDED;
        snap_task_finish_if_done(task);
    }
}

static void take_marker(struct snap_task *task, uint32_t channel, const struct snap_buffer *item)
{
    struct snap_actor *actor = &task->actor;
    uint32_t sender = snap_task_sender(task, channel);

    if (item->kind == SNAP_ITEM_CANCEL) {
        SNAP_EVENT(actor, CANCEL_RECEIVED, actor->now_ns, item->barrier.checkpoint, sender,
                   channel);
        handle(task, SNAP_BARRIER_CANCELLED, channel, &item->barrier);
        return;
    }
    SNAP_EVENT(actor, BARRIER_RECEIVED, actor->now_ns, item->barrier.checkpoint, sender, channel,
               item->barrier.options.alignment);
    handle(task, SNAP_BARRIER_ARRIVED, channel, &item->barrier);
    /* Whatever the handler makes of it, also of one that came too late: the channel goes on. */
    if (task->has_attempt && skips_alignment(task) && snap_item_blocks(item))
        snap_task_resume_channel(task, channel);
}

void snap_task_take_item(struct snap_task *task, uint32_t channel, struct snap_buffer *item)
{
    struct snap_buffer event = *item;

    snap_buffer_put(task->actor.blocks, item);
    switch (event.kind) {
    case SNAP_ITEM_BARRIER:
    case SNAP_ITEM_CANCEL:
        take_marker(task, channel, &event);
        return;
    case SNAP_ITEM_END_OF_DATA:
        /* Each sender hears of its own channel: it need not wait for the others. */
        snap_task_tell_processed(task, channel);
        /* One input that was stopped without drain is enough. Flink: StopMode of EndOfData. */
        if (snap_kind_is_stop(event.barrier.options.kind) &&
            task->stopped_by != SNAP_KIND_SAVEPOINT_SUSPEND)
            task->stopped_by = event.barrier.options.kind;
        if (++task->data_ended_channels == task->input.channel_count)
            snap_task_end_data(task);
        return;
    case SNAP_ITEM_END_OF_PARTITION:
        take_end_of_partition(task, channel);
        return;
    case SNAP_ITEM_ANNOUNCEMENT:
        take_announcement(task, channel, &event);
        return;
    case SNAP_ITEM_END_OF_RECOVERY:
        snap_task_channel_recovered(task, channel);
        return;
    case SNAP_ITEM_TIMED_OUT: /* the input itself takes these */
    case SNAP_ITEM_BACKLOG:
    case SNAP_ITEM_DATA:
        break;
    }
    SNAP_CHECK(false);
}

void snap_task_take_priority_items(struct snap_task *task)
{
    while (task->has_attempt && task->status == SNAP_TASK_RUNNING && task->input.priority &&
           snap_input_has_priority(&task->input)) {
        uint32_t channel;
        struct snap_buffer *item = snap_input_poll(&task->input, &channel);

        snap_task_count_poll(task, channel, item);
        snap_task_take_item(task, channel, item);
    }
}
