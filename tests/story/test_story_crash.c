// SPDX-License-Identifier: Apache-2.0
/* test_story_crash.c: TaskManagers and JobManagers that die, and crashes at a step. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define FIXED_DELAY                                                                                \
    "config:\n"                                                                                    \
    "  execution.checkpointing.interval: 100 ms\n"                                                 \
    "  heartbeat.timeout: 300 ms\n"                                                                \
    "  taskmanager.numberOfTaskSlots: 1\n"                                                         \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 50 ms, attempts: 3}}\n"

/* Messages take 1 ms, a write 5 ms, a successor 80 ms. */
#define MODEL                                                                                      \
    "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"                 \
    " storage: {latency: 5 ms, bandwidth: unlimited}, takeover: 80 ms}\n"

/* On tm[0] runs a subtask of each, on tm[1] the second one of counts, which fits nowhere else. */
#define TWO_MANAGERS                                                                               \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 100, keys: 10, rate: 100/s, splits: 1}\n"            \
    "  - {uid: counts, type: count, input: events, ship: hash, parallelism: 2}\n"                  \
    "  - {uid: out, type: collect, input: counts}\n"

/* What a reader sees is only what was committed. */
#define TWO_PHASES                                                                                 \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 30, keys: 1, rate: 100/s, splits: 1}\n"              \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: file-sink, input: counts, path: out, chain: false}\n"

static void a_lost_taskmanager_is_noticed_when_its_connections_break(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "timeline: [{at: 150 ms, crash: \"tm[1]\"}]\n");

    (void)state;
    expect_trace(story, "failover action_fired task_status attempt=0 status=FAILED",
                 "150 ms counts[1] action_fired action=0\n"
                 "150 ms counts[1] task_status attempt=0 status=FAILED cause=TaskManager lost\n"
                 "200 ms jobmanager failover task=counts[1] cause=TaskManager lost tasks=4"
                 " delay=50ms checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void or_when_its_heartbeats_stay_away(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY
                  "timeline: [{at: 150 ms, crash: \"tm[1]\", detect: heartbeat}]\n");

    (void)state;
    expect_trace(story, "failover(task,cause)",
                 "450 ms jobmanager failover task=counts[1] cause=TaskManager lost\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void all_subtasks_of_its_slots_go_at_once_and_are_one_failure(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "timeline: [{at: 150 ms, crash: \"tm[0]\"}]\n");

    (void)state;
    expect_trace(story, "failover(task,tasks) task_status(status) status=FAILED",
                 "150 ms events[0] task_status status=FAILED\n"
                 "150 ms counts[0] task_status status=FAILED\n"
                 "150 ms out[0] task_status status=FAILED\n"
                 "200 ms jobmanager failover task=events[0] tasks=4\n");
    expect_no_more(story, "failover");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_deployment_to_a_lost_taskmanager_reaches_nobody(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "timeline: [{at: 100 ms, crash: \"counts[1]\"},"
                                                 " {at: 150 ms, crash: \"tm[1]\"}]\n");

    (void)state;
    /* counts[1] is down at 150 ms; it is deployed at 151 ms, and that is noticed at 200 ms. */
    expect_trace(
        story, "failover(task,cause) task_deployed action_fired @jobmanager @counts task=counts[1]",
        "0 ms jobmanager task_deployed task=counts[1] attempt=0\n"
        "100 ms counts[1] action_fired action=0\n"
        "101 ms jobmanager failover task=counts[1] cause=crash\n"
        "151 ms jobmanager task_deployed task=counts[1] attempt=1\n"
        "152 ms counts[1] action_fired action=1\n"
        "200 ms jobmanager failover task=counts[1] cause=TaskManager lost\n"
        "250 ms jobmanager task_deployed task=counts[1] attempt=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_taskmanager_on_which_nothing_runs_leaves_the_action_unfired(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY
                  "timeline: [{at: 150 ms, crash: \"tm[1]\"}, {at: 160 ms, crash: \"tm[1]\"}]\n");

    (void)state;
    expect_verdict(story, "FINISHED unfired=1");
    end_story(story);
}

static void without_high_availability_the_job_ends_with_its_jobmanager(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "timeline: [{at: 150 ms, crash: jobmanager}]\n");

    (void)state;
    expect_trace(story, "job_manager_* job_status action_fired",
                 "0 ms jobmanager job_status status=RUNNING\n"
                 "150 ms jobmanager action_fired action=0\n"
                 "150 ms jobmanager job_manager_lost\n"
                 "150 ms jobmanager job_status status=FAILING\n"
                 "152 ms jobmanager job_status status=FAILED\n");
    assert_int_equal(story->result.cause, SNAP_CAUSE_JOB_MANAGER_LOST);
    end_story(story);
}

/* Checkpoint 3 is under way: nobody knows of it any more, but its number is taken. */
static void a_successor_goes_on_from_the_last_completed_checkpoint(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "  high-availability.type: zookeeper\n"
                                                 "timeline: [{at: 205 ms, crash: jobmanager}]\n");

    (void)state;
    expect_trace(story, "job_manager_* checkpoint_*(checkpoint,reason) checkpoint=3",
                 "202 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "205 ms jobmanager job_manager_lost\n"
                 "205 ms jobmanager checkpoint_aborted checkpoint=3"
                 " reason=CHECKPOINT_COORDINATOR_SHUTDOWN\n");
    expect_trace(story,
                 "job_manager_took_over restored(checkpoint) checkpoint_triggered(checkpoint)",
                 "285 ms jobmanager job_manager_took_over checkpoint=2\n"
                 "293 ms events[0] restored checkpoint=2\n"
                 "293 ms counts[0] restored checkpoint=2\n"
                 "293 ms counts[1] restored checkpoint=2\n"
                 "293 ms out[0] restored checkpoint=2\n"
                 "294 ms jobmanager checkpoint_triggered checkpoint=4\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Three restarts are allowed; two were used up when the JobManager went. */
static void a_successor_counts_restarts_anew(void **state)
{
    struct run_story *story = run_story(
        MODEL TWO_MANAGERS FIXED_DELAY "  high-availability.type: zookeeper\n"
                                       "timeline: [{every: 100 ms, times: 2, crash: \"counts[0]\"},"
                                       " {at: 300 ms, crash: jobmanager}, {at: 450 ms, every: 100 "
                                       "ms, times: 3, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void what_reaches_nobody_is_lost_with_the_jobmanager(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_MANAGERS FIXED_DELAY "  high-availability.type: zookeeper\n"
                                                 "timeline: [{at: 211.5 ms, crash: jobmanager}]\n");

    (void)state;
    expect_trace(story, "ack_* job_manager_lost checkpoint=3 @events @jobmanager",
                 "211 ms events[0] ack_sent checkpoint=3\n"
                 "211.5 ms jobmanager job_manager_lost\n");
    expect_no_more(story, "ack_received checkpoint=3");
    end_story(story);
}

/* All is prepared and the checkpoint counts, but nobody is told: the restored sink commits. */
static void
a_jobmanager_that_dies_after_the_completion_leaves_the_commit_to_the_restore(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_PHASES FIXED_DELAY
                  "  high-availability.type: zookeeper\n"
                  "timeline: [{when: after completion of checkpoint 2, crash: jobmanager}]\n");

    (void)state;
    expect_trace(
        story, "checkpoint_completed(checkpoint) job_manager_* sink_committed",
        "14.000002 ms jobmanager checkpoint_completed checkpoint=1\n"
        "15.000002 ms out[0] sink_committed operator=out checkpoint=1 parts=1 records=1\n"
        "114.00001 ms jobmanager checkpoint_completed checkpoint=2\n"
        "114.00001 ms jobmanager job_manager_lost\n"
        "194.00001 ms jobmanager job_manager_took_over checkpoint=2\n"
        "202.00001 ms out[0] sink_committed operator=out checkpoint=2 parts=1 records=10\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void one_that_dies_before_the_completion_goes_back_one_checkpoint(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_PHASES FIXED_DELAY
                  "  high-availability.type: zookeeper\n"
                  "timeline: [{when: before completion of checkpoint 2, crash: jobmanager}]\n");

    (void)state;
    expect_trace(story, "job_manager_*",
                 "114.00001 ms jobmanager job_manager_lost\n"
                 "194.00001 ms jobmanager job_manager_took_over checkpoint=1\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* It is prepared, the checkpoint will not complete: those records come again, and are new. */
static void a_crash_after_the_pre_commit_is_taken_back(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_PHASES FIXED_DELAY
                  "timeline: [{when: \"after pre-commit of checkpoint 2 at out[0]\","
                  " crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "sink_*(checkpoint,records) failover(checkpoint)",
                 "5.000002 ms out[0] sink_prepared checkpoint=1 records=1\n"
                 "15.000002 ms out[0] sink_committed checkpoint=1 records=1\n"
                 "105.00001 ms out[0] sink_prepared checkpoint=2 records=10\n"
                 "106.00001 ms jobmanager failover checkpoint=1\n"
                 "164.00001 ms out[0] sink_committed checkpoint=1 records=1\n"
                 "168.000042 ms out[0] sink_prepared checkpoint=3 records=16\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_crash_before_the_commit_is_made_good_by_the_restore(void **state)
{
    struct run_story *story = run_story(
        MODEL TWO_PHASES FIXED_DELAY
        "timeline: [{when: \"before commit of checkpoint 2 at out[0]\", crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "sink_*(checkpoint,records) failover(checkpoint)",
                 "5.000002 ms out[0] sink_prepared checkpoint=1 records=1\n"
                 "15.000002 ms out[0] sink_committed checkpoint=1 records=1\n"
                 "105.00001 ms out[0] sink_prepared checkpoint=2 records=10\n"
                 "116.00001 ms jobmanager failover checkpoint=2\n"
                 "174.00001 ms out[0] sink_committed checkpoint=2 records=10\n"
                 "178.000024 ms out[0] sink_prepared checkpoint=3 records=7\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_crash_after_the_commit_commits_nothing_twice(void **state)
{
    struct run_story *story = run_story(
        MODEL TWO_PHASES FIXED_DELAY
        "timeline: [{when: \"after commit of checkpoint 2 at out[0]\", crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "sink_*(checkpoint,records) failover(checkpoint)",
                 "5.000002 ms out[0] sink_prepared checkpoint=1 records=1\n"
                 "15.000002 ms out[0] sink_committed checkpoint=1 records=1\n"
                 "105.00001 ms out[0] sink_prepared checkpoint=2 records=10\n"
                 "115.00001 ms out[0] sink_committed checkpoint=2 records=10\n"
                 "116.00001 ms jobmanager failover checkpoint=2\n"
                 "174.00001 ms out[0] sink_committed checkpoint=2 records=10\n"
                 "178.000024 ms out[0] sink_prepared checkpoint=3 records=7\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* The step is of counts[0]; out[0] hears two messages later, and has taken its own by then. */
static void another_ones_step_acts_by_message(void **state)
{
    struct run_story *story =
        run_story(MODEL TWO_PHASES FIXED_DELAY "timeline: [{when: \"before snapshot of checkpoint "
                                               "2 at counts[0]\", crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "snapshot_started(checkpoint) action_fired checkpoint=2 @counts @out",
                 "104 ms counts[0] snapshot_started checkpoint=2\n"
                 "105.00001 ms out[0] snapshot_started checkpoint=2\n"
                 "106.00001 ms out[0] action_fired action=0\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_taskmanager_is_noticed_when_its_connections_break),
        cmocka_unit_test(or_when_its_heartbeats_stay_away),
        cmocka_unit_test(all_subtasks_of_its_slots_go_at_once_and_are_one_failure),
        cmocka_unit_test(a_deployment_to_a_lost_taskmanager_reaches_nobody),
        cmocka_unit_test(a_taskmanager_on_which_nothing_runs_leaves_the_action_unfired),
        cmocka_unit_test(without_high_availability_the_job_ends_with_its_jobmanager),
        cmocka_unit_test(a_successor_goes_on_from_the_last_completed_checkpoint),
        cmocka_unit_test(a_successor_counts_restarts_anew),
        cmocka_unit_test(what_reaches_nobody_is_lost_with_the_jobmanager),
        cmocka_unit_test(
            a_jobmanager_that_dies_after_the_completion_leaves_the_commit_to_the_restore),
        cmocka_unit_test(one_that_dies_before_the_completion_goes_back_one_checkpoint),
        cmocka_unit_test(a_crash_after_the_pre_commit_is_taken_back),
        cmocka_unit_test(a_crash_before_the_commit_is_made_good_by_the_restore),
        cmocka_unit_test(a_crash_after_the_commit_commits_nothing_twice),
        cmocka_unit_test(another_ones_step_acts_by_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
