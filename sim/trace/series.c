// SPDX-License-Identifier: Apache-2.0
#include "trace/series.h"

#include <string.h>

#include "base/check.h"

void snap_series_init(struct snap_series *series, struct snap_arena *arena, uint32_t columns,
                      uint32_t capacity)
{
    SNAP_CHECK(capacity > 0 && capacity % 2 == 0);
    memset(series, 0, sizeof(*series));
    series->bins = SNAP_ARENA_ARRAY(arena, double, (size_t)capacity *columns);
    series->capacity = capacity;
    series->columns = columns;
    series->width_ns = SNAP_SERIES_WIDTH_MIN;
}

static void fold(struct snap_series *series)
{
    uint32_t columns = series->columns;

    for (uint32_t bin = 0; bin < series->capacity; bin++) {
        double *from = series->bins + (size_t)bin * columns;
        double *to = series->bins + (size_t)(bin / 2) * columns;

        for (uint32_t c = 0; c < columns && bin > 0; c++) {
            /* The even neighbour comes first and replaces what stood there. */
            to[c] = bin % 2 == 0 ? from[c] : to[c] + from[c];
            if (to != from)
                from[c] = 0;
        }
    }
    series->last_until_ns = 0;
    series->count = (series->count + 1) / 2;
    series->width_ns *= 2;
    series->doublings++;
}

void snap_series_widen(struct snap_series *series, snap_ns width_ns)
{
    while (series->width_ns < width_ns)
        fold(series);
}

/* A division by a constant, as it is asked for each span of records. */
static uint64_t bin_of(const struct snap_series *series, snap_ns at_ns)
{
    return (uint64_t)at_ns / SNAP_SERIES_WIDTH_MIN >> series->doublings;
}

static void add(struct snap_series *series, uint32_t column, uint64_t bin, double amount)
{
    if (bin >= series->count)
        series->count = (uint32_t)bin + 1;
    series->last_from_ns = (snap_ns)bin * series->width_ns;
    series->last_until_ns = series->last_from_ns + series->width_ns;
    series->last = &series->bins[bin * series->columns];
    series->last[column] += amount;
}

void snap_series_spread(struct snap_series *series, uint32_t column,
                        const struct snap_amount *amount)
{
    snap_ns from = amount->from_ns;
    snap_ns last = snap_ns_max(amount->until_ns - 1, from);
    double length = (double)(amount->until_ns - from);

    while (bin_of(series, last) >= series->capacity)
        fold(series);
    /* The common case: all of it lies in one bin. */
    if (bin_of(series, from) == bin_of(series, last)) {
        add(series, column, bin_of(series, from), amount->amount);
        return;
    }
    while (from < amount->until_ns) {
        uint64_t bin = bin_of(series, from);
        snap_ns to =
            snap_ns_min(snap_ns_times(series->width_ns, (int64_t)bin + 1), amount->until_ns);

        add(series, column, bin, amount->amount * ((double)(to - from) / length));
        from = to;
    }
}

double snap_series_get(const struct snap_series *series, uint32_t column, uint32_t bin)
{
    return bin < series->count ? series->bins[(size_t)bin * series->columns + column] : 0;
}
