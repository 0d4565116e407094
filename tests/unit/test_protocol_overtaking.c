// SPDX-License-Identifier: Apache-2.0
/*
 * test_protocol_overtaking.c: two senders and a receiver, barriers that overtake, whatever happens.
 *
 * Elements (records, and marks among them) are numbered per sender. Steps are drawn: elements are
 * written and flushed, items pass the link, the receiver processes one element or takes one item,
 * checkpoints are begun, timeouts fire at senders and at the receiver. The receiver does what a
 * handler would do with one checkpoint at a time.
 *
 * For each checkpoint and channel: what was processed before the receiver's trigger, what was
 * captured of the input, what was captured of the output, in this order, are the elements that were
 * written before the sender's barrier, each once; and so are the bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "model/stream_mark.h"
#include "protocol/gate_priority.h"
#include "protocol/partition_priority.h"

enum {
    SENDERS = 2,
    RECORD_BYTES = 3,
    SEGMENT_BYTES = 8,
    EXCLUSIVE = 2,
    FLOATING = 3,
    CAPTURED_MAX = 256,
    SEEDS = 150,
    STEPS = 3000,
};

/* What was captured of one side of a channel for the checkpoint. */
struct captured {
    int64_t numbers[CAPTURED_MAX];
    uint32_t count;
    uint64_t bytes;
};

struct sender {
    struct snap_output output;
    struct snap_edge edge;
    struct snap_buffer_queue link;
    struct captured captured;
    snap_checkpoint_id checkpoint; /* of its last barrier */
    int64_t written;
    uint64_t written_bytes;
    int64_t written_at_barrier;
    uint64_t bytes_at_barrier;
    bool promise_open;
    bool local;
    struct world *world;
    uint32_t index;
};

struct receiver {
    struct snap_input input;
    struct snap_buffer *current;
    uint32_t current_channel;
    int64_t processed[SENDERS];
    uint64_t processed_bytes[SENDERS];
    int64_t processed_at_trigger[SENDERS];
    uint64_t bytes_at_trigger[SENDERS];
    struct captured captured[SENDERS];
    int32_t announced[SENDERS]; /* numbers; -1: none */
    bool taken[SENDERS];        /* the barriers */
    bool blocked[SENDERS];
    bool triggered;
};

struct world {
    struct snap_arena arena;
    struct snap_block_pool blocks;
    struct snap_vertex vertices[2];
    struct snap_operator operators[2];
    struct snap_job job;
    struct sender senders[SENDERS];
    struct receiver receiver;
    struct snap_rng rng;
    snap_checkpoint_id checkpoint;
    uint32_t aligned; /* checkpoints that ended so */
    uint32_t overtaken;
    snap_ns now_ns;
};

static int64_t number_of(const struct snap_record *element)
{
    return snap_record_is_mark(element) ? element->timestamp_ms : element->key.number;
}

static uint32_t bytes_of(const struct snap_record *element)
{
    return snap_record_is_mark(element) ? snap_mark_bytes(element) : RECORD_BYTES;
}

static void add_captured(struct captured *captured, const struct snap_buffer *buffer)
{
    struct snap_record element;

    for (uint32_t i = buffer->taken; i < buffer->count; i++) {
        assert_true(captured->count < CAPTURED_MAX);
        element = snap_buffer_record(buffer, i);
        captured->numbers[captured->count++] = number_of(&element);
    }
    captured->bytes += buffer->bytes;
}

static void send_item(void *context, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                      snap_ns transmit_ns)
{
    struct sender *sender = context;

    (void)channel;
    (void)depart_ns;
    (void)transmit_ns;
    snap_buffer_queue_push(&sender->link, item);
}

static void queued(void *context, uint32_t channel, const struct snap_buffer *item, snap_ns at_ns)
{
    (void)context;
    (void)channel;
    (void)at_ns;
    assert_true(item->bytes > 0);
}

static void output_captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                            const struct snap_buffer *buffer)
{
    struct sender *sender = context;

    assert_int_equal(channel, 0);
    assert_int_equal(checkpoint, sender->checkpoint);
    add_captured(&sender->captured, buffer);
}

static void output_promised(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                            enum snap_output_promise what)
{
    struct sender *sender = context;

    assert_int_equal(channel, 0);
    assert_int_equal(checkpoint, sender->checkpoint);
    assert_int_not_equal(what, SNAP_PROMISE_BROKEN);
    assert_int_equal(sender->promise_open, what == SNAP_PROMISE_KEPT);
    sender->promise_open = what == SNAP_PROMISE_OPENED;
}

static void credit(void *context, uint32_t channel, uint32_t credits, uint32_t segments)
{
    struct world *world = context;

    snap_output_credit(&world->senders[channel].output, 0, credits, segments, world->now_ns);
}

static void input_captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                           const struct snap_buffer *buffer)
{
    struct world *world = context;

    assert_int_equal(checkpoint, world->checkpoint);
    add_captured(&world->receiver.captured[channel], buffer);
}

static void barrier_taken(void *context, uint32_t channel, snap_checkpoint_id checkpoint)
{
    struct world *world = context;

    assert_true(world->senders[channel].local);
    snap_output_barrier_taken(&world->senders[channel].output, 0, checkpoint);
}

static void overtaken(void *context, uint32_t channel)
{
    struct world *world = context;

    snap_output_resume(&world->senders[channel].output, 0, world->now_ns);
}

static void build_job(struct world *world)
{
    static const uint32_t heads[] = {0, 1};

    for (uint32_t i = 0; i < 2; i++) {
        world->vertices[i] = (struct snap_vertex){.index = i,
                                                  .parallelism = 1,
                                                  .max_parallelism = 128,
                                                  .operators = &heads[i],
                                                  .operator_count = 1};
        world->operators[i] = (struct snap_operator){.index = i,
                                                     .vertex = i,
                                                     .parallelism = 1,
                                                     .max_parallelism = 128,
                                                     .record_size_bytes = RECORD_BYTES,
                                                     .out_edge_count = 1};
    }
    world->job = (struct snap_job){.operators = world->operators,
                                   .operator_count = 2,
                                   .vertices = world->vertices,
                                   .vertex_count = 2};
}

static void sender_init(struct world *world, uint32_t index,
                        const struct snap_network_config *network)
{
    struct sender *sender = &world->senders[index];
    struct snap_output_port port = {.task = sender,
                                    .blocks = &world->blocks,
                                    .columns = {.stamps = true},
                                    .send = send_item,
                                    .queued = queued};
    struct snap_output_capture_port capture_port = {output_captured, output_promised};
    struct snap_partition_options options = {
        .job = &world->job, .edge = &sender->edge, .network = network, .seed = 7};

    sender->world = world;
    sender->index = index;
    sender->checkpoint = SNAP_NO_CHECKPOINT;
    sender->edge = (struct snap_edge){
        .producer = 0, .consumer = 1, .ship = SNAP_SHIP_FORWARD, .overtaken = true};
    world->job.edges = &sender->edge;
    world->job.edge_count = 1;
    snap_output_init(&sender->output, network, &port, 0);
    snap_output_reserve(&sender->output, &world->arena, 1, 1);
    snap_output_add(&sender->output, &options);
    snap_output_allow_priority(&sender->output, &world->arena, &capture_port);
    sender->output.link_bytes_per_second = SNAP_SECOND / 2;
    sender->output.channels[0].local = sender->local;
}

static void receiver_init(struct world *world, const struct snap_network_config *network)
{
    struct snap_input_port port = {world, &world->blocks, credit};
    struct snap_capture_port capture_port = {input_captured, barrier_taken, overtaken};
    struct receiver *receiver = &world->receiver;

    snap_input_init(&receiver->input, &world->arena, &port, 1, SENDERS);
    snap_input_set_gate(&receiver->input, 0, 1, network);
    for (uint32_t i = 0; i < SENDERS; i++) {
        struct snap_input_channel description = {.local = world->senders[i].local};

        receiver->announced[i] = -1;
        snap_output_connect(&world->senders[i].output, 0,
                            snap_input_set_channel(&receiver->input, i, &description), 0);
    }
    snap_input_allow_priority(&receiver->input, &world->arena, &capture_port);
    for (uint32_t i = 0; i < SENDERS; i++)
        snap_input_set_record_bytes(&receiver->input, i, RECORD_BYTES);
}

static void world_init(struct world *world, uint64_t seed)
{
    struct snap_network_config network = {.segment_bytes = SEGMENT_BYTES,
                                          .exclusive_per_channel = EXCLUSIVE,
                                          .floating_per_gate = FLOATING,
                                          .per_subpartition_max = 10,
                                          .overdraft_per_gate = 20,
                                          .buffer_timeout_ns = SNAP_NEVER};

    memset(world, 0, sizeof(*world));
    snap_arena_init(&world->arena);
    snap_block_pool_init(&world->blocks, 64);
    snap_rng_init(&world->rng, seed, 1, 1);
    build_job(world);
    for (uint32_t i = 0; i < SENDERS; i++) {
        world->senders[i].local = (seed >> i) % 2 != 0;
        sender_init(world, i, &network);
    }
    receiver_init(world, &network);
}

static void world_fini(struct world *world)
{
    for (uint32_t i = 0; i < SENDERS; i++) {
        snap_buffer_queue_clear(&world->senders[i].link, &world->blocks);
        snap_output_fini(&world->senders[i].output);
    }
    snap_buffer_put(&world->blocks, world->receiver.current);
    snap_input_fini(&world->receiver.input);
    snap_block_pool_fini(&world->blocks);
    snap_arena_fini(&world->arena);
}

static void write_element(struct sender *sender)
{
    struct snap_record element = {.key.number = sender->written};

    if (!snap_output_is_available(&sender->output))
        return;
    if (snap_rng_below(&sender->world->rng, 5) == 0)
        element = snap_mark_make(SNAP_MARK_WATERMARK, sender->written);
    assert_true(snap_partition_put(&sender->output, sender->output.partitions, &element, 0,
                                   sender->world->now_ns));
    sender->written++;
    sender->written_bytes += bytes_of(&element);
}

static void send_barrier(struct sender *sender)
{
    struct world *world = sender->world;
    struct snap_buffer event = {.kind = SNAP_ITEM_BARRIER};

    if (sender->checkpoint == world->checkpoint)
        return;
    sender->checkpoint = world->checkpoint;
    sender->written_at_barrier = sender->written;
    sender->bytes_at_barrier = sender->written_bytes;
    sender->captured.count = 0;
    sender->captured.bytes = 0;
    event.barrier.checkpoint = world->checkpoint;
    event.barrier.options.alignment =
        world->checkpoint % 3 == 0 ? SNAP_ALIGN_UNALIGNED : SNAP_ALIGN_ALIGNED;
    event.barrier.options.aligned_timeout_ns = SNAP_MS;
    snap_output_broadcast(&sender->output, &event, world->now_ns);
}

static void pass_link(struct world *world, struct sender *sender)
{
    struct snap_buffer *item = snap_buffer_queue_pop(&sender->link);

    if (!item)
        return;
    snap_input_arrive(&world->receiver.input, sender->index, item);
    snap_input_announce(&world->receiver.input);
}

/* The channel's elements up to the sender's barrier, each once and in order. */
static void check_channel(const struct world *world, uint32_t channel)
{
    const struct receiver *receiver = &world->receiver;
    const struct sender *sender = &world->senders[channel];
    const struct captured *parts[] = {&receiver->captured[channel], &sender->captured};
    int64_t next = receiver->processed_at_trigger[channel];

    for (uint32_t p = 0; p < 2; p++)
        for (uint32_t i = 0; i < parts[p]->count; i++)
            assert_int_equal(parts[p]->numbers[i], next++);
    assert_int_equal(next, sender->written_at_barrier);
    assert_int_equal(receiver->bytes_at_trigger[channel] + parts[0]->bytes + parts[1]->bytes,
                     sender->bytes_at_barrier);
    assert_false(sender->promise_open);
}

static void trigger(struct world *world)
{
    struct receiver *receiver = &world->receiver;

    receiver->triggered = true;
    memcpy(receiver->processed_at_trigger, receiver->processed, sizeof(receiver->processed));
    memcpy(receiver->bytes_at_trigger, receiver->processed_bytes,
           sizeof(receiver->processed_bytes));
}

/* From here on the checkpoint is an unaligned one. */
static void switch_over(struct world *world)
{
    struct receiver *receiver = &world->receiver;
    struct snap_barrier barrier = {.checkpoint = world->checkpoint};

    for (uint32_t i = 0; i < SENDERS; i++) {
        if (receiver->announced[i] >= 0)
            assert_true(snap_input_prioritize(&receiver->input, i, receiver->announced[i]));
        receiver->announced[i] = -1;
    }
    trigger(world);
    for (uint32_t i = 0; i < SENDERS; i++)
        snap_input_capture_rest(&receiver->input, i, world->checkpoint,
                                i == receiver->current_channel ? receiver->current : NULL);
    assert_true(snap_input_start_capture(&receiver->input, &barrier));
}

static void complete(struct world *world, bool unaligned)
{
    struct receiver *receiver = &world->receiver;

    if (unaligned)
        snap_input_stop_capture(&receiver->input, world->checkpoint);
    for (uint32_t i = 0; i < SENDERS; i++) {
        check_channel(world, i);
        if (receiver->blocked[i])
            snap_output_resume(&world->senders[i].output, 0, world->now_ns);
        receiver->blocked[i] = receiver->taken[i] = false;
        receiver->captured[i].count = 0;
        receiver->captured[i].bytes = 0;
    }
    receiver->triggered = false;
    world->aligned += !unaligned;
    world->overtaken += unaligned;
    world->checkpoint++;
}

static void take_barrier(struct world *world, uint32_t channel, const struct snap_buffer *item)
{
    struct receiver *receiver = &world->receiver;
    bool was_unaligned;

    assert_int_equal(item->barrier.checkpoint, world->checkpoint);
    assert_false(receiver->taken[channel]);
    receiver->taken[channel] = true;
    receiver->announced[channel] = -1;
    receiver->blocked[channel] = snap_item_blocks(item);
    if (!receiver->triggered && !snap_item_blocks(item))
        switch_over(world);
    was_unaligned = receiver->triggered;
    if (!receiver->taken[0] || !receiver->taken[1])
        return;
    if (!was_unaligned)
        trigger(world);
    complete(world, was_unaligned);
}

static void take_event(struct world *world, uint32_t channel, struct snap_buffer *item)
{
    struct receiver *receiver = &world->receiver;

    if (item->kind == SNAP_ITEM_BARRIER) {
        take_barrier(world, channel, item);
    } else {
        assert_int_equal(item->kind, SNAP_ITEM_ANNOUNCEMENT);
        assert_false(world->senders[channel].local);
        if (receiver->triggered)
            assert_true(snap_input_prioritize(&receiver->input, channel, item->sequence));
        else
            receiver->announced[channel] = item->sequence;
    }
    snap_buffer_put(&world->blocks, item);
}

static void use_up(struct world *world)
{
    struct receiver *receiver = &world->receiver;

    if (receiver->current->taken < receiver->current->count)
        return;
    snap_input_recycle(&receiver->input, receiver->current_channel, receiver->current);
    receiver->current = NULL;
    snap_input_announce(&receiver->input);
}

static void take_item(struct world *world)
{
    uint32_t channel;
    struct snap_buffer *item = snap_input_poll(&world->receiver.input, &channel);

    if (!item)
        return;
    if (item->kind != SNAP_ITEM_DATA) {
        take_event(world, channel, item);
        return;
    }
    assert_null(world->receiver.current);
    world->receiver.current = item;
    world->receiver.current_channel = channel;
    use_up(world);
}

/* Priority events come first, also in the middle of a buffer; then an element, or an item. */
static void receive(struct world *world)
{
    struct receiver *receiver = &world->receiver;
    struct snap_record element;

    while (snap_input_has_priority(&receiver->input))
        take_item(world);
    if (!receiver->current) {
        take_item(world);
        return;
    }
    element = snap_buffer_record(receiver->current, receiver->current->taken++);
    assert_int_equal(number_of(&element), receiver->processed[receiver->current_channel]++);
    receiver->processed_bytes[receiver->current_channel] += bytes_of(&element);
    use_up(world);
}

/* The receiver's timer, which fires only after something of the checkpoint is known. */
static void receiver_times_out(struct world *world)
{
    struct receiver *receiver = &world->receiver;
    bool knows = receiver->announced[0] >= 0 || receiver->announced[1] >= 0 || receiver->taken[0] ||
                 receiver->taken[1];

    if (knows && !receiver->triggered)
        switch_over(world);
}

static uint32_t data_in(const struct snap_buffer_queue *queue)
{
    const struct snap_buffer *at = snap_buffer_queue_head(queue);
    uint32_t count = 0;

    for (; at; at = snap_buffer_queue_next(queue, at))
        count += at->kind == SNAP_ITEM_DATA;
    return count;
}

/* Buffers of the gate: free, borrowed, filled; captures take none. */
static void check_buffers(const struct world *world)
{
    const struct receiver *receiver = &world->receiver;
    uint32_t count = receiver->input.gates[0].floating_free;
    uint32_t all = FLOATING;

    for (uint32_t i = 0; i < SENDERS; i++) {
        const struct snap_input_channel *at = &receiver->input.channels[i];

        if (at->local)
            continue;
        all += EXCLUSIVE;
        count += at->exclusive_free + at->floating_free + data_in(&at->queue);
        count += receiver->current && receiver->current_channel == i;
    }
    assert_int_equal(count, all);
}

static void step(struct world *world)
{
    struct sender *sender = &world->senders[snap_rng_below(&world->rng, SENDERS)];
    uint64_t draw = snap_rng_below(&world->rng, 256);

    world->now_ns++;
    if (snap_output_link_due(&sender->output) <= world->now_ns)
        snap_output_pump(&sender->output, world->now_ns);
    if (draw < 96)
        write_element(sender);
    else if (draw < 104)
        snap_output_flush(&sender->output, world->now_ns);
    else if (draw < 160)
        pass_link(world, sender);
    else if (draw < 240)
        receive(world);
    else if (draw < 246)
        send_barrier(sender);
    else if (draw < 247)
        receiver_times_out(world);
    else if (draw < 248)
        snap_output_time_out(&sender->output, world->checkpoint, world->now_ns);
    check_buffers(world);
}

static void nothing_is_lost_or_taken_twice(void **state)
{
    uint32_t aligned = 0;
    uint32_t overtaken = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct world world;

        world_init(&world, seed);
        for (int i = 0; i < STEPS; i++)
            step(&world);
        aligned += world.aligned;
        overtaken += world.overtaken;
        world_fini(&world);
    }
    /* Both ways have been gone often enough. */
    assert_true(aligned > SEEDS);
    assert_true(overtaken > SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_taken_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
