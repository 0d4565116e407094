// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trace/replay_state.h"
#include "unit/scripted_run.h"
#include "view/replay_screen.h"

/* Tasks of the scripted job with two subtasks: lines 0 1, counts 2 3, out 4 5; JobManager 6. */
struct fixture {
    struct scripted_run run;
    struct snap_replay_state state;
};

static void fixture_init(struct fixture *fixture)
{
    scripted_run_init(&fixture->run, 2);
    snap_replay_state_init(&fixture->state, &fixture->run.job);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_replay_state_fini(&fixture->state);
    scripted_run_fini(&fixture->run);
}

static void take(struct fixture *fixture, enum snap_event_type type, uint32_t actor,
                 const int64_t *args)
{
    struct snap_event event = {.type = type, .actor = actor, .at_ns = SNAP_SECOND};

    memcpy(event.args, args, sizeof(event.args));
    snap_replay_state_take(&fixture->state, &event);
}

#define TAKE(fixture, type, actor, ...)                                                            \
    take((fixture), SNAP_EVENT_##type, (actor), (const int64_t[SNAP_EVENT_ARGS_MAX]){__VA_ARGS__})

/* The channel lines[1] -> counts[0]. */
static const struct snap_replay_channel *channel(const struct fixture *fixture)
{
    const struct snap_replay_state *state = &fixture->state;

    for (uint32_t i = state->channel_first[2]; i < state->channel_first[3]; i++)
        if (state->channels[i].from == 1)
            return &state->channels[i];
    fail_msg("no channel");
    return NULL;
}

static void channels_keep_buffers_and_barriers_in_their_order(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 1000, 10);
    TAKE(&fixture, BARRIER_SENT, 1, 3);
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 2000, 20);
    TAKE(&fixture, BUFFER_QUEUED, 1, 3, 0, 7000, 70);
    assert_int_equal(channel(&fixture)->count, 3);
    assert_int_equal(channel(&fixture)->items[0].records, 10);
    assert_int_equal(channel(&fixture)->items[1].barrier, 3);
    assert_int_equal(channel(&fixture)->items[2].bytes, 2000);
    TAKE(&fixture, BUFFER_TAKEN, 2, 1, 1, 1000, 10);
    TAKE(&fixture, BARRIER_RECEIVED, 2, 3, 1, 1);
    assert_int_equal(channel(&fixture)->count, 1);
    assert_int_equal(channel(&fixture)->items[0].records, 20);
    fixture_fini(&fixture);
}

/* Unaligned from the start, or when it has waited too long; but not before a barrier that overtook
 * earlier. */
static void an_unaligned_barrier_goes_ahead_of_data(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 1000, 10);
    TAKE(&fixture, SNAPSHOT_STARTED, 1, 3, 0, 0, 0, SNAP_ALIGN_UNALIGNED);
    TAKE(&fixture, BARRIER_SENT, 1, 3);
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 2000, 20);
    assert_int_equal(channel(&fixture)->count, 3);
    assert_int_equal(channel(&fixture)->items[0].barrier, 3);
    assert_int_equal(channel(&fixture)->items[1].records, 10);
    assert_int_equal(channel(&fixture)->items[2].records, 20);
    TAKE(&fixture, SNAPSHOT_STARTED, 1, 4, 0, 0, 0, SNAP_ALIGN_ALIGNED);
    TAKE(&fixture, BARRIER_SENT, 1, 4);
    assert_int_equal(channel(&fixture)->items[3].barrier, 4);
    TAKE(&fixture, ALIGNMENT_TIMED_OUT, 1, 4, 0);
    assert_int_equal(channel(&fixture)->items[3].barrier, 4);
    TAKE(&fixture, ALIGNMENT_TIMED_OUT, 1, 4, 1);
    assert_int_equal(channel(&fixture)->count, 4);
    assert_int_equal(channel(&fixture)->items[0].barrier, 3);
    assert_int_equal(channel(&fixture)->items[1].barrier, 4);
    assert_int_equal(channel(&fixture)->items[2].records, 10);
    fixture_fini(&fixture);
}

/* A pointwise or broadcast input keeps the order, whatever the sender's snapshot was. */
static void before_a_pointwise_input_nothing_is_overtaken(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.run.job.edges[1].ship = SNAP_SHIP_BROADCAST;
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 1000, 10);
    TAKE(&fixture, SNAPSHOT_STARTED, 1, 3, 0, 0, 0, SNAP_ALIGN_UNALIGNED);
    TAKE(&fixture, BARRIER_SENT, 1, 3);
    assert_int_equal(channel(&fixture)->items[0].records, 10);
    assert_int_equal(channel(&fixture)->items[1].barrier, 3);
    fixture_fini(&fixture);
}

static void a_failure_takes_what_was_on_its_way(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 1000, 10);
    TAKE(&fixture, CHANNEL_BLOCKED, 2, 3, 1, 1);
    assert_int_equal(fixture.state.tasks[2].blocked, 1);
    assert_int_equal(channel(&fixture)->blocked_for, 3);
    TAKE(&fixture, TASK_STATUS, 2, 0, SNAP_TASK_FAILED, SNAP_CAUSE_CRASH);
    assert_int_equal(channel(&fixture)->count, 0);
    assert_int_equal(channel(&fixture)->blocked_for, SNAP_NO_CHECKPOINT);
    assert_int_equal(fixture.state.tasks[2].blocked, 0);
    assert_int_equal(fixture.state.failures, 1);
    fixture_fini(&fixture);
}

static void a_checkpoint_gathers_its_acknowledgements(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    TAKE(&fixture, CHECKPOINT_TRIGGERED, 6, 3, 0, 0);
    TAKE(&fixture, ACK_RECEIVED, 6, 3, 4, 0);
    TAKE(&fixture, ACK_RECEIVED, 6, 3, 4, 0);
    TAKE(&fixture, ACK_RECEIVED, 6, 2, 5, 0);
    assert_int_equal(fixture.state.pending.acknowledged, 1);
    assert_false(fixture.state.pending.missing[4]);
    assert_true(fixture.state.pending.missing[5]);
    TAKE(&fixture, CHECKPOINT_COMPLETED, 6, 3, 0, 0, 0);
    assert_int_equal(fixture.state.pending.id, SNAP_NO_CHECKPOINT);
    assert_int_equal(fixture.state.completed, 3);
    fixture_fini(&fixture);
}

static void a_screen_shows_it_in_80_columns(void **state)
{
    struct snap_replay_place place = {.number = 12, .count = 345, .level = SNAP_TRACE_BUFFERS};
    struct snap_event event = {
        .type = SNAP_EVENT_CHANNEL_BLOCKED, .actor = 2, .at_ns = 1234567890, .args = {3, 1, 1}};
    struct snap_text text = {0};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    for (uint32_t task = 0; task < 6; task++)
        TAKE(&fixture, TASK_STATUS, task, 0, task == 5 ? SNAP_TASK_FAILED : SNAP_TASK_RUNNING, 0);
    TAKE(&fixture, CHECKPOINT_TRIGGERED, 6, 3, 0, 0);
    TAKE(&fixture, ACK_RECEIVED, 6, 3, 4, 0);
    for (int i = 0; i < 30; i++)
        TAKE(&fixture, BUFFER_QUEUED, 1, 2, 0, 1000, 100 + i);
    TAKE(&fixture, BUFFER_QUEUED, 0, 3, 0, 1000, 5);
    TAKE(&fixture, BARRIER_SENT, 0, 3);
    snap_replay_state_take(&fixture.state, &event);
    place.event = &event;
    snap_replay_screen(&text, &fixture.state, &place);
    assert_string_equal(
        text.data,
        "1.234567890 s   event 12 of 345   job CREATED\n"
        "counts[0]: channel blocked, checkpoint 3, from lines[1], channel 1\n"
        "\n"
        "  lines                    0:> 1:>\n"
        "     v  hash\n"
        "  counts                   0:B 1:>\n"
        "     v  rebalance\n"
        "  out                      0:> 1:x\n"
        "  > running   B blocked by alignment   s snapshot   i starting   x down   . end\n"
        "\n"
        "Channels: records of each buffer, |n| a barrier; left is next\n"
        "  counts[0] <- lines[0]    |3|\n"
        "  counts[0] <- lines[1]    BLOCKED 100 101 102 103 104 105 106 107 108 109 110 111 +18\n"
        "  counts[1] <- lines[0]    5 |3|\n"
        "\n"
        "Checkpoint: 3 since 1.0000 s, 1 acked; not: lines[0], lines[1], counts[0] +2\n");
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

/* Without events of buffers nobody knows what is empty. */
static void a_trace_without_buffers_calls_no_channel_empty(void **state)
{
    struct snap_replay_place place = {.number = 12, .count = 345, .level = SNAP_TRACE_CHECKPOINTS};
    struct snap_text text = {0};
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    snap_replay_screen(&text, &fixture.state, &place);
    assert_null(strstr(text.data, "empty"));
    assert_non_null(strstr(text.data, "  no barrier is in any of the 8\n"
                                      "  (the trace has no buffers, only barriers: run the "
                                      "scenario with --trace\n      buffers)\n"));
    snap_text_clear(&text);
    TAKE(&fixture, CHANNEL_BLOCKED, 2, 3, 1, 1);
    snap_replay_screen(&text, &fixture.state, &place);
    assert_null(strstr(text.data, "empty"));
    assert_non_null(strstr(text.data, " BLOCKED\n"));
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

static void names_of_who_has_not_acknowledged_fit(void **state)
{
    struct snap_replay_place place = {.number = 12, .count = 345, .level = SNAP_TRACE_BUFFERS};
    struct snap_text text = {0};
    struct fixture fixture;
    const char *line;

    (void)state;
    fixture_init(&fixture);
    fixture.run.job.operators[0].uid = "lines-of-all-books-of-the-library";
    TAKE(&fixture, CHECKPOINT_TRIGGERED, 6, 3, 0, 0);
    snap_replay_screen(&text, &fixture.state, &place);
    line =
        strstr(text.data, "\nCheckpoint: 3 since 1.0000 s, 0 acked; not:\n    lines-of-all-books");
    assert_non_null(line);
    for (; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

static void expect_head(const struct snap_replay_place *place, const char *expected)
{
    struct snap_text text = {0};
    struct fixture fixture;

    fixture_init(&fixture);
    snap_replay_screen(&text, &fixture.state, place);
    assert_int_equal(strncmp(text.data, expected, strlen(expected)), 0);
    snap_text_fini(&text);
    fixture_fini(&fixture);
}

static void a_head_says_where_it_stands(void **state)
{
    const struct snap_event event = {
        .type = SNAP_EVENT_CHECKPOINT_TRIGGERED, .actor = 6, .at_ns = 499500001};

    (void)state;
    expect_head(&(struct snap_replay_place){.event = &event, .number = 3, .count = 9},
                "0.499500001 s   event 3 of 9   job CREATED\n");
    expect_head(
        &(struct snap_replay_place){
            .event = &event, .number = 3, .count = 9, .asked_ns = 500 * SNAP_MS},
        "0.499500001 s   event 3 of 9, the last up to 0.5 s   job CREATED\n");
    expect_head(
        &(struct snap_replay_place){
            .event = &event, .number = 9, .count = 9, .asked_ns = 500 * SNAP_MS},
        "0.499500001 s   event 9 of 9, the last   job CREATED\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_keep_buffers_and_barriers_in_their_order),
        cmocka_unit_test(an_unaligned_barrier_goes_ahead_of_data),
        cmocka_unit_test(before_a_pointwise_input_nothing_is_overtaken),
        cmocka_unit_test(a_failure_takes_what_was_on_its_way),
        cmocka_unit_test(a_checkpoint_gathers_its_acknowledgements),
        cmocka_unit_test(a_screen_shows_it_in_80_columns),
        cmocka_unit_test(a_trace_without_buffers_calls_no_channel_empty),
        cmocka_unit_test(names_of_who_has_not_acknowledged_fit),
        cmocka_unit_test(a_head_says_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
