// SPDX-License-Identifier: Apache-2.0
#include "protocol/partition_size.h"

#include "base/check.h"
#include "protocol/partition_internal.h"

void snap_output_allow_sizes(struct snap_output *output, struct snap_arena *arena,
                             uint32_t start_bytes)
{
    struct snap_output_sizes *sizes = SNAP_ARENA_NEW(arena, struct snap_output_sizes);
    struct snap_sub_size start = {start_bytes, start_bytes, start_bytes};

    SNAP_CHECK(!output->sizes && start_bytes > 0 && start_bytes <= output->segment_bytes);
    sizes->channels = SNAP_ARENA_ARRAY(arena, struct snap_sub_size, output->channel_count);
    for (uint32_t i = 0; i < output->channel_count; i++)
        sizes->channels[i] = start;
    output->sizes = sizes;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void snap_sub_size_open(struct snap_output *output, struct snap_subpartition *sub, uint32_t bytes)
{
    struct snap_sub_size *size;

    if (!output->sizes)
        return;
    SNAP_CHECK(sub->open && sub->count == 0 && sub->base_bytes == 0);
    size = &output->sizes->channels[snap_sub_channel(output, sub)];
    size->open = smaller(output->segment_bytes, larger(size->next, bytes));
}

void snap_sub_stretch_open(struct snap_output *output, struct snap_subpartition *sub,
                           uint32_t bytes)
{
    struct snap_sub_size *size = &output->sizes->channels[snap_sub_channel(output, sub)];
    uint32_t used = snap_sub_used_bytes(output, sub);

    /* It may have been opened ahead, for something else or with an older size. */
    if (used == 0)
        snap_sub_size_open(output, sub, bytes);
    if (bytes < size->open - used ||
        snap_partition_is_available(&output->partitions[sub->partition]))
        return;
    /* One byte more, so that it is not full. */
    size->open = smaller(output->segment_bytes, used + bytes + 1);
}

static void set_broadcast_size(struct snap_output_sizes *sizes,
                               const struct snap_partition *partition)
{
    struct snap_sub_size *channels = &sizes->channels[partition->channel_first];
    uint32_t least = UINT32_MAX;

    for (uint32_t i = 0; i < partition->channel_count; i++)
        least = smaller(least, channels[i].asked);
    for (uint32_t i = 0; i < partition->channel_count; i++)
        channels[i].next = least;
}

void snap_output_set_size(struct snap_output *output, uint32_t channel, uint32_t bytes)
{
    struct snap_output_sizes *sizes = output->sizes;
    struct snap_subpartition *sub = &output->channels[channel];
    const struct snap_partition *partition = &output->partitions[sub->partition];

    SNAP_CHECK(sizes && bytes > 0 && bytes <= output->segment_bytes);
    sizes->channels[channel].asked = bytes;
    sizes->channels[channel].next = bytes;
    sizes->least = 0;
    if (partition->edge->ship == SNAP_SHIP_BROADCAST)
        set_broadcast_size(sizes, partition);
    /* Opened ahead, it is not in use yet. */
    if (sub->open && sub->count == 0 && sub->base_bytes == 0) {
        snap_sub_size_open(output, sub, partition->record_bytes);
        snap_sub_set_room(output, sub);
    }
}

uint32_t snap_output_least_size(const struct snap_output *output)
{
    struct snap_output_sizes *sizes = output->sizes;

    if (!sizes)
        return output->segment_bytes;
    if (sizes->least > 0)
        return sizes->least;
    sizes->least = output->segment_bytes;
    for (uint32_t i = 0; i < output->channel_count; i++) {
        const struct snap_subpartition *sub = &output->channels[i];
        uint32_t record_bytes = output->partitions[sub->partition].record_bytes;

        sizes->least = smaller(sizes->least, larger(sizes->channels[i].next, record_bytes));
    }
    return sizes->least;
}
