// SPDX-License-Identifier: Apache-2.0
#include "operators/draw.h"

#include <string.h>

#include "base/check.h"
#include "base/real.h"

typedef unsigned __int128 wide;

uint64_t snap_draw_seed(uint64_t seed, const char *uid)
{
    return snap_mix64(seed ^ snap_hash_bytes(uid, strlen(uid)));
}

static inline uint64_t bits_of(uint64_t seed, const struct snap_pair *record)
{
    return snap_draw_bits(seed, (uint64_t)record->value.number);
}

static void draw_zipf(const struct snap_draw *draw, uint64_t seed, struct snap_pair *records,
                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        wide scaled = (wide)bits_of(seed, &records[i]) * draw->keys;
        uint64_t column = (uint64_t)(scaled >> 64);
        const struct snap_alias *alias = &draw->table[column];

        /* A mask, not a branch: nobody can predict it. */
        uint64_t kept = 0 - (uint64_t)((uint64_t)scaled < alias->threshold);

        records[i].key.number = (int64_t)((column & kept) | (alias->other & ~kept));
    }
}

static void draw_hot(const struct snap_draw *draw, uint64_t seed, struct snap_pair *records,
                     uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bits = bits_of(seed, &records[i]);
        wide scaled = (wide)snap_mix64(bits) * (draw->keys - 1);
        uint64_t cold = 0 - (uint64_t)(bits >= draw->hot_threshold && draw->keys > 1);

        records[i].key.number = (int64_t)(((uint64_t)(scaled >> 64) + 1) & cold);
    }
}

void snap_draw_keys(const struct snap_draw *draw, uint64_t seed, struct snap_pair *records,
                    uint32_t count)
{
    switch (draw->kind) {
    case SNAP_DRAW_UNIFORM:
        SNAP_CHECK(!"these are drawn together with their values");
        break;
    case SNAP_DRAW_ZIPF:
        draw_zipf(draw, seed, records, count);
        break;
    case SNAP_DRAW_HOT:
        draw_hot(draw, seed, records, count);
        break;
    }
}

/* Weights scaled so that their mean is 1. */
static double *zipf_weights(uint64_t keys, double exponent, struct snap_arena *arena)
{
    double *weights = SNAP_ARENA_ARRAY(arena, double, keys);
    double sum = 0;

    for (uint64_t k = 0; k < keys; k++) {
        double power = exponent * snap_real_log((double)(k + 1));

        weights[k] = power < 700 ? snap_real_exp(-power) : 0;
        sum += weights[k];
    }
    for (uint64_t k = 0; k < keys; k++)
        weights[k] = weights[k] / sum * (double)keys;
    return weights;
}

static uint64_t as_threshold(double fraction)
{
    if (fraction >= 1)
        return UINT64_MAX;
    return fraction > 0 ? (uint64_t)(fraction * 0x1p64) : 0;
}

/*
 * Vose's method: columns below the mean are filled up by one above it. `small` and `large` are the
 * two ends of one list of columns that wait.
 */
static void fill_columns(struct snap_alias *table, double *weights, uint64_t *waiting,
                         uint64_t keys)
{
    uint64_t small = 0;
    uint64_t large = keys;

    for (uint64_t k = keys; k-- > 0;)
        waiting[weights[k] < 1 ? small++ : --large] = k;
    while (small > 0 && large < keys) {
        uint64_t low = waiting[--small];
        uint64_t high = waiting[large];

        table[low].threshold = as_threshold(weights[low]);
        table[low].other = high;
        weights[high] -= 1 - weights[low];
        if (weights[high] < 1) {
            large++;
            waiting[small++] = high;
        }
    }
    /* What is left is full but for rounding. */
    while (small > 0)
        table[waiting[--small]].threshold = UINT64_MAX;
    for (; large < keys; large++)
        table[waiting[large]].threshold = UINT64_MAX;
}

void snap_draw_make_zipf(struct snap_draw *draw, double exponent, struct snap_arena *arena)
{
    struct snap_arena scratch;
    struct snap_alias *table = SNAP_ARENA_ARRAY(arena, struct snap_alias, draw->keys);

    SNAP_CHECK(draw->keys > 0 && draw->keys <= SNAP_ZIPF_KEYS_MAX);
    snap_arena_init(&scratch);
    for (uint64_t k = 0; k < draw->keys; k++)
        table[k].other = k;
    fill_columns(table, zipf_weights(draw->keys, exponent, &scratch),
                 SNAP_ARENA_ARRAY(&scratch, uint64_t, draw->keys), draw->keys);
    snap_arena_fini(&scratch);
    draw->table = table;
}
