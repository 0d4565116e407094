// SPDX-License-Identifier: Apache-2.0
/*
 * time.h: instants and durations, everywhere integer nanoseconds since the job's start.
 *
 * - snap_ns is signed so that differences need no care; SNAP_NEVER is later than every instant.
 * - Adding to SNAP_NEVER or past it stays SNAP_NEVER (snap_ns_add).
 * - What a user writes is at most SNAP_DURATION_MAX, and a run ends there: an instant of a run and
 *   several durations can be added up without a thought.
 */
#ifndef SNAP_BASE_TIME_H
#define SNAP_BASE_TIME_H

#include <stdint.h>

typedef int64_t snap_ns;

#define SNAP_NEVER INT64_MAX
#define SNAP_US ((snap_ns)1000)
#define SNAP_MS ((snap_ns)1000000)
#define SNAP_SECOND ((snap_ns)1000000000)
#define SNAP_HOUR (3600 * SNAP_SECOND)
#define SNAP_DAY (24 * SNAP_HOUR)

/* 27 years, of 292 that fit. */
#define SNAP_DURATION_MAX (10000 * SNAP_DAY)

/* Returns the sum of two non-negative times, at most SNAP_NEVER. */
static inline snap_ns snap_ns_add(snap_ns at, snap_ns by)
{
    return at > SNAP_NEVER - by ? SNAP_NEVER : at + by;
}

static inline snap_ns snap_ns_min(snap_ns a, snap_ns b)
{
    return a < b ? a : b;
}

static inline snap_ns snap_ns_max(snap_ns a, snap_ns b)
{
    return a > b ? a : b;
}

/* Returns the time `count` times, both not negative; at most SNAP_NEVER. */
static inline snap_ns snap_ns_times(snap_ns time_ns, int64_t count)
{
    snap_ns product;

    return __builtin_mul_overflow(time_ns, count, &product) ? SNAP_NEVER : product;
}

/* Returns `permille` thousandths of the time, rounded down; at most SNAP_NEVER. */
static inline snap_ns snap_ns_scale(snap_ns time_ns, int64_t permille)
{
    __int128 scaled = (__int128)time_ns * permille / 1000;

    return scaled > SNAP_NEVER ? SNAP_NEVER : (snap_ns)scaled;
}

#endif
