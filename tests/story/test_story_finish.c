// SPDX-License-Identifier: Apache-2.0
/* test_story_finish.c: how bounded jobs end: final checkpoints, and tasks that end before others. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* The data of few ends at 20 ms, that of many at 240 ms. */
#define FEW_AND_MANY                                                                               \
    "operators:\n"                                                                                 \
    "  - {uid: few, type: sequence, count: 3, keys: 10, rate: 100/s, splits: 1}\n"                 \
    "  - {uid: many, type: sequence, count: 25, keys: 10, rate: 100/s, splits: 1}\n"               \
    "  - {uid: counts, type: count, inputs: [{uid: few, ship: hash}, {uid: many, ship: hash}]}\n"  \
    "  - {uid: out, type: collect, input: counts}\n"

static void a_bounded_job_ends_with_a_final_checkpoint(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL
        "config: {execution.checkpointing.interval: 100 ms}\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 5, keys: 10, rate: 100/s, splits: 1}\n"
        "  - {uid: counts, type: count, input: events, ship: hash}\n"
        "  - {uid: out, type: collect, input: counts}\n");

    (void)state;
    expect_trace(story,
                 "end_* checkpoint_triggered(checkpoint) checkpoint_completed(checkpoint)"
                 " notified_complete status=FINISHED task_status(status) job_status checkpoint=2",
                 "40.000001 ms events[0] end_of_data\n"
                 "41.000005 ms counts[0] end_of_data\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "114 ms events[0] notified_complete checkpoint=2\n"
                 "114 ms events[0] task_status status=FINISHED\n"
                 "114 ms counts[0] notified_complete checkpoint=2\n"
                 "115 ms counts[0] end_received from=events[0] channel=0\n"
                 "115 ms counts[0] task_status status=FINISHED\n"
                 "116 ms jobmanager job_status status=FINISHED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_source_that_ends_early_does_not_wait_for_the_others(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL FEW_AND_MANY "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(story,
                 "end_* checkpoint_triggered(checkpoint) checkpoint_completed(checkpoint)"
                 " task_status(status) status=FINISHED @few @counts @jobmanager",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "13.000002 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "20.000001 ms few[0] end_of_data\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "114 ms few[0] task_status status=FINISHED\n"
                 "115 ms counts[0] end_received from=few[0] channel=0\n");
    end_story(story);
}

static void checkpoints_go_on_after_a_task_has_finished(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL FEW_AND_MANY "config: {execution.checkpointing.interval: 100 ms}\n");

    (void)state;
    expect_trace(story, "checkpoint=3 task_triggered barrier_received(from) ack_received(task)"
                        " checkpoint_completed(checkpoint)",
                 "203 ms many[0] task_triggered checkpoint=3\n");
    expect_trace(story, "checkpoint=3 barrier_received(checkpoint,from) ack_received(checkpoint,task)"
                        " checkpoint_completed(checkpoint)",
                 "204 ms counts[0] barrier_received checkpoint=3 from=many[0]\n"
                 "212 ms jobmanager ack_received checkpoint=3 task=many[0]\n"
                 "213 ms jobmanager ack_received checkpoint=3 task=counts[0]\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_task_that_had_finished_at_the_checkpoint_ends_again_at_once(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL FEW_AND_MANY
        "config: {execution.checkpointing.interval: 100 ms,"
        " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"
        "timeline: [{at: 220 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "failover(cause,tasks,checkpoint)",
                 "221 ms jobmanager failover cause=crash tasks=3 checkpoint=3\n");
    expect_trace(story, "restored task_status(status) end_* checkpoint_triggered(checkpoint)",
                 "222 ms many[0] task_status status=CANCELED\n"
                 "272 ms few[0] task_status status=INITIALIZING\n"
                 "272 ms few[0] restored attempt=1 checkpoint=3 state_bytes=0\n"
                 "272 ms few[0] task_status status=RUNNING\n"
                 "272 ms few[0] end_of_data\n"
                 "272 ms few[0] task_status status=FINISHED\n"
                 "272 ms many[0] task_status status=INITIALIZING\n"
                 "272 ms counts[0] task_status status=INITIALIZING\n"
                 "279 ms many[0] restored attempt=1 checkpoint=3 state_bytes=24\n"
                 "279 ms many[0] task_status status=RUNNING\n"
                 "279 ms counts[0] restored attempt=1 checkpoint=3 state_bytes=1016\n"
                 "279 ms counts[0] task_status status=RUNNING\n"
                 "279.000004 ms many[0] end_of_data\n"
                 "280 ms jobmanager checkpoint_triggered checkpoint=4\n"
                 "281.000004 ms counts[0] end_received from=few[0] channel=0\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void without_checkpoints_tasks_end_with_their_data(void **state)
{
    struct run_story *story = run_story(STORY_MODEL FEW_AND_MANY);

    (void)state;
    expect_trace(story, "end_of_data task_status(status) status=FINISHED job_status",
                 "20.000001 ms few[0] end_of_data\n"
                 "20.000001 ms few[0] task_status status=FINISHED\n"
                 "240.000001 ms many[0] end_of_data\n"
                 "240.000001 ms many[0] task_status status=FINISHED\n"
                 "241.000005 ms counts[0] end_of_data\n"
                 "241.000005 ms counts[0] task_status status=FINISHED\n"
                 "242.000005 ms jobmanager job_status status=FINISHED\n");
    end_story(story);
}

static void with_checkpoints_after_finish_switched_off_the_first_end_ends_checkpoints(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL FEW_AND_MANY "config: {execution.checkpointing: {interval: 100 ms,"
                                 " checkpoints-after-tasks-finish: false}}\n");

    (void)state;
    expect_trace(story, "checkpoint_*(checkpoint,reason) task_status(status) status=FINISHED"
                        " job_status",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "13.000002 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "20.000001 ms few[0] task_status status=FINISHED\n"
                 "240.000001 ms many[0] task_status status=FINISHED\n"
                 "241.000005 ms counts[0] task_status status=FINISHED\n"
                 "242.000005 ms jobmanager job_status status=FINISHED\n");
    end_story(story);
}

/* The final checkpoint of 102 ms fails to be stored; the one of 202 ms is the final one then. */
static void a_final_checkpoint_that_fails_is_followed_by_another(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL
        "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1}}\n"
        "timeline: [{at: 105 ms, fail-storage: 10 ms}]\n"
        "operators:\n"
        "  - {uid: events, type: sequence, count: 5, keys: 10, rate: 100/s, splits: 1}\n"
        "  - {uid: counts, type: count, input: events, ship: hash}\n"
        "  - {uid: out, type: collect, input: counts}\n");

    (void)state;
    expect_trace(story, "checkpoint_aborted(checkpoint,reason) task_status(status) status=FINISHED",
                 "112 ms jobmanager checkpoint_aborted checkpoint=2"
                 " reason=CHECKPOINT_ASYNC_EXCEPTION\n"
                 "214 ms events[0] task_status status=FINISHED\n"
                 "215 ms counts[0] task_status status=FINISHED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bounded_job_ends_with_a_final_checkpoint),
        cmocka_unit_test(a_source_that_ends_early_does_not_wait_for_the_others),
        cmocka_unit_test(checkpoints_go_on_after_a_task_has_finished),
        cmocka_unit_test(a_task_that_had_finished_at_the_checkpoint_ends_again_at_once),
        cmocka_unit_test(without_checkpoints_tasks_end_with_their_data),
        cmocka_unit_test(with_checkpoints_after_finish_switched_off_the_first_end_ends_checkpoints),
        cmocka_unit_test(a_final_checkpoint_that_fails_is_followed_by_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
