// SPDX-License-Identifier: Apache-2.0
/*
 * The fast way into a partition: runs of records that finish no buffer. Here no instant matters,
 * nothing is sent and nothing can fail, so the loops are as plain as can be.
 */
#include <string.h>

#include "base/check.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/lineage.h"
#include "model/string_pool.h"
#include "protocol/partition_internal.h"
#include "protocol/partitioner.h"

/* Channels of an output, and of several together, that are very many. */
enum { WIDE_OUTPUT_CHANNELS = 32, WIDE_CHANNELS = 4096 };

static uint32_t group_of(const struct snap_partition *partition, const struct snap_record *record)
{
    int32_t hash = partition->key_kind == SNAP_VALUE_LONG ? snap_java_hash_long(record->key.number)
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
    case SNAP_SHIP_CUSTOM:
        return snap_custom_target(partition->key_kind, record->key, partition->channel_count);
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

uint32_t snap_output_sure_room(const struct snap_output *output, uint32_t tasks)
{
    if (output->channel_count >= WIDE_OUTPUT_CHANNELS &&
        (uint64_t)output->channel_count * tasks >= WIDE_CHANNELS)
        return 0;
    return snap_output_room(output);
}

static void append_all(struct snap_subpartition *sub, const struct snap_batch *batch)
{
    /* In place already: see snap_output_place. */
    if (batch->records != sub->records + sub->count)
        memcpy(sub->records + sub->count, batch->records,
               batch->count * sizeof(struct snap_record));
    if (sub->lineage && batch->lineage != sub->lineage + sub->count)
        memcpy(sub->lineage + sub->count, batch->lineage, batch->count * sizeof(uint64_t));
    sub->count += batch->count;
}

/* Spreads records by target, whatever the strategy. */
static void append_each(struct snap_output *output, struct snap_partition *partition,
                        const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_subpartition *sub = &subs[snap_partition_target(partition, &batch->records[i])];

        if (sub->lineage)
            sub->lineage[sub->count] = batch->lineage[i];
        sub->records[sub->count++] = batch->records[i];
    }
}

/* Where spreads of small keys are looked up; a mask picks the group. */
struct spread {
    const uint16_t *low;
    uint64_t keys; /* the table's length */
    uint32_t mask;
};

static struct spread spread_of(const struct snap_partition *partition)
{
    return (struct spread){partition->key_spread, partition->key_spread ? SNAP_SPREAD_KEYS : 0,
                           partition->key_groups - 1};
}

/* Long keys over a power of two of key groups: the common case, without a division. */
static inline uint32_t group_by_mask(struct spread spread, int64_t key)
{
    if ((uint64_t)key < spread.keys)
        return spread.low[key] & spread.mask;
    return (uint32_t)snap_java_murmur(snap_java_hash_long(key)) & spread.mask;
}

static bool is_masked(const struct snap_partition *partition)
{
    return partition->key_kind == SNAP_VALUE_LONG &&
           (partition->key_groups & (partition->key_groups - 1)) == 0;
}

static void append_hashed(struct snap_output *output, struct snap_partition *partition,
                          const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const uint32_t *target = partition->group_target;
    const struct snap_record *record = batch->records;
    const struct snap_record *end = record + batch->count;
    struct spread spread = spread_of(partition);

    if (!is_masked(partition) || batch->lineage) {
        append_each(output, partition, batch);
        return;
    }
    for (; record < end; record++) {
        struct snap_subpartition *sub = &subs[target[group_by_mask(spread, record->key.number)]];

        sub->records[sub->count++] = *record;
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

/* Whether no channel can get to its maximum with two more segments. */
static bool channels_stay_below(const struct snap_output *output,
                                const struct snap_partition *partition)
{
    const struct snap_subpartition *sub = &output->channels[partition->channel_first];

    if (partition->segments_used - partition->open_count + 4 <= output->per_subpartition_max)
        return true;
    for (uint32_t i = 0; i < partition->channel_count; i++)
        if (sub[i].segments + 2 >= output->per_subpartition_max)
            return false;
    return true;
}

enum { NEW_SEGMENTS_MAX = 8 };

/* How many records, at most `most`, need at most so many new segments, whatever their targets: one
 * less than it takes to fill one more of the fullest buffers. */
static uint32_t room_before(const struct snap_output *output,
                            const struct snap_partition *partition, uint32_t segments,
                            uint32_t most)
{
    uint32_t least[NEW_SEGMENTS_MAX + 1]; /* records that fill a buffer, ascending */
    uint32_t wanted = segments < NEW_SEGMENTS_MAX ? segments + 1 : NEW_SEGMENTS_MAX + 1;
    uint32_t found = 0;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < partition->channel_count; i++) {
        const struct snap_subpartition *sub = &output->channels[partition->channel_first + i];
        uint32_t to_fill = sub->count_max - sub->count + 1;
        uint32_t at = found < wanted ? found++ : wanted;

        for (; at > 0 && least[at - 1] > to_fill; at--)
            if (at < wanted)
                least[at] = least[at - 1];
        if (at < wanted)
            least[at] = to_fill;
    }
    /* A buffer that was filled may be filled again with what a segment takes. */
    for (uint32_t i = 0; i < wanted; i++)
        sum += i < found ? least[i] : most;
    return sum - 1 < most ? (uint32_t)(sum - 1) : most;
}

uint32_t snap_output_timed_room(const struct snap_output *output)
{
    const struct snap_partition *partition = output->partitions;
    uint32_t unused;
    uint32_t most;

    if (output->partition_count != 1 || partition->channel_count == 1 ||
        partition->edge->ship == SNAP_SHIP_BROADCAST || output->flush_interval_ns == 0 ||
        (output->flush_due_ns == SNAP_NEVER && output->flush_interval_ns != SNAP_NEVER))
        return 0;
    /* In so many bytes each channel finishes at most one buffer, and one finishes another. Each
     * finished one may need a new segment, all of them on one channel in the worst case. */
    most = snap_output_least_size(output) / partition->record_bytes;
    most = most < SNAP_TIMED_RECORDS_MAX ? most : SNAP_TIMED_RECORDS_MAX;
    unused = partition->segments_max - partition->segments_used;
    if (unused < 2 || !channels_stay_below(output, partition))
        return 0;
    return unused >= partition->channel_count + 2
               ? most
               : room_before(output, partition, unused - 1, most);
}

/* The targets of a run of records; the common case has a loop without a division. */
static void find_targets(struct snap_partition *partition, const struct snap_batch *batch,
                         uint32_t *targets)
{
    struct spread spread = spread_of(partition);

    if (partition->edge->ship != SNAP_SHIP_HASH || !is_masked(partition)) {
        for (uint32_t i = 0; i < batch->count; i++)
            targets[i] = snap_partition_target(partition, &batch->records[i]);
        return;
    }
    for (uint32_t i = 0; i < batch->count; i++)
        targets[i] = partition->group_target[group_by_mask(spread, batch->records[i].key.number)];
}

static void put_timed(struct snap_output *output, struct snap_partition *partition,
                      const struct snap_record *record, uint64_t lineage, snap_ns at_ns)
{
    bool put = snap_partition_put(output, partition, record, lineage, at_ns);

    SNAP_CHECK(put);
}

/* The common case: hashed long keys, no lineage. Returns how many of the records were written:
 * less than all as soon as something waits for the link. */
static uint32_t write_hashed(struct snap_output *output, struct snap_partition *partition,
                             const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const uint32_t *target = partition->group_target;
    const struct snap_record *record = batch->records;
    struct spread spread = spread_of(partition);
    uint32_t i;

    for (i = 0; i < batch->count && output->ready_head == SNAP_NO_INDEX; i++, record++) {
        struct snap_subpartition *sub = &subs[target[group_by_mask(spread, record->key.number)]];

        if (__builtin_expect(sub->count < sub->count_max, 1))
            sub->records[sub->count++] = *record;
        else
            put_timed(output, partition, record, 0, snap_span_time_of(time, i));
    }
    return i;
}

/* The same for all other ways to find a target. */
static uint32_t write_plain(struct snap_output *output, struct snap_partition *partition,
                            const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const struct snap_record *record = batch->records;
    uint32_t i;

    for (i = 0; i < batch->count && output->ready_head == SNAP_NO_INDEX; i++, record++) {
        uint32_t target = snap_partition_target(partition, record);
        struct snap_subpartition *sub = &subs[target];

        if (__builtin_expect(sub->count < sub->count_max, 1)) {
            sub->records[sub->count++] = *record;
            continue;
        }
        partition->put_target = target;
        put_timed(output, partition, record, 0, snap_span_time_of(time, i));
    }
    return i;
}

static void write_each_timed(struct snap_output *output, struct snap_partition *partition,
                             const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    uint32_t targets[SNAP_TIMED_RECORDS_MAX];

    find_targets(partition, batch, targets);
    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_subpartition *sub = &subs[targets[i]];
        snap_ns at_ns = snap_span_time_of(time, i);

        if (__builtin_expect(sub->count < sub->count_max, 1)) {
            if (sub->lineage)
                sub->lineage[sub->count] =
                    snap_partition_lineage(partition, batch->lineage[i], targets[i]);
            sub->records[sub->count++] = batch->records[i];
        } else {
            partition->put_target = targets[i];
            put_timed(output, partition, &batch->records[i], batch->lineage ? batch->lineage[i] : 0,
                      at_ns);
        }
        /* What waited for the link leaves at the first boundary at which it is free; at the last
         * one only after the mails of that instant. */
        if (i + 1 < batch->count && output->ready_head != SNAP_NO_INDEX &&
            output->link_free_ns <= at_ns)
            snap_output_pump(output, at_ns);
    }
}

void snap_partition_write_timed(struct snap_output *output, struct snap_partition *partition,
                                const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_batch rest = *batch;
    struct snap_span_time later = *time;
    uint32_t written = 0;

    SNAP_CHECK(batch->count <= SNAP_TIMED_RECORDS_MAX);
    if (partition->edge->ship == SNAP_SHIP_HASH && is_masked(partition) && !batch->lineage)
        written = write_hashed(output, partition, batch, time);
    else if (!batch->lineage)
        written = write_plain(output, partition, batch, time);
    if (written == batch->count)
        return;
    rest.records += written;
    rest.count -= written;
    if (later.sums_ns)
        later.sums_ns += written;
    else
        later.start_ns += written * time->cost_ns;
    write_each_timed(output, partition, &rest, &later);
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
