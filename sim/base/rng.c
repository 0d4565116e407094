// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include "base/check.h"
#include "base/hash.h"

/* splitmix64: spreads the seed over the state, which must not be all zero. */
static uint64_t split_mix(uint64_t *x)
{
    *x += UINT64_C(0x9e3779b97f4a7c15);
    return snap_mix64(*x);
}

void snap_rng_init(struct snap_rng *rng, uint64_t seed, uint64_t owner, uint64_t purpose)
{
    uint64_t x = snap_mix64(seed ^ snap_mix64(owner * 2 + 1)) ^ snap_mix64(~purpose);

    for (unsigned i = 0; i < 4; i++)
        rng->s[i] = split_mix(&x);
}

uint64_t snap_rng_below(struct snap_rng *rng, uint64_t bound)
{
    uint64_t floor;
    uint64_t x;

    SNAP_CHECK(bound > 0);
    /* Values below 2^64 mod bound would make small results likelier. */
    floor = (0 - bound) % bound;
    do {
        x = snap_rng_next(rng);
    } while (x < floor);
    return x % bound;
}

int64_t snap_rng_between(struct snap_rng *rng, int64_t from, int64_t to)
{
    uint64_t span;

    SNAP_CHECK(from <= to);
    span = (uint64_t)to - (uint64_t)from + 1;
    if (span == 0)
        return (int64_t)snap_rng_next(rng);
    return (int64_t)((uint64_t)from + snap_rng_below(rng, span));
}
