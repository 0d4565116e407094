// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_handler.h"

#include "base/check.h"

void snap_barrier_handler_init(struct snap_barrier_handler *handler, struct snap_arena *arena,
                               const struct snap_barrier_handler_options *options)
{
    *handler = (struct snap_barrier_handler){
        .arena = arena,
        .channels = options->channels,
        .open_channels = options->channels,
        .checkpoints_after_finish = options->checkpoints_after_finish,
    };
    snap_alignment_clock_init(&handler->clock);
    switch (options->mode) {
    case SNAP_MODE_EXACTLY_ONCE:
        handler->bookkeeping = &snap_barrier_single_bookkeeping;
        snap_barrier_single_init(&handler->single, arena, options->channels);
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
    SNAP_CHECK(event->channel < handler->channels);
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

void snap_barrier_handler_trigger(struct snap_barrier_handler *handler,
                                  const struct snap_barrier *barrier)
{
    const struct snap_alignment_clock *clock = &handler->clock;
    struct snap_barrier_trigger *trigger = &handler->actions.trigger;

    add_action(handler, SNAP_BARRIER_TRIGGER)->checkpoint = barrier->checkpoint;
    *trigger = (struct snap_barrier_trigger){.barrier = *barrier};
    if (clock->checkpoint != barrier->checkpoint)
        return;
    SNAP_CHECK(!clock->running);
    trigger->start_delay_ns = clock->start_delay_ns;
    trigger->alignment_ns = clock->duration_ns;
    trigger->bytes_processed = clock->bytes_processed;
}
