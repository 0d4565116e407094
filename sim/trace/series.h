// SPDX-License-Identifier: Apache-2.0
/*
 * series.h: amounts added up over time, in bounded memory.
 *
 * - A series has at most `capacity` bins of one width, from 0 on; each bin has a few columns. Where
 *   an instant lies behind the last bin, neighbours are folded and the width doubles.
 * - All widths are SNAP_SERIES_WIDTH_MIN times a power of two: bins of two series can be folded to
 *   the same borders.
 * - Amounts mostly come in the order of time: the bin that the last one went to is kept at hand.
 * - Memory is the arena's handed in; a series belongs to one thread.
 */
#ifndef SNAP_TRACE_SERIES_H
#define SNAP_TRACE_SERIES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"

/* The width of the bins of an empty series. */
#define SNAP_SERIES_WIDTH_MIN 15625

struct snap_series {
    double *bins; /* capacity * columns; arena */
    uint32_t capacity;
    uint32_t columns;
    uint32_t count; /* bins in use */
    snap_ns width_ns;
    uint32_t doublings;   /* of the width so far */
    snap_ns last_from_ns; /* the bin of the last amount; all 0: there is none */
    snap_ns last_until_ns;
    double *last;
};

/* An amount and the time over which it came. */
struct snap_amount {
    snap_ns from_ns;
    snap_ns until_ns;
    double amount;
};

/* Makes an empty series of `capacity` bins; capacity is even. */
void snap_series_init(struct snap_series *series, struct snap_arena *arena, uint32_t columns,
                      uint32_t capacity);

/* Adds an amount to the bins it lies in, see snap_series_add. */
void snap_series_spread(struct snap_series *series, uint32_t column,
                        const struct snap_amount *amount);

/* Adds the amount to the column, evenly over its time; all at `from_ns` if that is empty. */
static inline void snap_series_add(struct snap_series *series, uint32_t column,
                                   const struct snap_amount *amount)
{
    if (amount->from_ns >= series->last_from_ns && amount->from_ns < series->last_until_ns &&
        amount->until_ns <= series->last_until_ns)
        series->last[column] += amount->amount;
    else
        snap_series_spread(series, column, amount);
}

/* Folds the bins until they are at least so wide. */
void snap_series_widen(struct snap_series *series, snap_ns width_ns);

/* Returns what was added to the column in the bin; 0 behind the last one. */
double snap_series_get(const struct snap_series *series, uint32_t column, uint32_t bin);

#endif
