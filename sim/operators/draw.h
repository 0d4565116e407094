// SPDX-License-Identifier: Apache-2.0
/*
 * draw.h: the keys that a `sequence` source draws.
 *
 * - The draw for a global index depends on (seed, uid of the operator, index) only: replays and
 *   other parallelisms draw the same, and other operators do not shift it.
 * - Keys are 0 .. keys - 1. uniform: all alike. zipf(s): key k has weight 1 / (k + 1)^s.
 *   hot(share): `share` of all draws give key 0, the others are uniform over the rest.
 * - zipf uses an alias table (one draw, one look-up) made once by `configure`, constant after that.
 */
#ifndef SNAP_OPERATORS_DRAW_H
#define SNAP_OPERATORS_DRAW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "model/record.h"

enum snap_draw_kind { SNAP_DRAW_UNIFORM, SNAP_DRAW_ZIPF, SNAP_DRAW_HOT };

/* The most keys that zipf takes: its table has 16 bytes a key. */
enum { SNAP_ZIPF_KEYS_MAX = 10000000 };

struct snap_alias {
    uint64_t threshold; /* a fraction of 2^64 below it keeps the column, else `other` */
    uint64_t other;
};

struct snap_draw {
    enum snap_draw_kind kind;
    uint64_t keys;
    uint64_t hot_threshold;         /* share * 2^64 */
    const struct snap_alias *table; /* zipf */
};

/* Makes the table of zipf(exponent) for draw->keys keys; memory of the arena. */
void snap_draw_make_zipf(struct snap_draw *draw, double exponent, struct snap_arena *arena);

/* What splitmix64's state grows by. */
#define SNAP_DRAW_STEP UINT64_C(0x9e3779b97f4a7c15)

/* Returns 64 random bits for one global index: splitmix64 entered at that place. */
static inline uint64_t snap_draw_bits(uint64_t seed, uint64_t index)
{
    return snap_mix64(seed + (index + 1) * SNAP_DRAW_STEP);
}

/* Returns the key of one global index where all keys are alike. */
static inline int64_t snap_draw_uniform(const struct snap_draw *draw, uint64_t seed, uint64_t index)
{
    return (int64_t)(((unsigned __int128)snap_draw_bits(seed, index) * draw->keys) >> 64);
}

/* Sets `count` records: their values are the global indices number, number + stride and so on,
 * their keys snap_draw_uniform of these. */
void snap_draw_fill_uniform(const struct snap_draw *draw, uint64_t seed, uint64_t number,
                            uint64_t stride, struct snap_pair *records, uint32_t count);

/* Sets the keys of `count` records from their values, which are global indices, as zipf or hot
 * draws; `seed` is from snap_draw_seed. */
void snap_draw_keys(const struct snap_draw *draw, uint64_t seed, struct snap_pair *records,
                    uint32_t count);

/* Returns the seed of the draws of one operator. */
uint64_t snap_draw_seed(uint64_t seed, const char *uid);

#endif
