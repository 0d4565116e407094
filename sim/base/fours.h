// SPDX-License-Identifier: Apache-2.0
/*
 * fours.h: four 64-bit numbers at a time, on processors that can do so (AVX2).
 *
 * - A loop that uses it has a plain one beside it, which does the same numbers one by one: for what
 *   is left of a run, and for all other processors.
 * - Numbers that lie in every other place come as 0, 2, 1, 3 (SNAP_FOURS_ORDER): putting them in
 *   their order takes longer than most of what is done with them.
 * - Products of 64 bits are put together from those of 32.
 */
#ifndef SNAP_BASE_FOURS_H
#define SNAP_BASE_FOURS_H

#if defined(__x86_64__)
#define SNAP_HAS_FOURS 1

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

#define SNAP_FOURS __attribute__((target("avx2")))

/* Permutes 0, 1, 2, 3 into the order 0, 2, 1, 3, and back. */
#define SNAP_FOURS_ORDER 0xd8

/* Whether this processor can run what is marked SNAP_FOURS. */
static inline bool snap_fours_can(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

/* Returns first, first + 2 * step, first + step, first + 3 * step. */
static inline SNAP_FOURS __m256i snap_fours_every(uint64_t first, uint64_t step)
{
    return _mm256_set_epi64x((int64_t)(first + 3 * step), (int64_t)(first + step),
                             (int64_t)(first + 2 * step), (int64_t)first);
}

/* Loads the 64-bit values at 0, 32, 16 and 48 bytes; reads 64 bytes from `at`. */
static inline SNAP_FOURS __m256i snap_fours_every_other(const char *at)
{
    return _mm256_unpacklo_epi64(_mm256_loadu_si256((const __m256i *)(const void *)at),
                                 _mm256_loadu_si256((const __m256i *)(const void *)(at + 32)));
}

/* Returns each number times the factor, modulo 2^64. */
static inline SNAP_FOURS __m256i snap_fours_times(__m256i numbers, uint64_t factor)
{
    __m256i low = _mm256_set1_epi64x((int64_t)(factor & UINT32_MAX));
    __m256i high = _mm256_set1_epi64x((int64_t)(factor >> 32));
    __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(numbers, 32), low),
                                     _mm256_mul_epu32(numbers, high));

    return _mm256_add_epi64(_mm256_mul_epu32(numbers, low), _mm256_slli_epi64(cross, 32));
}

/* Returns snap_mix64 of each. */
static inline SNAP_FOURS __m256i snap_fours_mix64(__m256i x)
{
    x = snap_fours_times(_mm256_xor_si256(x, _mm256_srli_epi64(x, 30)), SNAP_MIX_FIRST);
    x = snap_fours_times(_mm256_xor_si256(x, _mm256_srli_epi64(x, 27)), SNAP_MIX_SECOND);
    return _mm256_xor_si256(x, _mm256_srli_epi64(x, 31));
}

#endif
#endif
