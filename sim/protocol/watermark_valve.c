// SPDX-License-Identifier: Apache-2.0
#include "protocol/watermark_valve.h"

#include "base/check.h"

void snap_watermark_valve_init(struct snap_watermark_valve *valve, struct snap_arena *arena,
                               uint32_t channel_count)
{
    *valve = (struct snap_watermark_valve){
        .channels = SNAP_ARENA_ARRAY(arena, struct snap_valve_channel, channel_count),
        .channel_count = channel_count,
        .active_count = channel_count,
        .watermark_ms = SNAP_WATERMARK_MIN,
        .least_ms = SNAP_WATERMARK_MIN,
        .at_least = channel_count,
    };
    for (uint32_t i = 0; i < channel_count; i++)
        valve->channels[i] =
            (struct snap_valve_channel){.watermark_ms = SNAP_WATERMARK_MIN, .aligned = true};
}

static void forget_at(struct snap_watermark_valve *valve, int64_t watermark_ms)
{
    if (valve->at_least > 0 && watermark_ms == valve->least_ms)
        valve->at_least--;
}

static void count_at(struct snap_watermark_valve *valve, int64_t watermark_ms)
{
    if (valve->at_least == 0)
        return;
    if (watermark_ms < valve->least_ms) {
        valve->least_ms = watermark_ms;
        valve->at_least = 0;
    }
    if (watermark_ms == valve->least_ms)
        valve->at_least++;
}

static void align(struct snap_watermark_valve *valve, struct snap_valve_channel *channel)
{
    channel->aligned = true;
    count_at(valve, channel->watermark_ms);
}

static void unalign(struct snap_watermark_valve *valve, struct snap_valve_channel *channel)
{
    if (!channel->aligned)
        return;
    channel->aligned = false;
    forget_at(valve, channel->watermark_ms);
}

/* Looks at all channels only when the last one at the least has left it: each watermark of each
 * channel is then looked at a constant number of times on average. */
static void find_least(struct snap_watermark_valve *valve)
{
    for (uint32_t i = 0; valve->at_least == 0 && i < valve->channel_count; i++) {
        if (!valve->channels[i].aligned)
            continue;
        valve->least_ms = valve->channels[i].watermark_ms;
        valve->at_least = 1;
        for (uint32_t k = i + 1; k < valve->channel_count; k++)
            if (valve->channels[k].aligned)
                count_at(valve, valve->channels[k].watermark_ms);
    }
}

static void raise_to(struct snap_watermark_valve *valve, int64_t watermark_ms,
                     struct snap_valve_output *out)
{
    if (watermark_ms <= valve->watermark_ms)
        return;
    valve->watermark_ms = watermark_ms;
    out->has_watermark = true;
    out->watermark_ms = watermark_ms;
}

static void raise_to_least(struct snap_watermark_valve *valve, struct snap_valve_output *out)
{
    if (valve->at_least == 0)
        find_least(valve);
    if (valve->at_least > 0)
        raise_to(valve, valve->least_ms, out);
}

static void take_watermark(struct snap_watermark_valve *valve, struct snap_valve_channel *channel,
                           int64_t watermark_ms, struct snap_valve_output *out)
{
    /* What an idle channel says does not count, nor what goes back. */
    if (valve->idle || channel->idle || watermark_ms <= channel->watermark_ms)
        return;
    if (channel->aligned)
        forget_at(valve, channel->watermark_ms);
    channel->watermark_ms = watermark_ms;
    if (channel->aligned)
        count_at(valve, watermark_ms);
    else if (watermark_ms >= valve->watermark_ms)
        align(valve, channel);
    raise_to_least(valve, out);
}

static void set_status(struct snap_watermark_valve *valve, bool idle, struct snap_valve_output *out)
{
    valve->idle = idle;
    out->has_status = true;
    out->idle = idle;
}

static void take_idle(struct snap_watermark_valve *valve, struct snap_valve_channel *channel,
                      struct snap_valve_output *out)
{
    if (channel->idle)
        return;
    channel->idle = true;
    valve->active_count--;
    unalign(valve, channel);
    if (valve->active_count > 0) {
        if (channel->watermark_ms == valve->watermark_ms)
            raise_to_least(valve, out);
        return;
    }
    for (uint32_t i = 0; i < valve->channel_count; i++)
        raise_to(valve, valve->channels[i].watermark_ms, out);
    set_status(valve, true, out);
}

static void take_active(struct snap_watermark_valve *valve, struct snap_valve_channel *channel,
                        struct snap_valve_output *out)
{
    if (!channel->idle)
        return;
    channel->idle = false;
    valve->active_count++;
    if (channel->watermark_ms >= valve->watermark_ms)
        align(valve, channel);
    if (valve->idle)
        set_status(valve, false, out);
}

struct snap_valve_output snap_watermark_valve_step(struct snap_watermark_valve *valve,
                                                   uint32_t channel, const struct snap_record *mark)
{
    struct snap_valve_output out = {.has_watermark = false};

    SNAP_CHECK(channel < valve->channel_count);
    switch (snap_mark_kind_of(mark)) {
    case SNAP_MARK_WATERMARK:
        take_watermark(valve, &valve->channels[channel], mark->timestamp_ms, &out);
        return out;
    case SNAP_MARK_IDLE:
        take_idle(valve, &valve->channels[channel], &out);
        return out;
    case SNAP_MARK_ACTIVE:
        take_active(valve, &valve->channels[channel], &out);
        return out;
    }
    SNAP_CHECK(false);
    return out;
}
