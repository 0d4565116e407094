// SPDX-License-Identifier: Apache-2.0
#include "protocol/watermark_inputs.h"

#include "base/check.h"

void snap_watermark_inputs_init(struct snap_watermark_inputs *at, struct snap_arena *arena,
                                uint32_t input_max)
{
    SNAP_CHECK(input_max > 0);
    *at = (struct snap_watermark_inputs){
        .inputs = SNAP_ARENA_ARRAY(arena, struct snap_watermark_input, input_max),
        .watermark_ms = SNAP_WATERMARK_MIN,
    };
}

void snap_watermark_inputs_add(struct snap_watermark_inputs *at, struct snap_arena *arena,
                               uint32_t channel_count)
{
    struct snap_watermark_input *input = &at->inputs[at->input_count++];

    input->channel_first = at->channel_count;
    input->watermark_ms = SNAP_WATERMARK_MIN;
    snap_watermark_valve_init(&input->valve, arena, channel_count);
    at->channel_count += channel_count;
}

/* The least over the inputs that count; false if all are idle. */
static bool find_least(const struct snap_watermark_inputs *at, int64_t *least_ms)
{
    bool any = false;

    for (uint32_t i = 0; i < at->input_count; i++) {
        const struct snap_watermark_input *input = &at->inputs[i];

        if (input->idle)
            continue;
        if (!any || input->watermark_ms < *least_ms)
            *least_ms = input->watermark_ms;
        any = true;
    }
    return any;
}

static void settle(struct snap_watermark_inputs *at, struct snap_valve_output *out)
{
    int64_t least_ms = SNAP_WATERMARK_MIN;
    bool any = find_least(at, &least_ms);

    if (any && least_ms > at->watermark_ms) {
        at->watermark_ms = least_ms;
        out->has_watermark = true;
        out->watermark_ms = least_ms;
    }
    if (at->idle == any) {
        at->idle = !any;
        out->has_status = true;
        out->idle = !any;
    }
}

static struct snap_watermark_input *input_of(const struct snap_watermark_inputs *at,
                                             uint32_t channel)
{
    uint32_t input = at->input_count - 1;

    while (channel < at->inputs[input].channel_first)
        input--;
    return &at->inputs[input];
}

struct snap_valve_output snap_watermark_inputs_step(struct snap_watermark_inputs *at,
                                                    uint32_t channel,
                                                    const struct snap_record *mark)
{
    struct snap_watermark_input *from = input_of(at, channel);
    struct snap_valve_output said =
        snap_watermark_valve_step(&from->valve, channel - from->channel_first, mark);
    struct snap_valve_output out = {.has_watermark = false};

    if (at->input_count == 1)
        return said;
    if (said.has_watermark)
        from->watermark_ms = said.watermark_ms;
    if (said.has_status)
        from->idle = said.idle;
    if (said.has_watermark || said.has_status)
        settle(at, &out);
    return out;
}
