// SPDX-License-Identifier: Apache-2.0
/* test_story_network.c: buffers between two subtasks: when they leave, and what holds them up. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define MODEL(record_size, bandwidth)                                                              \
    "model: {record-size: " record_size ", network: {latency: 1 ms, local-latency: 10 us,"         \
    " bandwidth: " bandwidth "}}\n"

/* A sink in a TaskManager of its own. */
#define REMOTE_SINK(count, cost)                                                                   \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: " count ", keys: 10, splits: 1}\n"                   \
    "  - {uid: out, type: discard, input: events, ship: rebalance, slot-sharing-group: b,"         \
    "     cost: " cost "}\n"

#define BUFFERS "buffer_*(bytes,records,backlog)"

static void open_buffers_leave_when_the_timeout_flushes(void **state)
{
    struct run_story *story =
        run_story(MODEL("100 b", "unlimited") "config: {execution.buffer-timeout.interval: 50 ms}\n"
                                              "operators:\n"
                                              "  - {uid: events, type: sequence, count: 9, keys: "
                                              "10, rate: 100/s, splits: 1}\n"
                                              "  - {uid: out, type: discard, input: events, ship: "
                                              "rebalance, slot-sharing-group: b}\n");

    (void)state;
    /* The flusher starts with the task, at 1 ms; the end of data flushes as well. */
    expect_trace(story, BUFFERS,
                 "51 ms events[0] buffer_queued bytes=600 records=6\n"
                 "51 ms events[0] buffer_sent bytes=600 backlog=0\n"
                 "52 ms out[0] buffer_received bytes=600\n"
                 "52.000006 ms out[0] buffer_taken bytes=600 records=6\n"
                 "80.000001 ms events[0] buffer_queued bytes=300 records=3\n"
                 "80.000001 ms events[0] buffer_sent bytes=300 backlog=0\n"
                 "81.000001 ms out[0] buffer_received bytes=300\n"
                 "81.000004 ms out[0] buffer_taken bytes=300 records=3\n");
    end_story(story);
}

static void without_a_timeout_only_full_buffers_leave(void **state)
{
    struct run_story *story =
        run_story(MODEL("100 b", "unlimited") "config: {execution.buffer-timeout.enabled: false}\n"
                                              "operators:\n"
                                              "  - {uid: events, type: sequence, count: 9, keys: "
                                              "10, rate: 100/s, splits: 1}\n"
                                              "  - {uid: out, type: discard, input: events, ship: "
                                              "rebalance, slot-sharing-group: b}\n");

    (void)state;
    expect_trace(story, "buffer_queued(bytes)", "80.000001 ms events[0] buffer_queued bytes=900\n");
    end_story(story);
}

static void a_timeout_of_zero_sends_each_record(void **state)
{
    struct run_story *story =
        run_story(MODEL("100 b", "unlimited") "config: {execution.buffer-timeout.interval: 0 ms}\n"
                                              "operators:\n"
                                              "  - {uid: events, type: sequence, count: 3, keys: "
                                              "10, rate: 100/s, splits: 1}\n"
                                              "  - {uid: out, type: discard, input: events, ship: "
                                              "rebalance, slot-sharing-group: b}\n");

    (void)state;
    /* The first one waits for the receiver's first credit, which takes 1 ms. */
    expect_trace(story, "buffer_sent(bytes)",
                 "2 ms events[0] buffer_sent bytes=100\n"
                 "10.000001 ms events[0] buffer_sent bytes=100\n"
                 "20.000001 ms events[0] buffer_sent bytes=100\n");
    end_story(story);
}

/* Four records a buffer. Ten segments are nine full ones and the one in which writing stopped. */
static void ten_buffers_of_a_subpartition_are_backpressure(void **state)
{
    struct run_story *story = run_story(MODEL("1 kb", "unlimited") REMOTE_SINK(
        "1000", "1 ms") "until: 10 ms\n"
                        "config: {taskmanager.memory.segment-size: 4 kb}\n");

    (void)state;
    for (int i = 1; i <= 9; i++) {
        char line[80];

        snprintf(line, sizeof(line), "%s%02d ms events[0] buffer_queued records=4\n", "1.0000",
                 4 * i);
        if (i == 5)
            snprintf(line, sizeof(line), "1.00002 ms events[0] buffer_queued records=4\n");
        expect_trace(story, "buffer_queued(records)", line);
    }
    /* Two exclusive buffers are the first credit; two segments are free, two buffers more full. */
    expect_trace(story, "buffer_queued(records) buffer_sent(backlog)",
                 "2 ms events[0] buffer_sent backlog=8\n"
                 "2 ms events[0] buffer_sent backlog=7\n"
                 "2.000003 ms events[0] buffer_queued records=4\n"
                 "2.000007 ms events[0] buffer_queued records=4\n");
    end_story(story);
}

static void the_backlog_borrows_the_floating_buffers(void **state)
{
    struct run_story *story = run_story(MODEL("1 kb", "unlimited") REMOTE_SINK(
        "1000", "1 ms") "until: 14 ms\n"
                        "config: {taskmanager.memory.segment-size: 4 kb}\n");

    (void)state;
    expect_trace(story, "credit_sent(credits) buffer_sent(backlog) buffer_taken(records)",
                 "2 ms events[0] buffer_sent backlog=8\n"
                 "2 ms events[0] buffer_sent backlog=7\n"
                 "3 ms out[0] credit_sent credits=8\n"
                 "4 ms events[0] buffer_sent backlog=8\n"
                 "4 ms events[0] buffer_sent backlog=7\n"
                 "4 ms events[0] buffer_sent backlog=6\n"
                 "4 ms events[0] buffer_sent backlog=5\n"
                 "4 ms events[0] buffer_sent backlog=4\n"
                 "4 ms events[0] buffer_sent backlog=3\n"
                 "4 ms events[0] buffer_sent backlog=2\n"
                 "4 ms events[0] buffer_sent backlog=1\n"
                 "7 ms out[0] buffer_taken records=4\n"
                 "7 ms out[0] credit_sent credits=1\n"
                 "8 ms events[0] buffer_sent backlog=8\n"
                 "11 ms out[0] buffer_taken records=4\n"
                 "11 ms out[0] credit_sent credits=1\n"
                 "12 ms events[0] buffer_sent backlog=8\n");
    end_story(story);
}

/* A record of the source costs 1 ns: 37 until it stops, then 8, 32, and 4 every 4 ms from 8 ms on.
 */
static void backpressure_reaches_the_source_and_its_times_add_up(void **state)
{
    struct run_story *story = run_story(MODEL("1 kb", "unlimited") REMOTE_SINK(
        "1000", "1 ms") "until: 30 ms\n"
                        "config: {taskmanager.memory.segment-size: 4 kb}\n");

    (void)state;
    expect_trace(story,
                 "task_totals(records_in,busy_ns,backpressured_ns,idle_ns,initializing_ns,down_ns)",
                 "30 ms events[0] task_totals records_in=0 busy=0.000101ms"
                 " backpressured=28.999899ms idle=0ms initializing=0ms down=1ms\n"
                 "30 ms out[0] task_totals records_in=27 busy=27ms"
                 " backpressured=0ms idle=2ms initializing=0ms down=1ms\n");
    end_story(story);
}

static void a_record_spans_buffers_and_belongs_to_the_one_it_ends_in(void **state)
{
    struct run_story *story = run_story(MODEL("3000 b", "unlimited") REMOTE_SINK(
        "3", "0 ms") "config: {taskmanager.memory.segment-size: 4 kb}\n");

    (void)state;
    expect_trace(story, "buffer_queued(bytes,records)",
                 "1.000002 ms events[0] buffer_queued bytes=4096 records=1\n"
                 "1.000003 ms events[0] buffer_queued bytes=4096 records=1\n"
                 "1.000003 ms events[0] buffer_queued bytes=808 records=1\n");
    end_story(story);
}

/* 4096 bytes take 4.096 ms. */
static void a_slow_link_carries_one_buffer_after_another(void **state)
{
    struct run_story *story = run_story(MODEL("3000 b", "1000000 b/s") REMOTE_SINK(
        "3", "0 ms") "config: {taskmanager.memory.segment-size: 4 kb}\n");

    (void)state;
    expect_trace(story, "buffer_sent(bytes) buffer_received(bytes)",
                 "2 ms events[0] buffer_sent bytes=4096\n"
                 "6.096 ms events[0] buffer_sent bytes=4096\n"
                 "7.096 ms out[0] buffer_received bytes=4096\n"
                 "10.192 ms events[0] buffer_sent bytes=808\n"
                 "11.192 ms out[0] buffer_received bytes=4096\n"
                 "12 ms out[0] buffer_received bytes=808\n");
    end_story(story);
}

static void inside_a_task_manager_there_is_no_link_and_no_credit(void **state)
{
    struct run_story *story = run_story(MODEL(
        "1 kb", "1000000 b/s") "config: {taskmanager.memory.segment-size: 4 kb}\n"
                               "operators:\n"
                               "  - {uid: events, type: sequence, count: 8, keys: 10, splits: 1}\n"
                               "  - {uid: out, type: discard, input: events, ship: rebalance, "
                               "chain: false}\n");

    (void)state;
    expect_trace(story, BUFFERS " credit_sent",
                 "1.000004 ms events[0] buffer_queued bytes=4096 records=4\n"
                 "1.000008 ms events[0] buffer_queued bytes=4096 records=4\n"
                 "1.01 ms events[0] buffer_sent bytes=4096 backlog=1\n"
                 "1.01 ms events[0] buffer_sent bytes=4096 backlog=0\n"
                 "1.02 ms out[0] buffer_received bytes=4096\n"
                 "1.02 ms out[0] buffer_received bytes=4096\n"
                 "1.020004 ms out[0] buffer_taken bytes=4096 records=4\n"
                 "1.020008 ms out[0] buffer_taken bytes=4096 records=4\n");
    end_story(story);
}

#define DEBLOATED                                                                                  \
    "config:\n"                                                                                    \
    "  taskmanager.memory.starting-segment-size: 8 kb\n"                                           \
    "  taskmanager.network.memory.buffer-debloat:"                                                 \
    " {enabled: true, period: 100 ms, target: 100 ms, samples: 1}\n"

/* What is used up in 100 ms shall lie in the buffers in use: 17 are full, and from the first flush
 * on the open one counts. Those that wait keep their size, and so does the one that is being filled
 * when the news comes. */
static void debloating_makes_new_buffers_smaller(void **state)
{
    struct run_story *story =
        run_story(MODEL("1 kb", "unlimited") DEBLOATED REMOTE_SINK("200", "4 ms"));

    (void)state;
    expect_trace(story,
                 "gate_debloated(bytes_per_second,buffers_in_use,size_bytes,told_bytes,"
                 "estimate_ns)",
                 "103 ms out[0] gate_debloated bytes_per_second=327680 buffers_in_use=17 "
                 "size_bytes=1928 told_bytes=1928 estimate=100ms\n");
    expect_trace(story, "buffer_queued(bytes,records) gate_debloated(bytes_per_second,told_bytes)",
                 "132.000007 ms events[0] buffer_queued bytes=8192 records=8\n"
                 "164.000001 ms events[0] buffer_queued bytes=1928 records=1\n"
                 "196.000002 ms events[0] buffer_queued bytes=1928 records=2\n"
                 "203 ms out[0] gate_debloated bytes_per_second=245760 told_bytes=1365\n"
                 "228.000002 ms events[0] buffer_queued bytes=1928 records=2\n"
                 "260.000001 ms events[0] buffer_queued bytes=1365 records=1\n");
    end_story(story);
}

/* A record of 1 KiB comes every 10 ms and takes 4 of them: a gate that is empty has no slow
 * throughput. The size grows by a tenth of itself at most, and is told when a quarter is together.
 */
static void a_gate_that_waits_has_no_throughput_meanwhile(void **state)
{
    struct run_story *story = run_story(
        MODEL("1 kb", "unlimited") "config:\n"
                                   "  execution.buffer-timeout.interval: 0 ms\n"
                                   "  taskmanager.network.memory.buffer-debloat:"
                                   " {enabled: true, period: 100 ms}\n"
                                   "operators:\n"
                                   "  - {uid: events, type: sequence, count: 40, keys: 10,"
                                   "     rate: 100/s, splits: 1}\n"
                                   "  - {uid: out, type: discard, input: events,"
                                   "     ship: rebalance, slot-sharing-group: b, cost: 4 ms}\n");

    (void)state;
    expect_trace(story, "gate_debloated(bytes_per_second,buffers_in_use,size_bytes,told_bytes)",
                 "101 ms out[0] gate_debloated bytes_per_second=256000 buffers_in_use=0 "
                 "size_bytes=1122 told_bytes=1024\n"
                 "201 ms out[0] gate_debloated bytes_per_second=256000 buffers_in_use=0 "
                 "size_bytes=1228 told_bytes=1024\n"
                 "301 ms out[0] gate_debloated bytes_per_second=256000 buffers_in_use=0 "
                 "size_bytes=1345 told_bytes=1345\n");
    end_story(story);
}

/* Whoever has a record in work looks when it is done. */
/* One record makes 300, for which there is no room for some 300 ms. The storage takes 102 ms, and
 * says so in between; that the checkpoint is complete is heard behind the record only. */
static void what_is_stored_is_acknowledged_in_the_middle_of_a_record(void **state)
{
    struct run_story *story = run_story(
        "model: {record-size: 1 kb, network: {latency: 1 ms, local-latency: 1 ms, bandwidth: "
        "unlimited}, storage: {latency: 100 ms, bandwidth: unlimited}}\n"
        "until: 1500 ms\n"
        "config: {taskmanager.memory.segment-size: 4 kb, pipeline.operator-chaining.enabled: "
        "false, execution.checkpointing: {interval: 600 ms, unaligned.enabled: true}}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 8, rate: 8/s, splits: 1}\n"
        "  - {uid: many, type: flat-map, fan-out: 300, input: events, ship: rebalance}\n"
        "  - {uid: out, type: discard, input: many, ship: rebalance, cost: 1 ms}\n");

    (void)state;
    expect_trace(story,
                 "@many checkpoint=2 snapshot_sync(checkpoint) snapshot_async(checkpoint) ack_sent "
                 "notified_complete",
                 "824.000001 ms many[0] snapshot_sync checkpoint=2\n"
                 "926.000001 ms many[0] snapshot_async checkpoint=2\n"
                 "926.000001 ms many[0] ack_sent checkpoint=2\n"
                 "1124.000001 ms many[0] notified_complete checkpoint=2\n");
    end_story(story);
}

/* Both barriers of checkpoint 2 are there when a record of 300 ms ends, and are taken one behind
 * the other. The storage takes 102 ms, and says so in the middle of the next record; credit for the
 * sender is heard there as well. What is complete is heard behind that record. */
static void other_threads_do_not_wait_for_a_long_record(void **state)
{
    struct run_story *story = run_story(
        "model: {record-size: 1 kb, snapshot-sync: 1 ms, network: {latency: 1 ms, local-latency: "
        "1 ms, bandwidth: unlimited}, storage: {latency: 100 ms, bandwidth: unlimited}}\n"
        "until: 2 s\n"
        "config: {taskmanager.memory.segment-size: 4 kb, pipeline.operator-chaining.enabled: "
        "false, execution.checkpointing: {interval: 1 s, unaligned.enabled: true}}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, parallelism: 2, count: 20, splits: 2}\n"
        "  - {uid: slow, type: map, function: identity, parallelism: 1, input: events,"
        "     ship: rebalance, cost: 300 ms}\n"
        "  - {uid: out, type: discard, parallelism: 1, input: slow, ship: rebalance}\n");

    (void)state;
    expect_trace(story,
                 "@slow checkpoint=2 barrier_received(checkpoint,from) snapshot_sync(checkpoint) "
                 "snapshot_async(checkpoint) ack_sent notified_complete",
                 "1204 ms slow[0] barrier_received checkpoint=2 from=events[0]\n"
                 "1205 ms slow[0] snapshot_sync checkpoint=2\n"
                 "1205 ms slow[0] barrier_received checkpoint=2 from=events[1]\n"
                 "1307 ms slow[0] snapshot_async checkpoint=2\n"
                 "1307 ms slow[0] ack_sent checkpoint=2\n"
                 "1505 ms slow[0] notified_complete checkpoint=2\n");
    end_story(story);
}

static void gauges_are_told_once_a_second(void **state)
{
    struct run_story *story = run_story(MODEL("1 kb", "unlimited") REMOTE_SINK("1000", "3 ms"));

    (void)state;
    expect_trace(story, "task_metrics",
                 "1000 ms events[0] task_metrics over=999ms busy_ms_per_s=0 "
                 "backpressured_ms_per_s=1000 idle_ms_per_s=0 in_pool_permille=0 "
                 "out_pool_permille=1000\n"
                 "1000 ms out[0] task_metrics over=999ms busy_ms_per_s=998 "
                 "backpressured_ms_per_s=0 idle_ms_per_s=2 in_pool_permille=1000 "
                 "out_pool_permille=0\n"
                 "2000 ms out[0] task_metrics over=1000ms busy_ms_per_s=1000 "
                 "backpressured_ms_per_s=0 idle_ms_per_s=0 in_pool_permille=1000 "
                 "out_pool_permille=0\n"
                 "3000 ms out[0] task_metrics over=1000ms busy_ms_per_s=1000 "
                 "backpressured_ms_per_s=0 idle_ms_per_s=0 in_pool_permille=100 "
                 "out_pool_permille=0\n");
    end_story(story);
}

static void inputs_of_a_union_take_turns_whatever_channels_they_have(void **state)
{
    struct run_story *story = run_story(
        MODEL("1 kb", "unlimited") "config: {taskmanager.memory.segment-size: 4 kb}\n"
                                   "operators:\n"
                                   "  - {uid: many, type: sequence, count: 24, parallelism: 3}\n"
                                   "  - {uid: one, type: sequence, count: 12}\n"
                                   "  - {uid: out, type: discard, cost: 1 ms,"
                                   "     slot-sharing-group: b,"
                                   "     inputs: [{uid: many, ship: rebalance},"
                                   "              {uid: one, ship: rebalance}]}\n");

    (void)state;
    /* Three channels and one: every second buffer is that of the one. */
    expect_trace(story, "buffer_taken(from,records)",
                 "7 ms out[0] buffer_taken from=many[0] records=4\n"
                 "11 ms out[0] buffer_taken from=one[0] records=4\n"
                 "15 ms out[0] buffer_taken from=many[1] records=4\n"
                 "19 ms out[0] buffer_taken from=one[0] records=4\n"
                 "23 ms out[0] buffer_taken from=many[2] records=4\n"
                 "27 ms out[0] buffer_taken from=one[0] records=4\n"
                 "31 ms out[0] buffer_taken from=many[0] records=4\n");
    end_story(story);
}

static void the_channels_of_a_broadcast_share_their_segments(void **state)
{
    struct run_story *story = run_story(
        MODEL("1 kb", "unlimited") "config: {taskmanager.memory.segment-size: 4 kb}\n"
                                   "operators:\n"
                                   "  - {uid: events, type: sequence, count: 1000}\n"
                                   "  - {uid: out, type: discard, parallelism: 2, cost: 10 ms,"
                                   "     slot-sharing-group: b, input: events, ship: broadcast}\n");

    (void)state;
    /* Ten of the twelve of the pool: a channel may have no more, and all have the same ones. */
    expect_trace(story, "task_metrics(out_pool_permille)",
                 "1000 ms events[0] task_metrics out_pool_permille=833\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_buffers_leave_when_the_timeout_flushes),
        cmocka_unit_test(without_a_timeout_only_full_buffers_leave),
        cmocka_unit_test(a_timeout_of_zero_sends_each_record),
        cmocka_unit_test(ten_buffers_of_a_subpartition_are_backpressure),
        cmocka_unit_test(the_backlog_borrows_the_floating_buffers),
        cmocka_unit_test(backpressure_reaches_the_source_and_its_times_add_up),
        cmocka_unit_test(a_record_spans_buffers_and_belongs_to_the_one_it_ends_in),
        cmocka_unit_test(a_slow_link_carries_one_buffer_after_another),
        cmocka_unit_test(inside_a_task_manager_there_is_no_link_and_no_credit),
        cmocka_unit_test(debloating_makes_new_buffers_smaller),
        cmocka_unit_test(a_gate_that_waits_has_no_throughput_meanwhile),
        cmocka_unit_test(what_is_stored_is_acknowledged_in_the_middle_of_a_record),
        cmocka_unit_test(other_threads_do_not_wait_for_a_long_record),
        cmocka_unit_test(gauges_are_told_once_a_second),
        cmocka_unit_test(inputs_of_a_union_take_turns_whatever_channels_they_have),
        cmocka_unit_test(the_channels_of_a_broadcast_share_their_segments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
