// SPDX-License-Identifier: Apache-2.0
/* test_protocol_barrier_handler.c: what all modes share, at sizes that stories do not show. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "protocol/barrier_handler.h"

enum { CHANNELS = 3000 };

struct fixture {
    struct snap_arena arena;
    struct snap_barrier_handler handler;
};

static void open_fixture(struct fixture *fixture, enum snap_checkpointing_mode mode,
                         uint32_t channels)
{
    struct snap_barrier_handler_options options = {
        .mode = mode, .channels = channels, .checkpoints_after_finish = true};

    snap_arena_init(&fixture->arena);
    snap_barrier_handler_init(&fixture->handler, &fixture->arena, &options);
}

static const struct snap_barrier_actions *step(struct fixture *fixture,
                                               enum snap_barrier_event_type type, uint32_t channel,
                                               snap_checkpoint_id checkpoint)
{
    struct snap_barrier_event event = {.type = type, .channel = channel};

    event.barrier.checkpoint = checkpoint;
    event.barrier.options.alignment = SNAP_ALIGN_ALIGNED;
    return snap_barrier_handler_step(&fixture->handler, &event);
}

/* The list has room for the largest answer, and no memory is taken after init. */
static void test_many_channels_are_resumed_in_order(void **state)
{
    struct fixture fixture;
    const struct snap_barrier_actions *actions = NULL;
    size_t bytes;

    (void)state;
    open_fixture(&fixture, SNAP_MODE_EXACTLY_ONCE, CHANNELS);
    step(&fixture, SNAP_BARRIER_ARRIVED, 0, 1);
    bytes = fixture.arena.bytes_total;
    for (snap_checkpoint_id checkpoint = 2; checkpoint <= 4; checkpoint++) {
        for (uint32_t i = 0; i < CHANNELS; i++)
            actions = step(&fixture, SNAP_BARRIER_ARRIVED, CHANNELS - 1 - i, checkpoint);
        assert_int_equal(actions->count, 3);
        assert_int_equal(actions->items[0].type, SNAP_BARRIER_BLOCK);
        assert_int_equal(actions->items[1].type, SNAP_BARRIER_TRIGGER);
        assert_int_equal(actions->items[1].checkpoint, checkpoint);
        assert_int_equal(actions->items[2].type, SNAP_BARRIER_UNBLOCK);
        assert_int_equal(actions->items[2].channel, 0);
        assert_int_equal(actions->items[2].count, CHANNELS);
    }
    assert_int_equal(fixture.arena.bytes_total, bytes);
    snap_arena_fini(&fixture.arena);
}

/* A barrier behind the end of its channel, as no sender sends it, makes the list longest. */
static void test_one_barrier_aborts_an_older_checkpoint_and_triggers(void **state)
{
    struct fixture fixture;
    const struct snap_barrier_actions *actions;

    (void)state;
    open_fixture(&fixture, SNAP_MODE_EXACTLY_ONCE, 3);
    step(&fixture, SNAP_BARRIER_ARRIVED, 0, 1);
    step(&fixture, SNAP_BARRIER_ENDED, 1, 0);
    step(&fixture, SNAP_BARRIER_ENDED, 0, 0);
    step(&fixture, SNAP_BARRIER_ARRIVED, 0, 1);
    actions = step(&fixture, SNAP_BARRIER_ARRIVED, 2, 2);
    assert_int_equal(actions->count, 5);
    assert_int_equal(actions->items[0].type, SNAP_BARRIER_UNBLOCK);
    assert_int_equal(actions->items[1].type, SNAP_BARRIER_ABORT);
    assert_int_equal(actions->items[1].reason, SNAP_BARRIER_SUBSUMED);
    assert_int_equal(actions->items[2].type, SNAP_BARRIER_BLOCK);
    assert_int_equal(actions->items[3].type, SNAP_BARRIER_TRIGGER);
    assert_int_equal(actions->items[4].type, SNAP_BARRIER_UNBLOCK);
    snap_arena_fini(&fixture.arena);
}

static void begin(struct fixture *fixture, snap_checkpoint_id from, snap_checkpoint_id to)
{
    for (snap_checkpoint_id checkpoint = from; checkpoint <= to; checkpoint++)
        assert_int_equal(step(fixture, SNAP_BARRIER_ARRIVED, 0, checkpoint)->count, 0);
}

static void test_the_fifty_first_pending_pushes_the_oldest_out(void **state)
{
    struct fixture fixture;
    const struct snap_barrier_actions *actions;

    (void)state;
    open_fixture(&fixture, SNAP_MODE_AT_LEAST_ONCE, 2);
    begin(&fixture, 1, 51);
    assert_int_equal(snap_barrier_handler_pending_count(&fixture.handler), 50);
    assert_int_equal(snap_barrier_handler_pending(&fixture.handler, 0), 2);
    assert_int_equal(snap_barrier_handler_pending(&fixture.handler, 49), 51);
    assert_int_equal(step(&fixture, SNAP_BARRIER_ARRIVED, 1, 1)->count, 0);
    actions = step(&fixture, SNAP_BARRIER_ARRIVED, 1, 2);
    assert_int_equal(actions->count, 1);
    assert_int_equal(actions->items[0].checkpoint, 2);
    snap_arena_fini(&fixture.arena);
}

static void test_a_marker_aborts_all_pending_and_itself(void **state)
{
    struct fixture fixture;
    const struct snap_barrier_actions *actions;

    (void)state;
    open_fixture(&fixture, SNAP_MODE_AT_LEAST_ONCE, 2);
    /* A ring that has gone round and is full. */
    begin(&fixture, 1, 70);
    actions = step(&fixture, SNAP_BARRIER_CANCELLED, 1, 90);
    assert_int_equal(actions->count, 51);
    for (uint32_t i = 0; i < actions->count; i++) {
        assert_int_equal(actions->items[i].type, SNAP_BARRIER_ABORT);
        assert_int_equal(actions->items[i].reason, SNAP_BARRIER_ON_CANCELLATION);
        assert_int_equal(actions->items[i].checkpoint, i == 50 ? 90 : 21 + i);
    }
    assert_int_equal(snap_barrier_handler_pending_count(&fixture.handler), 1);
    assert_int_equal(snap_barrier_handler_latest(&fixture.handler), 90);
    snap_arena_fini(&fixture.arena);
}

static void test_a_reused_entry_has_forgotten_its_channels(void **state)
{
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, SNAP_MODE_AT_LEAST_ONCE, 3);
    for (snap_checkpoint_id checkpoint = 1; checkpoint <= 120; checkpoint++) {
        assert_int_equal(step(&fixture, SNAP_BARRIER_ARRIVED, 2, checkpoint)->count, 0);
        assert_int_equal(step(&fixture, SNAP_BARRIER_ARRIVED, 0, checkpoint)->count, 0);
        assert_int_equal(step(&fixture, SNAP_BARRIER_ARRIVED, 1, checkpoint)->count, 1);
    }
    snap_arena_fini(&fixture.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_channels_are_resumed_in_order),
        cmocka_unit_test(test_one_barrier_aborts_an_older_checkpoint_and_triggers),
        cmocka_unit_test(test_the_fifty_first_pending_pushes_the_oldest_out),
        cmocka_unit_test(test_a_marker_aborts_all_pending_and_itself),
        cmocka_unit_test(test_a_reused_entry_has_forgotten_its_channels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
