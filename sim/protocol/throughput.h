// SPDX-License-Identifier: Apache-2.0
/*
 * throughput.h: how many bytes a second a gate delivers while there is something to deliver.
 *
 * - Time counts from a resume, or from data, to a pause. The clock has whole milliseconds, so each
 *   span is cut to them at both ends.
 * - A reading ends a measurement and begins the next one; what runs goes on running.
 * - A measurement of no time keeps the reading before it; its bytes are lost with it.
 * - Owned by the task that reads the gate.
 * Flink: ThroughputCalculator.
 */
#ifndef SNAP_PROTOCOL_THROUGHPUT_H
#define SNAP_PROTOCOL_THROUGHPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct snap_throughput {
    bool running;
    int64_t since_ms;  /* when what runs began to count */
    int64_t active_ms; /* of this measurement, without what runs */
    int64_t bytes;     /* of this measurement */
    int64_t bytes_per_second;
};

/* Starts paused, with a reading of 0. */
void snap_throughput_init(struct snap_throughput *throughput);

/* Data of this size were taken: they count, and from now on time does. */
void snap_throughput_add(struct snap_throughput *throughput, int64_t bytes, snap_ns now_ns);

/* There is nothing to take: time does not count until it is resumed. */
void snap_throughput_pause(struct snap_throughput *throughput, snap_ns now_ns);

/* There is something to take again. */
void snap_throughput_resume(struct snap_throughput *throughput, snap_ns now_ns);

/* Ends the measurement; returns bytes per second of it, or the last reading if it took no time. */
int64_t snap_throughput_read(struct snap_throughput *throughput, snap_ns now_ns);

#endif
