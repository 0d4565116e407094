// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_tracker.h"

#include "base/check.h"
#include "protocol/barrier_handler.h"

void snap_barrier_tracker_init(struct snap_barrier_tracker *tracker, struct snap_arena *arena,
                               uint32_t channels)
{
    tracker->entries = SNAP_ARENA_ARRAY(arena, struct snap_tracker_entry, SNAP_TRACKER_PENDING_MAX);
    tracker->first = 0;
    tracker->count = 0;
    tracker->latest = SNAP_NO_CHECKPOINT;
    for (uint32_t i = 0; i < SNAP_TRACKER_PENDING_MAX; i++)
        snap_bitset_init(&tracker->entries[i].seen, arena, channels);
}

static uint32_t place_of(const struct snap_barrier_tracker *tracker, uint32_t index)
{
    return (tracker->first + index) % SNAP_TRACKER_PENDING_MAX;
}

/* Forgets the `count` oldest entries; their contents stand until others enter. */
static void drop_oldest(struct snap_barrier_tracker *tracker, uint32_t count)
{
    SNAP_CHECK(count <= tracker->count);
    tracker->first = place_of(tracker, count);
    tracker->count -= count;
}

static struct snap_tracker_entry *oldest(struct snap_barrier_tracker *tracker)
{
    return tracker->count ? &tracker->entries[tracker->first] : NULL;
}

/* Enters a checkpoint newer than all, first seen on the event's channel. */
static struct snap_tracker_entry *enter(struct snap_barrier_handler *handler,
                                        const struct snap_barrier_event *event)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;
    struct snap_tracker_entry *entry;

    SNAP_CHECK(event->barrier.checkpoint > tracker->latest);
    if (tracker->count == SNAP_TRACKER_PENDING_MAX)
        drop_oldest(tracker, 1);
    tracker->latest = event->barrier.checkpoint;
    entry = &tracker->entries[place_of(tracker, tracker->count)];
    tracker->count++;
    entry->barrier = event->barrier;
    entry->target = handler->open_channels;
    entry->aborted = false;
    snap_bitset_clear_all(&entry->seen);
    snap_bitset_set(&entry->seen, event->channel);
    return entry;
}

/* Counts the channel; returns whether the entry waits for no channel any more. */
static bool count_channel(struct snap_tracker_entry *entry, uint32_t channel)
{
    snap_bitset_set(&entry->seen, channel);
    return entry->seen.count == entry->target;
}

/* The entry at `index` is complete: it and all older ones leave, and it triggers. */
static void complete(struct snap_barrier_handler *handler, uint32_t index, snap_ns now_ns)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;
    const struct snap_tracker_entry *entry = &tracker->entries[place_of(tracker, index)];

    drop_oldest(tracker, index + 1);
    if (entry->aborted)
        return;
    /* Flink refuses to stop a clock that was stopped by a barrier or marker of one channel alone.
     */
    if (entry->barrier.checkpoint == tracker->latest &&
        !snap_alignment_clock_end(&handler->clock, now_ns)) {
        snap_barrier_handler_fail(handler);
        return;
    }
    snap_barrier_handler_trigger(handler, &entry->barrier);
}

/* One channel alone needs no entry, unless an older item made one: then that is to be finished. */
static bool is_alone(const struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint)
{
    return handler->open_channels == 1 && checkpoint > handler->tracker.latest;
}

static void start_newer(struct snap_barrier_handler *handler,
                        const struct snap_barrier_event *event)
{
    bool alone = is_alone(handler, event->barrier.checkpoint);

    snap_alignment_clock_start(&handler->clock, &event->barrier, event->now_ns);
    if (!alone) {
        enter(handler, event);
        return;
    }
    snap_alignment_clock_end(&handler->clock, event->now_ns);
    snap_barrier_handler_trigger(handler, &event->barrier);
}

static void barrier_received(struct snap_barrier_handler *handler,
                             const struct snap_barrier_event *event)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;

    if (checkpoint > tracker->latest) {
        start_newer(handler, event);
        return;
    }
    for (uint32_t i = 0; i < tracker->count; i++) {
        struct snap_tracker_entry *entry = &tracker->entries[place_of(tracker, i)];

        if (entry->barrier.checkpoint != checkpoint)
            continue;
        if (count_channel(entry, event->channel))
            complete(handler, i, event->now_ns);
        return;
    }
}

static void abort_entry(struct snap_barrier_handler *handler, struct snap_tracker_entry *entry,
                        enum snap_barrier_abort_reason reason)
{
    if (entry->aborted)
        return;
    entry->aborted = true;
    snap_barrier_handler_abort(handler, entry->barrier.checkpoint, reason);
}

static void abort_older(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;
    struct snap_tracker_entry *entry;

    while ((entry = oldest(tracker)) && entry->barrier.checkpoint < checkpoint) {
        drop_oldest(tracker, 1);
        abort_entry(handler, entry, SNAP_BARRIER_ON_CANCELLATION);
    }
}

static void cancellation_received(struct snap_barrier_handler *handler,
                                  const struct snap_barrier_event *event)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;
    snap_checkpoint_id checkpoint = event->barrier.checkpoint;
    struct snap_tracker_entry *entry;

    if (is_alone(handler, checkpoint)) {
        snap_alignment_clock_reset(&handler->clock);
        snap_barrier_handler_abort(handler, checkpoint, SNAP_BARRIER_ON_CANCELLATION);
        return;
    }
    abort_older(handler, checkpoint);
    /* A new one is remembered as aborted, so that its barriers start nothing. */
    if (checkpoint > tracker->latest) {
        abort_entry(handler, enter(handler, event), SNAP_BARRIER_ON_CANCELLATION);
        return;
    }
    entry = oldest(tracker);
    if (!entry || entry->barrier.checkpoint != checkpoint)
        return;
    abort_entry(handler, entry, SNAP_BARRIER_ON_CANCELLATION);
    if (count_channel(entry, event->channel))
        drop_oldest(tracker, 1);
}

static void abort_all(struct snap_barrier_handler *handler)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;

    for (uint32_t i = 0; i < tracker->count; i++)
        abort_entry(handler, &tracker->entries[place_of(tracker, i)],
                    SNAP_BARRIER_INPUT_END_OF_STREAM);
    drop_oldest(tracker, tracker->count);
    snap_alignment_clock_reset(&handler->clock);
}

static void end_received(struct snap_barrier_handler *handler,
                         const struct snap_barrier_event *event)
{
    struct snap_barrier_tracker *tracker = &handler->tracker;

    if (!handler->checkpoints_after_finish) {
        abort_all(handler);
        return;
    }
    /* From the newest down: the first that becomes complete takes the older ones with it. */
    for (uint32_t i = tracker->count; i-- > 0;) {
        if (count_channel(&tracker->entries[place_of(tracker, i)], event->channel)) {
            complete(handler, i, event->now_ns);
            return;
        }
    }
}

static snap_checkpoint_id pending(const struct snap_barrier_handler *handler, uint32_t index)
{
    const struct snap_barrier_tracker *tracker = &handler->tracker;

    return tracker->entries[place_of(tracker, index)].barrier.checkpoint;
}

static uint32_t pending_count(const struct snap_barrier_handler *handler)
{
    return handler->tracker.count;
}

static snap_checkpoint_id latest(const struct snap_barrier_handler *handler)
{
    uint32_t count = handler->tracker.count;

    return count ? pending(handler, count - 1) : SNAP_NO_CHECKPOINT;
}

static bool is_blocked(const struct snap_barrier_handler *handler, uint32_t channel)
{
    SNAP_CHECK(channel < handler->channels);
    return false;
}

const struct snap_barrier_bookkeeping snap_barrier_tracker_bookkeeping = {
    .barrier = barrier_received,
    .cancellation = cancellation_received,
    .end_of_partition = end_received,
    .latest = latest,
    .pending_count = pending_count,
    .pending = pending,
    .is_blocked = is_blocked,
};
