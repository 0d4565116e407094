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
    assert_int_equal(story->verdict.culprit.counter, SNAP_COUNTER_UNCOMMITTED);
    assert_string_equal(
        story->verdict.culprit.story,
        "events:1:0 was written by out[0] at 12 ms into its part 1, prepared for checkpoint 2 at "
        "37 ms. The checkpoint is complete, but out[0] did not commit it: only a job that starts "
        "from there would.");
    end_story(story);
}

/* Nothing confirms what was written since the last checkpoint. */
static void what_a_failed_job_had_prepared_for_no_checkpoint_has_a_story(void **state)
{
    struct run_story *story = run_story(
        JOB("exactly-once") "timeline: [{at: 35 ms, fail-storage: 1 s}, {at: 40 ms, checkpoint: "
                            "full}, {at: 60 ms, crash: jobmanager}]\n");

    (void)state;
    expect_verdict(story, "FAILED lost=1 uncommitted=4");
    assert_string_equal(story->verdict.culprit.story,
                        "events:1:0 was written by out[0] at 12 ms into its part 1, prepared for "
                        "checkpoint 2 at 42 ms. The checkpoint was never complete, so nobody "
                        "commits it.");
    end_story(story);
}

#define WITHOUT(sink)                                                                              \
    " {at: 100 ms, restart-from: a, allow-non-restored: true, operators:"                          \
    "  [{uid: events, type: sequence, count: 12, rate: 100/s, splits: 2},"                         \
    "   {uid: " sink ", type: file-sink, input: events, chain: false, path: other}]}]\n"

/* It had prepared three records for the savepoint; the fourth was never confirmed. */
static void a_sink_that_a_restart_removes_keeps_its_verdict(void **state)
{
    struct run_story *story = run_story(
        JOB("exactly-once") "timeline: [{at: 35 ms, cancel-with-savepoint: a}," WITHOUT("new"));
    const struct snap_judgement *removed;

    (void)state;
    expect_verdict(story, "FINISHED uncommitted=3 pending=1");
    assert_int_equal(story->verdict.judgement_count, 2);
    removed = &story->verdict.judgements[1];
    assert_int_equal(removed->operator_index, SNAP_NO_INDEX);
    assert_string_equal(removed->removed->uid, "out");
    assert_int_equal(removed->counters[SNAP_COUNTER_UNCOMMITTED], 3);
    assert_string_equal(story->verdict.culprit.uid, "out");
    end_story(story);
}

/* A stop commits its savepoint before it ends the job. */
static void a_sink_that_is_removed_behind_a_stop_has_lost_nothing(void **state)
{
    struct run_story *story = run_story(
        JOB("exactly-once") "timeline: [{at: 35 ms, stop-with-savepoint: a}," WITHOUT("new"));

    (void)state;
    expect_verdict(story, "FINISHED");
    assert_int_equal(story->verdict.judgement_count, 2);
    end_story(story);
}

/* What it wrote in the first execution stands beside what it writes in the third. */
static void a_sink_that_comes_back_is_one_sink(void **state)
{
    struct run_story *story = run_story(
        JOB("exactly-once") "timeline: [{at: 35 ms, stop-with-savepoint: a},"
                            " {at: 60 ms, restart-from: a, allow-non-restored: true, operators:"
                            "  [{uid: events, type: sequence, count: 12, rate: 100/s, splits: 2},"
                            "   {uid: new, type: file-sink, input: events, chain: false, path: "
                            "other}]},"
                            " {at: 75 ms, stop-with-savepoint: b},"
                            " {at: 120 ms, restart-from: a, operators:"
                            "  [{uid: events, type: sequence, count: 12, rate: 100/s, splits: 2},"
                            "   {uid: out, type: file-sink, input: events, chain: false, path: "
                            "out}]}]\n");

    (void)state;
    expect_verdict(story, "FINISHED");
    assert_int_equal(story->verdict.judgement_count, 2);
    end_story(story);
}

/* The crash was in the first execution, and the judgement comes after the second one. */
static void a_restore_of_an_earlier_execution_is_told(void **state)
{
    struct run_story *story = run_story(JOB("none") "timeline: [{at: 55 ms, crash: \"out[0]\"},"
                                                    " {at: 180 ms, stop-with-savepoint: a},"
                                                    " {at: 250 ms, restart-from: a}]\n");

    (void)state;
    assert_int_equal(story->verdict.culprit.counter, SNAP_COUNTER_DUPLICATED);
    assert_string_equal(story->verdict.culprit.story,
                        "events:0:1 was written by out[0] at 22 ms and again at 115 ms, after the "
                        "restart; a reader sees both.");
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

/* Its tasks wait for it: one failure is enough, however many are tolerated. */
static void a_stop_that_a_task_declines_fails_the_job_for_that(void **state)
{
    struct run_story *story =
        run_story(JOB("exactly-once") "timeline:\n"
                                      "  - {at: 35 ms, stop-with-savepoint: a}\n"
                                      "  - {decline: {checkpoint: 2, subtask: \"out[0]\"}}\n");

    (void)state;
    expect_trace(story, "failover",
                 "38 ms jobmanager failover task=none cause=stop with savepoint failed tasks=2"
                 " delay=50ms checkpoint=1\n");
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

/* Two joined streams; each pair meets once, a third of them behind the savepoint. */
static void a_join_goes_on_with_another_parallelism(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL CONFIG
                  "operators:\n"
                  "  - {uid: orders, type: sequence, count: 30, keys: 7, rate: 200/s}\n"
                  "  - {uid: payments, type: sequence, count: 30, keys: 7, rate: 100/s}\n"
                  "  - {uid: pairs, type: join, parallelism: 2,\n"
                  "     inputs: [{uid: orders, ship: hash}, {uid: payments, ship: hash}]}\n"
                  "  - {uid: out, type: file-sink, path: out, input: pairs}\n"
                  "timeline:\n"
                  "  - {at: 105 ms, stop-with-savepoint: a}\n"
                  "  - {at: 160 ms, restart-from: a, parallelism: {pairs: 3, payments: 2}}\n");

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    expect_verdict(story, "FINISHED");
    end_story(story);
}

#define WINDOWS(rest)                                                                              \
    STORY_MODEL CONFIG                                                                             \
        "operators:\n"                                                                             \
        "  - {uid: clicks, type: sequence, count: 60, keys: 9, rate: 200/s, splits: 2,\n"          \
        "     watermarks: monotonous}\n"                                                           \
        "  - {uid: per, type: window, kind: tumbling, size: 100 ms, input: clicks, ship: hash,\n"  \
        "     parallelism: 2}\n"                                                                   \
        "  - {uid: out, type: file-sink, path: out, input: per}\n"                                 \
        "timeline:\n" rest

/* Windows and their timers move with their key groups. */
static void windows_go_on_with_another_parallelism(void **state)
{
    struct run_story *story =
        run_story(WINDOWS("  - {at: 155 ms, stop-with-savepoint: a}\n"
                          "  - {at: 210 ms, restart-from: a, parallelism: {per: 3, clicks: 2}}\n"));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void windows_of_a_cancelled_job_go_on_with_fewer_subtasks(void **state)
{
    struct run_story *story =
        run_story(WINDOWS("  - {at: 155 ms, cancel-with-savepoint: a}\n"
                          "  - {at: 210 ms, restart-from: a, parallelism: {per: 1}}\n"));

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* With drain all windows fire before the savepoint: its event time has ended. */
static void drain_ends_event_time_before_the_savepoint(void **state)
{
    struct run_story *story =
        run_story(WINDOWS("  - {at: 55 ms, stop-with-savepoint: a, drain: true}\n"));

    (void)state;
    story->next = 0;
    while (story->events[story->next].at_ns < 55 * SNAP_MS)
        story->next++;
    expect_trace(story, "watermark(watermark_ms) end_of_data snapshot_started(checkpoint) @clicks",
                 "56 ms clicks[0] watermark watermark_ms=9223372036854775807\n"
                 "56 ms clicks[0] end_of_data\n"
                 "56 ms clicks[0] snapshot_started checkpoint=2\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* One of two sources stands still while the savepoint is taken: its barrier comes late. */
#define TWO_SOURCES(config, rest)                                                                  \
    STORY_MODEL "config: {" config "execution.buffer-timeout.interval: 1 ms,"                      \
                " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"              \
                "operators:\n"                                                                     \
                "  - {uid: events, type: sequence, count: 24, keys: 3, rate: 200/s,"               \
                "     parallelism: 2}\n"                                                           \
                "  - {uid: sums, type: sum, input: events, ship: hash, parallelism: 1}\n"          \
                "  - {uid: out, type: collect, input: sums}\n"                                     \
                "timeline:\n" rest

#define LATE_BARRIER "  - {at: 34 ms, pause: {subtask: \"events[1]\", for: 30 ms}}\n"

/* Nobody waits for barriers: what came behind the first one is in the state, and comes again. */
static void without_periodic_checkpoints_a_savepoint_is_taken_at_least_once(void **state)
{
    struct run_story *story =
        run_story(TWO_SOURCES("", LATE_BARRIER "  - {at: 35 ms, savepoint: a}\n"
                                               "  - {at: 90 ms, restart-from: a}\n"));

    (void)state;
    expect_trace(story, "savepoint_*",
                 "74 ms jobmanager savepoint_completed action=1 checkpoint=1\n");
    expect_verdict(story, "FINISHED duplicated=6"); /* in the state, and in what it sent */
    end_story(story);
}

static void with_them_the_same_savepoint_is_taken_exactly_once(void **state)
{
    struct run_story *story =
        run_story(TWO_SOURCES("execution.checkpointing.interval: 10 s,",
                              LATE_BARRIER "  - {at: 35 ms, savepoint: a}\n"
                                           "  - {at: 90 ms, restart-from: a}\n"));

    (void)state;
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Its sources send nothing behind their barriers. */
static void without_periodic_checkpoints_a_stop_is_exact(void **state)
{
    struct run_story *story =
        run_story(TWO_SOURCES("", LATE_BARRIER "  - {at: 35 ms, stop-with-savepoint: a}\n"
                                               "  - {at: 90 ms, restart-from: a}\n"));

    (void)state;
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* A savepoint is its owner's: no restart begins with it. */
static void a_savepoint_makes_no_restart_begin_elsewhere(void **state)
{
    struct run_story *story = run_story(TWO_SOURCES("", "  - {at: 35 ms, savepoint: a}\n"
                                                        "  - {at: 60 ms, crash: \"sums[0]\"}\n"));

    (void)state;
    expect_trace(story, "restored(checkpoint) @sums",
                 "1 ms sums[0] restored checkpoint=-1\n"
                 "112 ms sums[0] restored checkpoint=-1\n");
    expect_verdict(story, "FINISHED duplicated=12");
    end_story(story);
}

static void the_next_jobmanager_starts_the_job_again(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 10 s,"
                    " execution.buffer-timeout.interval: 1 ms, high-availability.type: zookeeper,"
                    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"
                    "operators:\n"
                    "  - {uid: events, type: sequence, count: 12, rate: 100/s, splits: 2}\n"
                    "  - {uid: out, type: file-sink, input: events, chain: false, path: out}\n"
                    "timeline:\n"
                    "  - {at: 25 ms, savepoint: a}\n"
                    "  - {at: 50 ms, crash: jobmanager}\n"
                    "  - {at: 52 ms, restart-from: a, parallelism: 2}\n");

    (void)state;
    assert_int_equal(story->result.error.code, SNAP_OK);
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void what_comes_every_so_often_goes_on_in_the_next_execution(void **state)
{
    struct run_story *story =
        run_story(JOB("exactly-once") "timeline:\n"
                                      "  - {at: 35 ms, stop-with-savepoint: a}\n"
                                      "  - {at: 60 ms, restart-from: a}\n"
                                      "  - {at: 10 ms, every: 20 ms, times: 4,"
                                      " slow-storage: {for: 1 ms, factor: 2}}\n");

    (void)state;
    expect_trace(story, "storage_fault job_resumed(execution)",
                 "10 ms jobmanager storage_fault permille=2000 duration=1ms\n"
                 "30 ms jobmanager storage_fault permille=2000 duration=1ms\n"
                 "60 ms jobmanager job_resumed execution=1\n"
                 "70 ms jobmanager storage_fault permille=2000 duration=1ms\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_ends_the_data_then_takes_the_savepoint_and_commits_it),
        cmocka_unit_test(behind_a_cancellation_the_savepoint_is_nobodys),
        cmocka_unit_test(what_a_failed_job_had_prepared_for_no_checkpoint_has_a_story),
        cmocka_unit_test(a_sink_that_a_restart_removes_keeps_its_verdict),
        cmocka_unit_test(a_sink_that_is_removed_behind_a_stop_has_lost_nothing),
        cmocka_unit_test(a_sink_that_comes_back_is_one_sink),
        cmocka_unit_test(a_restore_of_an_earlier_execution_is_told),
        cmocka_unit_test(who_resumes_commits_what_the_savepoint_had_prepared),
        cmocka_unit_test(a_plain_sink_shows_the_tail_of_a_cancelled_job_twice),
        cmocka_unit_test(a_plain_sink_shows_nothing_twice_behind_a_stop),
        cmocka_unit_test(a_savepoint_that_fails_is_told_and_the_job_goes_on),
        cmocka_unit_test(a_stop_that_a_task_declines_fails_the_job_for_that),
        cmocka_unit_test(splits_go_to_the_new_subtasks_in_turn),
        cmocka_unit_test(state_of_an_operator_that_is_gone_is_refused),
        cmocka_unit_test(without_a_uid_a_changed_graph_is_refused),
        cmocka_unit_test(without_a_uid_allowing_it_loses_the_state),
        cmocka_unit_test(another_max_parallelism_is_refused),
        cmocka_unit_test(nothing_is_sent_again_by_a_source_that_cannot_replay),
        cmocka_unit_test(a_join_goes_on_with_another_parallelism),
        cmocka_unit_test(windows_go_on_with_another_parallelism),
        cmocka_unit_test(windows_of_a_cancelled_job_go_on_with_fewer_subtasks),
        cmocka_unit_test(drain_ends_event_time_before_the_savepoint),
        cmocka_unit_test(without_periodic_checkpoints_a_savepoint_is_taken_at_least_once),
        cmocka_unit_test(with_them_the_same_savepoint_is_taken_exactly_once),
        cmocka_unit_test(without_periodic_checkpoints_a_stop_is_exact),
        cmocka_unit_test(a_savepoint_makes_no_restart_begin_elsewhere),
        cmocka_unit_test(the_next_jobmanager_starts_the_job_again),
        cmocka_unit_test(what_comes_every_so_often_goes_on_in_the_next_execution),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
