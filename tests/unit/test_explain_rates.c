// SPDX-License-Identifier: Apache-2.0
/*
 * How fast subtasks used up what lay before them, from buffers that are taken and totals that are
 * made by hand. The checkpoint is triggered after 20 s.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "explain/explain_rates.h"

#define TRIGGER_MS 20000

/* Two vertices of two subtasks and a source; all to all. */
enum { SOURCE, QUICK_0, QUICK_1, WORK_0, WORK_1, TASKS };

struct lab {
    struct snap_facts facts;
    struct snap_statistics statistics;
    struct snap_checkpoint_stats checkpoint;
    struct snap_explain_trace trace;
    struct snap_fact_amount taken[TASKS];
    struct snap_fact_amount at_begin[TASKS];
    struct snap_fact_amount at_trigger[TASKS];
    struct snap_explain_takes takes[TASKS];
};

static void begin(struct lab *lab)
{
    static const char *const names[] = {"source", "quick", "work"};
    static const uint32_t parallelisms[] = {1, 2, 2};

    memset(lab, 0, sizeof(*lab));
    snap_facts_init(&lab->facts, SNAP_FACTS_OF_RUN);
    lab->facts.vertex_count = 3;
    lab->facts.vertices = SNAP_ARENA_ARRAY(&lab->facts.arena, struct snap_fact_vertex, 3);
    for (uint32_t v = 0; v < 3; v++) {
        lab->facts.vertices[v].name = names[v];
        lab->facts.vertices[v].parallelism = parallelisms[v];
    }
    snap_facts_make_tasks(&lab->facts);
    lab->facts.edges = SNAP_ARENA_ARRAY(&lab->facts.arena, struct snap_fact_edge, 3);
    lab->facts.edge_count = 2;
    lab->facts.edges[0] = (struct snap_fact_edge){0, 1, SNAP_SHIP_REBALANCE, "rebalance"};
    lab->facts.edges[1] = (struct snap_fact_edge){1, 2, SNAP_SHIP_REBALANCE, "rebalance"};
    lab->facts.duration_ns = 60 * SNAP_MS;
    lab->statistics.buffers_seen = true;
    lab->checkpoint.trigger_ns = TRIGGER_MS * SNAP_MS;
    lab->trace = (struct snap_explain_trace){.facts = &lab->facts,
                                             .statistics = &lab->statistics,
                                             .checkpoint = &lab->checkpoint,
                                             .rate_from_ns = (TRIGGER_MS - 1000) * SNAP_MS,
                                             .taken = lab->taken,
                                             .taken_at_begin = lab->at_begin,
                                             .taken_at_trigger = lab->at_trigger,
                                             .takes = lab->takes};
}

/* One buffer of 32 records and 32,000 bytes is used up each so many milliseconds, `burst` of them
 * at once, until the trigger or the instant. */
static void take_each(struct lab *lab, uint32_t task, int64_t every_ms, uint32_t burst)
{
    for (int64_t ms = every_ms * burst; ms < TRIGGER_MS; ms += every_ms * burst)
        for (uint32_t i = 0; i < burst; i++) {
            lab->taken[task].buffers++;
            lab->taken[task].records += 32;
            lab->taken[task].bytes += 32000;
            snap_explain_rates_take(&lab->takes[task], ms * SNAP_MS, &lab->taken[task]);
            if (ms < TRIGGER_MS - 1000)
                lab->at_begin[task] = lab->taken[task];
        }
    lab->at_trigger[task] = lab->taken[task];
}

static void total(struct lab *lab, uint32_t task, int64_t records_in, double backpressured)
{
    lab->facts.tasks[task].records_in = records_in;
    lab->facts.tasks[task].backpressured = backpressured;
}

static void assert_rate(const struct lab *lab, uint32_t task, double least, double most)
{
    const struct snap_fact_task *at = &lab->facts.tasks[task];

    if (!(at->records_per_s >= least && at->records_per_s <= most))
        fail_msg("%s: %f records/s, not %f to %f", at->name, at->records_per_s, least, most);
    assert_true(fabs(at->bytes_per_s - 1000 * at->records_per_s) < 1);
}

static void many_buffers_are_counted_over_a_second(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    take_each(&lab, WORK_0, 10, 1);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 3200, 3200);
    snap_facts_fini(&lab.facts);
}

/* A second has one or two buffers, or none. */
static void few_buffers_are_counted_over_a_longer_time(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    take_each(&lab, WORK_0, 640, 1);
    take_each(&lab, WORK_1, 1600, 1);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 50, 50);
    assert_rate(&lab, WORK_1, 20, 20);
    snap_facts_fini(&lab.facts);
}

/* Two subtasks that use up 2.5 records a second, a buffer of 32 in 12.8 s: each is counted when it
 * is used up, the one's second right before the trigger, the other's in the checkpoint. */
static void a_buffer_may_be_longer_than_all_that_is_counted(void **state)
{
    static const int64_t taken_ms[2][2] = {{7000, 19800}, {7400, 20200}};
    struct lab lab;

    (void)state;
    begin(&lab);
    lab.facts.duration_ns = 900 * SNAP_MS;
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t k = 0; k < 2; k++) {
            struct snap_fact_amount *taken = &lab.taken[WORK_0 + i];
            struct snap_explain_takes *takes = &lab.takes[WORK_0 + i];

            taken->buffers++;
            taken->records += 32;
            taken->bytes += 32000;
            takes->last_ns = taken_ms[i][k] * SNAP_MS;
            if (taken_ms[i][k] >= TRIGGER_MS)
                continue;
            snap_explain_rates_take(takes, taken_ms[i][k] * SNAP_MS, taken);
            lab.at_trigger[WORK_0 + i] = *taken;
            if (taken_ms[i][k] < TRIGGER_MS - 1000)
                lab.at_begin[WORK_0 + i] = *taken;
        }
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 2.5, 2.5);
    assert_rate(&lab, WORK_1, 2.5, 2.5);
    snap_facts_fini(&lab.facts);
}

/* In the middle of its first buffer, or without any. */
static void who_has_used_up_nothing_has_no_rate_if_data_wait(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    lab.facts.tasks[WORK_0].queued.records = 100;
    lab.facts.tasks[WORK_1].queued.records = 0;
    snap_explain_rates_end(&lab.trace);
    assert_true(isnan(lab.facts.tasks[WORK_0].records_per_s));
    assert_rate(&lab, WORK_1, 0, 0);
    snap_facts_fini(&lab.facts);
}

/* Who has used up none for long has become slow, or has nothing to do. */
static void a_long_time_without_a_buffer_counts(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    for (int64_t ms = 1000; ms <= 4000; ms += 1000) {
        lab.taken[WORK_0].buffers++;
        lab.taken[WORK_0].records += 32;
        lab.taken[WORK_0].bytes += 32000;
        snap_explain_rates_take(&lab.takes[WORK_0], ms * SNAP_MS, &lab.taken[WORK_0]);
    }
    lab.at_begin[WORK_0] = lab.at_trigger[WORK_0] = lab.taken[WORK_0];
    snap_explain_rates_end(&lab.trace);
    /* Three buffers in three quarters of 19 s. */
    assert_rate(&lab, WORK_0, 6.7, 6.8);
    snap_facts_fini(&lab.facts);
}

/* What was used up by an attempt that is gone says nothing. */
static void only_the_attempt_that_runs_counts(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    take_each(&lab, WORK_0, 640, 1);
    lab.takes[WORK_0].count = 0;
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 32, 64);
    snap_facts_fini(&lab.facts);
}

/* It used up all of it in the last 200 ms: before that it did not run. */
static void the_time_before_it_ran_does_not_count(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    take_each(&lab, WORK_0, 10, 1);
    lab.at_begin[WORK_0] = lab.taken[WORK_0];
    lab.at_begin[WORK_0].buffers -= 20;
    lab.at_begin[WORK_0].records -= 20 * 32;
    lab.at_begin[WORK_0].bytes -= 20 * 32000;
    lab.facts.tasks[WORK_0].ran = true;
    lab.facts.tasks[WORK_0].ran_from_ns = -200 * SNAP_MS;
    lab.takes[WORK_0].count = 0;
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 3200, 3200);
    snap_facts_fini(&lab.facts);
}

/* At the trigger it was in the middle of its first buffer, that took from -290 ms to 1 ms; two more
 * in the checkpoint. */
static void the_first_buffer_began_before_the_trigger(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    lab.facts.duration_ns = 600 * SNAP_MS;
    lab.facts.tasks[WORK_0].ran = true;
    lab.facts.tasks[WORK_0].ran_from_ns = -800 * SNAP_MS;
    lab.taken[WORK_0] = (struct snap_fact_amount){3, 960000, 960};
    lab.takes[WORK_0].first_behind = (struct snap_fact_amount){1, 320000, 320};
    lab.takes[WORK_0].first_behind_ns = (TRIGGER_MS + 1) * SNAP_MS;
    lab.takes[WORK_0].last_ns = (TRIGGER_MS + 581) * SNAP_MS;
    lab.facts.tasks[WORK_1].ran = true;
    lab.facts.tasks[WORK_1].ran_from_ns = -299 * SNAP_MS;
    lab.taken[WORK_1] = lab.takes[WORK_1].first_behind = lab.takes[WORK_0].first_behind;
    lab.takes[WORK_1].first_behind_ns = lab.takes[WORK_1].last_ns = (TRIGGER_MS + 501) * SNAP_MS;
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, WORK_0, 1103, 1104); /* not 1655 */
    assert_rate(&lab, WORK_1, 400, 400);
    snap_facts_fini(&lab.facts);
}

/* Without buffers: bins before the execution began, and the one in which it did, tell nothing. */
static void the_flow_before_it_ran_does_not_count(void **state)
{
    enum { BINS = 41 };
    const struct snap_job job = {.vertex_count = 3};
    struct snap_flow_row rows[BINS * 3];
    struct lab lab;

    (void)state;
    begin(&lab);
    memset(rows, 0, sizeof(rows));
    lab.statistics.buffers_seen = false;
    for (uint32_t bin = 0; bin < BINS; bin++)
        for (uint32_t v = 0; v < 3; v++)
            rows[v * BINS + bin].records_per_s = bin > 38 ? 3000 : 77;
    lab.statistics.flow.rows = rows;
    lab.statistics.flow.width_ns = 500 * SNAP_MS;
    lab.statistics.flow.bin_count = BINS;
    lab.statistics.flow.job = &job;
    for (uint32_t task = WORK_0; task <= WORK_1; task++) {
        lab.facts.tasks[task].ran = true;
        lab.facts.tasks[task].ran_from_ns = -900 * SNAP_MS;
    }
    snap_explain_rates_end(&lab.trace);
    assert_true(lab.facts.tasks[WORK_0].records_per_s == 1500);
    /* It runs since the trigger: what it used up while the checkpoint ran. */
    lab.statistics.flow.bin_count = BINS - 1;
    lab.checkpoint.trigger_ns = (TRIGGER_MS - 600) * SNAP_MS;
    lab.facts.duration_ns = 600 * SNAP_MS;
    for (uint32_t task = WORK_0; task <= WORK_1; task++)
        lab.facts.tasks[task].ran_from_ns = -SNAP_MS;
    for (uint32_t v = 0; v < 3; v++)
        rows[v * (BINS - 1) + 39].records_per_s = 4000;
    snap_explain_rates_end(&lab.trace);
    assert_true(lab.facts.tasks[WORK_0].records_per_s == 2000);
    snap_facts_fini(&lab.facts);
}

/* Ten buffers at once each 6.4 s, 50 records a second in the mean: the last time was 0.8 s ago. */
static void bursts_go_by_as_fast_as_receivers_take_them(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    take_each(&lab, QUICK_0, 640, 10);
    take_each(&lab, QUICK_1, 640, 10);
    take_each(&lab, WORK_0, 640, 1);
    take_each(&lab, WORK_1, 640, 1);
    for (uint32_t i = WORK_0; i <= WORK_1; i++)
        total(&lab, i, 2000, 0);
    total(&lab, QUICK_0, 1000, 0.4);
    total(&lab, QUICK_1, 3000, 0.4);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, QUICK_0, 60, 100);
    /* Who has no room is bound by them, each subtask by its share. */
    total(&lab, QUICK_0, 1000, 0.99);
    total(&lab, QUICK_1, 3000, 0.99);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, QUICK_0, 23, 25);
    assert_rate(&lab, QUICK_1, 71, 75);
    /* Half of the records reach the receivers. */
    for (uint32_t i = WORK_0; i <= WORK_1; i++)
        total(&lab, i, 1000, 0);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, QUICK_0, 47, 50);
    snap_facts_fini(&lab.facts);
}

/* What receivers take from others is not known apart. */
static void who_shares_its_receivers_is_not_bound(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    lab.facts.edge_count = 3;
    lab.facts.edges[2] = (struct snap_fact_edge){0, 2, SNAP_SHIP_REBALANCE, "rebalance"};
    take_each(&lab, QUICK_0, 20, 1);
    take_each(&lab, WORK_0, 640, 1);
    take_each(&lab, WORK_1, 640, 1);
    for (uint32_t i = QUICK_0; i <= WORK_1; i++)
        total(&lab, i, 1000, i <= QUICK_1 ? 0.99 : 0);
    snap_explain_rates_end(&lab.trace);
    assert_rate(&lab, QUICK_0, 1600, 1600);
    snap_facts_fini(&lab.facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_buffers_are_counted_over_a_second),
        cmocka_unit_test(few_buffers_are_counted_over_a_longer_time),
        cmocka_unit_test(a_buffer_may_be_longer_than_all_that_is_counted),
        cmocka_unit_test(who_has_used_up_nothing_has_no_rate_if_data_wait),
        cmocka_unit_test(a_long_time_without_a_buffer_counts),
        cmocka_unit_test(only_the_attempt_that_runs_counts),
        cmocka_unit_test(the_time_before_it_ran_does_not_count),
        cmocka_unit_test(the_first_buffer_began_before_the_trigger),
        cmocka_unit_test(the_flow_before_it_ran_does_not_count),
        cmocka_unit_test(bursts_go_by_as_fast_as_receivers_take_them),
        cmocka_unit_test(who_shares_its_receivers_is_not_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
