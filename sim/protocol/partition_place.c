// SPDX-License-Identifier: Apache-2.0
/*
 * Runs of records for the only channel there is, which need not be copied: a source writes into the
 * open buffer itself, and what gives one record for each that it reads writes over what it read.
 */
#include "base/check.h"
#include "protocol/partition_internal.h"

/* The only channel; NULL if there are several or none. */
static struct snap_subpartition *only_channel(const struct snap_output *output)
{
    return output->partition_count == 1 && output->channel_count == 1 ? output->channels : NULL;
}

void snap_output_open_only(struct snap_output *output)
{
    struct snap_subpartition *sub = only_channel(output);
    const struct snap_partition *partition = output->partitions;

    if (!sub)
        return;
    /* What is read here must not move now: then there is room for all of it. */
    if (sub->open ? sub->count < sub->open->capacity || output->reader
                  : partition->segments_used + 1 >= partition->segments_max ||
                        sub->segments + 1 >= output->per_subpartition_max)
        return;
    SNAP_CHECK(snap_sub_open_segment(output, sub, partition->record_bytes));
}

uint32_t snap_output_filling_room(const struct snap_output *output)
{
    const struct snap_subpartition *sub = only_channel(output);
    uint32_t room = snap_output_room(output);
    uint32_t record_bytes;

    /* Without room the record may have to arm the flush as well. */
    if (!sub || room == 0 || sub->count_max == sub->open->capacity)
        return room;
    record_bytes = output->partitions[0].record_bytes;
    return sub->base_bytes + (sub->count_max + 1) * record_bytes ==
                   snap_sub_segment_bytes(output, sub)
               ? room + 1
               : room;
}

struct snap_batch snap_output_place(const struct snap_output *output)
{
    const struct snap_subpartition *sub = only_channel(output);
    struct snap_batch place = {.count = 0};

    if (!sub || !sub->open)
        return place;
    place.records = sub->records + sub->count;
    place.stamps = sub->open->stamps ? sub->open->stamps + sub->count : NULL;
    place.lineage = sub->lineage ? sub->lineage + sub->count : NULL;
    return place;
}

/* What is being read goes on in `to`: how much, and where it came from. */
static void read_on_in(struct snap_buffer *to, const struct snap_buffer *from)
{
    to->count = from->count;
    to->taken = from->taken;
    to->bytes = from->bytes;
    to->segment_end = from->segment_end;
    to->floating = from->floating;
    to->recovered = from->recovered;
    to->is_old = from->is_old;
    to->old = from->old;
    to->foreign_bytes = from->foreign_bytes;
}

void snap_output_write_over(struct snap_output *output, struct snap_buffer **reader)
{
    struct snap_subpartition *sub = only_channel(output);
    struct snap_buffer *read = *reader;
    struct snap_buffer *view;
    uint32_t left_bytes;

    SNAP_CHECK(read->taken == 0);
    if (!sub || !sub->open || sub->count > 0 || output->reader)
        return;
    view = sub->open;
    left_bytes = view->bytes;
    view->records = read->records;
    view->stamps = read->stamps;
    view->lineage = read->lineage;
    read_on_in(view, read);
    read->count = 0;
    read->bytes = left_bytes;
    read->segment_end = false;
    read->floating = false;
    read->recovered = false;
    read->is_old = false;
    read->foreign_bytes = 0;
    sub->open = read;
    snap_sub_set_room(output, sub);
    *reader = view;
    output->reader = reader;
}

void snap_output_read_up(struct snap_output *output)
{
    output->reader = NULL;
}

/* The view gets memory of its own for what is not read yet. */
void snap_output_part_from_reader(struct snap_output *output)
{
    struct snap_buffer *view = *output->reader;
    struct snap_buffer *copy;
    uint32_t left = view->count - view->taken;

    if (left > 0) {
        copy = snap_buffer_get(output->port.blocks, view->count, snap_buffer_columns(view));
        snap_buffer_copy_rows(copy, view->taken, view, view->taken, left);
        read_on_in(copy, view);
        *output->reader = copy;
        snap_buffer_put(output->port.blocks, view);
    }
    output->reader = NULL;
}

struct snap_buffer *snap_sub_copy_written(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_buffer *open = sub->open;
    uint32_t count = sub->count;
    struct snap_buffer *copy =
        snap_buffer_get(output->port.blocks, count, snap_buffer_columns(open));

    SNAP_CHECK(output->reader && open->marks == 0 && count < open->capacity);
    snap_buffer_copy_rows(copy, 0, open, 0, count);
    copy->count = count;
    copy->bytes = snap_sub_piece_bytes(output, sub);
    open->records += count;
    if (open->stamps)
        open->stamps += count;
    if (open->lineage)
        open->lineage += count;
    open->capacity -= count;
    sub->count = 0;
    return copy;
}

/* Whether nobody has to look where the last record of the batch goes: there is room for all. */
static bool takes_all(const struct snap_output *output, const struct snap_batch *batch)
{
    const struct snap_subpartition *sub = only_channel(output);

    if (sub)
        return sub->count + batch->count <= sub->count_max;
    return snap_output_foresight(output) == SNAP_FORESEES_NOTHING;
}

/* Writes a record that may finish its buffer. */
static void write_last(struct snap_output *output, struct snap_partition *partition,
                       const struct snap_batch *batch, uint32_t i, snap_ns at_ns)
{
    uint32_t target = snap_partition_target(partition, batch->records[i].key);
    struct snap_subpartition *sub = &output->channels[partition->channel_first + target];
    uint64_t lineage = batch->lineage ? batch->lineage[i] : 0;
    struct snap_record record;
    bool put;

    if (sub->count < sub->count_max) {
        if (batch->lineage)
            sub->lineage[sub->count] = snap_partition_lineage(partition, lineage, target);
        snap_sub_append_row(sub, batch, i);
        return;
    }
    record = snap_batch_record(batch, i);
    partition->put_target = target;
    put = snap_partition_put(output, partition, &record, lineage, at_ns);
    SNAP_CHECK(put);
}

void snap_partition_write_filling(struct snap_output *output, struct snap_partition *partition,
                                  const struct snap_batch *batch, snap_ns at_ns)
{
    struct snap_batch first = *batch;

    if (takes_all(output, batch)) {
        snap_partition_write(output, partition, batch);
        return;
    }
    first.count--;
    snap_partition_write(output, partition, &first);
    write_last(output, partition, batch, first.count, at_ns);
}
