// SPDX-License-Identifier: Apache-2.0
/* test_story_speed.c: subtasks and links that stand still, or have another speed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* A record every 10 ms, each sent on at once; all messages take 1 ms. */
#define JOB                                                                                        \
    "runtimes: [virtual]\n" STORY_MODEL "config:\n"                                                \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  execution.buffer-timeout.interval: 0 ms\n"                                                  \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 5 ms, attempts: 3}}\n"           \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 14, keys: 1, rate: 100/s, splits: 1}\n"              \
    "  - {uid: counts, type: count, input: events, ship: hash, cost: 2 ms}\n"                      \
    "  - {uid: out, type: collect, input: counts, chain: false}\n"

static void a_paused_subtask_does_nothing_and_catches_up(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 85 ms, pause: {subtask: \"counts[0]\", for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "task_paused buffer_taken(from) barrier_received(checkpoint) @counts",
                 "5 ms counts[0] buffer_taken from=events[0]\n"
                 "5 ms counts[0] barrier_received checkpoint=1\n"
                 "13.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "23.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "33.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "43.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "53.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "63.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "73.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "83.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "85 ms counts[0] task_paused duration=30ms\n"
                 "117 ms counts[0] buffer_taken from=events[0]\n"
                 "119 ms counts[0] buffer_taken from=events[0]\n"
                 "119 ms counts[0] barrier_received checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_pause_is_busy_time(void **state)
{
    struct run_story *story =
        run_story("runtimes: [virtual]\n" STORY_MODEL "until: 100 ms\n"
                  "timeline: [{at: 50 ms, pause: {subtask: \"events[0]\", for: 20 ms}}]\n"
                  "operators:\n"
                  "  - {uid: events, type: sequence, count: 2, rate: 10/s, splits: 1}\n"
                  "  - {uid: out, type: discard, input: events}\n");

    (void)state;
    expect_trace(story, "task_totals(busy_ns,idle_ns) @events",
                 "100 ms events[0] task_totals busy=20.000001ms idle=78.999999ms\n");
    end_story(story);
}

static void a_crash_ends_a_pause(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 50 ms, pause: {subtask: \"counts[0]\", for: 10 s}},"
                      " {at: 60 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "task_paused failover(task)",
                 "50 ms counts[0] task_paused duration=10000ms\n"
                 "61 ms jobmanager failover task=counts[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_cancellation_is_heard_during_a_pause(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 50 ms, pause: {subtask: \"counts[0]\", for: 10 s}},"
                      " {at: 60 ms, crash: \"events[0]\"}]\n");

    (void)state;
    expect_trace(story, "task_status(status) attempt=0 @counts status=CANCELED",
                 "62 ms counts[0] task_status status=CANCELED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* 2 ms a record become 4 for 30 ms. */
static void a_slower_subtask_takes_longer_for_each_record(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{at: 25 ms, speed: {subtask: \"counts[0]\", factor: 0.5, for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "task_speed buffer_taken(from) @counts",
                 "5 ms counts[0] buffer_taken from=events[0]\n"
                 "13.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "23.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "25 ms counts[0] task_speed cost_permille=2000 duration=30ms\n"
                 "35.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "45.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "55.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "63.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "73.000001 ms counts[0] buffer_taken from=events[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void it_stays_slow_after_a_restart(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{at: 25 ms, speed: {subtask: \"counts[0]\", factor: 0.5, for: 1 s}},"
            " {at: 40 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story,
                 "restored(checkpoint) buffer_received(from) buffer_taken(from,records) @counts",
                 "1 ms counts[0] restored checkpoint=-1\n"
                 "3 ms counts[0] buffer_received from=events[0]\n"
                 "5 ms counts[0] buffer_taken from=events[0] records=1\n"
                 "11.000001 ms counts[0] buffer_received from=events[0]\n"
                 "13.000001 ms counts[0] buffer_taken from=events[0] records=1\n"
                 "21.000001 ms counts[0] buffer_received from=events[0]\n"
                 "23.000001 ms counts[0] buffer_taken from=events[0] records=1\n"
                 "31.000001 ms counts[0] buffer_received from=events[0]\n"
                 "35.000001 ms counts[0] buffer_taken from=events[0] records=1\n"
                 "54 ms counts[0] restored checkpoint=1\n"
                 "56 ms counts[0] buffer_received from=events[0]\n"
                 "76 ms counts[0] buffer_taken from=events[0] records=5\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_faster_subtask_takes_less(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{at: 25 ms, speed: {subtask: \"counts[0]\", factor: 4, for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "task_speed buffer_taken(from) @counts",
                 "5 ms counts[0] buffer_taken from=events[0]\n"
                 "13.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "23.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "25 ms counts[0] task_speed cost_permille=250 duration=30ms\n"
                 "31.500001 ms counts[0] buffer_taken from=events[0]\n"
                 "41.500001 ms counts[0] buffer_taken from=events[0]\n"
                 "51.500001 ms counts[0] buffer_taken from=events[0]\n"
                 "63.000001 ms counts[0] buffer_taken from=events[0]\n"
                 "73.000001 ms counts[0] buffer_taken from=events[0]\n");
    end_story(story);
}

/* 1 ms becomes 20 until 55 ms: what is sent at 60 does not overtake what was sent at 50. */
static void a_slow_channel_keeps_its_order(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 25 ms, speed: {from: \"events[0]\", to: \"counts[0]\","
                      " factor: 0.05, for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "link_speed buffer_received(from) @events @counts",
                 "3 ms counts[0] buffer_received from=events[0]\n"
                 "11.000001 ms counts[0] buffer_received from=events[0]\n"
                 "21.000001 ms counts[0] buffer_received from=events[0]\n"
                 "25 ms events[0] link_speed to=counts[0] time_permille=20000 duration=30ms\n"
                 "50.000001 ms counts[0] buffer_received from=events[0]\n"
                 "60.000001 ms counts[0] buffer_received from=events[0]\n"
                 "70.000001 ms counts[0] buffer_received from=events[0]\n"
                 "70.000001 ms counts[0] buffer_received from=events[0]\n"
                 "71.000001 ms counts[0] buffer_received from=events[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_fast_link_takes_less(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{at: 25 ms, speed: {from: \"events[0]\", factor: 10, for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "link_speed buffer_received(from) @events @counts",
                 "3 ms counts[0] buffer_received from=events[0]\n"
                 "11.000001 ms counts[0] buffer_received from=events[0]\n"
                 "21.000001 ms counts[0] buffer_received from=events[0]\n"
                 "25 ms events[0] link_speed to=none time_permille=100 duration=30ms\n"
                 "30.100001 ms counts[0] buffer_received from=events[0]\n"
                 "40.100001 ms counts[0] buffer_received from=events[0]\n"
                 "50.100001 ms counts[0] buffer_received from=events[0]\n"
                 "61.000001 ms counts[0] buffer_received from=events[0]\n"
                 "71.000001 ms counts[0] buffer_received from=events[0]\n");
    end_story(story);
}

/* Nothing arrives between 35 and 65 ms, and then all of it in its order. Other channels go on. */
static void a_paused_channel_lets_nothing_through(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 35 ms, pause: {from: \"events[0]\", to: \"counts[0]\","
                      " for: 30 ms}}]\n");

    (void)state;
    expect_trace(story, "link_paused buffer_received(from) @events @counts",
                 "3 ms counts[0] buffer_received from=events[0]\n"
                 "11.000001 ms counts[0] buffer_received from=events[0]\n"
                 "21.000001 ms counts[0] buffer_received from=events[0]\n"
                 "31.000001 ms counts[0] buffer_received from=events[0]\n"
                 "35 ms events[0] link_paused to=counts[0] duration=30ms\n"
                 "65 ms counts[0] buffer_received from=events[0]\n"
                 "65 ms counts[0] buffer_received from=events[0]\n"
                 "65 ms counts[0] buffer_received from=events[0]\n"
                 "71.000001 ms counts[0] buffer_received from=events[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* The pause would last for 10 s; the crash makes new channels. */
static void a_restart_ends_the_pause_of_a_channel(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 35 ms, pause: {from: \"events[0]\", for: 10 s}},"
                      " {at: 55 ms, crash: \"events[0]\"}]\n");

    (void)state;
    expect_trace(story, "link_paused buffer_received(from) @events @counts",
                 "3 ms counts[0] buffer_received from=events[0]\n"
                 "11.000001 ms counts[0] buffer_received from=events[0]\n"
                 "21.000001 ms counts[0] buffer_received from=events[0]\n"
                 "31.000001 ms counts[0] buffer_received from=events[0]\n"
                 "35 ms events[0] link_paused to=none duration=10000ms\n"
                 "71 ms counts[0] buffer_received from=events[0]\n"
                 "71.000001 ms counts[0] buffer_received from=events[0]\n"
                 "88 ms counts[0] buffer_received from=events[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* A record takes the link 10 ms; from 95 ms on 50. What waits goes together. */
static void the_bandwidth_of_a_link_changes_with_its_speed(void **state)
{
    struct run_story *story = run_story(
        "runtimes: [virtual]\n"
        "until: 300 ms\n"
        "config: {execution.buffer-timeout.interval: 0 ms}\n"
        "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: 100000 b/s}}\n"
        "timeline: [{at: 95 ms, speed: {from: \"events[0]\", factor: 0.2, for: 100 ms}}]\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 100, rate: 50/s, splits: 1,"
        " record-size: 1000 b, slot-sharing-group: one}\n"
        "  - {uid: out, type: discard, input: events, chain: false, slot-sharing-group: two}\n");

    (void)state;
    expect_trace(story, "link_speed buffer_sent(bytes)",
                 "2 ms events[0] buffer_sent bytes=1000\n"
                 "20.000001 ms events[0] buffer_sent bytes=1000\n"
                 "40.000001 ms events[0] buffer_sent bytes=1000\n"
                 "60.000001 ms events[0] buffer_sent bytes=1000\n"
                 "80.000001 ms events[0] buffer_sent bytes=1000\n"
                 "95 ms events[0] link_speed to=none time_permille=5000 duration=100ms\n"
                 "100.000001 ms events[0] buffer_sent bytes=1000\n"
                 "150.000001 ms events[0] buffer_sent bytes=2000\n"
                 "250.000001 ms events[0] buffer_sent bytes=5000\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paused_subtask_does_nothing_and_catches_up),
        cmocka_unit_test(a_pause_is_busy_time),
        cmocka_unit_test(a_crash_ends_a_pause),
        cmocka_unit_test(a_cancellation_is_heard_during_a_pause),
        cmocka_unit_test(a_slower_subtask_takes_longer_for_each_record),
        cmocka_unit_test(it_stays_slow_after_a_restart),
        cmocka_unit_test(a_faster_subtask_takes_less),
        cmocka_unit_test(a_slow_channel_keeps_its_order),
        cmocka_unit_test(a_paused_channel_lets_nothing_through),
        cmocka_unit_test(a_restart_ends_the_pause_of_a_channel),
        cmocka_unit_test(a_fast_link_takes_less),
        cmocka_unit_test(the_bandwidth_of_a_link_changes_with_its_speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
