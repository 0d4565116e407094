// SPDX-License-Identifier: Apache-2.0
/* test_story_load.c: pauses, what subtasks wait for at a checkpoint, answers that are waited for,
 * sources that never end, union lists of tasks that finish one after the other. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

static void a_pause_holds_barriers_up_but_not_what_was_sent(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 100 ms}\n"
                    "until: 500 ms\n"
                    "operators:\n"
                    "  - {uid: events, type: sequence, keys: 10, rate: 100/s, splits: 1}\n"
                    "  - {uid: counts, type: count, input: events, ship: hash,"
                    " pauses: {every: 200 ms, for: 150 ms}}\n"
                    "  - {uid: out, type: discard, input: counts}\n");

    (void)state;
    expect_trace(story, "barrier_sent(checkpoint) barrier_received(checkpoint) @events @counts",
                 "3 ms events[0] barrier_sent checkpoint=1\n"
                 "4.000001 ms counts[0] barrier_received checkpoint=1\n"
                 "4.000001 ms counts[0] barrier_sent checkpoint=1\n"
                 "103 ms events[0] barrier_sent checkpoint=2\n"
                 "104 ms counts[0] barrier_received checkpoint=2\n"
                 "104 ms counts[0] barrier_sent checkpoint=2\n"
                 "203 ms events[0] barrier_sent checkpoint=3\n"
                 "320.458398 ms counts[0] barrier_received checkpoint=3\n");
    end_story(story);
}

static void a_pause_is_told_when_it_begins(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "until: 500 ms\n"
                    "operators:\n"
                    "  - {uid: events, type: sequence, keys: 10, rate: 100/s, splits: 1}\n"
                    "  - {uid: counts, type: count, input: events, ship: hash,"
                    " pauses: {every: 200 ms, for: 150 ms}}\n"
                    "  - {uid: out, type: discard, input: counts}\n");

    (void)state;
    expect_trace(story, "pause_begun",
                 "170.458388 ms counts[0] pause_begun duration=150ms\n"
                 "370.458388 ms counts[0] pause_begun duration=150ms\n");
    end_story(story);
}

static void subtasks_begin_one_after_another(void **state)
{
    struct run_story *story =
        run_story("model: {network: {latency: 1 ms, local-latency: 1 ms, jobmanager-latency: 4 ms,"
                  " bandwidth: unlimited}, startup: 50 ms}\n"
                  "config: {parallelism.default: 2, execution.checkpointing.interval: 100 ms}\n"
                  "until: 150 ms\n"
                  "operators:\n"
                  "  - {uid: events, type: sequence, keys: 10, rate: 100/s}\n"
                  "  - {uid: counts, type: count, input: events, ship: hash}\n"
                  "  - {uid: out, type: discard, input: counts}\n");

    (void)state;
    expect_trace(story, "checkpoint_triggered(checkpoint) barrier_sent(checkpoint)",
                 "8 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "12.056931 ms events[1] barrier_sent checkpoint=1\n"
                 "12.783814 ms events[0] barrier_sent checkpoint=1\n"
                 "18.293791 ms counts[1] barrier_sent checkpoint=1\n"
                 "22.934448 ms counts[0] barrier_sent checkpoint=1\n"
                 "108 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "112 ms events[0] barrier_sent checkpoint=2\n"
                 "112 ms events[1] barrier_sent checkpoint=2\n");
    end_story(story);
}

static void sources_are_asked_when_the_job_manager_is_ready(void **state)
{
    struct run_story *story =
        run_story("model: {network: {latency: 1 ms, local-latency: 1 ms}, trigger: 20 ms}\n"
                  "config: {execution.checkpointing.interval: 100 ms}\n"
                  "until: 130 ms\n" STORY_JOB);

    (void)state;
    expect_trace(story,
                 "checkpoint_triggered(checkpoint) barrier_sent(checkpoint) @jobmanager @events",
                 "2 ms jobmanager checkpoint_triggered checkpoint=1\n"
                 "23 ms events[0] barrier_sent checkpoint=1\n"
                 "102 ms jobmanager checkpoint_triggered checkpoint=2\n"
                 "123 ms events[0] barrier_sent checkpoint=2\n");
    end_story(story);
}

/* Of 10 ms a subtask, and there are 4: barriers leave within 40 ms. */
#define TURNS(unaligned)                                                                           \
    "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"                 \
    " unaligned-turn: 10 ms}\n"                                                                    \
    "config: {parallelism.default: 2, taskmanager.numberOfTaskSlots: 1,"                           \
    " execution.buffer-timeout.interval: 0 ms,"                                                    \
    " execution.checkpointing: {interval: 100 ms, unaligned.enabled: " unaligned "}}\n"            \
    "until: 90 ms\n"                                                                               \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, keys: 10, rate: 200/s, slot-sharing-group: events}\n"       \
    "  - {uid: out, type: discard, input: events, ship: rebalance, slot-sharing-group: out}\n"

/* What is sent behind it stays behind it. */
static void a_barrier_that_overtakes_waits_for_its_turn(void **state)
{
    struct run_story *story = run_story(TURNS("true"));

    (void)state;
    expect_trace(story,
                 "barrier_sent(checkpoint) barrier_received(checkpoint,from) buffer_received(from)",
                 "3 ms events[0] barrier_sent checkpoint=1\n"
                 "3 ms events[1] barrier_sent checkpoint=1\n"
                 "3 ms out[0] buffer_received from=events[0]\n"
                 "28.702121 ms out[0] buffer_received from=events[1]\n"
                 "28.702121 ms out[0] buffer_received from=events[1]\n"
                 "28.702121 ms out[0] barrier_received checkpoint=1 from=events[1]\n"
                 "28.702121 ms out[0] barrier_sent checkpoint=1\n"
                 "28.702121 ms out[1] buffer_received from=events[1]\n"
                 "28.702121 ms out[1] barrier_received checkpoint=1 from=events[1]\n"
                 "28.702121 ms out[1] barrier_sent checkpoint=1\n"
                 "36.000001 ms out[1] buffer_received from=events[1]\n"
                 "36.330668 ms out[0] buffer_received from=events[0]\n"
                 "36.330668 ms out[0] barrier_received checkpoint=1 from=events[0]\n"
                 "36.330668 ms out[1] buffer_received from=events[0]\n"
                 "36.330668 ms out[1] buffer_received from=events[0]\n"
                 "36.330668 ms out[1] barrier_received checkpoint=1 from=events[0]\n");
    end_story(story);
}

static void an_aligned_barrier_waits_for_no_turn(void **state)
{
    struct run_story *story = run_story(TURNS("false"));

    (void)state;
    expect_trace(story, "barrier_sent(checkpoint) barrier_received(checkpoint,from)",
                 "3 ms events[0] barrier_sent checkpoint=1\n"
                 "3 ms events[1] barrier_sent checkpoint=1\n"
                 "4 ms out[0] barrier_received checkpoint=1 from=events[0]\n"
                 "4 ms out[0] barrier_received checkpoint=1 from=events[1]\n"
                 "4 ms out[0] barrier_sent checkpoint=1\n"
                 "4 ms out[1] barrier_received checkpoint=1 from=events[0]\n"
                 "4 ms out[1] barrier_received checkpoint=1 from=events[1]\n");
    end_story(story);
}

static void the_end_of_the_data_waits_for_all_answers(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 100 ms}\n"
                    "operators:\n"
                    "  - {uid: asked, type: sequence, count: 4, rate: 1000/s, splits: 1}\n"
                    "  - {uid: wait, type: async, input: asked, delay: 50 ms, capacity: 2,"
                    " chain: false}\n"
                    "  - {uid: out, type: collect, input: wait}\n");

    (void)state;
    expect_trace(story, "end_of_data barrier_received(checkpoint)",
                 "4.000001 ms asked[0] end_of_data\n"
                 "54.000001 ms wait[0] barrier_received checkpoint=1\n"
                 "55.000003 ms out[0] barrier_received checkpoint=1\n"
                 "107.000001 ms wait[0] end_of_data\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void requests_under_way_are_asked_again_after_a_crash(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 100 ms,"
                    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"
                    "operators:\n"
                    "  - {uid: asked, type: sequence, count: 12, rate: 50/s, splits: 1}\n"
                    "  - {uid: wait, type: async, input: asked, delay: 90 ms, chain: false}\n"
                    "  - {uid: out, type: collect, input: wait}\n"
                    "timeline: [{at: 130 ms, crash: \"wait[0]\"}]\n");

    (void)state;
    expect_trace(story, "restored(checkpoint,state_bytes) @wait @out",
                 "1 ms wait[0] restored checkpoint=-1 state_bytes=0\n"
                 "1 ms out[0] restored checkpoint=-1 state_bytes=0\n"
                 "189 ms wait[0] restored checkpoint=2 state_bytes=240\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void a_source_without_end_goes_on_beside_one_that_has_finished(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 100 ms,"
                    " restart-strategy: {type: fixed-delay, fixed-delay.delay: 50 ms}}\n"
                    "until: 600 ms\n"
                    "operators:\n"
                    "  - {uid: few, type: sequence, count: 3, keys: 10, rate: 100/s, splits: 1}\n"
                    "  - {uid: endless, type: sequence, keys: 10, rate: 100/s, splits: 1}\n"
                    "  - {uid: counts, type: count, inputs: [{uid: few, ship: hash},"
                    " {uid: endless, ship: hash}]}\n"
                    "  - {uid: out, type: collect, input: counts}\n"
                    "timeline: [{at: 350 ms, crash: \"counts[0]\"}]\n");

    (void)state;
    expect_trace(story, "restored(checkpoint) end_of_data @few @endless @counts",
                 "1 ms few[0] restored checkpoint=-1\n"
                 "1 ms endless[0] restored checkpoint=-1\n"
                 "1 ms counts[0] restored checkpoint=-1\n"
                 "20.000001 ms few[0] end_of_data\n"
                 "402 ms few[0] restored checkpoint=4\n"
                 "402 ms few[0] end_of_data\n"
                 "409 ms endless[0] restored checkpoint=4\n"
                 "409 ms counts[0] restored checkpoint=4\n");
    expect_no_more(story, "end_of_data");
    expect_verdict(story, "RUNNING pending=16");
    end_story(story);
}

static void a_union_list_cannot_be_stored_while_part_of_its_tasks_has_ended(void **state)
{
    struct run_story *story = run_story(
        STORY_MODEL "config: {execution.checkpointing.interval: 100 ms, parallelism.default: 2,"
                    " execution.checkpointing.tolerable-failed-checkpoints: 5}\n"
                    "operators:\n"
                    "  - {uid: slow, type: list, splits: 2, rate: 50/s,"
                    " records: [[0, 1], [1, 1], [2, 1], [3, 1], [4, 1], [5, 1], [6, 1], [7, 1]]}\n"
                    "  - {uid: skew, type: union-count, input: slow,"
                    " cost: {per-key: {7: 300 ms}}}\n"
                    "  - {uid: out, type: collect, input: skew}\n");

    (void)state;
    expect_trace(story, "end_of_data checkpoint_completed(checkpoint) checkpoint_aborted(reason)",
                 "12 ms jobmanager checkpoint_completed checkpoint=1\n"
                 "112 ms jobmanager checkpoint_completed checkpoint=2\n"
                 "120.000001 ms slow[0] end_of_data\n"
                 "441 ms slow[1] end_of_data\n"
                 "449 ms jobmanager checkpoint_aborted reason=CHECKPOINT_DECLINED_TASK_CLOSING\n"
                 "459 ms jobmanager checkpoint_completed checkpoint=4\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

/* Each subtask has an entry of 8 bytes in the union list and four in the list that is split. It
 * gets its own four back, and both of the union list, as often as it fails. */
static void a_union_list_is_given_back_to_everybody(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL
                  "config: {execution.checkpointing.interval: 100 ms, parallelism.default: 2,"
                  " restart-strategy: {type: fixed-delay, fixed-delay: {delay: 5 ms,"
                  " attempts: 5}}}\n"
                  "operators:\n"
                  "  - {uid: numbers, type: sequence, count: 40, rate: 200/s}\n"
                  "  - {uid: seen, type: tally, input: numbers, ship: rebalance}\n"
                  "timeline: [{at: 50 ms, crash: \"seen[0]\"}, {at: 70 ms, crash: \"seen[1]\"}]\n");

    (void)state;
    expect_trace(story, "restored(checkpoint,state_bytes) @seen",
                 "1 ms seen[0] restored checkpoint=-1 state_bytes=0\n"
                 "1 ms seen[1] restored checkpoint=-1 state_bytes=0\n"
                 "64 ms seen[0] restored checkpoint=1 state_bytes=48\n"
                 "64 ms seen[1] restored checkpoint=1 state_bytes=48\n"
                 "84 ms seen[0] restored checkpoint=1 state_bytes=48\n"
                 "84 ms seen[1] restored checkpoint=1 state_bytes=48\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pause_holds_barriers_up_but_not_what_was_sent),
        cmocka_unit_test(a_pause_is_told_when_it_begins),
        cmocka_unit_test(subtasks_begin_one_after_another),
        cmocka_unit_test(sources_are_asked_when_the_job_manager_is_ready),
        cmocka_unit_test(a_barrier_that_overtakes_waits_for_its_turn),
        cmocka_unit_test(an_aligned_barrier_waits_for_no_turn),
        cmocka_unit_test(the_end_of_the_data_waits_for_all_answers),
        cmocka_unit_test(requests_under_way_are_asked_again_after_a_crash),
        cmocka_unit_test(a_source_without_end_goes_on_beside_one_that_has_finished),
        cmocka_unit_test(a_union_list_cannot_be_stored_while_part_of_its_tasks_has_ended),
        cmocka_unit_test(a_union_list_is_given_back_to_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
