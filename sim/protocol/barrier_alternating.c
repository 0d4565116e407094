// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_alternating.h"

#include "base/check.h"
#include "protocol/barrier_handler.h"

static struct snap_barrier_alternation *alternation_of(struct snap_barrier_handler *handler)
{
    return &handler->single.alternation;
}

void snap_barrier_alternation_init(struct snap_barrier_alternation *alternation,
                                   struct snap_arena *arena, uint32_t channels)
{
    alternation->unaligned = false;
    alternation->collecting = false;
    alternation->sequences = SNAP_ARENA_ARRAY(arena, int32_t, channels);
    snap_bitset_init(&alternation->announced, arena, channels);
}

static void start_anew(struct snap_barrier_handler *handler)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);

    alternation->unaligned = false;
    alternation->collecting = false;
    snap_bitset_clear_all(&alternation->announced);
}

static struct snap_barrier as_unaligned(const struct snap_barrier *barrier)
{
    struct snap_barrier unaligned = *barrier;

    unaligned.options.alignment = SNAP_ALIGN_UNALIGNED;
    unaligned.options.aligned_timeout_ns = 0;
    return unaligned;
}

static void prioritize_announced(struct snap_barrier_handler *handler)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);
    struct snap_bitset *announced = &alternation->announced;
    uint32_t channel = snap_bitset_next(announced, 0);

    while (channel < announced->bound) {
        snap_barrier_handler_prioritize(handler, channel, alternation->sequences[channel]);
        channel = snap_bitset_next(announced, channel + 1);
    }
    snap_bitset_clear_all(announced);
}

/* Injected barriers block nothing, for nothing comes behind them; unaligned ones stop nobody. */
static void block(struct snap_barrier_handler *handler, const struct snap_barrier_event *event)
{
    if (event->type != SNAP_BARRIER_ARRIVED ||
        event->barrier.options.alignment == SNAP_ALIGN_UNALIGNED)
        return;
    snap_bitset_set(&handler->single.blocked, event->channel);
    snap_barrier_handler_block(handler, event->channel);
}

/* All barriers of an unaligned checkpoint have come. */
static void finish_unaligned(struct snap_barrier_handler *handler)
{
    snap_barrier_handler_capture_stop(handler, handler->single.current);
    snap_barrier_single_unblock_all(handler);
    start_anew(handler);
}

/* Triggers as an unaligned checkpoint; gives it up if a channel has seen a newer barrier. Flink
 * refuses barriers of an edge that is never unaligned: it lets no input have both kinds. */
static void trigger_unaligned(struct snap_barrier_handler *handler,
                              const struct snap_barrier *barrier)
{
    struct snap_barrier unaligned = as_unaligned(barrier);
    snap_checkpoint_id checkpoint = barrier->checkpoint;

    if (barrier->options.alignment == SNAP_ALIGN_FORCED_ALIGNED) {
        snap_barrier_handler_fail(handler);
        return;
    }
    snap_barrier_handler_init_inputs(handler, &unaligned);
    /* Where all channels have ended there is nothing to wait for. */
    handler->single.inputs_open = handler->open_channels > 0;
    if (!handler->single.inputs_open)
        snap_barrier_handler_inputs_done(handler, checkpoint);
    snap_barrier_handler_capture(handler, checkpoint);
    if (!handler->inputs.may_capture(handler->inputs.context, checkpoint)) {
        snap_barrier_single_abort(handler, checkpoint, SNAP_BARRIER_CAPTURE_REFUSED);
        return;
    }
    snap_barrier_handler_trigger(handler, &unaligned);
    handler->single.measures_open = !handler->actions.trigger.measured;
    alternation_of(handler)->unaligned = true;
    alternation_of(handler)->collecting = true;
}

/* The checkpoint began as an aligned one: what is announced moves to the front, then it triggers.
 */
static void turn_unaligned(struct snap_barrier_handler *handler, const struct snap_barrier *barrier)
{
    prioritize_announced(handler);
    trigger_unaligned(handler, barrier);
}

/* The last barrier never switches, however late it is. */
static void trigger_aligned(struct snap_barrier_handler *handler,
                            const struct snap_barrier *barrier)
{
    snap_barrier_handler_init_inputs(handler, barrier);
    snap_barrier_handler_trigger(handler, barrier);
    snap_barrier_single_unblock_all(handler);
    start_anew(handler);
}

static bool is_late(const struct snap_barrier *barrier, snap_ns now_ns)
{
    return snap_options_may_time_out(&barrier->options) &&
           now_ns - barrier->created_ns > barrier->options.aligned_timeout_ns;
}

static bool turns_unaligned(const struct snap_barrier_handler *handler,
                            const struct snap_barrier_event *event)
{
    if (event->barrier.options.alignment == SNAP_ALIGN_UNALIGNED)
        return true;
    return !snap_barrier_single_all_aligned(&handler->single) &&
           is_late(&event->barrier, event->now_ns);
}

static void barrier_received(struct snap_barrier_handler *handler,
                             const struct snap_barrier_event *event)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);

    /* An unaligned barrier moves all that is announced to the front, in its own channel too. */
    if (event->barrier.options.alignment != SNAP_ALIGN_UNALIGNED)
        snap_bitset_clear(&alternation->announced, event->channel);
    block(handler, event);
    if (!alternation->unaligned && turns_unaligned(handler, event))
        turn_unaligned(handler, &event->barrier);
    else if (alternation->unaligned && !alternation->collecting)
        trigger_unaligned(handler, &event->barrier);
    /* A capture that was refused has ended the checkpoint. */
    if (!snap_barrier_single_is_pending(&handler->single) ||
        snap_barrier_handler_has_failed(handler))
        return;
    alternation->collecting = true;
    if (!snap_barrier_single_all_aligned(&handler->single))
        return;
    if (alternation->unaligned)
        finish_unaligned(handler);
    else
        trigger_aligned(handler, &event->barrier);
}

static void end_received(struct snap_barrier_handler *handler,
                         const struct snap_barrier_event *event)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);
    const struct snap_barrier *first = &handler->single.first;
    bool is_last = snap_barrier_single_all_aligned(&handler->single);

    snap_bitset_clear(&alternation->announced, event->channel);
    snap_bitset_clear(&handler->single.blocked, event->channel);
    if (!alternation->collecting)
        return;
    if (alternation->unaligned && is_last)
        finish_unaligned(handler);
    else if (!alternation->unaligned && is_last)
        trigger_aligned(handler, first);
    else if (!alternation->unaligned && is_late(first, event->now_ns))
        turn_unaligned(handler, first);
}

static void abort_checkpoint(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);

    if (alternation->unaligned && alternation->collecting)
        snap_barrier_handler_capture_stop(handler, checkpoint);
    snap_barrier_single_unblock_all(handler);
    start_anew(handler);
}

static void announcement_received(struct snap_barrier_handler *handler,
                                  const struct snap_barrier_event *event)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);

    if (alternation->unaligned) {
        snap_barrier_handler_prioritize(handler, event->channel, event->sequence);
        return;
    }
    snap_bitset_set(&alternation->announced, event->channel);
    alternation->sequences[event->channel] = event->sequence;
}

static void timed_out(struct snap_barrier_handler *handler)
{
    struct snap_barrier_alternation *alternation = alternation_of(handler);

    if (alternation->unaligned)
        return;
    if (alternation->collecting) {
        turn_unaligned(handler, &handler->single.first);
        return;
    }
    prioritize_announced(handler);
    alternation->unaligned = true;
}

const struct snap_alignment_policy snap_alignment_alternating = {
    .barrier = barrier_received,
    .end_of_partition = end_received,
    .abort = abort_checkpoint,
    .announcement = announcement_received,
    .timeout = timed_out,
};
