// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "protocol/lanes.h"

static const uint32_t rooms[] = {0, 1, 126, 127, 128, 32766, 32767, 32768, UINT32_MAX};

enum { ROOMS = sizeof(rooms) / sizeof(rooms[0]) };

/* Counts the channel's records until its lane is overfull, and four of every channel further.
 * Returns how many it took before, and checks that the lane's neighbours have counted nothing but
 * theirs. */
static uint32_t count_until_full(uint32_t channel, uint32_t room, uint32_t bits)
{
    uint32_t begin = snap_lane_begin(room, bits);
    uint32_t lane = channel * bits;
    uint64_t lanes = begin * snap_lanes_one(lane);
    uint32_t count = 0;

    while (!snap_lanes_overfull(lanes + snap_lanes_one(lane), bits)) {
        lanes += snap_lanes_one(lane);
        count++;
    }
    lanes += 4 * snap_lanes_one(lane);
    assert_int_equal(snap_lanes_get(lanes, lane, bits), begin + count + 4);
    assert_true(lanes == (uint64_t)(begin + count + 4) << lane);
    return count;
}

static void a_lane_counts_what_there_is_room_for(void **state)
{
    static const uint32_t widths[] = {SNAP_WIDE_LANE, SNAP_NARROW_LANE};

    (void)state;
    for (int w = 0; w < 2; w++) {
        uint32_t bits = widths[w];
        uint32_t most = (1U << (bits - 1)) - 1;

        for (uint32_t channel = 0; channel < 64 / bits; channel++)
            for (int r = 0; r < ROOMS; r++)
                assert_int_equal(count_until_full(channel, rooms[r], bits),
                                 rooms[r] < most ? rooms[r] : most);
    }
}

static void few_channels_have_lanes(void **state)
{
    (void)state;
    assert_int_equal(1U << snap_lane_shift(1), SNAP_WIDE_LANE);
    assert_int_equal(1U << snap_lane_shift(SNAP_WIDE_LANES), SNAP_WIDE_LANE);
    assert_int_equal(1U << snap_lane_shift(SNAP_WIDE_LANES + 1), SNAP_NARROW_LANE);
    assert_int_equal(1U << snap_lane_shift(SNAP_NARROW_LANES), SNAP_NARROW_LANE);
    assert_int_equal(snap_lane_shift(SNAP_NARROW_LANES + 1), 0);
    assert_int_equal(snap_lane_shift(256), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lane_counts_what_there_is_room_for),
        cmocka_unit_test(few_channels_have_lanes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
