// SPDX-License-Identifier: Apache-2.0
/*
 * lanes.h: small counts of few channels, a byte each in one number. Counting a record is adding to
 * a register. Where each channel's count lies in memory, a record waits until that of the last one
 * has been written: the processor cannot know that they went to different channels.
 */
#ifndef SNAP_PROTOCOL_LANES_H
#define SNAP_PROTOCOL_LANES_H

#include <limits.h>
#include <stdint.h>

/* Channels, and what a lane counts at most: nothing looks whether it overflows. */
enum { SNAP_LANES = 8, SNAP_LANE_MAX = UINT8_MAX };

/* Returns what adds one to a channel's lane. */
static inline uint64_t snap_lanes_one(uint32_t channel)
{
    return UINT64_C(1) << channel * CHAR_BIT;
}

static inline uint32_t snap_lanes_get(uint64_t lanes, uint32_t channel)
{
    return (uint8_t)(lanes >> channel * CHAR_BIT);
}

#endif
