// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include "base/check.h"
#include "base/hash.h"

static uint64_t rotate_left(uint64_t x, unsigned k)
{
    return (x << k) | (x >> (64 - k));
}

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

uint64_t snap_rng_next(struct snap_rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
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

double snap_rng_unit(struct snap_rng *rng)
{
    return (double)(snap_rng_next(rng) >> 11) * 0x1.0p-53;
}
