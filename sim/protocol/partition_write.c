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
#include "protocol/lanes.h"
#include "protocol/partition_internal.h"
#include "protocol/partitioner.h"

static uint32_t group_of(const struct snap_partition *partition, union snap_value key)
{
    int32_t hash = partition->key_kind == SNAP_VALUE_LONG ? snap_java_hash_long(key.number)
                                                          : key.string->java_hash;

    uint32_t spread = (uint32_t)snap_java_murmur(hash);
    uint32_t groups = partition->key_groups;

    /* Nearly always a power of two: no division. */
    return (groups & (groups - 1)) == 0 ? spread & (groups - 1) : spread % groups;
}

uint32_t snap_partition_target(struct snap_partition *partition, union snap_value key)
{
    switch (partition->edge->ship) {
    case SNAP_SHIP_HASH:
        return partition->group_target[group_of(partition, key)];
    case SNAP_SHIP_REBALANCE:
    case SNAP_SHIP_RESCALE:
        if (++partition->cursor == partition->channel_count)
            partition->cursor = 0;
        return partition->cursor;
    case SNAP_SHIP_SHUFFLE:
        return (uint32_t)snap_rng_below(&partition->rng, partition->channel_count);
    case SNAP_SHIP_CUSTOM:
        return snap_custom_target(partition->key_kind, key, partition->channel_count);
    case SNAP_SHIP_FORWARD:
    case SNAP_SHIP_GLOBAL:
    case SNAP_SHIP_BROADCAST:
        return 0;
    }
    SNAP_CHECK(false);
    return 0;
}

static void append_all(struct snap_subpartition *sub, const struct snap_batch *batch)
{
    struct snap_stamp *stamps = batch->stamps ? sub->open->stamps + sub->count : NULL;

    /* In place already: see snap_output_place. */
    if (batch->records != sub->records + sub->count)
        memcpy(sub->records + sub->count, batch->records, batch->count * sizeof(struct snap_pair));
    if (batch->stamps != stamps)
        memcpy(stamps, batch->stamps, batch->count * sizeof(struct snap_stamp));
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
        struct snap_subpartition *sub =
            &subs[snap_partition_target(partition, batch->records[i].key)];

        if (sub->lineage)
            sub->lineage[sub->count] = batch->lineage[i];
        snap_sub_append_row(sub, batch, i);
    }
}

/* The same where they go to the channels in turn. */
static void append_in_turn(struct snap_output *output, struct snap_partition *partition,
                           const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const struct snap_batch from = *batch;
    uint32_t target = partition->cursor;

    for (uint32_t i = 0; i < from.count; i++) {
        if (++target == partition->channel_count)
            target = 0;
        if (from.lineage)
            subs[target].lineage[subs[target].count] = from.lineage[i];
        snap_sub_append_row(&subs[target], &from, i);
    }
    partition->cursor = target;
}

/* So many records that it is worth it. */
enum { SCATTER_RECORDS_A_CHANNEL = 4 };

/* Where record 0 of a channel's lane would lie: before the open buffer's next place by what the
 * lane begins with. Numbers, as there may be no such record. */
struct scatter_base {
    uintptr_t record;
    uintptr_t stamp; /* 0: there is none */
};

/* Where the records of few channels go: to the place that their lane has counted to. */
struct scattering {
    const uint8_t *key_lane;
    struct scatter_base bases[SNAP_NARROW_LANES]; /* by channel */
};

/* Where one record goes. */
struct scatter_place {
    struct snap_pair *record;
    struct snap_stamp *stamp; /* means nothing without stamps */
};

/* The first bit of a wide lane is where the channel's base begins, that of a narrow one half of it.
 */
_Static_assert(sizeof(struct scatter_base) == SNAP_WIDE_LANE &&
                   sizeof(struct scatter_base) == 2 * SNAP_NARROW_LANE,
               "bases lie as lanes do");

static SNAP_SHIFTS_INLINE struct scatter_place
take_place(const struct scattering *to, uint64_t *lanes, union snap_value key, uint32_t bits)
{
    uint32_t lane = to->key_lane[key.number];
    uintptr_t at = snap_lanes_get(*lanes, lane, bits);
    const struct scatter_base *base =
        (const void *)((const char *)to->bases + lane * (sizeof(*base) / bits));

    *lanes += snap_lanes_one(lane);
    return (struct scatter_place){(void *)(base->record + at * sizeof(struct snap_pair)),
                                  (void *)(base->stamp + at * sizeof(struct snap_stamp))};
}

static SNAP_SHIFTS_INLINE void put_at(struct scatter_place place, const struct snap_pair *record,
                                      const struct snap_stamp *stamp)
{
    *place.record = *record;
    if (stamp)
        *place.stamp = *stamp;
}

/* Returns how many of the records were scattered: those before the first whose key is not small, or
 * whose lane is full. */
static SNAP_SHIFTS_INLINE size_t scatter_pairs(const struct scattering *to, uint64_t *lanes,
                                               const struct snap_pair *records,
                                               const struct snap_stamp *stamps, size_t count,
                                               uint32_t bits)
{
    uint64_t before = *lanes;
    size_t i;

    /* Four at a time, their places first: a processor that expects a read to depend on a store
     * before it lets the read wait until it knows where that store goes. */
    for (i = 0; i + 4 <= count; i += 4) {
        const struct snap_pair *four = records + i;
        uint64_t with = before;
        struct scatter_place a, b, c, d;

        if (!snap_keys_are_small(four))
            break;
        a = take_place(to, &with, four[0].key, bits);
        b = take_place(to, &with, four[1].key, bits);
        c = take_place(to, &with, four[2].key, bits);
        d = take_place(to, &with, four[3].key, bits);
        if (snap_lanes_overfull(with, bits))
            break;
        before = with;
        put_at(a, &four[0], stamps ? &stamps[i] : NULL);
        put_at(b, &four[1], stamps ? &stamps[i + 1] : NULL);
        put_at(c, &four[2], stamps ? &stamps[i + 2] : NULL);
        put_at(d, &four[3], stamps ? &stamps[i + 3] : NULL);
    }
    for (; i < count && (uint64_t)records[i].key.number < SNAP_SMALL_KEYS; i++) {
        uint64_t with = before;
        struct scatter_place place = take_place(to, &with, records[i].key, bits);

        if (snap_lanes_overfull(with, bits))
            break;
        before = with;
        put_at(place, &records[i], stamps ? &stamps[i] : NULL);
    }
    *lanes = before;
    return i;
}

/* The same for both kinds of batches. */
static SNAP_SHIFTS_INLINE size_t scatter_rows(const struct scattering *to, uint64_t *lanes,
                                              const struct snap_batch *rows, uint32_t bits)
{
    return rows->stamps ? scatter_pairs(to, lanes, rows->records, rows->stamps, rows->count, bits)
                        : scatter_pairs(to, lanes, rows->records, NULL, rows->count, bits);
}

static SNAP_FAST_SHIFTS size_t scatter_fast(const struct scattering *to, uint64_t *lanes,
                                            const struct snap_batch *rows)
{
    return scatter_rows(to, lanes, rows, SNAP_WIDE_LANE);
}

/* Spreads the records from `first` on over few channels. Returns how many: up to the first that
 * finds no room or has no small key, or fewer where a lane can count no further. */
static SNAP_SHIFTS_INLINE uint32_t scatter(struct snap_output *output,
                                           const struct snap_partition *partition,
                                           const struct snap_batch *batch, uint32_t first,
                                           uint32_t bits)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const struct snap_batch rows = snap_batch_from(batch, first);
    struct scattering to; /* not cleared: that takes as long as some records */
    uint64_t before = 0;
    uint64_t lanes;
    size_t done;

    to.key_lane = partition->key_lane;
    for (uint32_t c = 0; c < partition->channel_count; c++) {
        uint64_t begin = snap_lane_begin(subs[c].count_max - subs[c].count, bits);

        before += begin * snap_lanes_one(c * bits);
        to.bases[c].record =
            (uintptr_t)subs[c].records + (subs[c].count - begin) * sizeof(struct snap_pair);
        to.bases[c].stamp = 0;
        /* Without a buffer the lane is full. */
        if (batch->stamps && subs[c].open)
            to.bases[c].stamp = (uintptr_t)(subs[c].open->stamps + subs[c].count) -
                                begin * sizeof(struct snap_stamp);
    }
    lanes = before;
    if (bits == SNAP_WIDE_LANE && snap_fast_shifts_can())
        done = scatter_fast(&to, &lanes, &rows);
    else
        done = scatter_rows(&to, &lanes, &rows, bits);
    for (uint32_t c = 0; c < partition->channel_count; c++)
        subs[c].count += snap_lanes_get(lanes - before, c * bits, bits);
    return (uint32_t)done;
}

/* Scatters the batch from record i on, as long as that is worth it. Returns the first record that
 * was not. */
static uint32_t scatter_from(struct snap_output *output, const struct snap_partition *partition,
                             const struct snap_batch *batch, uint32_t i)
{
    uint32_t least = SCATTER_RECORDS_A_CHANNEL * partition->channel_count;
    uint32_t done = least;

    if (partition->channel_count > SNAP_NARROW_LANES || batch->count - i < least)
        return i;
    /* A wide lane counts further than a batch is long. */
    if (partition->channel_count <= SNAP_WIDE_LANES)
        return i + scatter(output, partition, batch, i, SNAP_WIDE_LANE);
    /* A narrow lane may be full though its buffer is not. */
    for (; done >= least && batch->count - i >= least; i += done)
        done = scatter(output, partition, batch, i, SNAP_NARROW_LANE);
    return i;
}

static void append_hashed(struct snap_output *output, struct snap_partition *partition,
                          const struct snap_batch *batch)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const uint8_t *key_lane = partition->key_lane;
    const struct snap_batch from = *batch;

    for (uint32_t i = scatter_from(output, partition, &from, 0); i < from.count; i++)
        snap_sub_append_row(&subs[snap_partition_look_up(partition, key_lane, from.records[i].key)],
                            &from, i);
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

static void find_targets(struct snap_partition *partition, const struct snap_batch *batch,
                         uint32_t *targets)
{
    const uint8_t *key_lane = partition->key_lane;

    if (snap_partition_has_table(partition)) {
        for (uint32_t i = 0; i < batch->count; i++)
            targets[i] = snap_partition_look_up(partition, key_lane, batch->records[i].key);
        return;
    }
    for (uint32_t i = 0; i < batch->count; i++)
        targets[i] = snap_partition_target(partition, batch->records[i].key);
}

static void put_timed(struct snap_output *output, struct snap_partition *partition,
                      const struct snap_batch *batch, uint32_t i, snap_ns at_ns)
{
    struct snap_record record = snap_batch_record(batch, i);
    bool put = snap_partition_put(output, partition, &record,
                                  batch->lineage ? batch->lineage[i] : 0, at_ns);

    SNAP_CHECK(put);
}

/* The common case: hashed long keys, no lineage. Returns how many of the records were written:
 * less than all as soon as something waits for the link. */
static uint32_t write_hashed(struct snap_output *output, struct snap_partition *partition,
                             const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    const uint8_t *key_lane = partition->key_lane;
    const struct snap_batch from = *batch;
    uint32_t i;

    if (output->ready_head != SNAP_NO_INDEX)
        return 0;
    for (i = scatter_from(output, partition, &from, 0); i < from.count; i++) {
        struct snap_subpartition *sub =
            &subs[snap_partition_look_up(partition, key_lane, from.records[i].key)];

        if (__builtin_expect(sub->count < sub->count_max, 1)) {
            snap_sub_append_row(sub, &from, i);
            continue;
        }
        put_timed(output, partition, &from, i, snap_span_time_of(time, i));
        if (output->ready_head != SNAP_NO_INDEX)
            return i + 1;
        i = scatter_from(output, partition, &from, i + 1) - 1;
    }
    return i;
}

/* The same for all other ways to find a target. */
static uint32_t write_plain(struct snap_output *output, struct snap_partition *partition,
                            const struct snap_batch *batch, const struct snap_span_time *time)
{
    struct snap_subpartition *subs = &output->channels[partition->channel_first];
    uint32_t i;

    for (i = 0; i < batch->count && output->ready_head == SNAP_NO_INDEX; i++) {
        uint32_t target = snap_partition_target(partition, batch->records[i].key);
        struct snap_subpartition *sub = &subs[target];

        if (__builtin_expect(sub->count < sub->count_max, 1)) {
            snap_sub_append_row(sub, batch, i);
            continue;
        }
        partition->put_target = target;
        put_timed(output, partition, batch, i, snap_span_time_of(time, i));
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
            snap_sub_append_row(sub, batch, i);
        } else {
            partition->put_target = targets[i];
            put_timed(output, partition, batch, i, at_ns);
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
    struct snap_batch rest;
    struct snap_span_time later = *time;
    uint32_t written = 0;

    SNAP_CHECK(batch->count <= SNAP_TIMED_RECORDS_MAX);
    if (snap_partition_has_table(partition) && !batch->lineage)
        written = write_hashed(output, partition, batch, time);
    else if (!batch->lineage)
        written = write_plain(output, partition, batch, time);
    if (written == batch->count)
        return;
    rest = snap_batch_from(batch, written);
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
    if (batch->lineage && partition->edge->way != 0)
        for (uint32_t i = 0; i < batch->count; i++)
            batch->lineage[i] = snap_lineage_way(batch->lineage[i], partition->edge->way);
    if (partition->edge->ship == SNAP_SHIP_BROADCAST)
        append_broadcast(output, partition, batch);
    else if (partition->channel_count == 1 || partition->edge->ship == SNAP_SHIP_GLOBAL)
        append_all(&output->channels[partition->channel_first], batch);
    else if (snap_partition_has_table(partition) && !batch->lineage)
        append_hashed(output, partition, batch);
    else if (snap_partition_takes_turns(partition))
        append_in_turn(output, partition, batch);
    else
        append_each(output, partition, batch);
}
