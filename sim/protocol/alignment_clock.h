// SPDX-License-Identifier: Apache-2.0
/*
 * alignment_clock.h: how long a checkpoint's alignment takes and what passes meanwhile.
 *
 * - One alignment is timed at a time: that of the checkpoint started last.
 * - While it runs, started_ns is its start and `bytes` grows; else the last results stand.
 * - Start delay is how late the first barrier came, in nanoseconds as barriers carry them here
 *   (Flink's carry milliseconds).
 * - Owned by a barrier handler; its thread only.
 * Flink: the metrics part of CheckpointBarrierHandler.
 */
#ifndef SNAP_PROTOCOL_ALIGNMENT_CLOCK_H
#define SNAP_PROTOCOL_ALIGNMENT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"

struct snap_alignment_clock {
    bool running;
    snap_checkpoint_id checkpoint; /* timed last */
    snap_ns started_ns;            /* while running */
    int64_t bytes;                 /* data taken since the start, while running */
    snap_ns start_delay_ns;        /* of the last start; survives a reset */
    snap_ns duration_ns;           /* of the last finished alignment; 0 after a reset */
    int64_t bytes_processed;       /* during the last finished alignment; 0 after a reset */
};

/* Makes a clock that has timed nothing. */
void snap_alignment_clock_init(struct snap_alignment_clock *clock);

/* Starts timing the alignment of the barrier's checkpoint; one that runs is forgotten. */
void snap_alignment_clock_start(struct snap_alignment_clock *clock,
                                const struct snap_barrier *barrier, snap_ns now_ns);

/* Ends the running alignment and keeps its results; returns false if none runs. */
bool snap_alignment_clock_end(struct snap_alignment_clock *clock, snap_ns now_ns);

/* Stops without results: time and bytes read 0 until the next end. */
void snap_alignment_clock_reset(struct snap_alignment_clock *clock);

/* Returns the time the running alignment has taken so far, else that of the last one, in ns: what
 * Flink's gauge shows meanwhile. For who looks from outside: conformance and stories. */
snap_ns snap_alignment_clock_read(const struct snap_alignment_clock *clock, snap_ns now_ns);

/* Counts data taken. Called for each buffer or span of records, hence inline. */
static inline void snap_alignment_clock_add_bytes(struct snap_alignment_clock *clock, int64_t bytes)
{
    if (clock->running)
        clock->bytes += bytes;
}

#endif
