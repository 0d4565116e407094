// SPDX-License-Identifier: Apache-2.0
/*
 * watermark_inputs.h: the watermark and the status of an operator with one input or several that it
 * tells apart.
 *
 * - Each input has a valve of its own over its channels; several inputs in a union are one.
 * - The operator's watermark is the least over the inputs that are not idle, and only rises. Unlike
 *   a valve it stays where it is when the last input becomes idle.
 * - With one input, what its valve passes on is passed on.
 * - Memory: the attempt's arena. Owner and thread: the task.
 * Flink: StreamTwoInputProcessor, AbstractStreamOperator.processWatermark,
 * IndexedCombinedWatermarkStatus.
 */
#ifndef SNAP_PROTOCOL_WATERMARK_INPUTS_H
#define SNAP_PROTOCOL_WATERMARK_INPUTS_H

#include "protocol/watermark_valve.h"

struct snap_watermark_input {
    struct snap_watermark_valve valve;
    uint32_t channel_first; /* of all the task's */
    int64_t watermark_ms;   /* passed on last by the valve */
    bool idle;
};

struct snap_watermark_inputs {
    struct snap_watermark_input *inputs;
    uint32_t input_count;
    uint32_t channel_count; /* of all of them */
    int64_t watermark_ms;   /* the operator's */
    bool idle;
};

/* Makes room for so many inputs, at least one; memory of the arena. */
void snap_watermark_inputs_init(struct snap_watermark_inputs *at, struct snap_arena *arena,
                                uint32_t input_max);

/* Adds the next input; its channels follow those of the one before. */
void snap_watermark_inputs_add(struct snap_watermark_inputs *at, struct snap_arena *arena,
                               uint32_t channel_count);

/* Takes a mark from a channel, counted over all inputs; returns what the operator is told. */
struct snap_valve_output snap_watermark_inputs_step(struct snap_watermark_inputs *at,
                                                    uint32_t channel,
                                                    const struct snap_record *mark);

#endif
