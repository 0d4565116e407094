// SPDX-License-Identifier: Apache-2.0
/*
 * log.h: an append-only list of records in chunks that never move.
 *
 * - A chunk holds columns, each as narrow as its contents allow: nothing at all while the values
 *   are evenly spaced, then differences of 16 or 32 bits, else the values themselves. Offsets of a
 *   split and lineages of 0 take no memory: touching memory is what costs time here.
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

enum snap_log_column {
    SNAP_COLUMN_ORIGIN,
    SNAP_COLUMN_KEY,
    SNAP_COLUMN_VALUE,
    SNAP_COLUMN_LINEAGE,
    SNAP_COLUMN_TIMESTAMP,
    SNAP_COLUMN_COUNT,
};

/* How the cells of a column are kept. */
enum snap_cells {
    SNAP_CELLS_EVEN,   /* base + position * step: no cells */
    SNAP_CELLS_SHORT,  /* base + a signed difference of 16 bits */
    SNAP_CELLS_NARROW, /* base + a signed difference of 32 bits */
    SNAP_CELLS_WIDE,   /* 64 bits */
};

struct snap_column {
    enum snap_cells form;
    uint64_t base;
    union {
        uint64_t step; /* EVEN */
        int16_t *shorts;
        int32_t *narrow;
        uint64_t *wide;
    };
};

struct snap_log_chunk {
    struct snap_column columns[SNAP_COLUMN_COUNT];
    uint64_t first; /* index of its first entry */
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
    enum snap_cells least[SNAP_COLUMN_COUNT]; /* what earlier chunks needed for uneven values */
    bool keeps_timestamps;                    /* else they read 0 */
};

/* Records in a row with their lineages (NULL: all 0). */
struct snap_stretch {
    struct snap_record_view records;
    const uint64_t *lineage;
    uint32_t count;
};

/* Appends the stretch, done at `at_ns`; memory from the arena, the same one at each call. */
void snap_log_append(struct snap_log *log, struct snap_arena *arena,
                     const struct snap_stretch *stretch, snap_ns at_ns);

/* Entries of one chunk in a row. */
struct snap_slice {
    const struct snap_log_chunk *chunk;
    uint32_t offset;
    uint32_t count;
};

struct snap_log_entry {
    struct snap_record record;
    uint64_t lineage;
};

/* So many entries are read at a time. */
enum { SNAP_LOG_READ_MAX = 128 };

/* Zeroed before the first reading; what is read is not to be changed. */
struct snap_log_entries {
    uint32_t count;
    /* Columns that hold this value in all places, as the last reading left them. */
    bool constant[SNAP_COLUMN_COUNT];
    uint64_t value[SNAP_COLUMN_COUNT];
    struct snap_record records[SNAP_LOG_READ_MAX];
    uint64_t lineages[SNAP_LOG_READ_MAX];
};

/* Returns the longest slice of one chunk that starts at entry `first` and ends before `end`. */
struct snap_slice snap_log_slice(const struct snap_log *log, uint64_t first, uint64_t end);

/* Returns the cell of the column at this place of its chunk. */
static inline uint64_t snap_column_cell(const struct snap_column *cells, uint32_t at)
{
    switch (cells->form) {
    case SNAP_CELLS_EVEN:
        return cells->base + at * cells->step;
    case SNAP_CELLS_SHORT:
        return cells->base + (uint64_t)(int64_t)cells->shorts[at];
    case SNAP_CELLS_NARROW:
        return cells->base + (uint64_t)(int64_t)cells->narrow[at];
    case SNAP_CELLS_WIDE:
        return cells->wide[at];
    }
    return 0;
}

/* Returns the cell of the column for entry `position` of the slice. */
static inline uint64_t snap_slice_cell(const struct snap_slice *slice, enum snap_log_column column,
                                       uint32_t position)
{
    return snap_column_cell(&slice->chunk->columns[column], slice->offset + position);
}

/* Returns entry `position` of the slice, < count. */
static inline struct snap_log_entry snap_slice_entry(const struct snap_slice *slice,
                                                     uint32_t position)
{
    return (struct snap_log_entry){
        .record.timestamp_ms = (int64_t)snap_slice_cell(slice, SNAP_COLUMN_TIMESTAMP, position),
        .record.key.number = (int64_t)snap_slice_cell(slice, SNAP_COLUMN_KEY, position),
        .record.value.number = (int64_t)snap_slice_cell(slice, SNAP_COLUMN_VALUE, position),
        .record.origin = snap_slice_cell(slice, SNAP_COLUMN_ORIGIN, position),
        .lineage = snap_slice_cell(slice, SNAP_COLUMN_LINEAGE, position),
    };
}

/* Reads entries of the slice from `first` on, as many as there are and fit. */
void snap_slice_read(const struct snap_slice *slice, uint32_t first, struct snap_log_entries *to);

/* Reads `count` cells of one column for entries of the slice from `first` on. */
void snap_slice_read_cells(const struct snap_slice *slice, enum snap_log_column column,
                           uint32_t first, uint32_t count, uint64_t *to);

/* Returns entry `index` of the log. */
struct snap_log_entry snap_log_entry_at(const struct snap_log *log, uint64_t index);

/* Returns when entry `index` was done. */
snap_ns snap_log_time_of(const struct snap_log *log, uint64_t index);

#endif
