// SPDX-License-Identifier: Apache-2.0
/*
 * log.h: an append-only list of records in chunks that never move.
 *
 * - Appending a span is a copy of its bytes; the lineage column of a chunk exists only once a
 *   lineage other than 0 came.
 * - An entry's index counts from 0 in the order of appending and never changes.
 * - `times` says when each span ended, so that the instant of an entry can be told later.
 * - Memory comes from the arena of whoever appends; one thread appends, readers come afterwards.
 */
#ifndef SNAP_VERIFY_LOG_H
#define SNAP_VERIFY_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/record.h"

struct snap_log_chunk {
    struct snap_record *records;
    uint64_t *lineage; /* NULL: all 0 */
    uint64_t first;    /* index of its first entry */
    uint32_t count;
    uint32_t capacity;
};

/* Entries from `first` on, up to the next one's, were done at `at_ns`. */
struct snap_log_time {
    uint64_t first;
    snap_ns at_ns;
};

/* Zeroed is empty. */
struct snap_log {
    struct snap_log_chunk *chunks;
    uint32_t chunk_count;
    uint32_t chunk_capacity;
    struct snap_log_time *times;
    uint32_t time_count;
    uint32_t time_capacity;
    uint64_t count;
};

/* Records in a row with their lineages (NULL: all 0). */
struct snap_stretch {
    const struct snap_record *records;
    const uint64_t *lineage;
    uint32_t count;
};

/* Appends the stretch, done at `at_ns`; memory from the arena, the same one at each call. */
void snap_log_append(struct snap_log *log, struct snap_arena *arena,
                     const struct snap_stretch *stretch, snap_ns at_ns);

/* Returns the longest stretch in one chunk that starts at entry `first` and ends before `end`. */
struct snap_stretch snap_log_stretch(const struct snap_log *log, uint64_t first, uint64_t end);

/* Returns when entry `index` was done. */
snap_ns snap_log_time_of(const struct snap_log *log, uint64_t index);

#endif
