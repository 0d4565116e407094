// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_single.h"

#include "base/check.h"
#include "protocol/barrier_aligned.h"
#include "protocol/barrier_handler.h"

void snap_barrier_single_init(struct snap_barrier_single *single, struct snap_arena *arena,
                              uint32_t channels)
{
    single->policy = &snap_alignment_aligned;
    single->current = SNAP_NO_CHECKPOINT;
    single->last_done = SNAP_NO_CHECKPOINT;
    single->target = 0;
    snap_bitset_init(&single->aligned, arena, channels);
    snap_bitset_init(&single->blocked, arena, channels);
}

bool snap_barrier_single_all_aligned(const struct snap_barrier_single *single)
{
    return single->aligned.count == single->target;
}

static bool is_pending(const struct snap_barrier_single *single)
{
    return single->current >= 0 && single->current != single->last_done;
}

static snap_checkpoint_id id_max(snap_checkpoint_id a, snap_checkpoint_id b)
{
    return a > b ? a : b;
}

/* Gives up `checkpoint`; a pending older one ends with it, unreported. */
static void abort_checkpoint(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint,
                             enum snap_barrier_abort_reason reason)
{
    struct snap_barrier_single *single = &handler->single;

    single->current = id_max(single->current, checkpoint);
    single->last_done = id_max(single->last_done, checkpoint);
    SNAP_CHECK(!is_pending(single));
    single->target = 0;
    snap_bitset_clear_all(&single->aligned);
    single->policy->abort(handler);
    snap_alignment_clock_reset(&handler->clock);
    snap_barrier_handler_abort(handler, checkpoint, reason);
}

static void start_if_newer(struct snap_barrier_handler *handler, const struct snap_barrier *barrier)
{
    struct snap_barrier_single *single = &handler->single;

    if (barrier->checkpoint <= single->current)
        return;
    if (is_pending(single))
        abort_checkpoint(handler, single->current, SNAP_BARRIER_SUBSUMED);
    single->current = barrier->checkpoint;
    single->first = *barrier;
    single->target = handler->open_channels;
    SNAP_CHECK(single->aligned.count == 0);
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
    if (single->aligned.count == 1)
        snap_alignment_clock_start(&handler->clock, barrier, event->now_ns);
    if (snap_barrier_single_all_aligned(single)) {
        bool ended = snap_alignment_clock_end(&handler->clock, event->now_ns);

        SNAP_CHECK(ended);
    }
}

static void finish_if_all_aligned(struct snap_barrier_single *single)
{
    if (!snap_barrier_single_all_aligned(single))
        return;
    snap_bitset_clear_all(&single->aligned);
    single->last_done = single->current;
}

static void barrier_received(struct snap_barrier_handler *handler,
                             const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;

    /* An obsolete barrier only lets its channel go on; an unaligned one has not stopped it. */
    if (checkpoint < single->current || (checkpoint == single->current && !is_pending(single))) {
        if (event->barrier.options.alignment != SNAP_ALIGN_UNALIGNED)
            snap_barrier_handler_unblock(handler, event->channel);
        return;
    }
    start_if_newer(handler, &event->barrier);
    count_channel(handler, &event->barrier, event);
    single->policy->barrier(handler, event);
    finish_if_all_aligned(single);
}

static void cancellation_received(struct snap_barrier_handler *handler,
                                  const struct snap_barrier_event *event)
{
    const struct snap_barrier_single *single = &handler->single;
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;

    /* Each channel brings a marker: only the first counts. */
    if (checkpoint > single->current ||
        (checkpoint == single->current && single->aligned.count > 0))
        abort_checkpoint(handler, checkpoint, SNAP_BARRIER_ON_CANCELLATION);
}

static void end_received(struct snap_barrier_handler *handler,
                         const struct snap_barrier_event *event)
{
    struct snap_barrier_single *single = &handler->single;

    if (!is_pending(single))
        return;
    if (!handler->checkpoints_after_finish) {
        abort_checkpoint(handler, single->current, SNAP_BARRIER_INPUT_END_OF_STREAM);
        return;
    }
    count_channel(handler, &single->first, event);
    single->policy->end_of_partition(handler, event->channel);
    finish_if_all_aligned(single);
}

static snap_checkpoint_id latest(const struct snap_barrier_handler *handler)
{
    return handler->single.current;
}

static uint32_t pending_count(const struct snap_barrier_handler *handler)
{
    return is_pending(&handler->single);
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
    .latest = latest,
    .pending_count = pending_count,
    .pending = pending,
    .is_blocked = is_blocked,
};
