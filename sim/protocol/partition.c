// SPDX-License-Identifier: Apache-2.0
#include "protocol/partition.h"

#include <string.h>

#include "base/check.h"
#include "model/key_group.h"
#include "model/lineage.h"

/* Random streams of a task by purpose. */
enum { RNG_PARTITION = 0x70617274 };

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

void snap_output_reserve(struct snap_output *output, struct snap_arena *arena,
                         uint32_t partition_count, uint32_t channel_count)
{
    output->partitions = SNAP_ARENA_ARRAY(arena, struct snap_partition, partition_count);
    output->channels = SNAP_ARENA_ARRAY(arena, struct snap_subpartition, channel_count);
}

/* The subpartition of every key group, counted from the partition's first channel. */
static const uint32_t *make_group_targets(struct snap_arena *arena,
                                          const struct snap_operator *consumer)
{
    struct snap_parallelism parallelism = {consumer->parallelism, consumer->max_parallelism};
    uint32_t *targets = SNAP_ARENA_ARRAY(arena, uint32_t, parallelism.max);

    for (uint32_t group = 0; group < parallelism.max; group++)
        targets[group] = snap_key_group_subtask(group, parallelism);
    return targets;
}

static void init_channels(struct snap_output *output, const struct snap_partition *partition)
{
    for (uint32_t i = 0; i < partition->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[partition->channel_first + i];

        sub->partition = output->partition_count;
        sub->ready_next = SNAP_NO_INDEX;
        sub->capacity_hint = 8;
    }
}

struct snap_partition *snap_output_add(struct snap_output *output, struct snap_arena *arena,
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
    partition->lineage_edge = producer->out_edge_count > 1 ? edge->output : SNAP_NO_INDEX;
    partition->record_bytes = producer->record_size_bytes ? producer->record_size_bytes : 1;
    partition->segments_max = partition->channel_count * network->exclusive_per_channel +
                              network->floating_per_gate;
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
        const struct snap_operator *consumer = &options->job->operators[edge->consumer];

        partition->key_groups = consumer->max_parallelism;
        partition->group_target = make_group_targets(arena, consumer);
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

bool snap_output_is_available(const struct snap_output *output)
{
    for (uint32_t i = 0; i < output->partition_count; i++) {
        const struct snap_partition *partition = &output->partitions[i];

        if (partition->maxed_count > 0 || partition->segments_used >= partition->segments_max)
            return false;
    }
    return true;
}

/* Flink: LocalBufferPool.requestMemorySegment, with the overdraft for a record that was begun. */
static bool take_segment(struct snap_output *output, struct snap_partition *partition,
                         struct snap_subpartition *sub)
{
    if (partition->segments_used >= partition->segments_max + partition->overdraft_max)
        return false;
    partition->segments_used++;
    if (++sub->segments == output->per_subpartition_max)
        partition->maxed_count++;
    return true;
}

static void free_segments(struct snap_output *output, struct snap_subpartition *sub, uint32_t count)
{
    struct snap_partition *partition = &output->partitions[sub->partition];

    SNAP_CHECK(sub->segments >= count && partition->segments_used >= count);
    for (; count > 0; count--) {
        partition->segments_used--;
        if (sub->segments-- == output->per_subpartition_max)
            partition->maxed_count--;
    }
}

static uint32_t channel_of(const struct snap_output *output, const struct snap_subpartition *sub)
{
    return (uint32_t)(sub - output->channels);
}

/* Bytes of the open segment that are used, by pieces that have left as well. */
static uint32_t used_bytes(const struct snap_output *output, const struct snap_subpartition *sub)
{
    return sub->base_bytes + sub->count * output->partitions[sub->partition].record_bytes;
}

/* Bytes of the open segment that have not left. */
static uint32_t piece_bytes(const struct snap_output *output, const struct snap_subpartition *sub)
{
    return used_bytes(output, sub) - sub->left_bytes;
}

/* The open buffer changed: how many records it takes the fast way. */
static void set_room(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t record_bytes = output->partitions[sub->partition].record_bytes;
    uint32_t left = output->segment_bytes - sub->base_bytes;
    uint32_t fit = left / record_bytes;

    /* The record that fills the segment finishes it. */
    if (fit > 0 && fit * record_bytes == left)
        fit--;
    sub->records = sub->open->records;
    sub->lineage = sub->open->lineage;
    sub->count_max = fit < sub->open->capacity ? fit : sub->open->capacity;
}

/* Takes the open buffer away from the subpartition, with what was written to it. */
static struct snap_buffer *detach_open(struct snap_output *output, struct snap_subpartition *sub)
{
    struct snap_buffer *buffer = sub->open;

    buffer->count = sub->count;
    buffer->bytes = piece_bytes(output, sub);
    sub->open = NULL;
    sub->records = NULL;
    sub->lineage = NULL;
    sub->count = 0;
    sub->count_max = 0;
    sub->flush_requested = false;
    return buffer;
}

/* Whether the filled part of the open segment may leave before the segment is full. */
static bool has_flushed_piece(const struct snap_output *output,
                              const struct snap_subpartition *sub)
{
    return sub->flush_requested && !sub->queue.head && sub->open && piece_bytes(output, sub) > 0;
}

static bool may_send(const struct snap_output *output, const struct snap_subpartition *sub)
{
    bool has_credit = sub->local || sub->credit > 0;

    if (!sub->connected || sub->blocked)
        return false;
    if (sub->queue.head)
        return sub->queue.head->kind != SNAP_ITEM_DATA || has_credit;
    return has_credit && has_flushed_piece(output, sub);
}

/* Cuts the filled part off the open segment, which goes on being filled behind it. */
static struct snap_buffer *cut_piece(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t used = used_bytes(output, sub);
    struct snap_buffer *piece = detach_open(output, sub);

    sub->base_bytes = used;
    sub->left_bytes = used;
    sub->open = snap_buffer_get(output->port.blocks, sub->capacity_hint, output->port.with_lineage);
    set_room(output, sub);
    return piece;
}

static bool blocks_channel(const struct snap_buffer *item)
{
    return item->kind == SNAP_ITEM_BARRIER &&
           (item->barrier.options.alignment == SNAP_ALIGN_ALIGNED ||
            item->barrier.options.alignment == SNAP_ALIGN_FORCED_ALIGNED);
}

static void send_data(struct snap_output *output, struct snap_subpartition *sub,
                      struct snap_buffer *item, snap_ns now_ns)
{
    snap_ns transmit_ns = 0;

    item->backlog = sub->backlog;
    if (!sub->local) {
        sub->credit--;
        if (item->segment_end)
            free_segments(output, sub, 1);
        if (output->link_bytes_per_second > 0)
            transmit_ns = (snap_ns)item->bytes * SNAP_SECOND / output->link_bytes_per_second;
        output->link_free_ns = now_ns + transmit_ns;
    }
    output->port.send(output->port.task, channel_of(output, sub), item, now_ns, transmit_ns);
}

static void send_next(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_buffer *item = snap_buffer_queue_pop(&sub->queue);

    if (!item)
        item = cut_piece(output, sub);
    else if (item->kind == SNAP_ITEM_DATA)
        sub->backlog--;
    if (item->kind == SNAP_ITEM_DATA) {
        send_data(output, sub, item, now_ns);
        return;
    }
    sub->blocked = blocks_channel(item);
    output->port.send(output->port.task, channel_of(output, sub), item, now_ns, 0);
}

static void push_ready(struct snap_output *output, struct snap_subpartition *sub)
{
    uint32_t channel = channel_of(output, sub);

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

snap_ns snap_output_link_due(const struct snap_output *output)
{
    return output->ready_head == SNAP_NO_INDEX ? SNAP_NEVER : output->link_free_ns;
}

/* Something of the channel changed: send what may leave. */
static void wake(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    if (sub->local) {
        while (may_send(output, sub))
            send_next(output, sub, now_ns);
        return;
    }
    if (!sub->in_ready && may_send(output, sub))
        push_ready(output, sub);
    snap_output_pump(output, now_ns);
}

/* Queues the open buffer; its segment takes nothing more. */
static void finish_open(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    struct snap_buffer *buffer;

    if (!sub->open)
        return;
    buffer = detach_open(output, sub);
    buffer->segment_end = true;
    sub->capacity_hint = buffer->count > 8 ? buffer->count : 8;
    sub->base_bytes = 0;
    sub->left_bytes = 0;
    sub->backlog++;
    snap_buffer_queue_push(&sub->queue, buffer);
    output->port.queued(output->port.task, channel_of(output, sub), buffer, now_ns);
}

/* The first instant after now_ns at which buffers are flushed. */
static void arm_flush(struct snap_output *output, snap_ns now_ns)
{
    snap_ns interval = output->flush_interval_ns;

    if (interval == 0 || interval == SNAP_NEVER || output->flush_due_ns != SNAP_NEVER)
        return;
    output->flush_due_ns =
        output->flush_origin_ns + ((now_ns - output->flush_origin_ns) / interval + 1) * interval;
}

/* Makes sure that there is an open segment with room for one more record in its array. */
static bool open_segment(struct snap_output *output, struct snap_partition *partition,
                         struct snap_subpartition *sub)
{
    if (!sub->open) {
        if (!take_segment(output, partition, sub))
            return false;
        sub->open =
            snap_buffer_get(output->port.blocks, sub->capacity_hint, output->port.with_lineage);
    } else if (sub->count == sub->open->capacity) {
        sub->open->count = sub->count;
        sub->open = snap_buffer_grow(output->port.blocks, sub->open, sub->open->capacity * 4);
    } else {
        return true;
    }
    set_room(output, sub);
    return true;
}

/* Writes the bytes of one record but for those that fit the open segment with its end in it. */
static bool put_bytes(struct snap_output *output, struct snap_partition *partition,
                      struct snap_subpartition *sub, snap_ns now_ns)
{
    while (open_segment(output, partition, sub)) {
        uint32_t left = output->segment_bytes - used_bytes(output, sub);
        uint32_t need = partition->record_bytes - sub->partial_bytes;

        if (need <= left)
            return true;
        sub->base_bytes += left;
        sub->partial_bytes += left;
        finish_open(output, sub, now_ns);
        wake(output, sub, now_ns);
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

    if (!put_bytes(output, partition, sub, now_ns))
        return false;
    sub->base_bytes -= sub->partial_bytes;
    sub->partial_bytes = 0;
    sub->records[sub->count++] = *record;
    set_room(output, sub);
    arm_flush(output, now_ns);
    return true;
}

/* After the record lies in the open buffer with its lineage: a full segment leaves. */
static void settle(struct snap_output *output, struct snap_subpartition *sub, snap_ns now_ns)
{
    if (used_bytes(output, sub) == output->segment_bytes)
        finish_open(output, sub, now_ns);
    else if (output->flush_interval_ns == 0)
        sub->flush_requested = true;
    wake(output, sub, now_ns);
}

static uint64_t lineage_for(const struct snap_partition *partition, uint64_t lineage,
                            uint32_t target)
{
    if (partition->lineage_edge != SNAP_NO_INDEX)
        lineage = snap_lineage_edge(lineage, partition->lineage_edge);
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
            lineage_for(partition, lineage, partition->put_target);
    settle(output, sub, now_ns);
    return true;
}

bool snap_partition_put(struct snap_output *output, struct snap_partition *partition,
                        const struct snap_record *record, uint64_t lineage, snap_ns now_ns)
{
    bool broadcast = partition->edge->ship == SNAP_SHIP_BROADCAST;

    if (partition->put_target == SNAP_NO_INDEX)
        partition->put_target = broadcast ? 0 : snap_partition_target(partition, record);
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
        finish_open(output, sub, now_ns);
        snap_buffer_queue_push(&sub->queue, copy);
    }
    for (uint32_t i = 0; i < output->channel_count; i++)
        wake(output, &output->channels[i], now_ns);
}

void snap_output_flush(struct snap_output *output, snap_ns now_ns)
{
    bool any = false;

    output->flush_due_ns = SNAP_NEVER;
    for (uint32_t i = 0; i < output->channel_count; i++) {
        struct snap_subpartition *sub = &output->channels[i];

        if (!sub->open || piece_bytes(output, sub) == 0)
            continue;
        any = true;
        sub->flush_requested = true;
        wake(output, sub, now_ns);
    }
    if (any)
        arm_flush(output, now_ns);
}

void snap_output_connect(struct snap_output *output, uint32_t channel, uint32_t credit,
                         snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    SNAP_CHECK(!sub->connected);
    sub->connected = true;
    sub->credit = credit;
    wake(output, sub, now_ns);
}

void snap_output_credit(struct snap_output *output, uint32_t channel, uint32_t credits,
                        uint32_t segments, snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    sub->credit += credits;
    free_segments(output, sub, segments);
    wake(output, sub, now_ns);
}

void snap_output_resume(struct snap_output *output, uint32_t channel, snap_ns now_ns)
{
    struct snap_subpartition *sub = &output->channels[channel];

    sub->blocked = false;
    wake(output, sub, now_ns);
}

bool snap_output_is_drained(const struct snap_output *output)
{
    for (uint32_t i = 0; i < output->channel_count; i++)
        if (output->channels[i].queue.head ||
            (output->channels[i].open && piece_bytes(output, &output->channels[i]) > 0))
            return false;
    return true;
}
