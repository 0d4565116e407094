// SPDX-License-Identifier: Apache-2.0
/* test_story_storage.c: the snapshot storage: shared bandwidth, slow and failing writes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* 100 bytes a ms behind a latency of 5 ms; a message there and one back are 2 ms more. */
#define SLOW_STORAGE                                                                               \
    "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"                 \
    " storage: {latency: 5 ms, bandwidth: 100000 b/s}}\n"

#define UNTIL "until: 250 ms\n"

static void a_write_takes_its_latency_and_then_its_bytes(void **state)
{
    struct run_story *story = run_story(
        SLOW_STORAGE STORY_JOB UNTIL "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(story, "snapshot_sync(checkpoint) snapshot_async checkpoint=2",
                 "104 ms events[0] snapshot_sync checkpoint=2\n"
                 "105 ms counts[0] snapshot_sync checkpoint=2\n"
                 "111.24 ms events[0] snapshot_async checkpoint=2 async=7.24ms state_bytes=24\n"
                 "121.16 ms counts[0] snapshot_async checkpoint=2 async=16.16ms state_bytes=916\n");
    end_story(story);
}

/* Both begin to move at 111 ms: 300 bytes of each by 117 ms, then 200 of counts[1] alone. */
static void writes_at_the_same_time_share_the_bandwidth(void **state)
{
    struct run_story *story = run_story(
        SLOW_STORAGE
        "until: 150 ms\n"
        "config: {execution.checkpointing.interval: 100 ms}\n"
        "operators:\n"
        "  - {uid: events, type: list, rate: 1000/s, records: [[1, 0], [2, 0], [3, 0], [4, 0],"
        "     [5, 0], [6, 0], [7, 0], [8, 0]], splits: 1}\n"
        "  - {uid: counts, type: count, input: events, ship: hash, parallelism: 2}\n"
        "  - {uid: out, type: discard, input: counts}\n");

    (void)state;
    expect_trace(story, "snapshot_sync(checkpoint) snapshot_async @counts checkpoint=2",
                 "105 ms counts[0] snapshot_sync checkpoint=2\n"
                 "105 ms counts[1] snapshot_sync checkpoint=2\n"
                 "118 ms counts[0] snapshot_async checkpoint=2 async=13ms state_bytes=300\n"
                 "120 ms counts[1] snapshot_async checkpoint=2 async=15ms state_bytes=500\n");
    end_story(story);
}

/* From 111 to 120.16 ms the bytes of counts[0] would move; 4 ms at half the pace do half of that. */
static void slow_storage_stretches_latency_and_bandwidth_while_it_lasts(void **state)
{
    struct run_story *story = run_story(
        SLOW_STORAGE STORY_JOB UNTIL
        "config: {execution.checkpointing.interval: 100 ms}\n"
        "timeline: [{at: 113 ms, slow-storage: {for: 4 ms, factor: 2}}]\n");

    (void)state;
    expect_trace(story, "storage_fault snapshot_async @counts @jobmanager",
                 "13.160001 ms counts[0] snapshot_async checkpoint=1 async=8.16ms state_bytes=116\n"
                 "113 ms jobmanager storage_fault permille=2000 duration=4ms\n"
                 "123.16 ms counts[0] snapshot_async checkpoint=2 async=18.16ms state_bytes=916\n"
                 "222.16 ms counts[0] snapshot_async checkpoint=3 async=17.16ms"
                 " state_bytes=1016\n");
    end_story(story);
}

static void a_failed_write_declines_the_checkpoint_and_counts_once(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB UNTIL
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{at: 105 ms, fail-storage: 10 ms}]\n");

    (void)state;
    expect_trace(story, "storage_fault decline_* checkpoint_*(checkpoint,reason) failover",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "105 ms jobmanager storage_fault permille=0 duration=10ms\n"
                 "111 ms events[0] decline_sent checkpoint=2 reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "112 ms counts[0] decline_sent checkpoint=2 reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "112 ms jobmanager decline_received checkpoint=2 task=events[0]"
                 " reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "112 ms jobmanager checkpoint_aborted checkpoint=2"
                 " reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "113 ms jobmanager decline_received checkpoint=2 task=counts[0]"
                 " reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "202 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "213 ms jobmanager checkpoint_subsumed checkpoint=1\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n");
    expect_no_more(story, "failover");
    end_story(story);
}

static void a_snapshot_without_bytes_needs_no_storage(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL UNTIL
        "config: {execution.checkpointing.interval: 100 ms}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 100, keys: 1, rate: 100/s, splits: 1}\n"
        "  - {uid: pass, type: pass-through, input: events, chain: false}\n"
        "  - {uid: out, type: discard, input: pass}\n");

    (void)state;
    expect_trace(story, "snapshot_sync(checkpoint) snapshot_async ack_sent checkpoint=2 @pass",
                 "105 ms pass[0] snapshot_sync checkpoint=2\n"
                 "105 ms pass[0] snapshot_async checkpoint=2 async=0ms state_bytes=0\n"
                 "105 ms pass[0] ack_sent checkpoint=2\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_takes_its_latency_and_then_its_bytes),
        cmocka_unit_test(writes_at_the_same_time_share_the_bandwidth),
        cmocka_unit_test(slow_storage_stretches_latency_and_bandwidth_while_it_lasts),
        cmocka_unit_test(a_failed_write_declines_the_checkpoint_and_counts_once),
        cmocka_unit_test(a_snapshot_without_bytes_needs_no_storage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
