// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_single.h"

#include "base/check.h"
#include "protocol/barrier_handler.h"

void snap_barrier_single_init(struct snap_barrier_single *single, struct snap_arena *arena,
                              uint32_t channels, const struct snap_alignment_policy *policy)
{
    single->policy = policy;
    single->current = SNAP_NO_CHECKPOINT;
    single->last_done = SNAP_NO_CHECKPOINT;
    single->target = 0;
    snap_bitset_init(&single->aligned, arena, channels);
    snap_bitset_init(&single->blocked, arena, channels);
    single->timer_set = false;
    single->inputs_open = false;
    single->measures_open = false;
}

void snap_barrier_single_unblock_all(struct snap_barrier_handler *handler)
{
    struct snap_bitset *blocked = &handler->single.blocked;
    uint32_t channel = snap_bitset_next(blocked, 0);

    while (channel < blocked->bound) {
        snap_barrier_handler_unblock(handler, channel);
        channel = snap_bitset_next(blocked, channel + 1);
    }
    snap_bitset_clear_all(blocked);
}

bool snap_barrier_single_all_aligned(const struct snap_barrier_single *single)
{
    return single->aligned.count == single->target;
}

bool snap_barrier_single_is_pending(const struct snap_barrier_single *single)
{
    return single->current >= 0 && single->current != single->last_done;
}

static snap_checkpoint_id id_max(snap_checkpoint_id a, snap_checkpoint_id b)
{
    return a > b ? a : b;
}

static void cancel_timer(struct snap_barrier_handler *handler)
{
    if (!handler->single.timer_set)
        return;
    handler->single.timer_set = false;
    snap_barrier_handler_cancel_timer(handler);
}

/* The alignment is over, or given up: tells what its trigger could not know. */
static void close_measures(struct snap_barrier_handler *handler, snap_ns alignment_ns,
                           int64_t bytes_processed)
{
    struct snap_barrier_measures measures = {alignment_ns, bytes_processed};

    if (!handler->single.measures_open)
        return;
    handler->single.measures_open = false;
    snap_barrier_handler_measured(handler, handler->clock.checkpoint, &measures);
}

static void reset_clock(struct snap_barrier_handler *handler)
{
    close_measures(handler, 0, handler->clock.bytes);
    snap_alignment_clock_reset(&handler->clock);
}

/* A pending older checkpoint than `checkpoint` ends with it, unreported. */
void snap_barrier_single_abort(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint,
                               enum snap_barrier_abort_reason reason)
{
    struct snap_barrier_single *single = &handler->single;
    bool inputs_open = single->inputs_open;
    snap_checkpoint_id open = single->current;

    single->current = id_max(single->current, checkpoint);
    single->last_done = id_max(single->last_done, checkpoint);
    SNAP_CHECK(!snap_barrier_single_is_pending(single));
    single->target = 0;
    snap_bitset_clear_all(&single->aligned);
    cancel_timer(handler);
    single->policy->abort(handler, checkpoint);
    reset_clock(handler);
    snap_barrier_handler_abort(handler, checkpoint, reason);
    single->inputs_open = false;
    if (inputs_open)
        snap_barrier_handler_inputs_failed(handler, open);
}

/* Only what starts a checkpoint sets the timer. Flink: BarrierAlignmentUtil. */
static void set_timer(struct snap_barrier_handler *handler, const struct snap_barrier_event *event)
{
    const struct snap_barrier *barrier = &event->barrier;
    snap_ns passed = event->now_ns - barrier->created_ns;

    if (!handler->single.policy->timeout || !snap_options_may_time_out(&barrier->options))
        return;
    handler->single.timer_set = true;
    snap_barrier_handler_set_timer(handler, barrier->checkpoint,
                                   snap_ns_max(0, barrier->options.aligned_timeout_ns - passed));
}

static void start_if_newer(struct snap_barrier_handler *handler,
                           const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    if (event->barrier.checkpoint <= single->current)
        return;
    if (snap_barrier_single_is_pending(single))
        snap_barrier_single_abort(handler, single->current, SNAP_BARRIER_SUBSUMED);
    single->current = event->barrier.checkpoint;
    single->first = event->barrier;
    single->target = handler->open_channels;
    SNAP_CHECK(single->aligned.count == 0);
    set_timer(handler, event);
}

/*
 * The clock stops before the policy acts, so that a trigger knows the alignment. While one channel
 * alone is aligned, each of its items starts the clock anew, as in Flink.
 */
static void count_channel(struct snap_barrier_handler *handler, const struct snap_barrier *barrier,
                          const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    snap_bitset_set(&single->aligned, event->channel);
    if (single->aligned.count == 1) {
        reset_clock(handler);
        snap_alignment_clock_start(&handler->clock, barrier, event->now_ns);
    }
    if (snap_barrier_single_all_aligned(single)) {
        bool ended = snap_alignment_clock_end(&handler->clock, event->now_ns);

        SNAP_CHECK(ended);
        close_measures(handler, handler->clock.duration_ns, handler->clock.bytes_processed);
    }
}

/* The policy may have given the checkpoint up. */
static void finish_if_all_aligned(struct snap_barrier_handler *handler)
{
    struct snap_barrier_single *single = &handler->single;

    if (!snap_barrier_single_is_pending(single) || !snap_barrier_single_all_aligned(single) ||
        snap_barrier_handler_has_failed(handler))
        return;
    snap_bitset_clear_all(&single->aligned);
    single->last_done = single->current;
    cancel_timer(handler);
    if (single->inputs_open)
        snap_barrier_handler_inputs_done(handler, single->current);
    single->inputs_open = false;
}

static bool is_obsolete(const struct snap_barrier_single *single, snap_checkpoint_id checkpoint)
{
    return checkpoint < single->current ||
           (checkpoint == single->current && !snap_barrier_single_is_pending(single));
}

static void barrier_received(struct snap_barrier_handler *handler,
                             const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    /* An obsolete barrier only lets its channel go on; an unaligned one has not stopped it. */
    if (is_obsolete(single, event->barrier.checkpoint)) {
        if (event->barrier.options.alignment != SNAP_ALIGN_UNALIGNED)
            snap_barrier_handler_unblock(handler, event->channel);
        return;
    }
    start_if_newer(handler, event);
    count_channel(handler, &event->barrier, event);
    single->policy->barrier(handler, event);
    finish_if_all_aligned(handler);
}

static void cancellation_received(struct snap_barrier_handler *handler,
                                  const struct snap_barrier_event *event)
{
    const struct snap_barrier_single *single = &handler->single;
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;

    /* Each channel brings a marker: only the first counts. */
    if (checkpoint > single->current ||
        (checkpoint == single->current && single->aligned.count > 0))
        snap_barrier_single_abort(handler, checkpoint, SNAP_BARRIER_ON_CANCELLATION);
}

static void end_received(struct snap_barrier_handler *handler,
                         const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    if (!snap_barrier_single_is_pending(single))
        return;
    if (!handler->checkpoints_after_finish) {
        snap_barrier_single_abort(handler, single->current, SNAP_BARRIER_INPUT_END_OF_STREAM);
        return;
    }
    count_channel(handler, &single->first, event);
    single->policy->end_of_partition(handler, event);
    finish_if_all_aligned(handler);
}

static void announcement_received(struct snap_barrier_handler *handler,
                                  const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    if (!single->policy->announcement || is_obsolete(single, event->barrier.checkpoint))
        return;
    start_if_newer(handler, event);
    single->policy->announcement(handler, event);
}

/* A timer that was cancelled may have been on its way. */
static void timed_out(struct snap_barrier_handler *handler, const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    if (!single->policy->timeout || single->current != event->barrier.checkpoint ||
        !snap_barrier_single_is_pending(single))
        return;
    /* Where all channels have ended there is nothing to wait for, and nothing late. */
    if (handler->open_channels > 0)
        single->policy->timeout(handler);
    /* Only now: if the checkpoint is given up on the way, its timer is cancelled although it fired.
     */
    single->timer_set = false;
}

static snap_checkpoint_id latest(const struct snap_barrier_handler *handler)
{
    return handler->single.current;
}

static uint32_t pending_count(const struct snap_barrier_handler *handler)
{
    return snap_barrier_single_is_pending(&handler->single);
}

static snap_checkpoint_id pending(const struct snap_barrier_handler *handler, uint32_t index)
{
    SNAP_CHECK(index == 0);
    return handler->single.current;
}

static bool is_blocked(const struct snap_barrier_handler *handler, uint32_t channel)
{
    return snap_bitset_test(&handler->single.blocked, channel);
}

const struct snap_barrier_bookkeeping snap_barrier_single_bookkeeping = {
    .barrier = barrier_received,
    .cancellation = cancellation_received,
    .end_of_partition = end_received,
    .announcement = announcement_received,
    .timed_out = timed_out,
    .latest = latest,
    .pending_count = pending_count,
    .pending = pending,
    .is_blocked = is_blocked,
};
