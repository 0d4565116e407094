// SPDX-License-Identifier: Apache-2.0
#include "model/java_table_order.h"

#include <string.h>

#include "model/java_hash.h"

enum { BUCKETS_LEAST = 16 };

static uint32_t bucket_of(const char *name, uint32_t buckets)
{
    uint32_t hash = (uint32_t)snap_java_hash_utf8(name, strlen(name));

    return (hash ^ (hash >> 16)) & (buckets - 1);
}

void snap_java_table_order(const char **names, uint32_t count, struct snap_arena *arena)
{
    const char **sorted = SNAP_ARENA_ARRAY(arena, const char *, count);
    uint32_t *starts;
    uint32_t buckets = BUCKETS_LEAST;

    while (count > buckets / 4 * 3)
        buckets *= 2;
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
