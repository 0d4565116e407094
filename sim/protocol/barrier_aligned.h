// SPDX-License-Identifier: Apache-2.0
/*
 * barrier_aligned.h: the policy of aligned barriers.
 *
 * - A channel whose barrier has come is blocked until all others have come too.
 * - The last barrier triggers the checkpoint with its own options; then all channels go on.
 * - Injected barriers count but block nothing: nothing comes behind them.
 * - An end that comes last triggers with the barrier that started the checkpoint.
 * Flink: WaitingForFirstBarrier, CollectingBarriers, ChannelState.
 */
#ifndef SNAP_PROTOCOL_BARRIER_ALIGNED_H
#define SNAP_PROTOCOL_BARRIER_ALIGNED_H

#include "protocol/barrier_single.h"

extern const struct snap_alignment_policy snap_alignment_aligned;

#endif
