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
    struct run_story *story = run_story(SLOW_STORAGE STORY_JOB UNTIL
                                        "config: {execution.checkpointing.interval: 100 ms}\n");

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

/* From 111 to 120.16 ms the bytes of counts[0] would move; 4 ms at half the pace do half of that.
 */
static void slow_storage_stretches_latency_and_bandwidth_while_it_lasts(void **state)
{
    struct run_story *story =
        run_story(SLOW_STORAGE STORY_JOB UNTIL
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

/* All bytes are written at 111 ms; the last answer comes when the metadata cannot be. */
static void metadata_that_cannot_be_written_fails_the_checkpoint(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB UNTIL
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{at: 112.5 ms, fail-storage: 10 ms}]\n");

    (void)state;
    expect_trace(story, "ack_* checkpoint_*(checkpoint,reason) notified_* checkpoint=2",
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "111 ms events[0] ack_sent checkpoint=2\n"
                 "112 ms counts[0] ack_sent checkpoint=2\n"
                 "112 ms jobmanager ack_received checkpoint=2 task=events[0] state_bytes=24 "
                 "written_bytes=24\n"
                 "113 ms jobmanager ack_received checkpoint=2 task=counts[0] state_bytes=916 "
                 "written_bytes=916\n"
                 "113 ms jobmanager checkpoint_aborted checkpoint=2"
                 " reason=FINALIZE_CHECKPOINT_FAILURE\n"
                 "114 ms events[0] notified_aborted checkpoint=2\n"
                 "114 ms counts[0] notified_aborted checkpoint=2\n");
    end_story(story);
}

static void a_snapshot_without_bytes_needs_no_storage(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL UNTIL
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

/* What would end at 111 ms ends when the stall does, at 130. */
static void while_the_storage_is_stalled_nothing_ends(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB UNTIL "config: {execution.checkpointing.interval: 100 ms}\n"
                                              "timeline: [{at: 106 ms, stall-storage: 24 ms}]\n");

    (void)state;
    expect_trace(story, "storage_stalled snapshot_async checkpoint=2",
                 "106 ms jobmanager storage_stalled duration=24ms\n"
                 "131 ms events[0] snapshot_async checkpoint=2 async=27ms state_bytes=24\n"
                 "131 ms counts[0] snapshot_async checkpoint=2 async=26ms state_bytes=916\n");
    end_story(story);
}

static void a_full_disk_refuses_writes_and_fails_the_checkpoint(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB UNTIL
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{at: 106 ms, fill-storage: 20 ms}]\n");

    (void)state;
    expect_trace(
        story,
        "storage_full write_refused decline_sent checkpoint_aborted(checkpoint,reason)"
        " checkpoint=2",
        "106 ms jobmanager storage_full duration=20ms\n"
        "110 ms jobmanager write_refused task=events[0]\n"
        "111 ms events[0] decline_sent checkpoint=2 reason=CHECKPOINT_ASYNC_EXCEPTION\n"
        "111 ms jobmanager write_refused task=counts[0]\n"
        "112 ms counts[0] decline_sent checkpoint=2 reason=CHECKPOINT_ASYNC_EXCEPTION\n"
        "112 ms jobmanager checkpoint_aborted checkpoint=2 reason=CHECKPOINT_ASYNC_EXCEPTION\n");
    expect_no_more(story, "failover");
    end_story(story);
}

/* The crash at 115 ms restores from checkpoint 2 while the disk is full. */
static void what_lies_on_a_full_disk_can_be_read(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB UNTIL
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 3},"
        " restart-strategy: {type: fixed-delay, fixed-delay.delay: 10 ms}}\n"
        "timeline: [{at: 114 ms, fill-storage: 50 ms}, {at: 115 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "failover(cause) restored(checkpoint) attempt=1",
                 "116 ms jobmanager failover cause=crash\n"
                 "134 ms events[0] restored checkpoint=2\n"
                 "134 ms counts[0] restored checkpoint=2\n");
    expect_no_more(story, "failover");
    end_story(story);
}

/* The latest checkpoint is tried at each restart, until the strategy has enough. */
static void a_corrupt_snapshot_fails_whoever_restores_from_it(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing.interval: 100 ms,"
        " restart-strategy: {type: fixed-delay, fixed-delay: {delay: 10 ms, attempts: 2}}}\n"
        "timeline: [{at: 150 ms, corrupt: {checkpoint: latest, subtask: \"counts[0]\"}},"
        " {at: 160 ms, crash: \"events[0]\"}]\n");

    (void)state;
    expect_trace(story, "snapshot_corrupted failover(task,cause,checkpoint) job_status",
                 "0 ms jobmanager job_status status=RUNNING\n"
                 "150 ms jobmanager snapshot_corrupted checkpoint=2 task=counts[0]\n"
                 "161 ms jobmanager failover task=events[0] cause=crash checkpoint=2\n"
                 "161 ms jobmanager job_status status=RESTARTING\n"
                 "171 ms jobmanager job_status status=RUNNING\n"
                 "180 ms jobmanager failover task=counts[0] cause=snapshot corrupt checkpoint=2\n"
                 "180 ms jobmanager job_status status=RESTARTING\n"
                 "190 ms jobmanager job_status status=RUNNING\n"
                 "199 ms jobmanager failover task=counts[0] cause=no restart allowed checkpoint=2\n"
                 "199 ms jobmanager job_status status=FAILING\n"
                 "201 ms jobmanager job_status status=FAILED\n");
    end_story(story);
}

static void a_corrupt_snapshot_that_was_subsumed_harms_nobody(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing.interval: 100 ms,"
        " restart-strategy: {type: fixed-delay, fixed-delay: {delay: 10 ms, attempts: 1}}}\n"
        "timeline: [{at: 150 ms, corrupt: {checkpoint: 2, subtask: \"counts[0]\"}},"
        " {at: 250 ms, crash: \"events[0]\"}]\n");

    (void)state;
    expect_trace(story, "snapshot_corrupted failover(checkpoint)",
                 "150 ms jobmanager snapshot_corrupted checkpoint=2 task=counts[0]\n"
                 "251 ms jobmanager failover checkpoint=3\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void what_is_not_stored_cannot_be_corrupted(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB UNTIL
                  "config: {execution.checkpointing.interval: 100 ms}\n"
                  "timeline: [{at: 150 ms, corrupt: {checkpoint: 1, subtask: \"counts[0]\"}}]\n");

    (void)state;
    expect_no_more(story, "snapshot_corrupted");
    expect_verdict(story, "RUNNING pending=8 unfired=1");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_takes_its_latency_and_then_its_bytes),
        cmocka_unit_test(writes_at_the_same_time_share_the_bandwidth),
        cmocka_unit_test(slow_storage_stretches_latency_and_bandwidth_while_it_lasts),
        cmocka_unit_test(a_failed_write_declines_the_checkpoint_and_counts_once),
        cmocka_unit_test(metadata_that_cannot_be_written_fails_the_checkpoint),
        cmocka_unit_test(a_snapshot_without_bytes_needs_no_storage),
        cmocka_unit_test(while_the_storage_is_stalled_nothing_ends),
        cmocka_unit_test(a_full_disk_refuses_writes_and_fails_the_checkpoint),
        cmocka_unit_test(what_lies_on_a_full_disk_can_be_read),
        cmocka_unit_test(a_corrupt_snapshot_fails_whoever_restores_from_it),
        cmocka_unit_test(a_corrupt_snapshot_that_was_subsumed_harms_nobody),
        cmocka_unit_test(what_is_not_stored_cannot_be_corrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
