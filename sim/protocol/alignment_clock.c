// SPDX-License-Identifier: Apache-2.0
#include "protocol/alignment_clock.h"

#include "base/check.h"

void snap_alignment_clock_init(struct snap_alignment_clock *clock)
{
    *clock = (struct snap_alignment_clock){.checkpoint = SNAP_NO_CHECKPOINT};
}

void snap_alignment_clock_start(struct snap_alignment_clock *clock,
                                const struct snap_barrier *barrier, snap_ns now_ns)
{
    snap_alignment_clock_reset(clock);
    clock->running = true;
    clock->checkpoint = barrier->checkpoint;
    clock->started_ns = now_ns;
    /* The clocks of two machines may differ: a barrier from the future is on time. */
    clock->start_delay_ns = snap_ns_max(0, now_ns - barrier->created_ns);
}

bool snap_alignment_clock_end(struct snap_alignment_clock *clock, snap_ns now_ns)
{
    if (!clock->running)
        return false;
    SNAP_CHECK(now_ns >= clock->started_ns);
    clock->running = false;
    clock->duration_ns = now_ns - clock->started_ns;
    clock->bytes_processed = clock->bytes;
    return true;
}

void snap_alignment_clock_reset(struct snap_alignment_clock *clock)
{
    clock->running = false;
    clock->bytes = 0;
    clock->duration_ns = 0;
    clock->bytes_processed = 0;
}

snap_ns snap_alignment_clock_read(const struct snap_alignment_clock *clock, snap_ns now_ns)
{
    return clock->running ? now_ns - clock->started_ns : clock->duration_ns;
}
