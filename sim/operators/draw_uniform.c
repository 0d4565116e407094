// SPDX-License-Identifier: Apache-2.0
/*
 * draw_uniform.c: keys that are all alike for a run of global indices, the common case. Processors
 * that can do so draw four at a time: the same arithmetic, so the same keys everywhere.
 */
#include "operators/draw.h"

#include <stdbool.h>

#include "base/fours.h"

#ifdef SNAP_HAS_FOURS
static bool draws_four(const struct snap_draw *draw)
{
    return draw->keys <= UINT32_MAX && snap_fours_can();
}

/* The upper halves of the products of each with a number of 32 bits. */
static inline SNAP_FOURS __m256i scale(__m256i bits, __m256i keys)
{
    __m256i low = _mm256_srli_epi64(_mm256_mul_epu32(bits, keys), 32);
    __m256i high = _mm256_mul_epu32(_mm256_srli_epi64(bits, 32), keys);

    return _mm256_srli_epi64(_mm256_add_epi64(low, high), 32);
}

/* Returns how many records it has set: all but the last three at most. */
static SNAP_FOURS uint32_t fill_fours(const struct snap_draw *draw, uint64_t seed, uint64_t number,
                                      uint64_t stride, struct snap_pair *records, uint32_t count)
{
    const __m256i keys = _mm256_set1_epi64x((int64_t)draw->keys);
    const __m256i number_step = _mm256_set1_epi64x((int64_t)(4 * stride));
    const __m256i input_step = _mm256_set1_epi64x((int64_t)(4 * stride * SNAP_DRAW_STEP));
    __m256i numbers = snap_fours_every(number, stride);
    __m256i inputs =
        snap_fours_every(seed + (number + 1) * SNAP_DRAW_STEP, stride * SNAP_DRAW_STEP);
    uint32_t i;

    for (i = 0; i + 4 <= count; i += 4) {
        __m256i drawn = scale(snap_fours_mix64(inputs), keys);
        __m256i *to = (__m256i *)(void *)&records[i];

        /* A key and its value are neighbours. */
        _mm256_storeu_si256(to, _mm256_unpacklo_epi64(drawn, numbers));
        _mm256_storeu_si256(to + 1, _mm256_unpackhi_epi64(drawn, numbers));
        numbers = _mm256_add_epi64(numbers, number_step);
        inputs = _mm256_add_epi64(inputs, input_step);
    }
    return i;
}
#else
static bool draws_four(const struct snap_draw *draw)
{
    (void)draw;
    return false;
}

static uint32_t fill_fours(const struct snap_draw *draw, uint64_t seed, uint64_t number,
                           uint64_t stride, struct snap_pair *records, uint32_t count)
{
    (void)draw, (void)seed, (void)number, (void)stride, (void)records, (void)count;
    return 0;
}
#endif

void snap_draw_fill_uniform(const struct snap_draw *draw, uint64_t seed, uint64_t number,
                            uint64_t stride, struct snap_pair *records, uint32_t count)
{
    uint32_t i = draws_four(draw) ? fill_fours(draw, seed, number, stride, records, count) : 0;

    for (number += i * stride; i < count; i++, number += stride)
        records[i] = (struct snap_pair){{.number = snap_draw_uniform(draw, seed, number)},
                                        {.number = (int64_t)number}};
}
