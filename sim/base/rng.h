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

/* Returns 64 random bits. */
uint64_t snap_rng_next(struct snap_rng *rng);

/* Returns a number in [0, bound); bound > 0. */
uint64_t snap_rng_below(struct snap_rng *rng, uint64_t bound);

/* Returns a number in [from, to], both inclusive. */
int64_t snap_rng_between(struct snap_rng *rng, int64_t from, int64_t to);

/* Returns a number in [0, 1) with 53 random bits. */
double snap_rng_unit(struct snap_rng *rng);

#endif
