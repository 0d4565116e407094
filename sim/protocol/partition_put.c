// SPDX-License-Identifier: Apache-2.0
/*
 * Putting things into a partition at exact instants: single records, events, flushes.
 */
#include "base/check.h"
#include "model/lineage.h"
#include "model/stream_mark.h"
#include "protocol/partition_internal.h"

/* Queues the open buffer; its segment takes nothing more. */
void snap_sub_finish_open(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_buffer *buffer;

    if (!sub->open)
        return;
    snap_sub_expect_as_many(output, sub, sub->open->bytes > 0);
    buffer = snap_sub_detach_open(output, sub);
    buffer->segment_end = true;
    output->partitions[sub->partition].open_count--;
    sub->base_bytes = 0;
    if (buffer->bytes == 0) {
        /* All of it has left in pieces. Flink: PipelinedSubpartition.pollBuffer drops it too. */
        snap_buffer_put(output->port.blocks, buffer);
        snap_sub_free_segments(output, sub, 1);
        return;
    }
    SNAP_CHECK(!sub->ended);
    snap_sub_add(output, sub, buffer);
    output->port.queued(output->port.task, snap_sub_channel(output, sub), buffer, now_ns);
}

/* The first instant after now_ns at which buffers are flushed. */
void snap_output_arm_flush(struct snap_output *output, snap_ns now_ns)
{
    snap_ns interval = output->flush_interval_ns;

    if (interval == 0 || interval == SNAP_NEVER || output->flush_due_ns != SNAP_NEVER)
        return;
    output->flush_due_ns =
        output->flush_origin_ns + ((now_ns - output->flush_origin_ns) / interval + 1) * interval;
}

/* The block that the open buffer moves to when its own is full and the segment is not: four times
 * as large, or as large as the next buffer's if that is more, but no larger than the segment needs.
 */
static uint32_t next_block_class(const struct snap_output *output,
                                 const struct snap_subpartition *sub)
{
    struct snap_columns columns = snap_buffer_columns(sub->open);
    uint32_t fit = snap_records_that_fit(snap_sub_segment_bytes(output, sub) - sub->base_bytes,
                                         output->partitions[sub->partition].record_bytes);
    uint32_t most = snap_buffer_class(fit > sub->count ? fit : sub->count + 1, columns);
    uint32_t wanted = snap_buffer_class(4 * sub->count + 1, columns);

    wanted = wanted > sub->block_class ? wanted : sub->block_class;
    return wanted < most ? wanted : most;
}

bool snap_sub_open_segment(struct snap_output *output, struct snap_subpartition *sub,
                           uint32_t bytes)
{
    if (!sub->open) {
        if (!snap_sub_take_segment(output, sub))
            return false;
        sub->open =
            snap_buffer_get_of_class(output->port.blocks, sub->block_class, output->port.columns);
        snap_sub_size_open(output, sub, bytes);
    } else if (sub->count == sub->open->capacity) {
        sub->open->count = sub->count;
        if (output->reader)
            snap_output_part_from_reader(output);
        sub->open = snap_buffer_grow(output->port.blocks, sub->open, next_block_class(output, sub));
    } else {
        return true;
    }
    snap_sub_set_room(output, sub);
    return true;
}

/* Writes the bytes of one record, or mark, but for those that fit the open segment with its end in
 * it. */
static bool put_bytes(struct snap_output *output, struct snap_subpartition *sub, uint32_t bytes,
                      snap_ns now_ns)
{
    struct snap_partition *partition = &output->partitions[sub->partition];

    while (snap_sub_open_segment(output, sub, bytes - partition->put_bytes)) {
        uint32_t need = bytes - partition->put_bytes;
        uint32_t left;

        if (output->sizes)
            snap_sub_stretch_open(output, sub, need);
        left = snap_sub_segment_bytes(output, sub) - snap_sub_used_bytes(output, sub);
        if (need <= left)
            return true;
        sub->base_bytes += left;
        partition->put_bytes += left;
        snap_sub_finish_open(output, sub, now_ns);
        snap_sub_wake(output, sub, now_ns);
    }
    return false;
}

/* Puts the record into the buffer in which it ends. What of it lies in earlier segments does not
 * count here: a record counts as a whole in used_bytes, so the base takes that back (it may wrap
 * below 0; sums come out right). */
static bool put_one(struct snap_output *output, struct snap_subpartition *sub,
                    const struct snap_record *record, snap_ns now_ns)
{
    struct snap_partition *partition = &output->partitions[sub->partition];
    uint32_t bytes = partition->record_bytes;

    if (snap_record_is_mark(record))
        bytes = snap_mark_bytes(record);
    if (!put_bytes(output, sub, bytes, now_ns))
        return false;
    /* A mark counts as a record in used_bytes: the base makes up for the difference. */
    sub->base_bytes += bytes - partition->record_bytes - partition->put_bytes;
    partition->put_bytes = 0;
    sub->open->marks += snap_record_is_mark(record);
    snap_record_split(record, &sub->records[sub->count],
                      sub->open->stamps ? &sub->open->stamps[sub->count] : NULL);
    sub->count++;
    snap_sub_set_room(output, sub);
    snap_output_arm_flush(output, now_ns);
    return true;
}

/* After the record lies in the open buffer with its lineage: a full segment leaves. A record that
 * changes nothing for the others moves nothing either, whichever way it was written. */
static void settle(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    if (snap_sub_used_bytes(output, sub) == snap_sub_segment_bytes(output, sub))
        snap_sub_finish_open(output, sub, now_ns);
    else if (output->flush_interval_ns == 0)
        sub->flush_requested = true;
    else
        return;
    snap_sub_wake(output, sub, now_ns);
}

uint64_t snap_partition_lineage(const struct snap_partition *partition, uint64_t lineage,
                                uint32_t target)
{
    lineage = snap_lineage_way(lineage, partition->edge->way);
    if (partition->edge->ship == SNAP_SHIP_BROADCAST)
        lineage = snap_lineage_copy(lineage, partition->receiver_first + target);
    return lineage;
}

static bool put_at(struct snap_output *output, struct snap_partition *partition,
                   const struct snap_record *record, uint64_t lineage, snap_ns now_ns)
{
    struct snap_subpartition *sub =
        &output->channels[partition->channel_first + partition->put_target];

    if (!put_one(output, sub, record, now_ns))
        return false;
    if (sub->lineage)
        sub->lineage[sub->count - 1] =
            snap_partition_lineage(partition, lineage, partition->put_target);
    settle(output, sub, now_ns);
    return true;
}

bool snap_partition_put(struct snap_output *output, struct snap_partition *partition,
                        const struct snap_record *record, uint64_t lineage, snap_ns now_ns)
{
    /* A mark goes to all receivers. Flink: RecordWriter.broadcastEmit. */
    bool broadcast = partition->edge->ship == SNAP_SHIP_BROADCAST || snap_record_is_mark(record);

    if (partition->put_target == SNAP_NO_INDEX)
        partition->put_target = broadcast ? 0 : snap_partition_target(partition, record->key);
    if (!put_at(output, partition, record, lineage, now_ns))
        return false;
    while (broadcast && partition->put_target + 1 < partition->channel_count) {
        partition->put_target++;
        if (!put_at(output, partition, record, lineage, now_ns))
            return false;
    }
    partition->put_target = SNAP_NO_INDEX;
    return true;
}

void snap_output_broadcast(struct snap_output *output, const struct snap_buffer *event,
                           snap_ns now_ns)
{
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];
        struct snap_buffer *copy = snap_buffer_get_event(output->port.blocks, event->kind);

        copy->barrier = event->barrier;
        if (event->kind == SNAP_ITEM_BARRIER && !output->partitions[sub->partition].edge->overtaken)
            snap_item_force_aligned(copy);
        snap_sub_finish_open(output, sub, now_ns);
        snap_sub_add(output, sub, copy);
    }
    for (uint32_t i = 0; i < output->channel_count; i++)
        snap_sub_wake(output, &output->channels[i], now_ns);
}

void snap_output_flush(struct snap_output *output, snap_ns now_ns)
{
    bool any = false;

    output->flush_due_ns = SNAP_NEVER;
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];

        if (sub->flush_requested) {
            any = any || sub->open || sub->queue.tail;
            continue;
        }
        if (!sub->queue.tail && (!sub->open || snap_sub_piece_bytes(output, sub) == 0))
            continue;
        any = true;
        sub->flush_requested = true;
        snap_sub_wake(output, sub, now_ns);
    }
    if (any)
        snap_output_arm_flush(output, now_ns);
}
