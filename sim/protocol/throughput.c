// SPDX-License-Identifier: Apache-2.0
#include "protocol/throughput.h"

#include <string.h>

#include "base/check.h"

enum { MS_IN_SECOND = 1000 };

void snap_throughput_init(struct snap_throughput *throughput)
{
    memset(throughput, 0, sizeof(*throughput));
}

void snap_throughput_add(struct snap_throughput *throughput, int64_t bytes, snap_ns now_ns)
{
    SNAP_CHECK(bytes >= 0);
    snap_throughput_resume(throughput, now_ns);
    throughput->bytes += bytes;
}

/* Counts what ran until now. */
static void count_span(struct snap_throughput *throughput, int64_t now_ms)
{
    if (!throughput->running)
        return;
    SNAP_CHECK(now_ms >= throughput->since_ms);
    throughput->active_ms += now_ms - throughput->since_ms;
    throughput->since_ms = now_ms;
}

void snap_throughput_pause(struct snap_throughput *throughput, snap_ns now_ns)
{
    count_span(throughput, now_ns / SNAP_MS);
    throughput->running = false;
}

void snap_throughput_resume(struct snap_throughput *throughput, snap_ns now_ns)
{
    if (throughput->running)
        return;
    throughput->running = true;
    throughput->since_ms = now_ns / SNAP_MS;
}

int64_t snap_throughput_read(struct snap_throughput *throughput, snap_ns now_ns)
{
    count_span(throughput, now_ns / SNAP_MS);
    /* A quotient of doubles, cut, as in Flink: a division of integers differs in the last byte. */
    if (throughput->active_ms > 0)
        throughput->bytes_per_second =
            (int64_t)((double)throughput->bytes / (double)throughput->active_ms * MS_IN_SECOND);
    throughput->active_ms = 0;
    throughput->bytes = 0;
    return throughput->bytes_per_second;
}
