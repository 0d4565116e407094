// SPDX-License-Identifier: Apache-2.0
/*
 * rng.h: random streams, xoshiro256++.
 *
 * - One stream per subtask and purpose, seeded from (seed, owner, purpose): drawing more from one
 *   stream never shifts another.
 * - Integers decide; nothing here uses floating point but snap_rng_unit.
 */
#ifndef SNAP_BASE_RNG_H
#define SNAP_BASE_RNG_H

#include <stdint.h>

struct snap_rng {
    uint64_t s[4];
};

/* Seeds the stream of `owner` for `purpose`. */
void snap_rng_init(struct snap_rng *rng, uint64_t seed, uint64_t owner, uint64_t purpose);

static inline uint64_t snap_rng_rotate_left(uint64_t x, unsigned k)
{
    return (x << k) | (x >> (64 - k));
}

/* Returns 64 random bits. */
static inline uint64_t snap_rng_next(struct snap_rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = snap_rng_rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = snap_rng_rotate_left(s[3], 45);
    return result;
}

/* Returns a number in [0, bound); bound > 0. */
uint64_t snap_rng_below(struct snap_rng *rng, uint64_t bound);

/* Returns a number in [from, to], both inclusive. */
int64_t snap_rng_between(struct snap_rng *rng, int64_t from, int64_t to);

/* Returns a number in [0, 1) with 53 random bits. */
static inline double snap_rng_unit(struct snap_rng *rng)
{
    return (double)(snap_rng_next(rng) >> 11) * 0x1.0p-53;
}

#endif
