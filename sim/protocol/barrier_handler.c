// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_handler.h"

#include "base/check.h"
#include "protocol/barrier_aligned.h"
#include "protocol/barrier_alternating.h"

void snap_barrier_handler_init(struct snap_barrier_handler *handler, struct snap_arena *arena,
                               const struct snap_barrier_handler_options *options)
{
    *handler = (struct snap_barrier_handler){
        .arena = arena,
        .channels = options->channels,
        .open_channels = options->channels,
        .checkpoints_after_finish = options->checkpoints_after_finish,
        .inputs = options->inputs,
    };
    snap_alignment_clock_init(&handler->clock);
    switch (options->mode) {
    case SNAP_MODE_EXACTLY_ONCE:
        handler->bookkeeping = &snap_barrier_single_bookkeeping;
        snap_barrier_single_init(&handler->single, arena, options->channels,
                                 options->may_overtake ? &snap_alignment_alternating
                                                       : &snap_alignment_aligned);
        if (options->may_overtake)
            snap_barrier_alternation_init(&handler->single.alternation, arena, options->channels);
        break;
    case SNAP_MODE_AT_LEAST_ONCE:
        handler->bookkeeping = &snap_barrier_tracker_bookkeeping;
        snap_barrier_tracker_init(&handler->tracker, arena, options->channels);
        break;
    }
}

const struct snap_barrier_actions *snap_barrier_handler_step(struct snap_barrier_handler *handler,
                                                             const struct snap_barrier_event *event)
{
    SNAP_CHECK(event->channel < handler->channels || event->type == SNAP_BARRIER_TIMED_OUT);
    handler->actions.count = 0;
    switch (event->type) {
    case SNAP_BARRIER_ARRIVED:
    case SNAP_BARRIER_INJECTED:
        handler->bookkeeping->barrier(handler, event);
        break;
    case SNAP_BARRIER_CANCELLED:
        handler->bookkeeping->cancellation(handler, event);
        break;
    case SNAP_BARRIER_ENDED:
        SNAP_CHECK(handler->open_channels > 0);
        handler->open_channels--;
        handler->bookkeeping->end_of_partition(handler, event);
        break;
    case SNAP_BARRIER_ANNOUNCED:
        if (handler->bookkeeping->announcement)
            handler->bookkeeping->announcement(handler, event);
        break;
    case SNAP_BARRIER_TIMED_OUT:
        if (handler->bookkeeping->timed_out)
            handler->bookkeeping->timed_out(handler, event);
        break;
    }
    return &handler->actions;
}

snap_checkpoint_id snap_barrier_handler_latest(const struct snap_barrier_handler *handler)
{
    return handler->bookkeeping->latest(handler);
}

uint32_t snap_barrier_handler_pending_count(const struct snap_barrier_handler *handler)
{
    return handler->bookkeeping->pending_count(handler);
}

snap_checkpoint_id snap_barrier_handler_pending(const struct snap_barrier_handler *handler,
                                                uint32_t index)
{
    SNAP_CHECK(index < snap_barrier_handler_pending_count(handler));
    return handler->bookkeeping->pending(handler, index);
}

bool snap_barrier_handler_is_blocked(const struct snap_barrier_handler *handler, uint32_t channel)
{
    return handler->bookkeeping->is_blocked(handler, channel);
}

bool snap_barrier_handler_is_aligning(const struct snap_barrier_handler *handler)
{
    return handler->clock.running;
}

static struct snap_barrier_action *add_action(struct snap_barrier_handler *handler,
                                              enum snap_barrier_action_type type)
{
    struct snap_barrier_actions *actions = &handler->actions;
    struct snap_barrier_action *action;

    actions->items = snap_arena_grow(handler->arena, actions->items, actions->count,
                                     &actions->capacity, sizeof(*actions->items));
    action = &actions->items[actions->count++];
    *action = (struct snap_barrier_action){.type = type, .checkpoint = SNAP_NO_CHECKPOINT};
    return action;
}

void snap_barrier_handler_block(struct snap_barrier_handler *handler, uint32_t channel)
{
    add_action(handler, SNAP_BARRIER_BLOCK)->channel = channel;
}

void snap_barrier_handler_unblock(struct snap_barrier_handler *handler, uint32_t channel)
{
    const struct snap_barrier_actions *actions = &handler->actions;
    struct snap_barrier_action *last =
        actions->count > 0 ? &actions->items[actions->count - 1] : NULL;

    if (last && last->type == SNAP_BARRIER_UNBLOCK && last->channel + last->count == channel) {
        last->count++;
        return;
    }
    last = add_action(handler, SNAP_BARRIER_UNBLOCK);
    last->channel = channel;
    last->count = 1;
}

void snap_barrier_handler_abort(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint,
                                enum snap_barrier_abort_reason reason)
{
    struct snap_barrier_action *action = add_action(handler, SNAP_BARRIER_ABORT);

    action->checkpoint = checkpoint;
    action->reason = reason;
}

void snap_barrier_handler_fail(struct snap_barrier_handler *handler)
{
    add_action(handler, SNAP_BARRIER_FAIL);
}

bool snap_barrier_handler_has_failed(const struct snap_barrier_handler *handler)
{
    const struct snap_barrier_actions *actions = &handler->actions;

    return actions->count > 0 && actions->items[actions->count - 1].type == SNAP_BARRIER_FAIL;
}

static void add_of(struct snap_barrier_handler *handler, enum snap_barrier_action_type type,
                   snap_checkpoint_id checkpoint)
{
    add_action(handler, type)->checkpoint = checkpoint;
}

void snap_barrier_handler_init_inputs(struct snap_barrier_handler *handler,
                                      const struct snap_barrier *barrier)
{
    add_of(handler, SNAP_BARRIER_INIT_INPUTS, barrier->checkpoint);
    handler->actions.init = *barrier;
}

void snap_barrier_handler_capture(struct snap_barrier_handler *handler,
                                  snap_checkpoint_id checkpoint)
{
    add_of(handler, SNAP_BARRIER_CAPTURE, checkpoint);
}

void snap_barrier_handler_capture_stop(struct snap_barrier_handler *handler,
                                       snap_checkpoint_id checkpoint)
{
    add_of(handler, SNAP_BARRIER_CAPTURE_STOP, checkpoint);
}

void snap_barrier_handler_inputs_done(struct snap_barrier_handler *handler,
                                      snap_checkpoint_id checkpoint)
{
    add_of(handler, SNAP_BARRIER_INPUTS_DONE, checkpoint);
}

void snap_barrier_handler_inputs_failed(struct snap_barrier_handler *handler,
                                        snap_checkpoint_id checkpoint)
{
    add_of(handler, SNAP_BARRIER_INPUTS_FAILED, checkpoint);
}

void snap_barrier_handler_measured(struct snap_barrier_handler *handler,
                                   snap_checkpoint_id checkpoint,
                                   const struct snap_barrier_measures *measures)
{
    struct snap_barrier_action *action = add_action(handler, SNAP_BARRIER_MEASURED);

    action->checkpoint = checkpoint;
    action->measures = *measures;
}

void snap_barrier_handler_prioritize(struct snap_barrier_handler *handler, uint32_t channel,
                                     int32_t sequence)
{
    struct snap_barrier_action *action = add_action(handler, SNAP_BARRIER_PRIORITIZE);

    action->channel = channel;
    action->sequence = sequence;
}

void snap_barrier_handler_set_timer(struct snap_barrier_handler *handler,
                                    snap_checkpoint_id checkpoint, snap_ns delay_ns)
{
    struct snap_barrier_action *action = add_action(handler, SNAP_BARRIER_TIMER_SET);

    action->checkpoint = checkpoint;
    action->delay_ns = delay_ns;
}

void snap_barrier_handler_cancel_timer(struct snap_barrier_handler *handler)
{
    add_action(handler, SNAP_BARRIER_TIMER_CANCEL);
}

void snap_barrier_handler_trigger(struct snap_barrier_handler *handler,
                                  const struct snap_barrier *barrier)
{
    const struct snap_alignment_clock *clock = &handler->clock;
    struct snap_barrier_trigger *trigger = &handler->actions.trigger;

    add_of(handler, SNAP_BARRIER_TRIGGER, barrier->checkpoint);
    *trigger = (struct snap_barrier_trigger){.barrier = *barrier, .measured = true};
    if (clock->checkpoint != barrier->checkpoint)
        return;
    trigger->start_delay_ns = clock->start_delay_ns;
    trigger->measured = !clock->running;
    if (trigger->measured)
        trigger->measures =
            (struct snap_barrier_measures){clock->duration_ns, clock->bytes_processed};
}
