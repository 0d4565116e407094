// SPDX-License-Identifier: Apache-2.0
/*
 * buffer_debloater.h: the buffer size of a gate at which what is queued takes the target time.
 *
 * - The size moves towards the wished one by 2 / (samples + 1) of the distance and stays within
 *   its bounds. It is kept unrounded; what is announced is rounded.
 * - A wish is never above twice the size, so that growing is no faster than shrinking.
 * - A new size is announced if it is a bound, or differs from the announced one by the threshold.
 * - One per gate, asked once a period; what it announces goes to every channel of the gate.
 * - Owned by the task that reads the gate.
 * Flink: BufferDebloater, BufferSizeEMA.
 */
#ifndef SNAP_PROTOCOL_BUFFER_DEBLOATER_H
#define SNAP_PROTOCOL_BUFFER_DEBLOATER_H

#include <stdbool.h>
#include <stdint.h>

/* The size as a moving average; sizes in bytes. */
struct snap_buffer_size_average {
    double size;
    double weight; /* of a new wish */
    uint32_t min;
    uint32_t max;
};

/* What an average or a debloater starts from; min <= start <= max, samples >= 1. */
struct snap_buffer_size_options {
    uint32_t start; /* bytes */
    uint32_t min;
    uint32_t max;
    uint32_t samples;
};

void snap_buffer_size_average_init(struct snap_buffer_size_average *average,
                                   const struct snap_buffer_size_options *options);

/* Takes the wish that `buffers` (at least 1) hold `bytes` in all; returns the size in bytes. */
uint32_t snap_buffer_size_average_add(struct snap_buffer_size_average *average, int64_t bytes,
                                      uint32_t buffers);

struct snap_buffer_debloater {
    struct snap_buffer_size_average average;
    int64_t target_ms;
    int32_t threshold_percent;
    uint32_t announced;  /* bytes; the size that the senders use */
    int64_t estimate_ms; /* what the queued data would take at the last throughput */
};

struct snap_buffer_debloater_options {
    struct snap_buffer_size_options size;
    int64_t target_ms;
    int32_t threshold_percent;
};

/* The senders begin with the starting size: it counts as announced. */
void snap_buffer_debloater_init(struct snap_buffer_debloater *debloater,
                                const struct snap_buffer_debloater_options *options);

/*
 * Sets size and estimate from the throughput in bytes per second and the buffers in use; true if
 * debloater->announced changed and is to be sent to all channels.
 */
bool snap_buffer_debloater_step(struct snap_buffer_debloater *debloater, int64_t bytes_per_second,
                                uint32_t buffers_in_use);

/*
 * Buffers in use on a channel from another TaskManager: those queued here and those the sender has
 * waiting, which are what it requires beyond the exclusive ones. On a channel inside a TaskManager
 * they are those queued at the sender. Flink: RemoteInputChannel.getBuffersInUseCount.
 */
static inline uint32_t snap_buffers_in_use(uint32_t queued, uint32_t required, uint32_t exclusive)
{
    return queued + (required > exclusive ? required - exclusive : 0);
}

#endif
