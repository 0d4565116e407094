// SPDX-License-Identifier: Apache-2.0
/* test_story_savepoint.c: savepoints, stop and cancel with one, and starting again from one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define CONFIG                                                                                     \
    "config: {execution.checkpointing.interval: 10 s, execution.buffer-timeout.interval: 1 ms,"    \
    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"

/* One record every 10 ms, each with a key of its own. */
#define JOB(sink)                                                                                  \
    STORY_MODEL CONFIG "operators:\n"                                                              \
                       "  - {uid: events, type: sequence, count: 12, rate: 100/s, splits: 2}\n"    \
                       "  - {uid: out, type: file-sink, input: events, chain: false, path: out,"   \
                       "     delivery: " sink "}\n"

#define ENDING                                                                                     \
    "checkpoint_triggered(checkpoint,kind) end_of_data @jobmanager @events @out "                  \
    "snapshot_started(checkpoint) notified_complete(checkpoint) checkpoint_completed(checkpoint) " \
    "sink_committed(checkpoint,records) job_status(status) savepoint_*"

static void a_stop_ends_the_data_then_takes_the_savepoint_and_commits_it(void **state)
{
    struct run_story *story =
        run_story(JOB("exactly-once") "timeline: [{at: 35 ms, stop-with-savepoint: a}]\n");

    (void)state;
    expect_trace(story, "job_status(status)", "0 ms jobmanager job_status status=RUNNING\n");
    story->next = 0;
    while (story->events[story->next].at_ns < 35 * SNAP_MS)
        story->next++;
    expect_trace(story, ENDING,
                 "35 ms jobmanager checkpoint_triggered checkpoint=2 kind=Suspend Savepoint\n"
                 "36 ms events[0] end_of_data\n"
                 "36 ms events[0] snapshot_started checkpoint=2\n"
                 "37 ms out[0] end_of_data\n"
                 "37 ms out[0] snapshot_started checkpoint=2\n"
                 "46 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "46 ms jobmanager savepoint_completed action=0 checkpoint=2\n"
                 "47 ms events[0] notified_complete checkpoint=2\n"
                 "47 ms out[0] notified_complete checkpoint=2\n"
                 "47 ms out[0] sink_committed checkpoint=2 records=3\n"
                 "49 ms jobmanager job_status status=FINISHED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void behind_a_cancellation_the_savepoint_is_nobodys(void **state)
{
    struct run_story *story =
        run_story(JOB("exactly-once") "timeline: [{at: 35 ms, cancel-with-savepoint: a}]\n");

    (void)state;
    expect_verdict(story, "CANCELED uncommitted=3 pending=1");
    end_story(story);
}

static void who_resumes_commits_what_the_savepoint_had_prepared(void **state)
{
    struct run_story *story = run_story(JOB("exactly-once") "timeline:\n"
                                                            "  - {at: 35 ms, "
                                                            "cancel-with-savepoint: a}\n"
                                                            "  - {at: 60 ms, restart-from: a}\n");

    (void)state;
    expect_trace(story, "job_resumed restored(checkpoint) sink_committed(checkpoint,records)",
                 "1 ms events[0] restored checkpoint=-1\n"
                 "1 ms out[0] restored checkpoint=-1\n"
                 "14 ms out[0] sink_committed checkpoint=1 records=1\n"
                 "60 ms jobmanager job_resumed execution=1 checkpoint=2 action=1\n"
                 "68 ms events[0] restored checkpoint=2\n"
                 "68 ms out[0] restored checkpoint=2\n"
                 "68 ms out[0] sink_committed checkpoint=2 records=3\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_plain_sink_shows_the_tail_of_a_cancelled_job_twice(void **state)
{
    struct run_story *story = run_story(JOB("none") "timeline:\n"
                                                    "  - {at: 35 ms, cancel-with-savepoint: a}\n"
                                                    "  - {at: 60 ms, restart-from: a}\n");

    (void)state;
    expect_verdict(story, "FINISHED duplicated=1");
    end_story(story);
}

static void a_plain_sink_shows_nothing_twice_behind_a_stop(void **state)
{
    struct run_story *story = run_story(JOB("none") "timeline:\n"
                                                    "  - {at: 35 ms, stop-with-savepoint: a}\n"
                                                    "  - {at: 60 ms, restart-from: a}\n");

    (void)state;
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_savepoint_that_fails_is_told_and_the_job_goes_on(void **state)
{
    struct run_story *story =
        run_story(JOB("exactly-once") "timeline:\n"
                                      "  - {at: 35 ms, cancel-with-savepoint: a}\n"
                                      "  - {decline: {checkpoint: 2, subtask: \"out[0]\"}}\n");

    (void)state;
    expect_trace(story, "savepoint_* checkpoint=2",
                 "38 ms jobmanager savepoint_failed action=0 reason=CHECKPOINT_DECLINED\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void splits_go_to_the_new_subtasks_in_turn(void **state)
{
    struct run_story *story = run_story(JOB("exactly-once") "timeline:\n"
                                                            "  - {at: 35 ms, "
                                                            "stop-with-savepoint: a}\n"
                                                            "  - {at: 60 ms, restart-from: a, "
                                                            "parallelism: {events: 2, out: 3}}\n");

    (void)state;
    /* Two splits of 24 bytes: one each; both had been in one subtask. */
    expect_trace(story, "@events restored(checkpoint,state_bytes)",
                 "1 ms events[0] restored checkpoint=-1 state_bytes=0\n"
                 "68 ms events[0] restored checkpoint=2 state_bytes=24\n"
                 "68 ms events[1] restored checkpoint=2 state_bytes=24\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

#define COUNTS(operators)                                                                          \
    STORY_MODEL CONFIG "operators:\n"                                                              \
                       "  - {uid: events, type: sequence, count: 12, rate: 100/s}\n" operators     \
                       "  - {uid: out, type: collect, input: counts}\n"

static void state_of_an_operator_that_is_gone_is_refused(void **state)
{
    struct run_story *story = run_story(COUNTS(
        "  - {uid: counts, type: count, input: events, ship: hash}\n") ""
                                                                       "timeline:\n"
                                                                       "  - {at: 35 ms, "
                                                                       "stop-with-savepoint: a}\n"
                                                                       "  - at: 60 ms\n"
                                                                       "    restart-from: a\n"
                                                                       "    operators: [{uid: "
                                                                       "events, type: sequence, "
                                                                       "count: 12, rate: 100/s},"
                                                                       " {uid: out, type: collect, "
                                                                       "input: events}]\n");

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_ERROR_RESTORE);
    assert_non_null(strstr(story->result.error.message, "allow-non-restored"));
    end_story(story);
}

/* The same name, but its place in the graph changes its id. */
#define WITHOUT_UID(rest)                                                                          \
    COUNTS("  - {name: counts, type: count, input: events, ship: hash}\n")                         \
    "timeline:\n"                                                                                  \
    "  - {at: 35 ms, stop-with-savepoint: a}\n"                                                    \
    "  - at: 60 ms\n"                                                                              \
    "    restart-from: a\n" rest "    operators:\n"                                                \
    "      - {uid: events, type: sequence, count: 12, rate: 100/s}\n"                              \
    "      - {uid: same, type: map, input: events, function: identity}\n"                          \
    "      - {name: counts, type: count, input: same, ship: hash}\n"                               \
    "      - {uid: out, type: collect, input: counts}\n"

static void without_a_uid_a_changed_graph_is_refused(void **state)
{
    struct run_story *story = run_story(WITHOUT_UID(""));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_ERROR_RESTORE);
    end_story(story);
}

static void without_a_uid_allowing_it_loses_the_state(void **state)
{
    struct run_story *story = run_story(WITHOUT_UID("    allow-non-restored: true\n"));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    /* The four records that came before the savepoint. */
    expect_verdict(story, "FINISHED lost=4");
    end_story(story);
}

static void another_max_parallelism_is_refused(void **state)
{
    struct run_story *story = run_story(COUNTS("  - {uid: counts, type: count, input: events, "
                                               "ship: hash}\n") ""
                                                                "timeline:\n"
                                                                "  - {at: 35 ms, "
                                                                "stop-with-savepoint: a}\n"
                                                                "  - {at: 60 ms, restart-from: a, "
                                                                "set: {counts.max-parallelism: "
                                                                "64}}\n");

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_ERROR_RESTORE);
    assert_non_null(strstr(story->result.error.message, "max-parallelism 128"));
    end_story(story);
}

static void nothing_is_sent_again_by_a_source_that_cannot_replay(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL CONFIG
        "operators:\n"
        "  - {uid: events, type: sequence, count: 12, rate: 100/s, splits: 2, replayable: false}\n"
        "  - {uid: out, type: collect, input: events, chain: false}\n"
        "timeline:\n"
        "  - {at: 35 ms, cancel-with-savepoint: a}\n"
        "  - {at: 60 ms, restart-from: a, parallelism: {events: 2}}\n");

    (void)state;
    expect_verdict(story, "FINISHED lost=1");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_ends_the_data_then_takes_the_savepoint_and_commits_it),
        cmocka_unit_test(behind_a_cancellation_the_savepoint_is_nobodys),
        cmocka_unit_test(who_resumes_commits_what_the_savepoint_had_prepared),
        cmocka_unit_test(a_plain_sink_shows_the_tail_of_a_cancelled_job_twice),
        cmocka_unit_test(a_plain_sink_shows_nothing_twice_behind_a_stop),
        cmocka_unit_test(a_savepoint_that_fails_is_told_and_the_job_goes_on),
        cmocka_unit_test(splits_go_to_the_new_subtasks_in_turn),
        cmocka_unit_test(state_of_an_operator_that_is_gone_is_refused),
        cmocka_unit_test(without_a_uid_a_changed_graph_is_refused),
        cmocka_unit_test(without_a_uid_allowing_it_loses_the_state),
        cmocka_unit_test(another_max_parallelism_is_refused),
        cmocka_unit_test(nothing_is_sent_again_by_a_source_that_cannot_replay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
