// SPDX-License-Identifier: Apache-2.0
/*
 * demultiplexer.h: event time of channels that are made of several old ones after a restore at
 * another parallelism.
 *
 * - A channel's virtual channels are pairs of an old consumer and an old producer. Until all
 *   restored data has come, a watermark of one of them counts only as far as the others are.
 * - One that has no watermark yet holds the channel's back altogether, whether it has data or not.
 * - A channel is idle when all its virtual channels are; a status is passed on each time.
 * - Which records belong to the receiver was seen to before: see channel_state_rescale.h.
 * - Memory of the attempt's arena. Owner and thread: the task.
 * Flink: DemultiplexingRecordDeserializer, VirtualChannel.
 */
#ifndef SNAP_PROTOCOL_DEMULTIPLEXER_H
#define SNAP_PROTOCOL_DEMULTIPLEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/record.h"
#include "protocol/buffer.h"

/* Which old channel is part of which new one. */
struct snap_virtual_channel {
    uint32_t channel; /* of the receiver's inputs */
    struct snap_old_channel old;
};

struct snap_demultiplexed {
    struct snap_old_channel old;
    int64_t watermark_ms; /* SNAP_WATERMARK_MIN: none has come */
    bool idle;
};

struct snap_demultiplexer {
    struct snap_demultiplexed *items; /* those of a channel in a row */
    uint32_t *firsts;                 /* by channel, and one behind the last */
    uint32_t channel_count;
};

/* Sets up the virtual channels, which stand in the order of their channels. */
void snap_demultiplexer_init(struct snap_demultiplexer *demultiplexer, struct snap_arena *arena,
                             uint32_t channel_count, const struct snap_virtual_channel *virtuals,
                             uint32_t virtual_count);

/* Takes a mark that came over an old channel. Returns whether it is passed on, and changes it into
 * what the new channel says. */
bool snap_demultiplexer_step(struct snap_demultiplexer *demultiplexer, uint32_t channel,
                             struct snap_old_channel old, struct snap_record *mark);

#endif
