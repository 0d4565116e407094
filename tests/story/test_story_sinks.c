// SPDX-License-Identifier: Apache-2.0
/* test_story_sinks.c: what readers of a sink see, and when. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

#define CONFIG CONFIG_WITH("")
#define CONFIG_WITH(more)                                                                          \
    "config: {execution.checkpointing: {interval: 100 ms, tolerable-failed-checkpoints: 1" more    \
    "},"                                                                                           \
    " execution.buffer-timeout.interval: 20 ms,"                                                   \
    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"

/* The list has the values 1 to 14, one every 10 ms from 0 on. */
#define LIST                                                                                       \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: list, rate: 100/s, records: [[a, 1], [b, 2], [a, 3], [b, 4], [a, 5]," \
    "     [b, 6], [a, 7], [b, 8], [a, 9], [b, 10], [a, 11], [b, 12], [a, 13], [b, 14]]}\n"

#define FILE_SINK(delivery) STORY_MODEL CONFIG FILE_SINK_JOB(delivery)
#define FILE_SINK_JOB(delivery)                                                                    \
    LIST "  - {uid: out, type: file-sink, input: events, chain: false, path: out,"                 \
         "     delivery: " delivery "}\n"

#define COMMITS "sink_*(checkpoint,parts,records) checkpoint_completed(checkpoint)"

static void exactly_once_prepares_at_the_barrier_and_commits_at_the_notification(void **state)
{
    struct run_story *story = run_story(FILE_SINK("exactly-once"));

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "114 ms out[0] sink_committed checkpoint=2 parts=1 records=10\n"
                 "204 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "214 ms out[0] sink_committed checkpoint=3 parts=1 records=3\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void without_a_final_checkpoint_the_rest_is_prepared_for_ever(void **state)
{
    struct run_story *story = run_story(STORY_MODEL CONFIG_WITH(
        ", checkpoints-after-tasks-finish: false") FILE_SINK_JOB("exactly-once"));

    (void)state;
    expect_trace(story, "checkpoint=3 sink_*(checkpoint,parts,records)",
                 "131.000002 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n");
    expect_verdict(story, "FINISHED uncommitted=3");
    end_story(story);
}

static void what_no_checkpoint_has_closed_is_not_visible(void **state)
{
    struct run_story *story = run_story(FILE_SINK("exactly-once") "until: 135 ms\n");

    (void)state;
    expect_verdict(story, "RUNNING pending=3");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] in progress: b=12 a=13 b=14\n");
    end_story(story);
}

static void a_prepared_part_is_not_visible_before_the_notification(void **state)
{
    struct run_story *story = run_story(FILE_SINK("exactly-once") "until: 114 ms\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n");
    expect_verdict(story, "RUNNING pending=11");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] prepared: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n");
    end_story(story);
}

static void parts_of_an_aborted_checkpoint_wait_for_the_next_one(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("exactly-once") "timeline: [{at: 103 ms, fail-storage: 20 ms}]\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "204 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "214 ms out[0] sink_committed checkpoint=3 parts=2 records=13\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void they_are_in_the_next_snapshot_and_are_committed_after_a_crash(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("exactly-once") "timeline: [{at: 103 ms, fail-storage: 20 ms},"
                                            " {at: 213.5 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "204 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n"
                 "213 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "272.5 ms out[0] sink_committed checkpoint=3 parts=2 records=13\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

/* Checkpoint 1 had only the first record: ten come again. */
static void they_die_with_the_attempt_if_no_checkpoint_followed(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("exactly-once") "timeline: [{at: 103 ms, fail-storage: 20 ms},"
                                            " {at: 135 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "194 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "197 ms out[0] sink_prepared checkpoint=3 parts=1 records=13\n"
                 "206 ms jobmanager checkpoint_completed checkpoint=3\n"
                 "207 ms out[0] sink_committed checkpoint=3 parts=1 records=13\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story,
                 "out[0] visible: a=1\n"
                 "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11 b=12 a=13 b=14\n");
    end_story(story);
}

static void a_crash_between_completion_and_notification_commits_at_the_restore(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("exactly-once") "timeline: [{at: 113.5 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "172.5 ms out[0] sink_committed checkpoint=2 parts=1 records=10\n"
                 "175.5 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void what_was_committed_is_committed_again_after_a_restore_and_seen_once(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("exactly-once") "timeline: [{at: 135 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, COMMITS,
                 "4.000001 ms out[0] sink_prepared checkpoint=1 parts=1 records=1\n"
                 "13.000001 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "14.000001 ms out[0] sink_committed checkpoint=1 parts=1 records=1\n"
                 "104 ms out[0] sink_prepared checkpoint=2 parts=1 records=10\n"
                 "113 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "114 ms out[0] sink_committed checkpoint=2 parts=1 records=10\n"
                 "194 ms out[0] sink_committed checkpoint=2 parts=1 records=10\n"
                 "197 ms out[0] sink_prepared checkpoint=3 parts=1 records=3\n");
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1\n"
                        "out[0] visible: b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void at_least_once_shows_again_what_came_behind_the_checkpoint(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("at-least-once") "timeline: [{at: 135 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "restored(checkpoint) @out",
                 "1 ms out[0] restored checkpoint=-1\n"
                 "187 ms out[0] restored checkpoint=2\n");
    expect_verdict(story, "FINISHED duplicated=3");
    expect_parts(story,
                 "out[0] visible: a=1 b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11 b=12 a=13 b=14\n"
                 "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void no_delivery_guarantee_shows_again_what_came_behind_the_checkpoint(void **state)
{
    struct run_story *story =
        run_story(FILE_SINK("none") "timeline: [{at: 135 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_trace(story, "restored(checkpoint) @out",
                 "1 ms out[0] restored checkpoint=-1\n"
                 "187 ms out[0] restored checkpoint=2\n");
    expect_verdict(story, "FINISHED duplicated=3");
    expect_parts(story,
                 "out[0] visible: a=1 b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11 b=12 a=13 b=14\n"
                 "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

static void a_restore_cuts_a_collected_list_back_to_the_checkpoint(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL CONFIG LIST "  - {uid: out, type: collect, input: events, chain: false}\n"
                                "timeline: [{at: 135 ms, crash: \"out[0]\"}]\n");

    (void)state;
    expect_verdict(story, "FINISHED");
    expect_parts(story, "out[0] visible: a=1 b=2 a=3 b=4 a=5 b=6 a=7 b=8 a=9 b=10 a=11\n"
                        "out[0] visible: b=12 a=13 b=14\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_once_prepares_at_the_barrier_and_commits_at_the_notification),
        cmocka_unit_test(without_a_final_checkpoint_the_rest_is_prepared_for_ever),
        cmocka_unit_test(what_no_checkpoint_has_closed_is_not_visible),
        cmocka_unit_test(a_prepared_part_is_not_visible_before_the_notification),
        cmocka_unit_test(parts_of_an_aborted_checkpoint_wait_for_the_next_one),
        cmocka_unit_test(they_are_in_the_next_snapshot_and_are_committed_after_a_crash),
        cmocka_unit_test(they_die_with_the_attempt_if_no_checkpoint_followed),
        cmocka_unit_test(a_crash_between_completion_and_notification_commits_at_the_restore),
        cmocka_unit_test(what_was_committed_is_committed_again_after_a_restore_and_seen_once),
        cmocka_unit_test(at_least_once_shows_again_what_came_behind_the_checkpoint),
        cmocka_unit_test(no_delivery_guarantee_shows_again_what_came_behind_the_checkpoint),
        cmocka_unit_test(a_restore_cuts_a_collected_list_back_to_the_checkpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
