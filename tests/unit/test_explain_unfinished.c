// SPDX-License-Identifier: Apache-2.0
/* Checkpoints whose end is not known: they expired, or are under way. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/explain_lab.h"

/* The barriers came to counts[1] after 1 ms and wait there behind 40 buffers, 400 ms; before each
 * out lie 20, 200 ms. All other counts have theirs. */
static const struct lab_checkpoint expired = {
    .parts = {{1, 1, 2, 7, 8, 0, 0},
              {1, 1, 2, 7, 8, 0, 0},
              {3, 201, 202, 207, 208, 20, 0},
              {3, -1, -1, -1, -1, 40, 0},
              {-1, -1, -1, -1, -1, 20, 0},
              {-1, -1, -1, -1, -1, 20, 0}},
    .expired_ms = 300,
};

static const struct snap_advice *advice_of(const struct lab *lab, enum snap_knob knob)
{
    for (uint32_t i = 0; i < lab->forecast.advice_count; i++)
        if (lab->forecast.advices[i].knob == knob)
            return &lab->forecast.advices[i];
    fail_msg("no advice \"%s\"", snap_knob_key(knob));
    return NULL;
}

static void assert_ms(snap_ns ns, int64_t least_ms, int64_t most_ms)
{
    assert_in_range(ns, least_ms * SNAP_MS, most_ms * SNAP_MS);
}

/* The hop behind the one that was not over takes its time with any knob. */
static void all_of_the_graph_counts(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &expired, true);
    assert_true(lab.walk.steps[lab.walk.step_count - 1].open);
    assert_ms(advice_of(&lab, SNAP_KNOB_CHECKPOINT_TIMEOUT)->predicted_ns, 600, 602);
    assert_ms(advice_of(&lab, SNAP_KNOB_SEGMENTS)->predicted_ns, 150, 152);
    /* A quarter of what it had, 300 ms. */
    assert_int_equal(advice_of(&lab, SNAP_KNOB_DEBLOAT)->setting_ns, 50 * SNAP_MS);
    assert_ms(advice_of(&lab, SNAP_KNOB_DEBLOAT)->predicted_ns, 100, 102);
    /* It would have been in time with what is quicker than the timeout. */
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->against_ns, 300 * SNAP_MS);
    lab_fini(&lab);
}

/* Outs have a broadcast input: a barrier that overtakes waits there as if aligned. */
static void hops_that_are_not_overtaken_count_as_well(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &expired, true);
    lab.facts.edges[1].ship = SNAP_SHIP_BROADCAST;
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_true(advice_of(&lab, SNAP_KNOB_UNALIGNED)->predicted_ns > 200 * SNAP_MS);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED)->limit, SNAP_LIMIT_NOT_OVERTAKEN);
    lab_fini(&lab);
}

/* What lies before the barrier should have gone by in 100 ms, and has not in 299. */
static void what_has_passed_is_the_least(void **state)
{
    struct lab_checkpoint slow = expired;
    struct lab lab;

    (void)state;
    slow.parts[3].queued = 10;
    lab_init(&lab, &slow, true);
    assert_ms(advice_of(&lab, SNAP_KNOB_CHECKPOINT_TIMEOUT)->predicted_ns, 498, 502);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_CHECKPOINT_TIMEOUT)->limit, SNAP_LIMIT_PASSED);
    lab_fini(&lab);
}

/* Of one that is under way the form says until when; changes have to be quicker than that. */
static void one_under_way_has_a_form(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab, &expired, true);
    lab.facts.status = SNAP_FACTS_IN_PROGRESS;
    lab.facts.end = SNAP_END_NONE;
    snap_explain_walk_back(&lab.walk, &lab.facts);
    snap_forecast_make(&lab.forecast, &lab.walk, &lab.facts.arena);
    assert_ms(advice_of(&lab, SNAP_KNOB_AS_IT_WAS)->predicted_ns, 600, 602);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS)->had_ns, 300 * SNAP_MS);
    assert_ms(advice_of(&lab, SNAP_KNOB_SEGMENTS)->against_ns, 600, 602);
    lab_fini(&lab);
}

/* ---- which one is chosen ---- */

/* A checkpoint: when it was triggered and ended, in milliseconds; -1: it is under way. */
struct stretch {
    int64_t from_ms;
    int64_t until_ms;
    enum snap_failure_reason failed; /* or 0: it completed */
};

static snap_checkpoint_id chosen_of(const struct stretch *stretches, uint32_t count)
{
    const snap_ns startup_ns = 200 * SNAP_MS;
    struct snap_statistics statistics;
    struct scripted_run run;
    snap_checkpoint_id chosen;

    memset(&run, 0, sizeof(run));
    snap_arena_init(&run.arena);
    run.parallelism = LAB_PARALLELISM;
    script_job(&run);
    for (uint32_t task = 0; task < LAB_TASKS; task++)
        SCRIPT(&run, 0, task, TASK_STATUS, 0, SNAP_TASK_RUNNING, SNAP_CAUSE_NONE);
    for (uint32_t i = 0; i < count; i++) {
        SCRIPT(&run, stretches[i].from_ms * SNAP_MS, LAB_TASKS, CHECKPOINT_TRIGGERED, i + 1,
               SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED);
        SCRIPT(&run, (stretches[i].from_ms + 7) * SNAP_MS, LAB_TASKS, ACK_RECEIVED, i + 1, 0, 0, 0);
        if (stretches[i].until_ms < 0)
            continue;
        if (stretches[i].failed) {
            SCRIPT(&run, stretches[i].until_ms * SNAP_MS, LAB_TASKS, CHECKPOINT_ABORTED, i + 1,
                   stretches[i].failed, (stretches[i].until_ms - stretches[i].from_ms) * SNAP_MS);
            continue;
        }
        SCRIPT(&run, stretches[i].until_ms * SNAP_MS, LAB_TASKS, ACK_RECEIVED, i + 1, 1, 0, 0);
        SCRIPT(&run, stretches[i].until_ms * SNAP_MS, LAB_TASKS, CHECKPOINT_COMPLETED, i + 1,
               (stretches[i].until_ms - stretches[i].from_ms) * SNAP_MS, 0, SNAP_KIND_CHECKPOINT);
    }
    SCRIPT(&run, 10000 * SNAP_MS, 0, TASK_STATUS, 0, SNAP_TASK_CANCELED, SNAP_CAUSE_NONE);
    snap_statistics_init(&statistics, &run.job);
    for (uint32_t i = 0; i < run.count; i++)
        snap_statistics_event(&statistics, &run.events[i]);
    snap_statistics_finish(&statistics, 0);
    chosen = snap_explain_choose(&statistics, startup_ns)->id;
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
    return chosen;
}

static void who_is_under_way_for_longest_is_the_slowest(void **state)
{
    static const struct {
        struct stretch stretches[3];
        uint32_t count;
        snap_checkpoint_id chosen;
    } rows[] = {
        {{{0, 190, 0}, {3000, -1, 0}}, 2, 2}, /* 7 s so far; the other is start-up */
        {{{0, 190, 0}, {1000, 4000, 0}, {5000, -1, 0}}, 3, 3}, /* 5 s, against 3 */
        {{{0, 190, 0}, {1000, 4000, 0}, {8000, -1, 0}}, 3, 2}, /* 2 s, against 3 */
        {{{0, 190, 0}, {9900, -1, 0}}, 2, 1},                  /* 100 ms say little */
        {{{3000, -1, 0}}, 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(chosen_of(rows[i].stretches, rows[i].count), rows[i].chosen);
}

/* What the job's start, end or failure gave up says nothing, however long it took. */
static void what_the_job_gave_up_is_chosen_last(void **state)
{
    static const struct {
        enum snap_failure_reason failed;
        snap_checkpoint_id chosen;
    } rows[] = {
        {SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING, 1},
        {SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY, 1},
        {SNAP_FAILURE_CHECKPOINT_DECLINED_INPUT_END_OF_STREAM, 1},
        {SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND, 1},
        {SNAP_FAILURE_JOB_FAILOVER_REGION, 1},
        {SNAP_FAILURE_CHECKPOINT_DECLINED, 2},
        {SNAP_FAILURE_CHECKPOINT_EXPIRED, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct stretch stretches[] = {{1000, 1300, 0}, {2000, 4000, rows[i].failed}};

        assert_int_equal(chosen_of(stretches, 2), rows[i].chosen);
        assert_int_equal(chosen_of(&stretches[1], 1), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_the_graph_counts),
        cmocka_unit_test(hops_that_are_not_overtaken_count_as_well),
        cmocka_unit_test(what_has_passed_is_the_least),
        cmocka_unit_test(one_under_way_has_a_form),
        cmocka_unit_test(who_is_under_way_for_longest_is_the_slowest),
        cmocka_unit_test(what_the_job_gave_up_is_chosen_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
