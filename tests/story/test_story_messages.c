// SPDX-License-Identifier: Apache-2.0
/* test_story_messages.c: acknowledgements and notifications that are lost, late or repeated. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define JOB                                                                                        \
    STORY_MODEL                                                                                    \
    "config:\n"                                                                                    \
    "  execution.checkpointing: {interval: 100 ms, timeout: 150 ms,"                               \
    " tolerable-failed-checkpoints: 3}\n"                                                          \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 50 ms, attempts: 3}}\n"          \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 30, keys: 1, rate: 100/s, splits: 1}\n"              \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: file-sink, input: counts, path: out, chain: false}\n"

static void a_lost_acknowledgement_lets_the_checkpoint_expire(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{lose: {message: ack, subtask: \"counts[0]\", checkpoint: 2}}]\n");

    (void)state;
    expect_trace(story, "ack_lost checkpoint_*(checkpoint,reason) checkpoint=2",
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "113 ms jobmanager ack_lost checkpoint=2 task=counts[0]\n"
                 "252 ms jobmanager checkpoint_aborted checkpoint=2 reason=CHECKPOINT_EXPIRED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_repeated_acknowledgement_changes_nothing(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{duplicate: {message: ack, subtask: \"events[0]\", checkpoint: 2}}]\n");

    (void)state;
    expect_trace(story,
                 "ack_*(checkpoint,task) checkpoint_completed(checkpoint) @jobmanager"
                 " checkpoint=2",
                 "112 ms jobmanager ack_duplicated checkpoint=2 task=events[0]\n"
                 "112 ms jobmanager ack_received checkpoint=2 task=events[0]\n"
                 "112.000001 ms jobmanager ack_received checkpoint=2 task=events[0]\n"
                 "113 ms jobmanager ack_received checkpoint=2 task=counts[0]\n"
                 "114.00001 ms jobmanager ack_received checkpoint=2 task=out[0]\n"
                 "114.00001 ms jobmanager checkpoint_completed checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void one_that_comes_again_after_the_completion_is_late(void **state)
{
    struct run_story *story = run_story(
        JOB
        "timeline: [{duplicate: {message: ack, checkpoint: 2, subtask: \"out[0]\", by: 5 ms}}]\n");

    (void)state;
    expect_trace(story,
                 "ack_*(checkpoint,task) checkpoint_completed(checkpoint) @jobmanager"
                 " checkpoint=2",
                 "112 ms jobmanager ack_received checkpoint=2 task=events[0]\n"
                 "113 ms jobmanager ack_received checkpoint=2 task=counts[0]\n"
                 "114.00001 ms jobmanager ack_duplicated checkpoint=2 task=out[0]\n"
                 "114.00001 ms jobmanager ack_received checkpoint=2 task=out[0]\n"
                 "114.00001 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "119.00001 ms jobmanager ack_received checkpoint=2 task=out[0]\n"
                 "119.00001 ms jobmanager ack_late checkpoint=2 task=out[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* It is of the attempt that crashed; by then the next one takes checkpoints. */
static void a_late_acknowledgement_of_an_old_attempt_is_dropped(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{delay: {message: ack, checkpoint: 2, subtask: \"counts[0]\","
                      " by: 110 ms}}, {at: 120 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "ack_delayed ack_late checkpoint_*(checkpoint,reason) failover(checkpoint)",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "14.000002 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "113 ms jobmanager ack_delayed checkpoint=2 task=counts[0] delay=110ms\n"
                 "121 ms jobmanager checkpoint_aborted checkpoint=2 reason=TASK_FAILURE\n"
                 "121 ms jobmanager failover checkpoint=1\n"
                 "180 ms jobmanager checkpoint_triggered checkpoint=3\n"
                 "192.000036 ms jobmanager checkpoint_subsumed checkpoint=1\n"
                 "192.000036 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "223 ms jobmanager ack_late checkpoint=2 task=counts[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Nobody commits checkpoint 2 until 3 does. */
static void a_lost_notification_is_made_good_by_the_next(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{lose: {message: notification, checkpoint: 2, subtask: \"out[0]\"}}]\n");

    (void)state;
    expect_trace(story, "notification_* sink_*(checkpoint,parts,records)",
                 "5.000002 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "15.000002 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "105.00001 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "114.00001 ms jobmanager notification_lost checkpoint=2 task=out[0]\n"
                 "205.00001 ms out[0] sink_prepared checkpoint=3 parts=1 records=10\n"
                 "215.00001 ms out[0] sink_committed checkpoint=3 parts=2 records=20\n"
                 "305 ms out[0] sink_prepared checkpoint=4 parts=1 records=9\n"
                 "315 ms out[0] sink_committed checkpoint=4 parts=1 records=9\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Checkpoint 2 is declined. Who does not hear of its end goes on with the next one all the same. */
static void a_lost_abort_is_made_good_by_the_next_barrier(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline:\n"
                      "  - {decline: {checkpoint: 2, subtask: \"counts[0]\"}}\n"
                      "  - {lose: {message: abort-notification, subtask: \"out[0]\"}}\n"
                      "  - {duplicate: {message: abort-notification, subtask: \"counts[0]\"}}\n"
                      "  - {delay: {message: abort-notification, by: 20 ms}}\n");

    (void)state;
    expect_trace(story, "abort_notification_* notified_* checkpoint_completed checkpoint=2",
                 "105 ms jobmanager abort_notification_delayed checkpoint=2 task=events[0]"
                 " delay=20ms\n"
                 "105 ms jobmanager abort_notification_duplicated checkpoint=2 task=counts[0]\n"
                 "105 ms jobmanager abort_notification_lost checkpoint=2 task=out[0]\n"
                 "106 ms counts[0] notified_aborted checkpoint=2\n"
                 "106.000001 ms counts[0] notified_aborted checkpoint=2\n"
                 "126 ms events[0] notified_aborted checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_repeated_notification_commits_once(void **state)
{
    struct run_story *story = run_story(
        JOB
        "timeline: [{duplicate: {message: notification, checkpoint: 2, subtask: \"out[0]\"}}]\n");

    (void)state;
    expect_trace(story,
                 "notification_* notified_complete sink_committed(checkpoint,records)"
                 " @out @jobmanager checkpoint=2",
                 "114.00001 ms jobmanager notification_duplicated checkpoint=2 task=out[0]\n"
                 "115.00001 ms out[0] notified_complete checkpoint=2\n"
                 "115.00001 ms out[0] sink_committed checkpoint=2 records=10\n"
                 "115.000011 ms out[0] notified_complete checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_notification_that_comes_after_the_next_commits_nothing(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{delay: {message: notification, checkpoint: 2, by: 110 ms,"
                      " subtask: \"out[0]\"}}]\n");

    (void)state;
    expect_trace(
        story,
        "notification_* notified_complete sink_committed(checkpoint,parts) @out"
        " @jobmanager",
        "15.000002 ms out[0] notified_complete checkpoint=1\n"
        "15.000002 ms out[0] sink_committed checkpoint=1 parts=1\n"
        "114.00001 ms jobmanager notification_delayed checkpoint=2 task=out[0] delay=110ms\n"
        "215.00001 ms out[0] notified_complete checkpoint=3\n"
        "215.00001 ms out[0] sink_committed checkpoint=3 parts=2\n"
        "225.00001 ms out[0] notified_complete checkpoint=2\n"
        "315 ms out[0] notified_complete checkpoint=4\n"
        "315 ms out[0] sink_committed checkpoint=4 parts=1\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_notification_of_an_old_attempt_is_not_heard(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{delay: {message: notification, checkpoint: 2, by: 100 ms,"
                      " subtask: \"out[0]\"}}, {at: 120 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(
        story,
        "notification_* notified_complete sink_committed(checkpoint,parts) @out"
        " @jobmanager",
        "15.000002 ms out[0] notified_complete checkpoint=1\n"
        "15.000002 ms out[0] sink_committed checkpoint=1 parts=1\n"
        "114.00001 ms jobmanager notification_delayed checkpoint=2 task=out[0] delay=100ms\n"
        "179 ms out[0] sink_committed checkpoint=2 parts=1\n"
        "193.000016 ms out[0] notified_complete checkpoint=3\n"
        "193.000016 ms out[0] sink_committed checkpoint=3 parts=1\n"
        "293.000011 ms out[0] notified_complete checkpoint=4\n"
        "293.000011 ms out[0] sink_committed checkpoint=4 parts=1\n"
        "393 ms out[0] notified_complete checkpoint=5\n"
        "393 ms out[0] sink_committed checkpoint=5 parts=1\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* From 50 ms on for 200 ms: all of checkpoints 2 and 3 that come in by then. */
static void a_rule_may_hold_for_a_while(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 50 ms, duplicate: {message: notification, for: 100 ms}}]\n");

    (void)state;
    expect_trace(story, "notification_*(checkpoint,task)",
                 "114.00001 ms jobmanager notification_duplicated checkpoint=2 task=events[0]\n"
                 "114.00001 ms jobmanager notification_duplicated checkpoint=2 task=counts[0]\n"
                 "114.00001 ms jobmanager notification_duplicated checkpoint=2 task=out[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void or_for_so_many_messages(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 50 ms, duplicate: {message: ack, count: 2}}]\n");

    (void)state;
    expect_trace(story, "ack_duplicated",
                 "112 ms jobmanager ack_duplicated checkpoint=2 task=events[0]\n"
                 "113 ms jobmanager ack_duplicated checkpoint=2 task=counts[0]\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_acknowledgement_lets_the_checkpoint_expire),
        cmocka_unit_test(a_repeated_acknowledgement_changes_nothing),
        cmocka_unit_test(one_that_comes_again_after_the_completion_is_late),
        cmocka_unit_test(a_late_acknowledgement_of_an_old_attempt_is_dropped),
        cmocka_unit_test(a_lost_notification_is_made_good_by_the_next),
        cmocka_unit_test(a_lost_abort_is_made_good_by_the_next_barrier),
        cmocka_unit_test(a_repeated_notification_commits_once),
        cmocka_unit_test(a_notification_that_comes_after_the_next_commits_nothing),
        cmocka_unit_test(a_notification_of_an_old_attempt_is_not_heard),
        cmocka_unit_test(a_rule_may_hold_for_a_while),
        cmocka_unit_test(or_for_so_many_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
