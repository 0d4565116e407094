// SPDX-License-Identifier: Apache-2.0
#include "protocol/barrier_aligned.h"

#include "base/check.h"
#include "protocol/barrier_handler.h"

/* The snapshot comes first: what a resumed channel brings belongs to the next checkpoint. */
static void trigger_if_all_aligned(struct snap_barrier_handler *handler,
                                   const struct snap_barrier *barrier)
{
    if (!snap_barrier_single_all_aligned(&handler->single))
        return;
    snap_barrier_handler_trigger(handler, barrier);
    snap_barrier_single_unblock_all(handler);
}

static void barrier_received(struct snap_barrier_handler *handler,
                             const struct snap_barrier_event *event)
{
    SNAP_CHECK(event->barrier.options.alignment != SNAP_ALIGN_UNALIGNED);
    if (event->type == SNAP_BARRIER_ARRIVED) {
        snap_bitset_set(&handler->single.blocked, event->channel);
        snap_barrier_handler_block(handler, event->channel);
    }
    trigger_if_all_aligned(handler, &event->barrier);
}

static void end_received(struct snap_barrier_handler *handler,
                         const struct snap_barrier_event *event)
{
    snap_bitset_clear(&handler->single.blocked, event->channel);
    trigger_if_all_aligned(handler, &handler->single.first);
}

static void abort_alignment(struct snap_barrier_handler *handler, snap_checkpoint_id checkpoint)
{
    (void)checkpoint;
    snap_barrier_single_unblock_all(handler);
}

const struct snap_alignment_policy snap_alignment_aligned = {
    .barrier = barrier_received,
    .end_of_partition = end_received,
    .abort = abort_alignment,
};
