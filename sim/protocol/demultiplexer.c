// SPDX-License-Identifier: Apache-2.0
#include "protocol/demultiplexer.h"

#include "base/check.h"
#include "model/stream_mark.h"

void snap_demultiplexer_init(struct snap_demultiplexer *demultiplexer, struct snap_arena *arena,
                             uint32_t channel_count, const struct snap_virtual_channel *virtuals,
                             uint32_t virtual_count)
{
    uint32_t next = 0;

    demultiplexer->channel_count = channel_count;
    demultiplexer->items = SNAP_ARENA_ARRAY(arena, struct snap_demultiplexed, virtual_count);
    demultiplexer->firsts = SNAP_ARENA_ARRAY(arena, uint32_t, channel_count + 1);
    for (uint32_t c = 0; c < channel_count; c++) {
        demultiplexer->firsts[c] = next;
        for (; next < virtual_count && virtuals[next].channel == c; next++)
            demultiplexer->items[next] = (struct snap_demultiplexed){
                .old = virtuals[next].old, .watermark_ms = SNAP_WATERMARK_MIN};
    }
    demultiplexer->firsts[channel_count] = next;
    SNAP_CHECK(next == virtual_count);
}

static bool step_watermark(const struct snap_demultiplexed *items, uint32_t count,
                           struct snap_record *mark)
{
    int64_t least_ms = SNAP_WATERMARK_MAX;

    for (uint32_t i = 0; i < count; i++)
        if (items[i].watermark_ms < least_ms)
            least_ms = items[i].watermark_ms;
    mark->timestamp_ms = least_ms;
    return least_ms != SNAP_WATERMARK_MIN;
}

static bool step_status(const struct snap_demultiplexed *items, uint32_t count,
                        struct snap_record *mark)
{
    bool active = false;

    for (uint32_t i = 0; i < count; i++)
        active = active || !items[i].idle;
    if (active)
        *mark = snap_mark_make(SNAP_MARK_ACTIVE, 0);
    return true;
}

bool snap_demultiplexer_step(struct snap_demultiplexer *demultiplexer, uint32_t channel,
                             struct snap_old_channel old, struct snap_record *mark)
{
    uint32_t first = demultiplexer->firsts[channel];
    uint32_t count = demultiplexer->firsts[channel + 1] - first;
    struct snap_demultiplexed *items = demultiplexer->items + first;
    uint32_t at = 0;

    SNAP_CHECK(channel < demultiplexer->channel_count && snap_record_is_mark(mark));
    while (at < count &&
           (items[at].old.consumer != old.consumer || items[at].old.producer != old.producer))
        at++;
    SNAP_CHECK(at < count);
    if (snap_mark_kind_of(mark) != SNAP_MARK_WATERMARK) {
        items[at].idle = snap_mark_kind_of(mark) == SNAP_MARK_IDLE;
        return step_status(items, count, mark);
    }
    items[at].watermark_ms = mark->timestamp_ms;
    return step_watermark(items, count, mark);
}
