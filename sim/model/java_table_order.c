// SPDX-License-Identifier: Apache-2.0
#include "model/java_table_order.h"

#include <string.h>

#include "model/java_hash.h"

enum { BUCKETS_LEAST = 16, CROWDED = 8, CROWDED_BUCKETS_MAX = 64 };

static uint32_t bucket_of(const char *name, uint32_t buckets)
{
    uint32_t hash = (uint32_t)snap_java_hash_utf8(name, strlen(name));

    return (hash ^ (hash >> 16)) & (buckets - 1);
}

static uint32_t count_beside(const char *const *names, uint32_t index, uint32_t buckets)
{
    uint32_t bucket = bucket_of(names[index], buckets);
    uint32_t count = 0;

    for (uint32_t i = 0; i < index; i++)
        count += bucket_of(names[i], buckets) == bucket;
    return count;
}

/* The table looks at its filling before each call, so the last name that is one too many stays
 * without a larger table unless some name is asked for once more. */
static uint32_t count_buckets(const char *const *names, uint32_t count, bool asked_again)
{
    uint32_t buckets = BUCKETS_LEAST;

    for (uint32_t i = 0; i < count; i++) {
        if (i > buckets / 4 * 3)
            buckets *= 2;
        if (buckets < CROWDED_BUCKETS_MAX && count_beside(names, i, buckets) + 1 >= CROWDED)
            buckets *= 2;
    }
    if (asked_again && count > buckets / 4 * 3)
        buckets *= 2;
    return buckets;
}

void snap_java_table_order(const char **names, uint32_t count, bool asked_again,
                           struct snap_arena *arena)
{
    const char **sorted = SNAP_ARENA_ARRAY(arena, const char *, count);
    uint32_t buckets = count_buckets(names, count, asked_again);
    uint32_t *starts;

    starts = SNAP_ARENA_ARRAY(arena, uint32_t, buckets + 1);
    for (uint32_t i = 0; i < count; i++)
        starts[bucket_of(names[i], buckets) + 1]++;
    for (uint32_t b = 0; b < buckets; b++)
        starts[b + 1] += starts[b];
    /* Backwards: the last of a bucket comes first. */
    for (uint32_t i = count; i-- > 0;)
        sorted[starts[bucket_of(names[i], buckets)]++] = names[i];
    memcpy(names, sorted, count * sizeof(*names));
}
