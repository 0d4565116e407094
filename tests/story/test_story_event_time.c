// SPDX-License-Identifier: Apache-2.0
/* test_story_event_time.c: watermarks among barriers, idle inputs, windows through a crash. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* A record every 10 ms; its event time is when it leaves. A watermark every 100 ms, from 101 ms on.
 */
#define CLICKS                                                                                     \
    "operators:\n"                                                                                 \
    "  - {uid: clicks, type: sequence, count: 100, keys: 1, rate: 100/s, splits: 1,"               \
    " watermarks: monotonous}\n"

#define WINDOW                                                                                     \
    "  - {uid: per, type: window, kind: tumbling, size: 200 ms, input: clicks, ship: hash}\n"      \
    "  - {uid: out, type: collect, input: per}\n"

#define EVERY_100_MS                                                                               \
    "config: {pipeline.auto-watermark-interval: 100 ms, execution.buffer-timeout.interval: 0 ms,"  \
    " execution.checkpointing.interval: 250 ms, restart-strategy.type: fixed-delay,"               \
    " restart-strategy.fixed-delay.delay: 50 ms}\n"

static void watermarks_come_with_the_clock_and_end_with_the_input(void **state)
{
    struct run_story *story = run_story(STORY_MODEL EVERY_100_MS CLICKS WINDOW);

    (void)state;
    expect_trace(story, "watermark @per",
                 "102 ms per[0] watermark watermark_ms=99\n"
                 "202 ms per[0] watermark watermark_ms=199\n"
                 "302 ms per[0] watermark watermark_ms=299\n");
    expect_trace(story, "watermark @clicks", "401 ms clicks[0] watermark watermark_ms=399\n");
    story->next = story->event_count / 2;
    expect_trace(story, "watermark(watermark_ms) end_of_data @per",
                 "602 ms per[0] watermark watermark_ms=599\n"
                 "702 ms per[0] watermark watermark_ms=699\n"
                 "802 ms per[0] watermark watermark_ms=799\n"
                 "902 ms per[0] watermark watermark_ms=899\n"
                 "991.000002 ms per[0] watermark watermark_ms=9223372036854775807\n"
                 "991.000002 ms per[0] end_of_data\n");
    expect_parts(story, "out[0] visible: 0=20 0=20 0=20 0=20 0=20\n");
    expect_verdict(story, "FINISHED");
    end_story(story);
}

static void after_a_restore_event_time_begins_anew_and_windows_fire_again(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL EVERY_100_MS CLICKS
                  "  - {uid: per, type: window, kind: tumbling, size: 200 ms, input: clicks,"
                  " ship: hash}\n"
                  "  - {uid: out, type: file-sink, path: out, delivery: none, input: per}\n"
                  "timeline: [{at: 450 ms, crash: \"per[0]\"}]\n");

    (void)state;
    /* [200, 400) fires at 402 ms, behind the checkpoint that is restored, and so once again with
     * the first watermark that comes: that of 610 ms, together with the next window. */
    expect_trace(story, "watermark restored(checkpoint) snapshot_started(checkpoint) @per",
                 "1 ms per[0] restored checkpoint=-1\n"
                 "4 ms per[0] snapshot_started checkpoint=1\n"
                 "102 ms per[0] watermark watermark_ms=99\n"
                 "202 ms per[0] watermark watermark_ms=199\n"
                 "254 ms per[0] snapshot_started checkpoint=2\n"
                 "302 ms per[0] watermark watermark_ms=299\n"
                 "402 ms per[0] watermark watermark_ms=399\n"
                 "509 ms per[0] restored checkpoint=2\n"
                 "512 ms per[0] snapshot_started checkpoint=3\n"
                 "610 ms per[0] watermark watermark_ms=599\n");
    expect_parts(story, "out[0] visible: 0=20 0=20\n"
                        "out[0] visible: 0=20 0=20 0=20 0=20\n");
    expect_verdict(story, "FINISHED duplicated=1");
    end_story(story);
}

static void a_barrier_keeps_its_place_among_watermarks(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL "config: {pipeline.auto-watermark-interval: 100 ms, "
                              "execution.checkpointing.interval: 99 ms,"
                              " execution.buffer-timeout.enabled: false}\n" CLICKS WINDOW);

    (void)state;
    /* Buffers leave when full or before a barrier: the watermark of 101 ms waits for the barrier of
     * that time, and comes before it. */
    expect_trace(story, "watermark barrier_received(checkpoint) @per",
                 "4.000001 ms per[0] barrier_received checkpoint=1\n"
                 "103.00001 ms per[0] watermark watermark_ms=99\n"
                 "103.00001 ms per[0] barrier_received checkpoint=2\n"
                 "202.00001 ms per[0] barrier_received checkpoint=3\n");
    end_story(story);
}

static void an_idle_input_does_not_hold_the_other_back(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL EVERY_100_MS
                  "operators:\n"
                  "  - {uid: clicks, type: sequence, count: 60, keys: 1, rate: 100/s, splits: 1,"
                  " watermarks: monotonous}\n"
                  "  - {uid: rare, type: sequence, count: 2, keys: 1, rate: 2/s, splits: 1,"
                  " watermarks: monotonous, idle-timeout: 150 ms}\n"
                  "  - {uid: per, type: window, kind: tumbling, size: 200 ms, ship: hash,"
                  " inputs: [{uid: clicks, ship: hash}, {uid: rare, ship: hash}]}\n"
                  "  - {uid: out, type: collect, input: per}\n");

    (void)state;
    expect_trace(story, "watermark watermark_status @rare @per",
                 "101 ms rare[0] watermark watermark_ms=-1\n"
                 "102 ms per[0] watermark watermark_ms=-1\n"
                 "401 ms rare[0] watermark_status idle=1\n"
                 "402 ms per[0] watermark watermark_ms=399\n");
    end_story(story);
}

static void windows_of_processing_time_fire_with_the_clock(void **state)
{
    struct run_story *story =
        run_story(STORY_MODEL EVERY_100_MS
                  "operators:\n"
                  "  - {uid: clicks, type: sequence, count: 100, keys: 1, rate: 100/s, splits: 1}\n"
                  "  - {uid: per, type: window, kind: tumbling, size: 200 ms, time: processing, "
                  "input: clicks,"
                  " ship: hash}\n"
                  "  - {uid: out, type: collect, input: per}\n");

    (void)state;
    /* Records are there 1 ms after they left; the last window is not over when the input ends. */
    expect_parts(story, "out[0] visible: 0=20 0=20 0=20 0=20\n");
    expect_no_more(story, "watermark");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watermarks_come_with_the_clock_and_end_with_the_input),
        cmocka_unit_test(after_a_restore_event_time_begins_anew_and_windows_fire_again),
        cmocka_unit_test(a_barrier_keeps_its_place_among_watermarks),
        cmocka_unit_test(an_idle_input_does_not_hold_the_other_back),
        cmocka_unit_test(windows_of_processing_time_fire_with_the_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
