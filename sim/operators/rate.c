// SPDX-License-Identifier: Apache-2.0
#include "operators/rate.h"

#include "base/check.h"

typedef unsigned __int128 wide;

static const uint64_t HOUR_NS = UINT64_C(3600) * 1000000000;

snap_ns snap_rate_due(int64_t records_per_hour, uint64_t index)
{
    wide due;

    if (records_per_hour <= 0)
        return 0;
    due = ((wide)index * HOUR_NS + (uint64_t)records_per_hour - 1) / (uint64_t)records_per_hour;
    return due < SNAP_NEVER ? (snap_ns)due : SNAP_NEVER - 1;
}

uint64_t snap_rate_due_by(int64_t records_per_hour, snap_ns now_ns)
{
    wide last;

    if (records_per_hour <= 0)
        return UINT64_MAX;
    SNAP_CHECK(now_ns >= 0);
    last = (wide)(uint64_t)now_ns * (uint64_t)records_per_hour / HOUR_NS;
    return last < UINT64_MAX ? (uint64_t)last + 1 : UINT64_MAX;
}

struct snap_due_clock snap_due_clock_at(int64_t records_per_hour, uint64_t index, uint64_t stride)
{
    struct snap_due_clock clock = {.rate = (uint64_t)records_per_hour};
    wide at = (wide)index * HOUR_NS;
    wide step = (wide)stride * HOUR_NS;

    SNAP_CHECK(records_per_hour > 0);
    clock.whole_ns = (uint64_t)(at / clock.rate);
    clock.rest = (uint64_t)(at % clock.rate);
    clock.step_ns = (uint64_t)(step / clock.rate);
    clock.step_rest = (uint64_t)(step % clock.rate);
    return clock;
}
