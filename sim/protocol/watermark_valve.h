// SPDX-License-Identifier: Apache-2.0
/*
 * watermark_valve.h: one watermark and one status out of those of several channels.
 *
 * - Every channel starts active, at SNAP_WATERMARK_MIN. The valve's watermark is the least over the
 *   aligned channels; it only rises.
 * - An idle channel is not aligned: it is left out. A channel that is active again counts only once
 *   its watermark has caught up with the valve's.
 * - When all channels are idle the valve is: it first passes on the greatest of their watermarks,
 *   so that the outcome does not depend on which became idle last.
 * - Arrays lie in the arena of the attempt; restores begin with a new valve. Owner and thread: the
 *   task.
 * Flink: StatusWatermarkValve, CombinedWatermarkStatus.
 */
#ifndef SNAP_PROTOCOL_WATERMARK_VALVE_H
#define SNAP_PROTOCOL_WATERMARK_VALVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/stream_mark.h"

struct snap_valve_channel {
    int64_t watermark_ms;
    bool idle;
    bool aligned;
};

struct snap_watermark_valve {
    struct snap_valve_channel *channels;
    uint32_t channel_count;
    uint32_t active_count;
    int64_t watermark_ms; /* passed on last */
    bool idle;            /* the status passed on last */
    int64_t least_ms;     /* over the aligned channels, while at_least > 0 */
    uint32_t at_least;    /* how many of them stand at it; 0: has to be looked for */
};

/* What a step passes on; a watermark goes before a status. */
struct snap_valve_output {
    bool has_watermark;
    bool has_status;
    int64_t watermark_ms;
    bool idle;
};

/* Sets up a valve for so many channels; memory of the arena. */
void snap_watermark_valve_init(struct snap_watermark_valve *valve, struct snap_arena *arena,
                               uint32_t channel_count);

/* Takes a mark (a watermark or a status) from a channel; returns what follows from it. */
struct snap_valve_output snap_watermark_valve_step(struct snap_watermark_valve *valve,
                                                   uint32_t channel,
                                                   const struct snap_record *mark);

#endif
