// SPDX-License-Identifier: Apache-2.0
/*
 * log_cells.h: the loops that bring one field of many records into a column of a log (log.h).
 */
#ifndef SNAP_VERIFY_LOG_CELLS_H
#define SNAP_VERIFY_LOG_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* 64-bit values that lie `stride_bytes` apart. Borrowed. */
struct snap_cell_source {
    const char *values;
    uint32_t stride_bytes;
    uint32_t count;
};

/* Returns the value at a position. */
static inline uint64_t snap_cell_at(const struct snap_cell_source *from, uint32_t position)
{
    uint64_t value;

    memcpy(&value, from->values + (size_t)position * from->stride_bytes, sizeof(value));
    return value;
}

/* Whether the values are `next`, next + step and so on, modulo 2^64. */
bool snap_cells_are_even(const struct snap_cell_source *from, uint64_t next, uint64_t step);

/* Writes the differences to `base`; false, and any cells, if one does not fit into 16 bits. */
bool snap_cells_add_shorts(int16_t *cells, uint64_t base, const struct snap_cell_source *from);

/* The same with 32 bits. */
bool snap_cells_add_narrow(int32_t *cells, uint64_t base, const struct snap_cell_source *from);

/* Writes the values. */
void snap_cells_add_wide(uint64_t *cells, const struct snap_cell_source *from);

#endif
