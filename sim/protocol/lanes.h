// SPDX-License-Identifier: Apache-2.0
/*
 * lanes.h: counts of few channels side by side in one number, a lane each. Counting a record is
 * adding to a register. Where each channel's count lies in memory, a record waits until that of the
 * last one has been written: the processor cannot know that they went to different channels.
 *
 * - The fewer channels, the wider lanes. A lane is named by its first bit: the channel times the
 *   bits of a lane.
 * - A lane begins with what it can count less what its channel has room for. Its highest bit is set
 *   once it has counted one more.
 */
#ifndef SNAP_PROTOCOL_LANES_H
#define SNAP_PROTOCOL_LANES_H

#include <stdint.h>

#include "base/shifts.h"

enum { SNAP_WIDE_LANE = 16, SNAP_NARROW_LANE = 8 };

/* Channels that there are lanes for. */
enum { SNAP_WIDE_LANES = 64 / SNAP_WIDE_LANE, SNAP_NARROW_LANES = 64 / SNAP_NARROW_LANE };

/* Returns how far a channel's number is shifted left to name its lane. 0: there are more channels
 * than lanes, and the number stands for itself. */
static inline uint32_t snap_lane_shift(uint32_t channels)
{
    if (channels > SNAP_NARROW_LANES)
        return 0;
    return channels > SNAP_WIDE_LANES ? 3 : 4;
}

/* Returns what adds one to the lane. */
static SNAP_SHIFTS_INLINE uint64_t snap_lanes_one(uint32_t lane)
{
    return UINT64_C(1) << lane;
}

/* Returns what the lane has counted. */
static SNAP_SHIFTS_INLINE uint32_t snap_lanes_get(uint64_t lanes, uint32_t lane, uint32_t bits)
{
    return (uint32_t)(lanes >> lane) & ((1U << bits) - 1);
}

/* Returns what a lane begins with whose channel has room for so many records. */
static SNAP_SHIFTS_INLINE uint32_t snap_lane_begin(uint32_t room, uint32_t bits)
{
    uint32_t full = (1U << (bits - 1)) - 1;

    return room < full ? full - room : 0;
}

/* Whether some lane has counted more than its channel has room for, or than it can. To look after
 * every fourth record is enough: a lane that was not overfull does not reach its neighbour with
 * four more. */
static SNAP_SHIFTS_INLINE bool snap_lanes_overfull(uint64_t lanes, uint32_t bits)
{
    return (lanes & (bits == SNAP_NARROW_LANE ? UINT64_C(0x8080808080808080)
                                              : UINT64_C(0x8000800080008000))) != 0;
}

#endif
