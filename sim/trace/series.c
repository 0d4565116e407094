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
    series->count = (series->count + 1) / 2;
    series->width_ns *= 2;
}

void snap_series_widen(struct snap_series *series, snap_ns width_ns)
{
    while (series->width_ns < width_ns)
        fold(series);
}

static double *bin_at(struct snap_series *series, uint32_t column, snap_ns at_ns)
{
    uint32_t bin = (uint32_t)(at_ns / series->width_ns);

    if (bin >= series->count)
        series->count = bin + 1;
    return &series->bins[(size_t)bin * series->columns + column];
}

void snap_series_add(struct snap_series *series, uint32_t column, const struct snap_amount *amount)
{
    snap_ns from = amount->from_ns;
    snap_ns last = snap_ns_max(amount->until_ns - 1, from);
    double length = (double)(amount->until_ns - from);

    while (last / series->width_ns >= series->capacity)
        fold(series);
    /* The common case: all of it lies in one bin. */
    if (from / series->width_ns == last / series->width_ns) {
        *bin_at(series, column, from) += amount->amount;
        return;
    }
    while (from < amount->until_ns) {
        snap_ns border = (from / series->width_ns + 1) * series->width_ns;
        snap_ns to = snap_ns_min(border, amount->until_ns);

        *bin_at(series, column, from) += amount->amount * ((double)(to - from) / length);
        from = to;
    }
}

double snap_series_get(const struct snap_series *series, uint32_t column, uint32_t bin)
{
    return bin < series->count ? series->bins[(size_t)bin * series->columns + column] : 0;
}
