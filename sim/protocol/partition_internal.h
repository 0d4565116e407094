// SPDX-License-Identifier: Apache-2.0
/*
 * partition_internal.h: what the three source files of partition.h share.
 *
 * - partition.c sets up and answers; partition_put.c puts records and events in at exact instants;
 *   partition_room.c says how many records fit, partition_write.c takes runs of them the fast way,
 * partition_place.c those that need no copying; partition_send.c lets them out;
 *   partition_priority.c has what overtakes, partition_size.c how large buffers may be.
 */
#ifndef SNAP_PROTOCOL_PARTITION_INTERNAL_H
#define SNAP_PROTOCOL_PARTITION_INTERNAL_H

#include "base/shifts.h"
#include "protocol/partition.h"
#include "protocol/partition_size.h"

/* Bytes of the open segment that are used, by pieces that have left as well. */
static inline uint32_t snap_sub_used_bytes(const struct snap_output *output,
                                           const struct snap_subpartition *sub)
{
    return sub->base_bytes + sub->count * output->partitions[sub->partition].record_bytes;
}

/* Bytes of the open segment that have not left. */
static inline uint32_t snap_sub_piece_bytes(const struct snap_output *output,
                                            const struct snap_subpartition *sub)
{
    return snap_sub_used_bytes(output, sub) - sub->open->bytes;
}

static inline uint32_t snap_sub_channel(const struct snap_output *output,
                                        const struct snap_subpartition *sub)
{
    return (uint32_t)(sub - output->channels);
}

/* Returns how many bytes the open buffer takes. */
static inline uint32_t snap_sub_segment_bytes(const struct snap_output *output,
                                              const struct snap_subpartition *sub)
{
    if (__builtin_expect(!output->sizes, 1))
        return output->segment_bytes;
    return output->sizes->channels[snap_sub_channel(output, sub)].open;
}

/* The open buffer is empty, and so many bytes of a record or mark are to be written first: from now
 * on it has the size that its receiver wants, or takes the bytes. */
void snap_sub_size_open(struct snap_output *output, struct snap_subpartition *sub, uint32_t bytes);

/* The bytes would fill the open buffer: where its pool has no other, it becomes larger than its
 * receiver wants. */
void snap_sub_stretch_open(struct snap_output *output, struct snap_subpartition *sub,
                           uint32_t bytes);

/* Returns the least size of a buffer that any channel opens next. */
uint32_t snap_output_least_size(const struct snap_output *output);

/* Whether a record may be begun as far as the partition knows. Flink: LocalBufferPool. */
static inline bool snap_partition_is_available(const struct snap_partition *partition)
{
    return partition->maxed_count == 0 && partition->segments_used < partition->segments_max;
}

/* Whether targets of small keys can be looked up: the common case. */
static inline bool snap_partition_has_table(const struct snap_partition *partition)
{
    return partition->edge->ship == SNAP_SHIP_HASH && partition->key_lane;
}

_Static_assert((SNAP_SMALL_KEYS & (SNAP_SMALL_KEYS - 1)) == 0,
               "the bits of keys say how small they are");

/* Whether four keys in a row are small. */
static SNAP_SHIFTS_INLINE bool snap_keys_are_small(const struct snap_pair *four)
{
    return (uint64_t)(four[0].key.number | four[1].key.number | four[2].key.number |
                      four[3].key.number) < SNAP_SMALL_KEYS;
}

/* Returns the target of a long key of such a partition. */
static inline uint32_t snap_partition_look_up(struct snap_partition *partition,
                                              const uint8_t *key_lane, union snap_value key)
{
    return __builtin_expect((uint64_t)key.number < SNAP_SMALL_KEYS, 1)
               ? (uint32_t)key_lane[key.number] >> partition->lane_shift
               : snap_partition_target(partition, key);
}

/* Whether records go to the channels in turn, whatever they are. */
static inline bool snap_partition_takes_turns(const struct snap_partition *partition)
{
    return partition->edge->ship == SNAP_SHIP_REBALANCE ||
           partition->edge->ship == SNAP_SHIP_RESCALE;
}

/* Appends record i of the batch, for which there is room; its lineage is another matter. */
static inline void snap_sub_append_row(struct snap_subpartition *sub,
                                       const struct snap_batch *batch, uint32_t i)
{
    if (batch->stamps)
        sub->open->stamps[sub->count] = batch->stamps[i];
    sub->records[sub->count++] = batch->records[i];
}

/* Returns how many records so many bytes of a segment take of which none finishes it: the one that
 * fills it does. */
static inline uint32_t snap_records_that_fit(uint32_t left_bytes, uint32_t record_bytes)
{
    uint32_t fit = left_bytes / record_bytes;

    return fit > 0 && fit * record_bytes == left_bytes ? fit - 1 : fit;
}

/* Open buffers have room for so many records at first. */
enum { SNAP_BUFFER_RECORDS_LEAST = 8 };

/* Returns the lineage of the copy that goes to the target, counted from the first channel. */
uint64_t snap_partition_lineage(const struct snap_partition *partition, uint64_t lineage,
                                uint32_t target);

/* The open buffer changed: works out how many records it takes the fast way. */
void snap_sub_set_room(struct snap_output *output, struct snap_subpartition *sub);

/* Takes the open buffer away from the subpartition, with what was written to it. */
struct snap_buffer *snap_sub_detach_open(struct snap_output *output, struct snap_subpartition *sub);

/* Makes sure that there is an open segment with room for one more record in its array. A new one is
 * made for what begins with so many bytes. */
bool snap_sub_open_segment(struct snap_output *output, struct snap_subpartition *sub,
                           uint32_t bytes);

/* The open buffer leaves or moves: who reads the same memory gets the rest of it elsewhere. */
void snap_output_part_from_reader(struct snap_output *output);

/* While what was read is being written over: returns a copy of what was written so far, and goes on
 * writing behind it. */
struct snap_buffer *snap_sub_copy_written(struct snap_output *output,
                                          struct snap_subpartition *sub);

/* Takes a segment for the subpartition, if need be from the overdraft; false if none is left. */
bool snap_sub_take_segment(struct snap_output *output, struct snap_subpartition *sub);

/* The open buffer is about to leave: sizes the next one. `is_rest`: as the rest of a segment that
 * has left in pieces. */
void snap_sub_expect_as_many(const struct snap_output *output, struct snap_subpartition *sub,
                             bool is_rest);

/* One more segment is in use by the subpartition, whether there is one left or not. */
void snap_sub_count_segment(struct snap_output *output, struct snap_subpartition *sub);

/* Gives back so many segments of the subpartition. */
void snap_sub_free_segments(struct snap_output *output, struct snap_subpartition *sub,
                            uint32_t count);

/* Queues the open buffer, if there is one; its segment takes nothing more. */
void snap_sub_finish_open(struct snap_output *output, struct snap_subpartition *sub,
                          snap_ns now_ns);

/* Puts an item into the queue; nothing comes behind an end of partition. Flink:
 * PipelinedSubpartition.add. */
void snap_sub_add(struct snap_output *output, struct snap_subpartition *sub,
                  struct snap_buffer *item);

/* Takes the next finished item that may be taken, with the backlog behind it; NULL: none. Flink:
 * PipelinedSubpartition.pollBuffer. */
struct snap_buffer *snap_sub_take(struct snap_output *output, struct snap_subpartition *sub);

/* Returns whether a reader with, or without, credit would be told that something is there. Flink:
 * PipelinedSubpartition.getAvailabilityAndBacklog. */
bool snap_sub_is_ready(const struct snap_output *output, const struct snap_subpartition *sub,
                       bool has_credit);

/* Returns how many data buffers the receiver hears of. Flink: getBuffersInBacklogUnsafe. */
uint32_t snap_sub_backlog(const struct snap_subpartition *sub);

/* Of channels whose barriers may overtake: whether the head has priority (false for others); puts
 * an event into the queue; takes the head; numbers an item that leaves. */
bool snap_sub_has_priority(const struct snap_output *output, const struct snap_subpartition *sub);
void snap_sub_add_event(struct snap_output *output, struct snap_subpartition *sub,
                        struct snap_buffer *event);
struct snap_buffer *snap_sub_pop(struct snap_output *output, struct snap_subpartition *sub);
void snap_sub_number(struct snap_output *output, struct snap_subpartition *sub,
                     struct snap_buffer *item);

/* Something of the channel changed: sends what may leave. */
void snap_sub_wake(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns);

/* Makes sure that a flush comes, at the first instant after now_ns that is one. */
void snap_output_arm_flush(struct snap_output *output, snap_ns now_ns);

enum { SNAP_SUB_CLASS_BITS = 6 };

_Static_assert(SNAP_BLOCK_CLASSES <= 1 << SNAP_SUB_CLASS_BITS, "every class of blocks fits");

/* The next open buffer gets a block of the class. */
static inline void snap_sub_set_block_class(struct snap_subpartition *sub, uint32_t block_class)
{
    sub->block_class = block_class & ((1 << SNAP_SUB_CLASS_BITS) - 1);
}

#endif
