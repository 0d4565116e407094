// SPDX-License-Identifier: Apache-2.0
/*
 * Letting things out of a partition: segments, credits, the link, and what the receiver says.
 */
#include "base/check.h"
#include "protocol/partition_internal.h"
#include "protocol/partition_priority.h"

/* A record of a broadcast is written once: the channels share its segments, in one order, so that
 * as many are in use as the slowest of them holds. The first channel's turn decides for all.
 * Flink: BufferWritingResultPartition.requestNewBroadcastBufferBuilder. */
static bool is_shared(const struct snap_partition *partition)
{
    return partition->edge->ship == SNAP_SHIP_BROADCAST;
}

/* One of the channels of a broadcast has got so many. */
static void note_held(struct snap_partition *partition, uint32_t segments)
{
    if (segments > partition->segments_used) {
        partition->segments_used = segments;
        partition->most_count = 0;
    }
    partition->most_count += segments == partition->segments_used;
}

/* A channel that had so many has fewer: all are looked at only if it was the last with most. */
static void note_freed(const struct snap_output *output, struct snap_partition *partition,
                       uint32_t had)
{
    const struct snap_subpartition *subs = &output->channels[partition->channel_first];

    if (had < partition->segments_used || --partition->most_count > 0)
        return;
    partition->segments_used = 0;
    for (uint32_t i = 0; i < partition->channel_count; i++)
        note_held(partition, subs[i].segments);
}

/* With the overdraft for a record that was begun. Once that is used up, one waits until the pool is
 * available again, which is not before all of the overdraft has come back.
 * Flink: LocalBufferPool.requestMemorySegmentBlocking. */
static bool refuses(struct snap_partition *partition)
{
    if (partition->refused && !snap_partition_is_available(partition))
        return true;
    partition->refused =
        partition->segments_used >= partition->segments_max + partition->overdraft_max;
    return partition->refused;
}

bool snap_sub_take_segment(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_partition *partition = &output->partitions[sub->partition];
    bool follows =
        is_shared(partition) && snap_sub_channel(output, sub) != partition->channel_first;

    if (!follows && refuses(partition))
        return false;
    partition->open_count++;
    snap_sub_count_segment(output, sub);
    return true;
}

void snap_sub_count_segment(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_partition *partition = &output->partitions[sub->partition];
    bool was_available = snap_partition_is_available(partition);

    if (++sub->segments == output->per_subpartition_max)
        partition->maxed_count++;
    if (!is_shared(partition))
        partition->segments_used++;
    else
        note_held(partition, sub->segments);
    if (was_available && !snap_partition_is_available(partition))
        output->unavailable_count++;
}

void snap_sub_free_segments(struct snap_output *output, struct snap_subpartition *sub,
                            uint32_t count)
{
    struct snap_partition *partition = &output->partitions[sub->partition];
    bool was_available = snap_partition_is_available(partition);
    uint32_t had = sub->segments;

    SNAP_CHECK(had >= count && partition->segments_used >= count);
    if (had >= output->per_subpartition_max && had - count < output->per_subpartition_max)
        partition->maxed_count--;
    sub->segments -= count;
    if (is_shared(partition) && count > 0)
        note_freed(output, partition, had);
    else
        partition->segments_used -= count;
    if (!was_available && snap_partition_is_available(partition)) {
        SNAP_CHECK(output->unavailable_count > 0);
        output->unavailable_count--;
    }
}

/* The open buffer changed: how many records it takes the fast way. */
void snap_sub_set_room(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t fit = snap_records_that_fit(snap_sub_segment_bytes(output, sub) - sub->base_bytes,
                                         output->partitions[sub->partition].record_bytes);

    SNAP_CHECK(snap_sub_used_bytes(output, sub) <= snap_sub_segment_bytes(output, sub));
    sub->records = sub->open->records;
    sub->lineage = sub->open->lineage;
    sub->count_max = fit < sub->open->capacity ? fit : sub->open->capacity;
    output->changes++;
}

/* The next buffer is likely to take as many records, or half of what was expected if these are much
 * fewer. The rest of a segment that has left in pieces may tell of more, not of fewer. */
void snap_sub_expect_as_many(const struct snap_output *output, struct snap_subpartition *sub,
                             bool is_rest)
{
    uint32_t count =
        sub->count > SNAP_BUFFER_RECORDS_LEAST ? sub->count : SNAP_BUFFER_RECORDS_LEAST;
    uint32_t fits = snap_buffer_class(count, output->port.columns);

    if (fits > sub->block_class)
        snap_sub_set_block_class(sub, fits);
    else if (fits + 1 < sub->block_class && sub->count > 0 && !is_rest)
        snap_sub_set_block_class(sub, sub->block_class - 1);
}

/* Takes the open buffer away from the subpartition, with what was written to it. */
struct snap_buffer *snap_sub_detach_open(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_buffer *buffer = sub->open;

    if (output->reader)
        snap_output_part_from_reader(output);
    buffer->count = sub->count;
    buffer->bytes = snap_sub_piece_bytes(output, sub);
    sub->open = NULL;
    sub->records = NULL;
    sub->lineage = NULL;
    sub->count = 0;
    sub->count_max = 0;
    output->changes++;
    return buffer;
}

/* Whether the filled part of the open segment may leave before the segment is full. */
static bool has_flushed_piece(const struct snap_output *output, const struct snap_subpartition *sub)
{
    return sub->flush_requested && !sub->queue.tail && sub->open &&
           snap_sub_piece_bytes(output, sub) > 0;
}

void snap_sub_add(struct snap_output *output, struct snap_subpartition *sub,
                  struct snap_buffer *item)
{
    if (sub->ended) {
        snap_buffer_put(output->port.blocks, item);
        return;
    }
    sub->ended = item->kind == SNAP_ITEM_END_OF_PARTITION;
    if (item->kind == SNAP_ITEM_DATA)
        sub->backlog++;
    if (output->priority && item->kind != SNAP_ITEM_DATA)
        snap_sub_add_event(output, sub, item);
    else
        snap_buffer_queue_push(&sub->queue, item);
}

bool snap_sub_is_ready(const struct snap_output *output, const struct snap_subpartition *sub,
                       bool has_credit)
{
    if (has_credit)
        return !sub->blocked && (sub->queue.tail || has_flushed_piece(output, sub));
    return sub->queue.tail && snap_buffer_queue_head(&sub->queue)->kind != SNAP_ITEM_DATA;
}

uint32_t snap_sub_backlog(const struct snap_subpartition *sub)
{
    if (sub->blocked)
        return 0;
    /* The last one, open or finished, counts if a flush has been asked for, or an event follows. */
    if (sub->open)
        return sub->backlog + sub->flush_requested;
    return sub->backlog -
           (!sub->flush_requested && sub->queue.tail && sub->queue.tail->kind == SNAP_ITEM_DATA);
}

struct snap_buffer *snap_sub_take(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_buffer *item;

    if (!sub->queue.tail || (sub->blocked && !snap_sub_has_priority(output, sub)))
        return NULL;
    item = output->priority ? snap_sub_pop(output, sub) : snap_buffer_queue_pop(&sub->queue);
    /* Nothing is left to be told of. */
    if (!sub->queue.tail && (!sub->open || snap_sub_piece_bytes(output, sub) == 0))
        sub->flush_requested = false;
    if (item->kind == SNAP_ITEM_DATA)
        sub->backlog--;
    if (snap_item_blocks(item)) {
        sub->blocked = true;
        sub->recovering = item->kind == SNAP_ITEM_END_OF_RECOVERY;
    }
    item->backlog = snap_sub_backlog(sub);
    return item;
}

static bool may_send(const struct snap_output *output, const struct snap_subpartition *sub)
{
    bool has_credit = sub->local || sub->credit > 0;

    if (!sub->connected)
        return false;
    /* A local reader is told of priority events, and takes them, whether blocked or not. */
    if (sub->blocked)
        return snap_sub_has_priority(output, sub) &&
               (sub->local || (sub->recovering && output->priority->passes_recovery) ||
                snap_sub_is_ready(output, sub, has_credit));
    return snap_sub_is_ready(output, sub, has_credit);
}

/* While what was read is being written over: whether a copy of what was written is worth it, so
 * that the rest need not move. It would be copied twice, out of the way and into the next buffer.
 */
static bool is_worth_a_copy(const struct snap_output *output, const struct snap_subpartition *sub)
{
    const struct snap_buffer *view = output->reader ? *output->reader : NULL;
    uint32_t left = view ? view->count - view->taken : 0;

    return left > 0 && left >= sub->count / 2;
}

/* Cuts the filled part off the open segment, which goes on being filled behind it. */
static struct snap_buffer *cut_piece(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t used = snap_sub_used_bytes(output, sub);
    struct snap_buffer *piece;

    snap_sub_expect_as_many(output, sub, false);
    if (is_worth_a_copy(output, sub)) {
        piece = snap_sub_copy_written(output, sub);
    } else {
        piece = snap_sub_detach_open(output, sub);
        sub->open =
            snap_buffer_get_of_class(output->port.blocks, sub->block_class, output->port.columns);
    }
    sub->base_bytes = used;
    sub->open->bytes = used;
    snap_sub_set_room(output, sub);
    return piece;
}

static void send_data(struct snap_output *output, struct snap_subpartition *sub,
                      struct snap_buffer *item, snap_ns now_ns)
{
    snap_ns transmit_ns = 0;

    if (!sub->local) {
        sub->credit--;
        if (item->segment_end)
            snap_sub_free_segments(output, sub, 1);
        if (output->link_bytes_per_second > 0)
            transmit_ns =
                snap_ns_min(snap_ns_times(item->bytes, SNAP_SECOND) / output->link_bytes_per_second,
                            SNAP_DURATION_MAX);
        output->link_free_ns = now_ns + transmit_ns;
    }
    output->port.send(output->port.task, snap_sub_channel(output, sub), item, now_ns, transmit_ns);
}

static void send_next(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_buffer *item = snap_sub_take(output, sub);

    if (!item) {
        item = cut_piece(output, sub);
        sub->flush_requested = false;
        item->backlog = snap_sub_backlog(sub);
        output->port.queued(output->port.task, snap_sub_channel(output, sub), item, now_ns);
    }
    if (output->priority)
        snap_sub_number(output, sub, item);
    if (item->kind == SNAP_ITEM_DATA)
        send_data(output, sub, item, now_ns);
    else
        /* It takes no time on the link, but what is on the link stays ahead of it. */
        output->port.send(output->port.task, snap_sub_channel(output, sub), item, now_ns,
                          sub->local ? 0 : snap_ns_max(0, output->link_free_ns - now_ns));
}

static void push_ready(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t channel = snap_sub_channel(output, sub);

    sub->in_ready = true;
    sub->ready_next = SNAP_NO_INDEX;
    if (output->ready_tail == SNAP_NO_INDEX)
        output->ready_head = channel;
    else
        output->channels[output->ready_tail].ready_next = channel;
    output->ready_tail = channel;
}

void snap_output_pump(struct snap_output *output, snap_ns now_ns)
{
    while (output->ready_head != SNAP_NO_INDEX && output->link_free_ns <= now_ns) {
        struct snap_subpartition *sub = &output->channels[output->ready_head];

        output->ready_head = sub->ready_next;
        if (output->ready_head == SNAP_NO_INDEX)
            output->ready_tail = SNAP_NO_INDEX;
        sub->in_ready = false;
        if (!may_send(output, sub))
            continue;
        send_next(output, sub, now_ns);
        if (may_send(output, sub))
            push_ready(output, sub);
    }
}

/* Without credit, and without exclusive buffers at the receiver, nothing else would tell of it.
 * Flink: PartitionRequestQueue.announceBacklog. */
static void beg(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    uint32_t waiting = sub->backlog + has_flushed_piece(output, sub);
    struct snap_buffer *item;

    if (!sub->connected || sub->has_begged || sub->credit > 0 || sub->blocked || waiting == 0)
        return;
    sub->has_begged = true;
    item = snap_buffer_get_event(output->port.blocks, SNAP_ITEM_BACKLOG);
    item->backlog = waiting;
    output->port.send(output->port.task, snap_sub_channel(output, sub), item, now_ns,
                      snap_ns_max(0, output->link_free_ns - now_ns));
}

/* Something of the channel changed: send what may leave. */
void snap_sub_wake(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    if (sub->local) {
        while (may_send(output, sub))
            send_next(output, sub, now_ns);
        return;
    }
    /* What has priority waits neither for the link nor behind other channels. */
    while (snap_sub_has_priority(output, sub) && may_send(output, sub))
        send_next(output, sub, now_ns);
    if (!sub->in_ready && may_send(output, sub))
        push_ready(output, sub);
    snap_output_pump(output, now_ns);
    if (sub->begs)
        beg(output, sub, now_ns);
}

void snap_output_connect(struct snap_output *output, uint32_t channel, uint32_t credit,
                         snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    SNAP_CHECK(!sub->connected);
    sub->connected = true;
    sub->credit = credit;
    sub->begs = !sub->local && credit == 0;
    snap_sub_wake(output, sub, now_ns);
}

void snap_output_credit(struct snap_output *output, uint32_t channel, uint32_t credits,
                        uint32_t segments, snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    sub->credit += credits;
    sub->has_begged = sub->has_begged && credits == 0;
    snap_sub_free_segments(output, sub, segments);
    snap_sub_wake(output, sub, now_ns);
}

void snap_output_resume(struct snap_output *output, uint32_t channel, snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    /* Both sides begin anew. Flink: CreditBasedSequenceNumberingViewReader.resumeConsumption. */
    if (sub->begs && sub->blocked) {
        sub->credit = 0;
        sub->has_begged = false;
    }
    sub->blocked = false;
    sub->recovering = false;
    snap_sub_wake(output, sub, now_ns);
}

/* A span finishes one buffer of each channel and one more, which is another of the same channel
 * only where the first was nearly full. */
static bool has_credit_left(const struct snap_subpartition *sub)
{
    return !sub->begs && !sub->in_ready &&
           (sub->credit > 1 ||
            (sub->credit == 1 && (!sub->open || sub->count_max > sub->count + 1)));
}

bool snap_output_leaves_no_earlier(const struct snap_output *output, uint32_t channel)
{
    const struct snap_subpartition *sub = &output->channels[channel];

    return sub->local ? snap_output_is_available(output) : has_credit_left(sub);
}

/* The records of a span find their segments by its plan; the one that may end it finds one as the
 * output is available. */
bool snap_output_writes_the_same(const struct snap_output *output, uint32_t channel)
{
    const struct snap_subpartition *sub = &output->channels[channel];

    return sub->local || has_credit_left(sub);
}
