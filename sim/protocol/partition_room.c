// SPDX-License-Identifier: Apache-2.0
/*
 * How many records a partition takes before something else happens than that they lie in it.
 */
#include "base/check.h"
#include "protocol/lanes.h"
#include "protocol/partition_internal.h"

/* Channels of an output, and of several together, that are very many. */
enum { WIDE_OUTPUT_CHANNELS = 32, WIDE_CHANNELS = 4096 };

/* So few channels that what each has left is counted for a span. */
enum { ROOM_CHANNELS = 128 };

uint32_t snap_output_room(const struct snap_output *output)
{
    uint32_t room = UINT32_MAX;

    if (output->partition_count == 0)
        return room;
    if (snap_output_arms_flush(output))
        return 0;
    for (uint32_t i = 0; i < output->channel_count && room > 0; i++) {
        const struct snap_subpartition *sub = &output->channels[i];
        uint32_t here = sub->count_max - sub->count;

        room = here < room ? here : room;
    }
    return room;
}

static bool is_wide(const struct snap_output *output, uint32_t tasks)
{
    return output->channel_count >= WIDE_OUTPUT_CHANNELS &&
           (uint64_t)output->channel_count * tasks >= WIDE_CHANNELS;
}

bool snap_output_finishes_none(const struct snap_output *output, uint32_t records, uint32_t tasks)
{
    if (is_wide(output, tasks) || output->sizes || snap_output_arms_flush(output))
        return false;
    for (uint32_t i = 0; i < output->channel_count; i++) {
        const struct snap_subpartition *sub = &output->channels[i];
        uint64_t bytes =
            ((uint64_t)sub->count + records) * output->partitions[sub->partition].record_bytes;

        /* The base may be below 0: see partition_put.c. */
        if ((int32_t)sub->base_bytes + (int64_t)bytes >= output->segment_bytes)
            return false;
    }
    return true;
}

enum snap_output_foresight snap_output_foresight(const struct snap_output *output)
{
    const struct snap_partition *partition = output->partitions;

    if (output->partition_count != 1 || output->channel_count == 1 || output->sizes)
        return SNAP_FORESEES_NOTHING;
    if (snap_partition_takes_turns(partition))
        return SNAP_FORESEES_TURNS;
    return partition->edge->ship == SNAP_SHIP_HASH ? SNAP_FORESEES_BY_KEYS : SNAP_FORESEES_NOTHING;
}

/* The record, from 0, that finds no room in channel c where it has room for so many; in turns. */
static uint32_t turn_without_room(const struct snap_partition *partition, uint32_t c, uint32_t room)
{
    uint32_t behind = c > partition->cursor ? 0 : partition->channel_count;
    uint64_t turn = behind + c - partition->cursor - 1 + (uint64_t)room * partition->channel_count;

    return turn < UINT32_MAX ? (uint32_t)turn : UINT32_MAX;
}

/* How many records every open buffer has room for, in turns. */
static uint32_t room_in_turns(const struct snap_output *output)
{
    uint32_t room = UINT32_MAX;

    for (uint32_t c = 0; c < output->channel_count; c++) {
        const struct snap_subpartition *sub = &output->channels[c];
        uint32_t here = turn_without_room(output->partitions, c, sub->count_max - sub->count);

        room = here < room ? here : room;
    }
    return room;
}

/* How many records the channel takes before one finishes its buffer. */
static uint32_t left_in(const struct snap_output *output, uint32_t channel)
{
    const struct snap_subpartition *sub = &output->channels[channel];

    /* Without an open buffer base and count are 0. */
    return snap_records_that_fit(output->segment_bytes - sub->base_bytes,
                                 output->partitions[sub->partition].record_bytes) -
           sub->count;
}

uint32_t snap_output_sure_room(const struct snap_output *output, uint32_t tasks)
{
    uint32_t room = UINT32_MAX;

    if (is_wide(output, tasks))
        return 0;
    /* What a segment takes may change with the next one. */
    if (output->sizes || snap_output_arms_flush(output))
        return snap_output_room(output);
    for (uint32_t i = 0; i < output->channel_count; i++) {
        uint32_t here = left_in(output, i);

        room = here < room ? here : room;
    }
    return room;
}

void snap_output_measure_left(const struct snap_output *output, uint32_t *left)
{
    for (uint32_t i = 0; i < output->channel_count; i++)
        left[i] = left_in(output, i);
}

bool snap_output_takes_what_is_left(const struct snap_output *output)
{
    if (output->segment_bytes < output->partitions[0].record_bytes)
        return false;
    for (uint32_t i = 0; i < output->channel_count; i++)
        if (!output->channels[i].open ||
            output->channels[i].count_max - output->channels[i].count != left_in(output, i))
            return false;
    return true;
}

uint32_t snap_output_turns(const struct snap_output *output, uint32_t tasks)
{
    uint32_t turns = UINT32_MAX;

    SNAP_CHECK(snap_partition_takes_turns(output->partitions));
    if (is_wide(output, tasks))
        return 0;
    for (uint32_t c = 0; c < output->channel_count; c++) {
        uint32_t here = turn_without_room(output->partitions, c, left_in(output, c));

        turns = here < turns ? here : turns;
    }
    return turns;
}

/* Takes the first of the records off what is left of few channels, as long as their keys are small
 * and no lane is full. Returns how many. */
static SNAP_SHIFTS_INLINE uint32_t foresee_in_lanes(const struct snap_partition *partition,
                                                    uint32_t *left, const struct snap_pair *records,
                                                    size_t count, uint32_t bits)
{
    const uint8_t *key_lane = partition->key_lane;
    uint64_t before = 0;
    uint64_t lanes;
    size_t i;

    for (uint32_t c = 0; c < partition->channel_count; c++)
        before += snap_lane_begin(left[c], bits) * snap_lanes_one(c * bits);
    lanes = before;
    /* Four at a time, as long as none of them is one too many. */
    for (i = 0; i + 4 <= count; i += 4) {
        const struct snap_pair *four = records + i;
        uint64_t with;

        if (!snap_keys_are_small(four))
            break;
        with = lanes + snap_lanes_one(key_lane[four[0].key.number]) +
               snap_lanes_one(key_lane[four[1].key.number]) +
               snap_lanes_one(key_lane[four[2].key.number]) +
               snap_lanes_one(key_lane[four[3].key.number]);
        if (snap_lanes_overfull(with, bits))
            break;
        lanes = with;
    }
    for (; i < count && (uint64_t)records[i].key.number < SNAP_SMALL_KEYS; i++) {
        uint64_t with = lanes + snap_lanes_one(key_lane[records[i].key.number]);

        if (snap_lanes_overfull(with, bits))
            break;
        lanes = with;
    }
    for (uint32_t c = 0; c < partition->channel_count; c++)
        left[c] -= snap_lanes_get(lanes - before, c * bits, bits);
    return (uint32_t)i;
}

static SNAP_FAST_SHIFTS uint32_t foresee_fast(const struct snap_partition *partition,
                                              uint32_t *left, const struct snap_pair *records,
                                              size_t count)
{
    return foresee_in_lanes(partition, left, records, count, SNAP_WIDE_LANE);
}

/* Returns how many records come before the first whose channel has nothing left, and takes them off
 * what is left. */
static uint32_t foresee(struct snap_partition *partition, uint32_t *left,
                        const struct snap_pair *records, uint32_t count)
{
    const uint8_t *key_lane = partition->key_lane;
    bool has_table = snap_partition_has_table(partition);
    uint32_t bits = has_table ? 1U << partition->lane_shift : 0; /* of a lane, or none of both */

    for (uint32_t i = 0; i < count; i++) {
        uint32_t target;

        if (bits == SNAP_WIDE_LANE && snap_fast_shifts_can())
            i += foresee_fast(partition, left, records + i, count - i);
        else if (bits == SNAP_WIDE_LANE)
            i += foresee_in_lanes(partition, left, records + i, count - i, SNAP_WIDE_LANE);
        else if (bits == SNAP_NARROW_LANE)
            i += foresee_in_lanes(partition, left, records + i, count - i, SNAP_NARROW_LANE);
        if (i == count)
            return count;
        target = has_table ? snap_partition_look_up(partition, key_lane, records[i].key)
                           : snap_partition_target(partition, records[i].key);
        if (left[target] == 0)
            return i;
        left[target]--;
    }
    return count;
}

uint32_t snap_output_foresee(const struct snap_output *output, uint32_t *left,
                             const struct snap_pair *records, uint32_t count)
{
    SNAP_CHECK(output->partitions->edge->ship == SNAP_SHIP_HASH);
    return foresee(output->partitions, left, records, count);
}

uint32_t snap_output_room_of(const struct snap_output *output, const struct snap_pair *records,
                             uint32_t count)
{
    struct snap_partition *partition = output->partitions;
    bool in_turns = snap_partition_takes_turns(partition);
    uint32_t room = in_turns ? room_in_turns(output) : snap_output_room(output);
    uint32_t left[ROOM_CHANNELS];

    if (room >= count)
        return count;
    if (snap_output_least_size(output) < partition->record_bytes)
        return room;
    if (in_turns)
        return room + 1;
    if (partition->channel_count > ROOM_CHANNELS)
        return room;
    for (uint32_t c = 0; c < partition->channel_count; c++)
        left[c] = output->channels[c].count_max - output->channels[c].count;
    room = foresee(partition, left, records, count);
    return room < count ? room + 1 : count;
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
 * less than it takes to fill one more of the fullest buffers. In turns, the records before one more
 * is filled. */
static uint32_t room_before(const struct snap_output *output,
                            const struct snap_partition *partition, uint32_t segments,
                            uint32_t most)
{
    uint32_t least[NEW_SEGMENTS_MAX + 1]; /* records that fill a buffer, ascending */
    uint32_t wanted = segments < NEW_SEGMENTS_MAX ? segments + 1 : NEW_SEGMENTS_MAX + 1;
    bool in_turns = snap_partition_takes_turns(partition);
    uint32_t found = 0;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < partition->channel_count; i++) {
        const struct snap_subpartition *sub = &output->channels[partition->channel_first + i];
        uint32_t room = sub->count_max - sub->count;
        uint32_t to_fill = in_turns ? turn_without_room(partition, i, room) : room + 1;
        uint32_t at = found < wanted ? found++ : wanted;

        for (; at > 0 && least[at - 1] > to_fill; at--)
            if (at < wanted)
                least[at] = least[at - 1];
        if (at < wanted)
            least[at] = to_fill;
    }
    if (in_turns)
        return wanted == found && least[wanted - 1] < most ? least[wanted - 1] : most;
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
        partition->edge->ship == SNAP_SHIP_BROADCAST || snap_output_arms_flush(output))
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
