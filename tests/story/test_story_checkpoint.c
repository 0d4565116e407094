// SPDX-License-Identifier: Apache-2.0
/* test_story_checkpoint.c: the life of a checkpoint in a running job, one rule a story. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* Fast sends a record every 10 ms; slow is busy 50 ms with each of its own. */
#define FAST_AND_SLOW                                                                              \
    "operators:\n"                                                                                 \
    "  - {uid: fast, type: sequence, count: 100, keys: 1, rate: 100/s, splits: 1}\n"               \
    "  - {uid: slow, type: sequence, count: 4, keys: 1, rate: 10/s, splits: 1, cost: 50 ms,"       \
    "     slot-sharing-group: b}\n"                                                                \
    "  - {uid: counts, type: count, slot-sharing-group: c,"                                        \
    "     inputs: [{uid: fast, ship: hash}, {uid: slow, ship: hash}]}\n"                           \
    "  - {uid: out, type: collect, input: counts}\n"

static void each_part_of_a_checkpoint_has_its_instant(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(
        story,
        "checkpoint=2 checkpoint_* task_triggered barrier_*(checkpoint) snapshot_* ack_* "
        "notified_*",
        "102 ms jobmanager checkpoint_triggered checkpoint=2 kind=Checkpoint alignment=ALIGNED\n"
        "103 ms events[0] task_triggered checkpoint=2\n"
        "103 ms events[0] snapshot_started checkpoint=2 start_delay=1ms alignment=0ms"
        " processed_bytes=0 alignment=ALIGNED\n"
        "103 ms events[0] barrier_sent checkpoint=2\n"
        "104 ms events[0] snapshot_sync checkpoint=2 sync=1ms\n"
        "104 ms counts[0] barrier_received checkpoint=2\n"
        "104 ms counts[0] snapshot_started checkpoint=2 start_delay=2ms alignment=0ms"
        " processed_bytes=0 alignment=ALIGNED\n"
        "104 ms counts[0] barrier_sent checkpoint=2\n"
        "105 ms counts[0] snapshot_sync checkpoint=2 sync=1ms\n"
        "111 ms events[0] snapshot_async checkpoint=2 async=7ms state_bytes=24\n"
        "111 ms events[0] ack_sent checkpoint=2\n"
        "112 ms counts[0] snapshot_async checkpoint=2 async=7ms state_bytes=916\n"
        "112 ms counts[0] ack_sent checkpoint=2\n"
        "112 ms jobmanager ack_received checkpoint=2 task=events[0] state_bytes=24 "
        "written_bytes=24\n"
        "113 ms jobmanager ack_received checkpoint=2 task=counts[0] state_bytes=916 "
        "written_bytes=916\n"
        "113 ms jobmanager checkpoint_completed checkpoint=2 duration=11ms state_bytes=940"
        " kind=Checkpoint\n"
        "114 ms events[0] notified_complete checkpoint=2\n"
        "114 ms counts[0] notified_complete checkpoint=2\n");
    end_story(story);
}

static void a_record_in_work_delays_the_trigger_and_the_other_channel_waits(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL FAST_AND_SLOW "until: 100 ms\n"
                                            "config: {execution.checkpointing.interval: 1 s}\n");

    (void)state;
    expect_trace(story, "task_triggered channel_* snapshot_started(start_delay_ns,alignment_ns)",
                 "3 ms fast[0] task_triggered checkpoint=1\n"
                 "3 ms fast[0] snapshot_started start_delay=1ms alignment=0ms\n"
                 "4.000001 ms counts[0] channel_blocked checkpoint=1 from=fast[0] channel=0\n"
                 "51 ms slow[0] task_triggered checkpoint=1\n"
                 "51 ms slow[0] snapshot_started start_delay=49ms alignment=0ms\n"
                 "52.000001 ms counts[0] channel_blocked checkpoint=1 from=slow[0] channel=1\n"
                 "52.000001 ms counts[0] snapshot_started start_delay=2.000001ms alignment=48ms\n"
                 "53.000001 ms counts[0] channel_unblocked checkpoint=1 from=fast[0] channel=0\n"
                 "53.000001 ms counts[0] channel_unblocked checkpoint=1 from=slow[0] channel=1\n");
    end_story(story);
}

/* 3000 bytes are 3 ms on the link; behind them comes the barrier. */
static void a_barrier_leaves_over_the_link_while_the_sync_part_goes_on(void **state)
{
    struct run_story *story = run_story(
        "model: {record-size: 3000 b, snapshot-sync: 50 ms, network: {latency: 1 ms,"
        " local-latency: 1 ms, bandwidth: 1000000 b/s}}\n"
        "until: 100 ms\n"
        "config: {execution.checkpointing.interval: 1 s}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 100, keys: 10, rate: 100/s, splits: 1}\n"
        "  - {uid: out, type: discard, input: events, ship: rebalance, slot-sharing-group: b}\n");

    (void)state;
    expect_trace(story, "buffer_sent(bytes) barrier_*(checkpoint) snapshot_sync",
                 "3 ms events[0] barrier_sent checkpoint=1\n"
                 "3 ms events[0] buffer_sent bytes=3000\n"
                 "7.000001 ms out[0] barrier_received checkpoint=1\n"
                 "7.000001 ms out[0] barrier_sent checkpoint=1\n"
                 "53 ms events[0] snapshot_sync checkpoint=1 sync=50ms\n"
                 "57.000001 ms out[0] snapshot_sync checkpoint=1 sync=50ms\n");
    end_story(story);
}

static void flink_2_3_triggers_at_once_when_all_tasks_run(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(story, "task_status(status) checkpoint_triggered(checkpoint) @counts @jobmanager",
                 "0 ms counts[0] task_status status=CREATED\n"
                 "1 ms counts[0] task_status status=INITIALIZING\n"
                 "1 ms counts[0] task_status status=RUNNING\n"
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n");
    end_story(story);
}

/* With this seed it draws 50 ms. */
static void flink_1_20_draws_a_delay_up_to_the_interval(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB "flink-version: 1.20\n"
                                        "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(story, "checkpoint_triggered(checkpoint)",
                 "52 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "152 ms jobmanager checkpoint_triggered checkpoint=2\n");
    end_story(story);
}

/* It is also the delay of the first one: the scheduler is started a second time. */
static void the_minimum_pause_counts_from_the_completion(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB
                  "config: {execution.checkpointing: {interval: 100 ms, min-pause: 95 ms}}\n");

    (void)state;
    expect_trace(story, "checkpoint_triggered(checkpoint) checkpoint_completed(checkpoint)",
                 "97 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "108.00001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "203.00001 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "214.00001 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "309.00001 ms jobmanager checkpoint_triggered checkpoint=3\n");
    end_story(story);
}

static void a_third_checkpoint_waits_for_one_of_two(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing: {interval: 20 ms, max-concurrent-checkpoints: 2}}\n"
        "timeline: [{at: 1 ms, slow-storage: {for: 1 s, factor: 10}}]\n");

    (void)state;
    expect_trace(story,
                 "checkpoint_triggered(checkpoint) checkpoint_completed(checkpoint,duration_ns)",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "22 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "58.000001 ms jobmanager checkpoint_completed checkpoint=1 duration=56.000001ms\n"
                 "58.000001 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "78.000002 ms jobmanager checkpoint_completed checkpoint=2 duration=56.000002ms\n"
                 "78.000002 ms jobmanager checkpoint_triggered checkpoint=4\n");
    end_story(story);
}

/* The first one's writes take 50 ms, the second one's 5 ms. */
static void a_completed_checkpoint_subsumes_older_pending_ones(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing: {interval: 10 ms, max-concurrent-checkpoints: 3}}\n"
        "timeline: [{at: 2 ms, slow-storage: {for: 10 ms, factor: 10}}]\n");

    (void)state;
    expect_trace(story, "checkpoint_*(checkpoint,reason) notified_*",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "12 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "22 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "23.000001 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "23.000001 ms jobmanager checkpoint_aborted checkpoint=1"
                 " reason=CHECKPOINT_SUBSUMED\n"
                 "24.000001 ms events[0] notified_aborted checkpoint=1\n"
                 "24.000001 ms events[0] notified_complete checkpoint=2\n"
                 "24.000001 ms counts[0] notified_aborted checkpoint=1\n"
                 "24.000001 ms counts[0] notified_complete checkpoint=2\n");
    end_story(story);
}

static void at_least_once_barriers_of_two_checkpoints_mix_and_block_nothing(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL FAST_AND_SLOW
                  "until: 60 ms\n"
                  "config: {execution.checkpointing: {mode: AT_LEAST_ONCE, interval: 20 ms,"
                  " max-concurrent-checkpoints: 2}}\n");

    (void)state;
    expect_trace(story,
                 "barrier_received(checkpoint,from) snapshot_started(checkpoint) channel_* @counts",
                 "4.000001 ms counts[0] barrier_received checkpoint=1 from=fast[0]\n"
                 "24.000002 ms counts[0] barrier_received checkpoint=2 from=fast[0]\n"
                 "52.000001 ms counts[0] barrier_received checkpoint=1 from=slow[0]\n"
                 "52.000001 ms counts[0] snapshot_started checkpoint=1\n"
                 "53.000001 ms counts[0] barrier_received checkpoint=2 from=slow[0]\n"
                 "53.000001 ms counts[0] snapshot_started checkpoint=2\n");
    expect_no_more(story, "channel_*");
    end_story(story);
}

/* The answer of events leaves at the instant at which the coordinator gives up. */
static void what_comes_after_the_timeout_is_late(void **state)
{
    struct run_story *story = run_story(
        STORY_JOB "until: 50 ms\n"
                  "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"
                  " storage: {latency: 8 ms, bandwidth: unlimited}}\n"
                  "config: {execution.checkpointing: {interval: 100 ms, timeout: 12 ms,"
                  " tolerable-failed-checkpoints: 1}}\n");

    (void)state;
    expect_trace(story, "checkpoint_*(checkpoint,reason) ack_* notified_*",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "14 ms events[0] ack_sent checkpoint=1\n"
                 "14 ms jobmanager checkpoint_aborted checkpoint=1 reason=CHECKPOINT_EXPIRED\n"
                 "15 ms events[0] notified_aborted checkpoint=1\n"
                 "15 ms counts[0] notified_aborted checkpoint=1\n"
                 "15 ms jobmanager ack_received checkpoint=1 task=events[0] state_bytes=24 "
                 "written_bytes=24\n"
                 "15 ms jobmanager ack_late checkpoint=1 task=events[0]\n");
    expect_no_more(story, "ack_*");
    end_story(story);
}

static void a_task_that_knows_of_the_abort_sends_a_marker_instead_of_the_barrier(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL FAST_AND_SLOW
                  "until: 60 ms\n"
                  "config: {execution.checkpointing: {interval: 100 ms, timeout: 15 ms,"
                  " tolerable-failed-checkpoints: 1}}\n");

    (void)state;
    expect_trace(story,
                 "checkpoint_aborted(reason) channel_*(from) cancel_sent barrier_sent @counts "
                 "@jobmanager snapshot_started",
                 "4.000001 ms counts[0] channel_blocked from=fast[0]\n"
                 "17 ms jobmanager checkpoint_aborted reason=CHECKPOINT_EXPIRED\n"
                 "52.000001 ms counts[0] channel_blocked from=slow[0]\n"
                 "52.000001 ms counts[0] cancel_sent checkpoint=1\n"
                 "52.000001 ms counts[0] channel_unblocked from=fast[0]\n"
                 "52.000001 ms counts[0] channel_unblocked from=slow[0]\n");
    end_story(story);
}

static void a_decline_runs_downstream_as_a_marker_and_the_next_one_is_fine(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{at: 50 ms, decline: {checkpoint: 2, subtask: \"events[0]\"}}]\n");

    (void)state;
    expect_trace(story, "checkpoint_*(checkpoint,reason) decline_* cancel_*",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "103 ms events[0] decline_sent checkpoint=2 reason=CHECKPOINT_DECLINED\n"
                 "103 ms events[0] cancel_sent checkpoint=2\n"
                 "104 ms counts[0] cancel_received checkpoint=2 from=events[0] channel=0\n"
                 "104 ms counts[0] decline_sent checkpoint=2"
                 " reason=CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER\n"
                 "104 ms counts[0] cancel_sent checkpoint=2\n"
                 "104 ms jobmanager decline_received checkpoint=2 task=events[0]"
                 " reason=CHECKPOINT_DECLINED\n"
                 "104 ms jobmanager checkpoint_aborted checkpoint=2 reason=CHECKPOINT_DECLINED\n"
                 "105 ms jobmanager decline_received checkpoint=2 task=counts[0]"
                 " reason=CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER\n"
                 "202 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "213 ms jobmanager checkpoint_subsumed checkpoint=1\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_decline_without_a_moment_waits_for_its_checkpoint(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{decline: {checkpoint: 3, subtask: \"counts[0]\"}}]\n");

    (void)state;
    expect_trace(story, "action_fired checkpoint_aborted(checkpoint,reason)",
                 "204 ms counts[0] action_fired action=0\n"
                 "205 ms jobmanager checkpoint_aborted checkpoint=3 reason=CHECKPOINT_DECLINED\n");
    expect_no_more(story, "checkpoint_aborted");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Writes of 20 ms in place of 5 make the third and the fourth expire; nobody in particular failed.
 */
static void more_failures_in_a_row_than_tolerated_restart_the_job(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB "config: {execution.checkpointing: {interval: 100 ms, timeout: 12 ms,"
                              " tolerable-failed-checkpoints: 1},"
                              " restart-strategy: {type: fixed-delay, fixed-delay.delay: 100 ms}}\n"
                              "timeline: [{at: 150 ms, slow-storage: {for: 200 ms, factor: 4}}]\n");

    (void)state;
    expect_trace(story, "checkpoint_aborted(checkpoint,reason) failover job_status",
                 "0 ms jobmanager job_status status=RUNNING\n"
                 "214 ms jobmanager checkpoint_aborted checkpoint=3 reason=CHECKPOINT_EXPIRED\n"
                 "314 ms jobmanager checkpoint_aborted checkpoint=4 reason=CHECKPOINT_EXPIRED\n"
                 "314 ms jobmanager failover task=none cause=too many failed checkpoints tasks=2"
                 " delay=100ms checkpoint=2\n"
                 "314 ms jobmanager job_status status=RESTARTING\n"
                 "414 ms jobmanager job_status status=RUNNING\n"
                 "1037 ms jobmanager job_status status=FINISHED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_success_forgets_the_failures_before_it(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL STORY_JOB
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline:\n"
        "  - {decline: {checkpoint: 2, subtask: \"events[0]\"}}\n"
        "  - {when: checkpoint 3 completed, decline: {checkpoint: 4, subtask: \"events[0]\"}}\n");

    (void)state;
    expect_trace(story, "checkpoint_aborted(checkpoint) failover",
                 "104 ms jobmanager checkpoint_aborted checkpoint=2\n"
                 "304 ms jobmanager checkpoint_aborted checkpoint=4\n");
    expect_no_more(story, "failover checkpoint_aborted");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* It waits for the one that is under way, but not for the minimum pause. */
static void a_users_checkpoint_waits_for_its_place_and_not_for_the_pause(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB
                  "config: {execution.checkpointing: {interval: 100 ms, min-pause: 90 ms}}\n"
                  "timeline: [{at: 95 ms, checkpoint: full}]\n");

    (void)state;
    expect_trace(
        story,
        "action_fired checkpoint_triggered(checkpoint,kind) checkpoint_completed(checkpoint)",
        "92 ms jobmanager checkpoint_triggered checkpoint=1 kind=Checkpoint\n"
        "95 ms jobmanager action_fired action=0\n"
        "103.00001 ms jobmanager checkpoint_completed checkpoint=1\n"
        "103.00001 ms jobmanager checkpoint_triggered checkpoint=2 kind=Full Checkpoint\n"
        "114.00001 ms jobmanager checkpoint_completed checkpoint=2\n"
        "204.00001 ms jobmanager checkpoint_triggered checkpoint=3 kind=Checkpoint\n");
    end_story(story);
}

static void as_many_completed_ones_are_kept_as_configured(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL STORY_JOB
                  "config: {execution.checkpointing: {interval: 100 ms, num-retained: 2}}\n");

    (void)state;
    expect_trace(story, "checkpoint_subsumed checkpoint_completed(checkpoint)",
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "213 ms jobmanager checkpoint_subsumed checkpoint=1\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "313 ms jobmanager checkpoint_subsumed checkpoint=2\n"
                 "313 ms jobmanager checkpoint_completed checkpoint=4\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_a_checkpoint_has_its_instant),
        cmocka_unit_test(a_record_in_work_delays_the_trigger_and_the_other_channel_waits),
        cmocka_unit_test(a_barrier_leaves_over_the_link_while_the_sync_part_goes_on),
        cmocka_unit_test(flink_2_3_triggers_at_once_when_all_tasks_run),
        cmocka_unit_test(flink_1_20_draws_a_delay_up_to_the_interval),
        cmocka_unit_test(the_minimum_pause_counts_from_the_completion),
        cmocka_unit_test(a_third_checkpoint_waits_for_one_of_two),
        cmocka_unit_test(a_completed_checkpoint_subsumes_older_pending_ones),
        cmocka_unit_test(at_least_once_barriers_of_two_checkpoints_mix_and_block_nothing),
        cmocka_unit_test(what_comes_after_the_timeout_is_late),
        cmocka_unit_test(a_task_that_knows_of_the_abort_sends_a_marker_instead_of_the_barrier),
        cmocka_unit_test(a_decline_runs_downstream_as_a_marker_and_the_next_one_is_fine),
        cmocka_unit_test(a_decline_without_a_moment_waits_for_its_checkpoint),
        cmocka_unit_test(more_failures_in_a_row_than_tolerated_restart_the_job),
        cmocka_unit_test(a_success_forgets_the_failures_before_it),
        cmocka_unit_test(a_users_checkpoint_waits_for_its_place_and_not_for_the_pause),
        cmocka_unit_test(as_many_completed_ones_are_kept_as_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
