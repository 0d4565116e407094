// SPDX-License-Identifier: Apache-2.0
/*
 * fused.c: what the pipeline computes, as one loop without channels, time or snapshots: the limit
 * of the machine that everything else is compared with.
 */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "bench/bench.h"
#include "model/record.h"

enum { KEYS = 10007, SLOTS = 1 << 15 };

#define RECORDS UINT64_C(40000000)

struct slot {
    int64_t key; /* -1: free */
    int64_t sum;
};

/* Keeps the sink's work from being thrown away. */
static volatile uint64_t sink_result;

static struct slot *find(struct slot *slots, int64_t key)
{
    uint32_t at = (uint32_t)(((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 49);

    while (slots[at].key != key && slots[at].key != -1)
        at = (at + 1) & (SLOTS - 1);
    slots[at].key = key;
    return &slots[at];
}

double snap_bench_fused_loop(const struct snap_bench_pipeline *unused)
{
    struct slot *slots = calloc(SLOTS, sizeof(*slots));
    uint64_t checksum = 0;
    double start;

    (void)unused;
    SNAP_CHECK(slots);
    for (uint32_t i = 0; i < SLOTS; i++)
        slots[i].key = -1;
    start = snap_bench_seconds();
    for (uint64_t i = 0; i < RECORDS; i++) {
        uint64_t draw = snap_mix64(i + 1);
        struct snap_record record = {.origin = i};
        struct slot *slot;

        record.key.number = (int64_t)(((draw >> 32) * KEYS) >> 32);
        record.value.number = (int64_t)i;
        slot = find(slots, record.key.number);
        slot->sum += record.value.number;
        record.value.number = slot->sum;
        checksum += (uint64_t)record.value.number ^ record.origin;
    }
    start = snap_bench_seconds() - start;
    sink_result = checksum;
    free(slots);
    return (double)RECORDS / start / 1e6;
}
