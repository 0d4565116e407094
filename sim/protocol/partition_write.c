// SPDX-License-Identifier: Apache-2.0
/*
 * The fast way into a partition: runs of records that finish no buffer. Here no instant matters,
 * nothing is sent and nothing can fail, so the loops are as plain as can be.
 */
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/lineage.h"
#include "model/string_pool.h"
#include "protocol/partition.h"

static uint32_t group_of(const struct snap_partition *partition, const struct snap_record *record)
{
    int32_t hash = partition->key_kind == SNAP_VALUE_LONG
                       ? snap_java_hash_long(record->key.number)
                       : record->key.string->java_hash;

    return (uint32_t)snap_java_murmur(hash) % partition->key_groups;
}

uint32_t snap_partition_target(struct snap_partition *partition, const struct snap_record *record)
{
    switch (partition->edge->ship) {
    case SNAP_SHIP_HASH:
        return partition->group_target[group_of(partition, record)];
    case SNAP_SHIP_REBALANCE:
    case SNAP_SHIP_RESCALE:
        if (++partition->cursor == partition->channel_count)
            partition->cursor = 0;
        return partition->cursor;
    case SNAP_SHIP_SHUFFLE:
        return (uint32_t)snap_rng_below(&partition->rng, partition->channel_count);
    case SNAP_SHIP_FORWARD:
    case SNAP_SHIP_GLOBAL:
    case SNAP_SHIP_BROADCAST:
        return 0;
    }
    SNAP_CHECK(false);
    return 0;
}

uint32_t snap_output_room(const struct snap_output *output)
{
    uint32_t room = UINT32_MAX;

    if (output->partition_count == 0)
        return room;
    /* Flushing after each record, or a first record that has to arm the flush: one at a time. */
    if (output->flush_interval_ns == 0 ||
        (output->flush_due_ns == SNAP_NEVER && output->flush_interval_ns != SNAP_NEVER))
        return 0;
    for (uint32_t i = 0; i < output->channel_count && room > 0; i++) {
        const struct snap_subpartition *sub = &output->channels[i];
        uint32_t here = sub->count_max - sub->count;

        room = here < room ? here : room;
    }
    return room;
}

static void append_all(struct snap_subpartition *sub, const struct snap_batch *batch)
{
    memcpy(sub->records + sub->count, batch->records, batch->count * sizeof(struct snap_record));
    if (sub->lineage)
        memcpy(sub->lineage + sub->count, batch->lineage, batch->count * sizeof(uint64_t));
    sub->count += batch->count;
}

/* Spreads records by target, whatever the strategy. */
static void append_each(struct snap_output *output, struct snap_partition *partition,
                        const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_subpartition *sub =
            &subs[snap_partition_target(partition, &batch->records[i])];

        if (sub->lineage)
            sub->lineage[sub->count] = batch->lineage[i];
        sub->records[sub->count++] = batch->records[i];
    }
}

static void append_hashed(struct snap_output *output, struct snap_partition *partition,
                          const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    uint32_t mask = partition->key_groups - 1;

    /* Long keys over a power of two of key groups: the common case, without a division. */
    if (partition->key_kind != SNAP_VALUE_LONG || (partition->key_groups & mask) != 0 ||
        batch->lineage) {
        append_each(output, partition, batch);
        return;
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        int32_t hash = snap_java_hash_long(batch->records[i].key.number);
        uint32_t group = (uint32_t)snap_java_murmur(hash) & mask;
        struct snap_subpartition *sub = &subs[partition->group_target[group]];

        sub->records[sub->count++] = batch->records[i];
    }
}

static void append_broadcast(struct snap_output *output, struct snap_partition *partition,
                             const struct snap_batch *batch)
{
    for (uint32_t c = 0; c < partition->channel_count; c++) {
        struct snap_subpartition *sub = &output->channels[partition->channel_first + c];

        append_all(sub, batch);
        if (!batch->lineage)
            continue;
        for (uint32_t i = 0; i < batch->count; i++) {
            uint64_t *lineage = &sub->lineage[sub->count - batch->count + i];

            *lineage = snap_lineage_copy(*lineage, partition->receiver_first + c);
        }
    }
}

void snap_partition_write(struct snap_output *output, struct snap_partition *partition,
                          const struct snap_batch *batch)
{
    if (batch->count == 0)
        return;
    if (batch->lineage && partition->lineage_edge != SNAP_NO_INDEX)
        for (uint32_t i = 0; i < batch->count; i++)
            batch->lineage[i] = snap_lineage_edge(batch->lineage[i], partition->lineage_edge);
    if (partition->edge->ship == SNAP_SHIP_BROADCAST)
        append_broadcast(output, partition, batch);
    else if (partition->channel_count == 1 || partition->edge->ship == SNAP_SHIP_GLOBAL)
        append_all(&output->channels[partition->channel_first], batch);
    else if (partition->edge->ship == SNAP_SHIP_HASH)
        append_hashed(output, partition, batch);
    else
        append_each(output, partition, batch);
}
