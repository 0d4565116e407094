// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_alternating.h: the policy of barriers that may overtake: unaligned ones, and aligned ones
 * with a timeout, which become unaligned when the alignment takes too long.
 *
 * - Each checkpoint starts aligned; it stays so unless an unaligned barrier comes, the timer fires,
 *   or a barrier or an end that is not the last is late.
 * - Unaligned: the first barrier taken triggers at once; what lies in front of the others is saved
 *   until they have come.
 * - Announced barriers move to the front when the checkpoint turns unaligned, and later ones as
 *   they are announced.
 * - Channels that were blocked before the switch stay so until the last barrier.
 * - `collecting` is false while the first barrier is awaited; `unaligned` alone then says that it
 *   will trigger as an unaligned one.
 * Flink: the states Alternating{WaitingForFirstBarrier, CollectingBarriers}{, Unaligned}.
 */
#ifndef SNAP_PROTOCOL_BARRIER_ALTERNATING_H
#define SNAP_PROTOCOL_BARRIER_ALTERNATING_H

#include "base/arena.h"
#include "protocol/barrier_single.h"

extern const struct snap_alignment_policy snap_alignment_alternating;

/* Makes the policy's own memory for `channels` channels in the arena. */
void snap_barrier_alternation_init(struct snap_barrier_alternation *alternation,
                                   struct snap_arena *arena, uint32_t channels);

#endif
