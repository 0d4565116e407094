// SPDX-License-Identifier: Apache-2.0
#include "verify/log.h"

#include <string.h>

#include "base/check.h"

/* A chunk of the full size is 256 KiB: zeroing it leaves it in the cache for the copy. */
enum { CHUNK_RECORDS_FIRST = 32, CHUNK_RECORDS_MAX = 8192 };

static struct snap_log_chunk *open_chunk(struct snap_log *log, struct snap_arena *arena)
{
    struct snap_log_chunk *last = log->chunk_count ? &log->chunks[log->chunk_count - 1] : NULL;
    uint32_t capacity = last ? last->capacity * 2 : CHUNK_RECORDS_FIRST;

    if (last && last->count < last->capacity)
        return last;
    if (capacity > CHUNK_RECORDS_MAX)
        capacity = CHUNK_RECORDS_MAX;
    log->chunks = snap_arena_grow(arena, log->chunks, log->chunk_count, &log->chunk_capacity,
                                  sizeof(*log->chunks));
    last = &log->chunks[log->chunk_count++];
    last->records = SNAP_ARENA_ARRAY(arena, struct snap_record, capacity);
    last->first = log->count;
    last->capacity = capacity;
    return last;
}

static bool any_lineage(const uint64_t *lineage, uint32_t count)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < count; i++)
        all |= lineage[i];
    return all != 0;
}

static void copy_lineage(struct snap_log_chunk *chunk, struct snap_arena *arena,
                         const uint64_t *lineage, uint32_t count)
{
    if (!lineage || (!chunk->lineage && !any_lineage(lineage, count)))
        return;
    if (!chunk->lineage)
        chunk->lineage = SNAP_ARENA_ARRAY(arena, uint64_t, chunk->capacity);
    memcpy(&chunk->lineage[chunk->count], lineage, count * sizeof(*lineage));
}

static void append_time(struct snap_log *log, struct snap_arena *arena, snap_ns at_ns)
{
    if (log->time_count && log->times[log->time_count - 1].at_ns == at_ns)
        return;
    log->times = snap_arena_grow(arena, log->times, log->time_count, &log->time_capacity,
                                 sizeof(*log->times));
    log->times[log->time_count++] = (struct snap_log_time){.first = log->count, .at_ns = at_ns};
}

void snap_log_append(struct snap_log *log, struct snap_arena *arena,
                     const struct snap_stretch *stretch, snap_ns at_ns)
{
    if (stretch->count)
        append_time(log, arena, at_ns);
    for (uint32_t done = 0; done < stretch->count;) {
        struct snap_log_chunk *chunk = open_chunk(log, arena);
        uint32_t count = chunk->capacity - chunk->count;

        if (count > stretch->count - done)
            count = stretch->count - done;
        memcpy(&chunk->records[chunk->count], &stretch->records[done],
               count * sizeof(*stretch->records));
        copy_lineage(chunk, arena, stretch->lineage ? stretch->lineage + done : NULL, count);
        chunk->count += count;
        log->count += count;
        done += count;
    }
}

static const struct snap_log_chunk *chunk_of(const struct snap_log *log, uint64_t index)
{
    uint32_t low = 0;
    uint32_t high = log->chunk_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (log->chunks[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    return &log->chunks[low];
}

struct snap_stretch snap_log_stretch(const struct snap_log *log, uint64_t first, uint64_t end)
{
    const struct snap_log_chunk *chunk;
    uint64_t skip;
    uint64_t count;

    SNAP_CHECK(first < end && end <= log->count);
    chunk = chunk_of(log, first);
    skip = first - chunk->first;
    count = chunk->count - skip;
    if (count > end - first)
        count = end - first;
    return (struct snap_stretch){
        .records = chunk->records + skip,
        .lineage = chunk->lineage ? chunk->lineage + skip : NULL,
        .count = (uint32_t)count,
    };
}

snap_ns snap_log_time_of(const struct snap_log *log, uint64_t index)
{
    uint32_t low = 0;
    uint32_t high = log->time_count;

    SNAP_CHECK(index < log->count);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (log->times[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    return log->times[low].at_ns;
}
