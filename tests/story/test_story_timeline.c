// SPDX-License-Identifier: Apache-2.0
/* test_story_timeline.c: when actions of the timeline take effect, and when they never do. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define JOB                                                                                        \
    STORY_MODEL STORY_JOB                                                                          \
        "until: 300 ms\n"                                                                          \
        "config: {execution.checkpointing.interval: 100 ms,"                                       \
        " restart-strategy: {type: fixed-delay, fixed-delay: {delay: 50 ms, attempts: 9}}}\n"

static void at_is_an_exact_instant(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 155.000003 ms, crash: \"counts[0]\"},"
                      " {at: 90 ms, slow-storage: {for: 1 ms, factor: 2}}]\n");

    (void)state;
    expect_trace(story, "action_fired",
                 "90 ms jobmanager action_fired action=1\n"
                 "155.000003 ms counts[0] action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

static void at_waits_for_the_record_in_work(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "until: 100 ms\n"
                    "timeline: [{at: 30 ms, crash: \"slow[0]\"}]\n"
                    "operators:\n"
                    "  - {uid: slow, type: sequence, count: 4, splits: 1, rate: 1/s, cost: 50 ms}\n"
                    "  - {uid: out, type: discard, input: slow}\n");

    (void)state;
    expect_trace(story, "action_fired", "51 ms slow[0] action_fired action=0\n");
    end_story(story);
}

/* The coordinator sees the event itself; its message to the subtask takes 1 ms. */
static void when_takes_effect_one_message_after_the_jobmanager_has_heard(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{when: checkpoint 2 completed, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "checkpoint_completed(checkpoint) action_fired checkpoint=2",
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "114 ms counts[0] action_fired action=0\n");
    end_story(story);
}

/* One message to the JobManager and one to the other subtask. */
static void an_event_at_a_subtask_takes_two_messages_and_the_delay(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{when: \"subtask events[0] started snapshot 2\", delay: 7 ms,"
                      " crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "snapshot_started(checkpoint) action_fired @events checkpoint=2",
                 "103 ms events[0] snapshot_started checkpoint=2\n");
    expect_trace(story, "action_fired", "112 ms counts[0] action_fired action=0\n");
    end_story(story);
}

static void any_means_the_first_one_only(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{when: checkpoint any completed, slow-storage: {for: 1 ms, factor: 2}}]\n");

    (void)state;
    expect_trace(story, "action_fired", "14.000001 ms jobmanager action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

static void a_failover_can_be_waited_for(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 120 ms, crash: \"counts[0]\"},"
                      " {when: job failed over, delay: 60 ms, crash: \"events[0]\"}]\n");

    (void)state;
    expect_trace(story, "failover(task) action_fired",
                 "120 ms counts[0] action_fired action=0\n"
                 "121 ms jobmanager failover task=counts[0]\n"
                 "182 ms events[0] action_fired action=1\n"
                 "183 ms jobmanager failover task=events[0]\n");
    /* Of 30 records the checkpoint of 242 ms has 25; one state and one sink count the rest. */
    expect_verdict(story, "RUNNING pending=10");
    end_story(story);
}

static void what_never_comes_is_unfired_unless_it_is_optional(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{when: checkpoint 90 completed, crash: \"counts[0]\"},"
                      " {when: checkpoint 91 completed, crash: \"counts[0]\", optional: true},"
                      " {at: 10 s, fail-storage: 1 s},"
                      " {decline: {checkpoint: 92, subtask: \"counts[0]\"}}]\n");

    (void)state;
    expect_no_more(story, "action_fired");
    /* Of 30 records the checkpoint of 202 ms has 21; one state and one sink count the rest. */
    expect_verdict(story, "RUNNING pending=18 unfired=3");
    end_story(story);
}

static void a_users_checkpoint_while_the_job_restarts_is_unfired(void **state)
{
    struct run_story *story = run_story(JOB "timeline: [{at: 120 ms, crash: \"counts[0]\"},"
                                            " {at: 140 ms, checkpoint: configured}]\n");

    (void)state;
    expect_trace(story, "action_fired", "120 ms counts[0] action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

#define SLOW "slow-storage: {for: 1 ms, factor: 2}"

static void every_repeats_an_instant(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{at: 50 ms, every: 70 ms, times: 3, " SLOW "}]\n");

    (void)state;
    expect_trace(story, "action_fired",
                 "50 ms jobmanager action_fired action=0\n"
                 "120 ms jobmanager action_fired action=0\n"
                 "190 ms jobmanager action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

static void every_alone_begins_after_its_first_stretch_and_goes_on(void **state)
{
    struct run_story *story = run_story(JOB "timeline: [{every: 110 ms, " SLOW "}]\n");

    (void)state;
    expect_trace(story, "action_fired",
                 "110 ms jobmanager action_fired action=0\n"
                 "220 ms jobmanager action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

static void times_says_how_often_an_event_counts(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{when: checkpoint any triggered, times: 2, " SLOW "}]\n");

    (void)state;
    expect_trace(story, "action_fired",
                 "3 ms jobmanager action_fired action=0\n"
                 "103 ms jobmanager action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

/* Which occasions are drawn depends on the seed and the place in the timeline alone. */
static void probability_draws_each_occasion(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{every: 10 ms, times: 20, probability: 0.2, " SLOW "}]\n");

    (void)state;
    expect_trace(story, "action_fired",
                 "110 ms jobmanager action_fired action=0\n"
                 "180 ms jobmanager action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

static void a_crash_that_repeats_finds_each_attempt(void **state)
{
    struct run_story *story = run_story(
        JOB "timeline: [{when: \"subtask counts[0] became RUNNING\", times: 3, delay: 5 ms,"
            " crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "action_fired @counts",
                 "8 ms counts[0] action_fired action=0\n"
                 "67 ms counts[0] action_fired action=0\n"
                 "126 ms counts[0] action_fired action=0\n");
    expect_no_more(story, "action_fired");
    end_story(story);
}

/* 30 ms and two messages after the first one. */
static void a_record_can_be_waited_for(void **state)
{
    struct run_story *story =
        run_story(JOB "timeline: [{when: \"source events[0] emitted a record\", delay: 30 ms,"
                      " crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "record_emitted(origin) action_fired",
                 "1.000001 ms events[0] record_emitted origin=0\n"
                 "10.000001 ms events[0] record_emitted origin=1\n"
                 "20.000001 ms events[0] record_emitted origin=2\n"
                 "30.000001 ms events[0] record_emitted origin=3\n"
                 "33.000001 ms counts[0] action_fired action=0\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_is_an_exact_instant),
        cmocka_unit_test(at_waits_for_the_record_in_work),
        cmocka_unit_test(when_takes_effect_one_message_after_the_jobmanager_has_heard),
        cmocka_unit_test(an_event_at_a_subtask_takes_two_messages_and_the_delay),
        cmocka_unit_test(any_means_the_first_one_only),
        cmocka_unit_test(a_failover_can_be_waited_for),
        cmocka_unit_test(what_never_comes_is_unfired_unless_it_is_optional),
        cmocka_unit_test(a_users_checkpoint_while_the_job_restarts_is_unfired),
        cmocka_unit_test(every_repeats_an_instant),
        cmocka_unit_test(every_alone_begins_after_its_first_stretch_and_goes_on),
        cmocka_unit_test(times_says_how_often_an_event_counts),
        cmocka_unit_test(probability_draws_each_occasion),
        cmocka_unit_test(a_crash_that_repeats_finds_each_attempt),
        cmocka_unit_test(a_record_can_be_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
