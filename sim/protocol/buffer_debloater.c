// SPDX-License-Identifier: Apache-2.0
#include "protocol/buffer_debloater.h"

#include <string.h>

#include "base/check.h"

enum { MS_IN_SECOND = 1000 };

void snap_buffer_size_average_init(struct snap_buffer_size_average *average,
                                   const struct snap_buffer_size_options *options)
{
    SNAP_CHECK(options->min > 0 && options->min <= options->start);
    SNAP_CHECK(options->start <= options->max && options->samples > 0);
    average->size = options->start;
    average->weight = 2.0 / ((double)options->samples + 1.0);
    average->min = options->min;
    average->max = options->max;
}

/* Half goes up. The size is at least 1, so the remainder is exact. */
static uint32_t rounded(double size)
{
    uint32_t whole = (uint32_t)size;

    return whole + (size - (double)whole >= 0.5);
}

uint32_t snap_buffer_size_average_add(struct snap_buffer_size_average *average, int64_t bytes,
                                      uint32_t buffers)
{
    double wish = (double)bytes / (double)buffers;

    SNAP_CHECK(bytes >= 0 && buffers > 0);
    if (wish > 2.0 * average->size)
        wish = 2.0 * average->size;
    average->size += average->weight * (wish - average->size);
    if (average->size > average->max)
        average->size = average->max;
    if (average->size < average->min)
        average->size = average->min;
    return rounded(average->size);
}

void snap_buffer_debloater_init(struct snap_buffer_debloater *debloater,
                                const struct snap_buffer_debloater_options *options)
{
    SNAP_CHECK(options->target_ms > 0);
    memset(debloater, 0, sizeof(*debloater));
    snap_buffer_size_average_init(&debloater->average, &options->size);
    debloater->target_ms = options->target_ms;
    debloater->threshold_percent = options->threshold_percent;
    debloater->announced = options->size.start;
}

/* Small changes are not worth a message, but the bounds are reached exactly. */
static bool is_worth_announcing(const struct snap_buffer_debloater *debloater, uint32_t size)
{
    double factor = debloater->threshold_percent / 100.0;
    int64_t least = (int64_t)((double)debloater->announced * factor);
    int64_t change = (int64_t)size - (int64_t)debloater->announced;

    if (change == 0)
        return false;
    if (size <= debloater->average.min || size >= debloater->average.max)
        return true;
    return (change < 0 ? -change : change) >= least;
}

/* What the target time's throughput amounts to; a target may be years. */
static int64_t target_bytes(const struct snap_buffer_debloater *debloater, int64_t bytes_per_second)
{
    __int128 bytes = (__int128)bytes_per_second * debloater->target_ms / MS_IN_SECOND;

    SNAP_CHECK(bytes_per_second >= 0);
    return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
}

bool snap_buffer_debloater_step(struct snap_buffer_debloater *debloater, int64_t bytes_per_second,
                                uint32_t buffers_in_use)
{
    uint32_t buffers = buffers_in_use > 0 ? buffers_in_use : 1;
    int64_t target = target_bytes(debloater, bytes_per_second);
    uint32_t size = snap_buffer_size_average_add(&debloater->average, target, buffers);

    /* Flink multiplies in 32 bits: beyond 2 GiB the estimate is wrong, and may be negative. */
    debloater->estimate_ms = (int64_t)(int32_t)(size * buffers) * MS_IN_SECOND /
                             (bytes_per_second > 0 ? bytes_per_second : 1);
    if (!is_worth_announcing(debloater, size))
        return false;
    debloater->announced = size;
    return true;
}
