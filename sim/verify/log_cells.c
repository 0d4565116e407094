// SPDX-License-Identifier: Apache-2.0
/*
 * log_cells.c: fields of records that lie in columns of pairs are every other 64-bit value. Of
 * these, the common case, four are taken at a time.
 */
#include "verify/log_cells.h"

#include "base/fours.h"

enum { PAIR_BYTES = 2 * sizeof(uint64_t) };

#define SHORT_BIAS (UINT64_C(1) << 15)
#define NARROW_BIAS (UINT64_C(1) << 31)

/* The source without its first values. */
static struct snap_cell_source rest_of(const struct snap_cell_source *from, uint32_t done)
{
    return (struct snap_cell_source){from->values + (size_t)done * from->stride_bytes,
                                     from->stride_bytes, from->count - done};
}

#ifdef SNAP_HAS_FOURS
/* How many of the values are taken four at a time. What is read with four values ends with the
 * neighbour of the last one, which may be the end of the memory: so the last value is none of
 * them. */
static uint32_t in_fours(const struct snap_cell_source *from)
{
    if (from->stride_bytes != PAIR_BYTES || from->count == 0 || !snap_fours_can())
        return 0;
    return (from->count - 1) / 4 * 4;
}

static SNAP_FOURS bool is_zero(__m256i bits)
{
    return _mm256_testz_si256(bits, bits) != 0;
}

static SNAP_FOURS bool fours_are_even(const char *values, uint32_t count, uint64_t next,
                                      uint64_t step)
{
    const __m256i four_steps = _mm256_set1_epi64x((int64_t)(4 * step));
    __m256i expected = snap_fours_every(next, step);
    __m256i odd = _mm256_setzero_si256();

    for (uint32_t i = 0; i < count; i += 4, values += 4 * PAIR_BYTES) {
        odd = _mm256_or_si256(odd, _mm256_xor_si256(snap_fours_every_other(values), expected));
        expected = _mm256_add_epi64(expected, four_steps);
    }
    return is_zero(odd);
}

/* Of four values in two halves: the bytes of each at its place among all four, in their order. */
static inline SNAP_FOURS __m128i pack(__m256i values, __m256i places)
{
    __m256i placed = _mm256_shuffle_epi8(values, places);

    return _mm_or_si128(_mm256_castsi256_si128(placed), _mm256_extracti128_si256(placed, 1));
}

static SNAP_FOURS bool fours_to_shorts(int16_t *cells, uint64_t base, const char *values,
                                       uint32_t count)
{
    const __m256i bases = _mm256_set1_epi64x((int64_t)base);
    const __m256i bias = _mm256_set1_epi64x((int64_t)SHORT_BIAS);
    const __m256i places =
        _mm256_setr_epi8(0, 1, -1, -1, 8, 9, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1,
                         -1, -1, 8, 9, -1, -1, -1, -1, -1, -1, -1, -1);
    __m256i over = _mm256_setzero_si256();

    for (uint32_t i = 0; i < count; i += 4, values += 4 * PAIR_BYTES) {
        __m256i difference = _mm256_sub_epi64(snap_fours_every_other(values), bases);

        over = _mm256_or_si256(over, _mm256_add_epi64(difference, bias));
        _mm_storel_epi64((__m128i *)(void *)(cells + i), pack(difference, places));
    }
    return is_zero(_mm256_srli_epi64(over, 16));
}

static SNAP_FOURS bool fours_to_narrow(int32_t *cells, uint64_t base, const char *values,
                                       uint32_t count)
{
    const __m256i bases = _mm256_set1_epi64x((int64_t)base);
    const __m256i bias = _mm256_set1_epi64x((int64_t)NARROW_BIAS);
    const __m256i places =
        _mm256_setr_epi8(0, 1, 2, 3, -1, -1, -1, -1, 8, 9, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1,
                         0, 1, 2, 3, -1, -1, -1, -1, 8, 9, 10, 11);
    __m256i over = _mm256_setzero_si256();

    for (uint32_t i = 0; i < count; i += 4, values += 4 * PAIR_BYTES) {
        __m256i difference = _mm256_sub_epi64(snap_fours_every_other(values), bases);

        over = _mm256_or_si256(over, _mm256_add_epi64(difference, bias));
        _mm_storeu_si128((__m128i *)(void *)(cells + i), pack(difference, places));
    }
    return is_zero(_mm256_srli_epi64(over, 32));
}
#else
static uint32_t in_fours(const struct snap_cell_source *from)
{
    (void)from;
    return 0;
}

static bool fours_are_even(const char *values, uint32_t count, uint64_t next, uint64_t step)
{
    (void)values, (void)count, (void)next, (void)step;
    return true;
}

static bool fours_to_shorts(int16_t *cells, uint64_t base, const char *values, uint32_t count)
{
    (void)cells, (void)base, (void)values, (void)count;
    return true;
}

static bool fours_to_narrow(int32_t *cells, uint64_t base, const char *values, uint32_t count)
{
    (void)cells, (void)base, (void)values, (void)count;
    return true;
}
#endif

bool snap_cells_are_even(const struct snap_cell_source *from, uint64_t next, uint64_t step)
{
    uint32_t done = in_fours(from);
    struct snap_cell_source rest = rest_of(from, done);
    uint64_t odd = 0;

    if (!fours_are_even(from->values, done, next, step))
        return false;
    next += done * step;
    for (uint32_t i = 0; i < rest.count; i++, next += step)
        odd |= snap_cell_at(&rest, i) ^ next;
    return odd == 0;
}

bool snap_cells_add_shorts(int16_t *cells, uint64_t base, const struct snap_cell_source *from)
{
    uint32_t done = in_fours(from);
    struct snap_cell_source rest = rest_of(from, done);
    uint64_t over = 0;

    if (!fours_to_shorts(cells, base, from->values, done))
        return false;
    for (uint32_t i = 0; i < rest.count; i++) {
        uint64_t difference = snap_cell_at(&rest, i) - base;

        over |= difference + SHORT_BIAS;
        cells[done + i] = (int16_t)(uint16_t)difference;
    }
    return over >> 16 == 0;
}

bool snap_cells_add_narrow(int32_t *cells, uint64_t base, const struct snap_cell_source *from)
{
    uint32_t done = in_fours(from);
    struct snap_cell_source rest = rest_of(from, done);
    uint64_t over = 0;

    if (!fours_to_narrow(cells, base, from->values, done))
        return false;
    for (uint32_t i = 0; i < rest.count; i++) {
        uint64_t difference = snap_cell_at(&rest, i) - base;

        over |= difference + NARROW_BIAS;
        cells[done + i] = (int32_t)(uint32_t)difference;
    }
    return over >> 32 == 0;
}

void snap_cells_add_wide(uint64_t *cells, const struct snap_cell_source *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        cells[i] = snap_cell_at(from, i);
}
