// SPDX-License-Identifier: Apache-2.0
/*
 * percentile.h: minimum, maximum, average and percentiles of a list of numbers.
 *
 * - The percentile p of n sorted numbers lies at the place p (n + 1) / 100, counted from 1, with
 *   linear interpolation; before the first it is the first, behind the last it is the last.
 * - The average is cut to an integer. Of no numbers min, max and average are 0, percentiles NaN.
 * Flink: StatsSummary, DescriptiveStatisticsHistogramStatistics.
 */
#ifndef SNAP_TRACE_PERCENTILE_H
#define SNAP_TRACE_PERCENTILE_H

#include <stdint.h>

enum { SNAP_PERCENTILE_COUNT = 5 };

struct snap_distribution {
    int64_t min;
    int64_t max;
    int64_t average;
    double percentiles[SNAP_PERCENTILE_COUNT]; /* 50, 90, 95, 99, 99.9 */
};

/* Describes `count` numbers; sorts them. */
struct snap_distribution snap_distribution_of(int64_t *numbers, uint32_t count);

/* "p50", "p90", "p95", "p99", "p999". */
const char *snap_percentile_name(uint32_t index);

#endif
