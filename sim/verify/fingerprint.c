// SPDX-License-Identifier: Apache-2.0
#include "verify/fingerprint.h"

#include "base/fours.h"

static struct snap_fingerprint print_of(const struct snap_print_form *form,
                                        const struct snap_stretch *stretch)
{
    const uint64_t *lineage = stretch->lineage;
    struct snap_fingerprint print = {0};

    for (uint32_t i = 0; i < stretch->count; i++) {
        const struct snap_record record = snap_record_view_at(&stretch->records, i);

        snap_fingerprint_add_copy(&print, form, &record, lineage ? lineage[i] : 0);
    }
    return print;
}

/* The common form has loops of its own, in which nothing is left to be decided. */
static struct snap_fingerprint print_of_numbers(const struct snap_stretch *stretch)
{
    struct snap_fingerprint print = {.count = stretch->count};

    for (uint32_t i = 0; i < stretch->count; i++) {
        const struct snap_record record = snap_record_view_at(&stretch->records, i);
        uint64_t mixed = snap_print_mix(record.origin, stretch->lineage ? stretch->lineage[i] : 0,
                                        (uint64_t)record.key.number, (uint64_t)record.value.number);

        print.sum += mixed;
        print.xor ^= mixed;
    }
    return print;
}

#ifdef SNAP_HAS_FOURS
/* Two halves of records, pairs or stamps, as 0 and 1 or 2 and 3. */
static inline SNAP_FOURS __m256i two_halves(const char *first, uint32_t stride_bytes)
{
    const __m128i *a = (const __m128i *)(const void *)first;
    const __m128i *b = (const __m128i *)(const void *)(first + stride_bytes);

    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(a)), _mm_loadu_si128(b),
                                   1);
}

/* snap_print_mix of the records 0, 2, 1 and 3, but for their lineages. */
static inline SNAP_FOURS __m256i mix_four(const char *pair, const char *stamp,
                                          uint32_t stride_bytes, __m256i lineages)
{
    __m256i low = two_halves(pair, stride_bytes);
    __m256i high = two_halves(pair + 2 * (size_t)stride_bytes, stride_bytes);
    __m256i origins =
        _mm256_unpackhi_epi64(two_halves(stamp, stride_bytes),
                              two_halves(stamp + 2 * (size_t)stride_bytes, stride_bytes));
    __m256i keys = snap_fours_times(_mm256_unpacklo_epi64(low, high), SNAP_PRINT_KEY);
    __m256i values = snap_fours_times(_mm256_unpackhi_epi64(low, high), SNAP_PRINT_VALUE);
    __m256i named =
        snap_fours_times(_mm256_add_epi64(origins, _mm256_set1_epi64x(1)), SNAP_PRINT_ORIGIN);

    return snap_fours_mix64(
        _mm256_add_epi64(_mm256_add_epi64(named, lineages), _mm256_add_epi64(keys, values)));
}

/* The print of so many times four records, of which these are the sums and exclusive ors. */
static inline SNAP_FOURS struct snap_fingerprint fold_four(__m256i sums, __m256i xors)
{
    uint64_t added[4];
    uint64_t mixed[4];

    _mm256_storeu_si256((__m256i *)(void *)added, sums);
    _mm256_storeu_si256((__m256i *)(void *)mixed, xors);
    return (struct snap_fingerprint){.sum = added[0] + added[1] + added[2] + added[3],
                                     .xor = mixed[0] ^ mixed[1] ^ mixed[2] ^ mixed[3]};
}

/* The same four at a time; all but the last three at most. */
static inline SNAP_FOURS struct snap_fingerprint
print_in_fours(const struct snap_stretch *stretch, const uint64_t *lineage, uint32_t stride_bytes)
{
    const char *pair = stretch->records.pairs;
    const char *stamp = stretch->records.stamps;
    __m256i sums = _mm256_setzero_si256();
    __m256i xors = _mm256_setzero_si256();
    struct snap_fingerprint print;
    uint32_t i;

    for (i = 0; i + 4 <= stretch->count; i += 4) {
        __m256i lineages = _mm256_setzero_si256();
        __m256i mixed;

        if (lineage)
            lineages = _mm256_permute4x64_epi64(
                _mm256_loadu_si256((const __m256i *)(const void *)(lineage + i)), SNAP_FOURS_ORDER);
        mixed = mix_four(pair, stamp, stride_bytes, lineages);
        sums = _mm256_add_epi64(sums, mixed);
        xors = _mm256_xor_si256(xors, mixed);
        pair += 4 * (size_t)stride_bytes;
        stamp += 4 * (size_t)stride_bytes;
    }
    print = fold_four(sums, xors);
    print.count = i;
    return print;
}

static SNAP_FOURS struct snap_fingerprint print_fours(const struct snap_stretch *stretch)
{
    uint32_t stride_bytes = stretch->records.stride_bytes;

    if (stretch->lineage)
        return print_in_fours(stretch, stretch->lineage, stride_bytes);
    return stride_bytes == sizeof(struct snap_pair)
               ? print_in_fours(stretch, NULL, sizeof(struct snap_pair))
               : print_in_fours(stretch, NULL, stride_bytes);
}
#endif

static void add_numbers(struct snap_fingerprint *print, const struct snap_stretch *stretch)
{
    struct snap_stretch rest = *stretch;
    struct snap_fingerprint added = {.count = 0};

#ifdef SNAP_HAS_FOURS
    if (snap_fours_can())
        added = print_fours(stretch);
#endif
    rest.records = snap_record_view_from(&stretch->records, (uint32_t)added.count);
    rest.lineage = stretch->lineage ? stretch->lineage + added.count : NULL;
    rest.count -= (uint32_t)added.count;
    snap_fingerprint_merge(print, &added);
    added = print_of_numbers(&rest);
    snap_fingerprint_merge(print, &added);
}

static bool is_of_numbers(const struct snap_print_form *form)
{
    return form->schema.key == SNAP_VALUE_LONG && form->schema.value == SNAP_VALUE_LONG &&
           form->parts == (SNAP_PART_KEY | SNAP_PART_VALUE);
}

void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                  const struct snap_print_form *form,
                                  const struct snap_stretch *stretch)
{
    struct snap_fingerprint added;

    if (is_of_numbers(form)) {
        add_numbers(print, stretch);
        return;
    }
    added = print_of(form, stretch);
    snap_fingerprint_merge(print, &added);
}
