// SPDX-License-Identifier: Apache-2.0
#include "trace/percentile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    double percent;
} percentiles[SNAP_PERCENTILE_COUNT] = {
    {"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p999", 99.9},
};

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static double percentile(const int64_t *sorted, uint32_t count, double percent)
{
    double place = percent * ((double)count + 1) / 100;
    double whole = floor(place);
    uint32_t index = (uint32_t)whole;

    if (count == 0)
        return NAN;
    if (place < 1)
        return (double)sorted[0];
    if (index >= count)
        return (double)sorted[count - 1];
    return (double)sorted[index - 1] +
           (place - whole) * ((double)sorted[index] - (double)sorted[index - 1]);
}

struct snap_distribution snap_distribution_of(int64_t *numbers, uint32_t count)
{
    struct snap_distribution result;
    int64_t sum = 0;

    memset(&result, 0, sizeof(result));
    if (count > 0)
        qsort(numbers, count, sizeof(numbers[0]), compare_numbers);
    for (uint32_t i = 0; i < count; i++)
        sum += numbers[i];
    if (count > 0) {
        result.min = numbers[0];
        result.max = numbers[count - 1];
        result.average = sum / (int64_t)count;
    }
    for (uint32_t i = 0; i < SNAP_PERCENTILE_COUNT; i++)
        result.percentiles[i] = percentile(numbers, count, percentiles[i].percent);
    return result;
}

const char *snap_percentile_name(uint32_t index)
{
    return percentiles[index].name;
}
