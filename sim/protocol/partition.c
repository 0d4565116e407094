// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "protocol/lanes.h"
#include "protocol/partition_internal.h"

/* Random streams of a task by purpose. */
enum { RNG_PARTITION = 0x70617274 };

_Static_assert(sizeof(struct snap_subpartition) == 64, "a subpartition is a line of the cache");

void snap_output_init(struct snap_output *output, const struct snap_network_config *network,
                      const struct snap_output_port *port, snap_ns now_ns)
{
    memset(output, 0, sizeof(*output));
    output->segment_bytes = network->segment_bytes;
    output->per_subpartition_max = network->per_subpartition_max;
    output->flush_interval_ns = network->buffer_timeout_ns;
    output->flush_due_ns = SNAP_NEVER;
    output->flush_origin_ns = now_ns;
    output->ready_head = SNAP_NO_INDEX;
    output->ready_tail = SNAP_NO_INDEX;
    output->port = *port;
}

/* The first place in the memory at which a subpartition is one line of the cache. */
static struct snap_subpartition *in_lines(struct snap_subpartition *memory)
{
    size_t line = sizeof(*memory);

    return (struct snap_subpartition *)(((uintptr_t)memory + line - 1) / line * line);
}

void snap_output_reserve(struct snap_output *output, struct snap_arena *arena,
                         uint32_t partition_count, uint32_t channel_count)
{
    output->partitions = SNAP_ARENA_ARRAY(arena, struct snap_partition, partition_count);
    output->channels =
        in_lines(SNAP_ARENA_ARRAY(arena, struct snap_subpartition, channel_count + 1));
}

const uint32_t *snap_partition_group_targets(struct snap_arena *arena,
                                             const struct snap_operator *consumer)
{
    struct snap_parallelism parallelism = {consumer->parallelism, consumer->max_parallelism};
    uint32_t *targets = SNAP_ARENA_ARRAY(arena, uint32_t, parallelism.max);

    for (uint32_t group = 0; group < parallelism.max; group++)
        targets[group] = snap_key_group_subtask(group, parallelism);
    return targets;
}

const uint8_t *snap_partition_key_lanes(struct snap_arena *arena,
                                        const struct snap_operator *producer,
                                        const struct snap_operator *consumer)
{
    struct snap_parallelism parallelism = {consumer->parallelism, consumer->max_parallelism};
    uint32_t shift = snap_lane_shift(consumer->parallelism);
    uint8_t *lanes;

    if (producer->schema.key != SNAP_VALUE_LONG || consumer->parallelism > UINT8_MAX + 1)
        return NULL;
    lanes = SNAP_ARENA_ARRAY(arena, uint8_t, SNAP_SMALL_KEYS);
    for (uint32_t key = 0; key < SNAP_SMALL_KEYS; key++) {
        uint32_t group = snap_key_group_of(snap_java_hash_long(key), parallelism.max);

        lanes[key] = (uint8_t)(snap_key_group_subtask(group, parallelism) << shift);
    }
    return lanes;
}

static void init_channels(struct snap_output *output, const struct snap_partition *partition)
{
    uint32_t block_class = snap_buffer_class(SNAP_BUFFER_RECORDS_LEAST, output->port.columns);

    SNAP_CHECK(output->partition_count <= UINT16_MAX);
    for (uint32_t i = 0; i < partition->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[partition->channel_first + i];

        sub->partition = (uint16_t)output->partition_count;
        sub->ready_next = SNAP_NO_INDEX;
        snap_sub_set_block_class(sub, block_class);
    }
}

struct snap_partition *snap_output_add(struct snap_output *output,
                                       const struct snap_partition_options *options)
{
    struct snap_partition *partition = &output->partitions[output->partition_count];
    const struct snap_edge *edge = options->edge;
    const struct snap_operator *producer = &options->job->operators[edge->producer];
    const struct snap_network_config *network = options->network;

    partition->edge = edge;
    partition->channel_first = output->channel_count;
    snap_job_edge_downstream(options->job, edge, options->subtask, &partition->receiver_first,
                             &partition->channel_count);
    SNAP_CHECK(partition->channel_count > 0);
    partition->record_bytes = producer->record_size_bytes ? producer->record_size_bytes : 1;
    partition->segments_max =
        partition->channel_count * network->exclusive_per_channel + network->floating_per_gate;
    /* At least one for each, and one more. Flink: NettyShuffleUtils. */
    if (partition->segments_max <= partition->channel_count)
        partition->segments_max = partition->channel_count + 1;
    partition->overdraft_max = network->overdraft_per_gate;
    partition->put_target = SNAP_NO_INDEX;
    partition->key_kind = producer->schema.key;
    snap_rng_init(&partition->rng, options->seed, ((uint64_t)edge->index << 32) | options->subtask,
                  RNG_PARTITION);
    /* Flink starts its round at a random channel, rescale at the first. */
    partition->cursor = partition->channel_count - 1;
    if (edge->ship == SNAP_SHIP_REBALANCE)
        partition->cursor = (uint32_t)snap_rng_below(&partition->rng, partition->channel_count);
    if (edge->ship == SNAP_SHIP_HASH) {
        SNAP_CHECK(options->group_target);
        partition->key_groups = options->job->operators[edge->consumer].max_parallelism;
        partition->key_lane = options->key_lane;
        SNAP_CHECK(partition->channel_count == options->job->operators[edge->consumer].parallelism);
        partition->lane_shift = snap_lane_shift(partition->channel_count);
        partition->group_target = options->group_target;
    }
    init_channels(output, partition);
    output->partition_count++;
    output->channel_count += partition->channel_count;
    return partition;
}

void snap_output_fini(struct snap_output *output)
{
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];

        snap_buffer_put(output->port.blocks, sub->open);
        snap_buffer_queue_clear(&sub->queue, output->port.blocks);
    }
    memset(output, 0, sizeof(*output));
}
