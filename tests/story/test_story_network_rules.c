// SPDX-License-Identifier: Apache-2.0
/*
 * test_story_network_rules.c: what the network's version and an edge's kind make of the way of a
 * barrier: overdraft buffers, timeouts of barriers in output queues, forced alignment.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/run_story.h"

/* Four records a buffer; the first checkpoint comes at 2 ms, when all tasks run. */
#define HEAD(rules, settings)                                                                      \
    "network-rules: " rules "\n"                                                                   \
    "model: {record-size: 1 kb, snapshot-sync: 0 ms, network: {latency: 1 ms, local-latency: 1 "   \
    "ms, bandwidth: unlimited}, storage: {latency: 5 ms, bandwidth: unlimited}}\n"                 \
    "config: {taskmanager.memory.segment-size: 4 kb, pipeline.operator-chaining.enabled: false,"   \
    " execution.checkpointing: {interval: 1 h, unaligned.enabled: true" settings "}}\n"            \
    "operators:\n"

#define PATH                                                                                       \
    "barrier_received(checkpoint,alignment) snapshot_started(checkpoint,alignment)"                \
    " alignment_timed_out channel_blocked(checkpoint) channels_saved"

/* ---- a record of 25 buffers, and a pool of ten ---- */

#define ONE_TO_MANY(rules)                                                                         \
    HEAD(rules, "")                                                                                \
    "  - {uid: events, type: sequence, count: 1, rate: 100/s, splits: 1}\n"                        \
    "  - {uid: more, type: sequence, rate: 1/h, splits: 1}\n"                                      \
    "  - {uid: many, type: flat-map, fan-out: 100, inputs: [{uid: events, ship: rebalance},"       \
    " {uid: more, ship: rebalance}]}\n"                                                            \
    "  - {uid: out, type: discard, input: many, ship: rebalance, cost: 1 ms,"                      \
    " slot-sharing-group: b}\n"                                                                    \
    "until: 30 ms\n"

/* 20 more are enough: two have left by then, so 23 are in front of the barrier. */
static void with_an_overdraft_of_20_the_record_is_finished_at_once(void **state)
{
    struct run_story *story = run_story(ONE_TO_MANY("2.3"));

    (void)state;
    expect_trace(story, "@many checkpoint=1 snapshot_started(checkpoint) channels_saved",
                 "4 ms many[0] snapshot_started checkpoint=1\n"
                 "4 ms many[0] channels_saved checkpoint=1 input_bytes=0 input_buffers=0 "
                 "output_bytes=94208 output_buffers=23\n");
    end_story(story);
}

/* Ten and five are not: it goes on when the first credits have let eight buffers go. */
static void with_an_overdraft_of_5_it_waits_for_credits(void **state)
{
    struct run_story *story = run_story(ONE_TO_MANY("1.20"));

    (void)state;
    expect_trace(story, "@many checkpoint=1 snapshot_started(checkpoint) channels_saved",
                 "7.000001 ms many[0] snapshot_started checkpoint=1\n"
                 "7.000001 ms many[0] channels_saved checkpoint=1 input_bytes=0 input_buffers=0 "
                 "output_bytes=61440 output_buffers=15\n");
    end_story(story);
}

/* Then also for the sink, a buffer of which takes 4 ms. */
static void without_overdraft_it_waits_for_the_receiver(void **state)
{
    struct run_story *story = run_story(ONE_TO_MANY("pre-1.16"));

    (void)state;
    expect_trace(story, "@many checkpoint=1 snapshot_started(checkpoint) channels_saved",
                 "25.000001 ms many[0] snapshot_started checkpoint=1\n"
                 "25.000001 ms many[0] channels_saved checkpoint=1 input_bytes=0 input_buffers=0 "
                 "output_bytes=40960 output_buffers=10\n");
    end_story(story);
}

/* ---- a barrier with a timeout of 100 ms in a queue that takes 340 ms ---- */

#define SLOW_SINK(rules)                                                                           \
    HEAD(rules, ", aligned-checkpoint-timeout: 100 ms")                                            \
    "  - {uid: events, type: sequence, count: 1000, splits: 1}\n"                                  \
    "  - {uid: out, type: discard, input: events, ship: rebalance, cost: 10 ms,"                   \
    " slot-sharing-group: b}\n"                                                                    \
    "timeline: [{at: 200 ms, checkpoint: configured}]\n"                                           \
    "until: 600 ms\n"

/* Ten buffers of the receiver's are full, seven wait in front of the barrier. */
static void the_new_rule_overtakes_in_the_output_at_the_timeout(void **state)
{
    struct run_story *story = run_story(SLOW_SINK("2.3"));

    (void)state;
    expect_trace(story, "checkpoint=2 " PATH,
                 "201 ms events[0] snapshot_started checkpoint=2 alignment=ALIGNED\n"
                 "300 ms events[0] alignment_timed_out checkpoint=2 outputs=1\n"
                 "300 ms events[0] channels_saved checkpoint=2 input_bytes=0 input_buffers=0 "
                 "output_bytes=25600 output_buffers=7\n"
                 "303 ms out[0] barrier_received checkpoint=2 alignment=UNALIGNED\n"
                 "303 ms out[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n"
                 "303 ms out[0] channels_saved checkpoint=2 input_bytes=35840 input_buffers=10 "
                 "output_bytes=0 output_buffers=0\n");
    end_story(story);
}

/* Those seven have to leave first; only then the receiver hears of the barrier, which is late. */
static void the_old_rule_does_so_where_the_barrier_has_arrived_only(void **state)
{
    struct run_story *story = run_story(SLOW_SINK("pre-1.16"));

    (void)state;
    expect_trace(story, "checkpoint=2 " PATH,
                 "201 ms events[0] snapshot_started checkpoint=2 alignment=ALIGNED\n"
                 "543 ms out[0] alignment_timed_out checkpoint=2 outputs=0\n"
                 "543 ms out[0] barrier_received checkpoint=2 alignment=ALIGNED\n"
                 "543 ms out[0] channel_blocked checkpoint=2\n"
                 "543 ms out[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n"
                 "543 ms out[0] channels_saved checkpoint=2 input_bytes=36864 input_buffers=10 "
                 "output_bytes=0 output_buffers=0\n");
    end_story(story);
}

/* ---- a slow input beside another ---- */

#define TWO_INPUTS(ship) INPUTS(ship, "")
#define PATIENT_INPUTS(ship) INPUTS(ship, ", aligned-checkpoint-timeout: 20 ms")
#define INPUTS(ship, config)                                                                       \
    HEAD("2.3", config)                                                                            \
    "  - {uid: events, type: sequence, count: 1000, splits: 1}\n"                                  \
    "  - {uid: rules, type: sequence, count: 1000, rate: 100/s, splits: 1}\n"                      \
    "  - {uid: out, type: discard, inputs: [{uid: events, ship: hash}, {uid: rules, ship: " ship   \
    "}], cost: 1 ms, slot-sharing-group: b}\n"                                                     \
    "timeline: [{at: 100 ms, checkpoint: configured}]\n"                                           \
    "until: 300 ms\n"

static void barriers_of_keyed_inputs_overtake(void **state)
{
    struct run_story *story = run_story(TWO_INPUTS("hash"));

    (void)state;
    expect_trace(story, "@out checkpoint=2 " PATH,
                 "102 ms out[0] barrier_received checkpoint=2 alignment=UNALIGNED\n"
                 "102 ms out[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n"
                 "102 ms out[0] barrier_received checkpoint=2 alignment=UNALIGNED\n"
                 "102 ms out[0] channels_saved checkpoint=2 input_bytes=35840 input_buffers=9 "
                 "output_bytes=0 output_buffers=0\n");
    end_story(story);
}

/* Also the barrier of the keyed one waits in its place, and nothing of either is persisted. */
static void expect_aligned(const char *job)
{
    struct run_story *story = run_story(job);

    expect_trace(story, "checkpoint=2 " PATH,
                 "101 ms events[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n"
                 "101 ms rules[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n"
                 "113 ms out[0] barrier_received checkpoint=2 alignment=FORCED_ALIGNED\n"
                 "113 ms out[0] channel_blocked checkpoint=2\n"
                 "178 ms out[0] barrier_received checkpoint=2 alignment=FORCED_ALIGNED\n"
                 "178 ms out[0] channel_blocked checkpoint=2\n"
                 "178 ms out[0] snapshot_started checkpoint=2 alignment=FORCED_ALIGNED\n");
    end_story(story);
}

static void a_broadcast_input_makes_all_inputs_align(void **state)
{
    (void)state;
    expect_aligned(TWO_INPUTS("broadcast"));
}

static void a_pointwise_input_makes_all_inputs_align(void **state)
{
    (void)state;
    expect_aligned(TWO_INPUTS("forward"));
    expect_aligned(TWO_INPUTS("rescale"));
}

/* The timeout of 20 ms ends at 120 ms: nothing happens then. */
static void a_broadcast_input_makes_all_inputs_align_whatever_the_timeout(void **state)
{
    struct run_story *story = run_story(PATIENT_INPUTS("broadcast"));

    (void)state;
    expect_trace(story, "@out checkpoint=2 " PATH,
                 "113 ms out[0] barrier_received checkpoint=2 alignment=FORCED_ALIGNED\n"
                 "113 ms out[0] channel_blocked checkpoint=2\n"
                 "178 ms out[0] barrier_received checkpoint=2 alignment=FORCED_ALIGNED\n"
                 "178 ms out[0] channel_blocked checkpoint=2\n"
                 "178 ms out[0] snapshot_started checkpoint=2 alignment=FORCED_ALIGNED\n");
    end_story(story);
}

static void keyed_inputs_wait_for_the_timeout_only(void **state)
{
    struct run_story *story = run_story(PATIENT_INPUTS("hash"));

    (void)state;
    expect_trace(story, "@out checkpoint=2 " PATH,
                 "115 ms out[0] barrier_received checkpoint=2 alignment=ALIGNED\n"
                 "115 ms out[0] channel_blocked checkpoint=2\n"
                 "120 ms out[0] alignment_timed_out checkpoint=2 outputs=0\n"
                 "120 ms out[0] snapshot_started checkpoint=2 alignment=UNALIGNED\n");
    end_story(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_an_overdraft_of_20_the_record_is_finished_at_once),
        cmocka_unit_test(with_an_overdraft_of_5_it_waits_for_credits),
        cmocka_unit_test(without_overdraft_it_waits_for_the_receiver),
        cmocka_unit_test(the_new_rule_overtakes_in_the_output_at_the_timeout),
        cmocka_unit_test(the_old_rule_does_so_where_the_barrier_has_arrived_only),
        cmocka_unit_test(barriers_of_keyed_inputs_overtake),
        cmocka_unit_test(a_broadcast_input_makes_all_inputs_align),
        cmocka_unit_test(a_pointwise_input_makes_all_inputs_align),
        cmocka_unit_test(a_broadcast_input_makes_all_inputs_align_whatever_the_timeout),
        cmocka_unit_test(keyed_inputs_wait_for_the_timeout_only),
    };

    return cmocka_run_group_tests_name("story_network_rules", tests, NULL, NULL);
}
