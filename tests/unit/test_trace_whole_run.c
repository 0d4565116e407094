// SPDX-License-Identifier: Apache-2.0
/* Statistics of several executions put together: whose lanes, checkpoints and flow are whose. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "trace/whole_run.h"
#include "unit/scripted_run.h"

enum { EXECUTIONS = 3 };

/* Two seconds each, half a second between; with 2, 4 and 3 subtasks a vertex. */
struct fixture {
    struct scripted_run runs[EXECUTIONS];
    struct snap_statistics statistics[EXECUTIONS];
    const struct snap_statistics *list[EXECUTIONS];
    struct snap_whole_run whole;
};

static const uint32_t parallelisms[EXECUTIONS] = {2, 4, 3};

static snap_ns begin_of(uint32_t execution)
{
    return execution * 2500 * SNAP_MS;
}

static void play(struct fixture *fixture, uint32_t execution)
{
    struct scripted_run *run = &fixture->runs[execution];
    struct snap_statistics *statistics = &fixture->statistics[execution];
    struct snap_event resumed = {.at_ns = begin_of(execution),
                                 .actor = run->job.task_count,
                                 .type = SNAP_EVENT_JOB_RESUMED,
                                 .args = {execution, 8 + execution, 0}};

    if (execution > 0)
        snap_statistics_event(statistics, &resumed);
    for (uint32_t i = 0; i < run->count; i++) {
        run->events[i].at_ns += begin_of(execution);
        snap_statistics_event(statistics, &run->events[i]);
    }
    snap_flow_stint(&statistics->flow,
                    &(struct snap_stint){0, SNAP_TIME_BUSY, begin_of(execution),
                                         begin_of(execution) + SNAP_SECOND, 1000, 0});
    snap_statistics_finish(statistics, begin_of(execution) + 2000 * SNAP_MS);
}

static void fixture_init(struct fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    for (uint32_t i = 0; i < EXECUTIONS; i++) {
        scripted_run_init(&fixture->runs[i], parallelisms[i]);
        snap_statistics_init(&fixture->statistics[i], &fixture->runs[i].job);
        snap_flow_expect_stints(&fixture->statistics[i].flow, SNAP_NEVER);
        fixture->list[i] = &fixture->statistics[i];
    }
}

static void join(struct fixture *fixture)
{
    for (uint32_t i = 0; i < EXECUTIONS; i++)
        play(fixture, i);
    snap_whole_run_init(&fixture->whole, fixture->list, EXECUTIONS);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_whole_run_fini(&fixture->whole);
    for (uint32_t i = 0; i < EXECUTIONS; i++) {
        snap_statistics_fini(&fixture->statistics[i]);
        scripted_run_fini(&fixture->runs[i]);
    }
}

static uint32_t task_of(const struct fixture *fixture, uint32_t vertex, uint32_t subtask)
{
    return fixture->whole.statistics.job->vertices[vertex].task_first + subtask;
}

/* What the lane shows at the instant, below snapshots; SNAP_LANE_KIND_COUNT: nothing. */
static enum snap_lane_kind lane_at(const struct fixture *fixture, uint32_t task, snap_ns at_ns)
{
    const struct snap_subtask_stats *subtask = &fixture->whole.statistics.subtasks[task];

    for (uint32_t i = 0; i < subtask->interval_count; i++)
        if (subtask->intervals[i].kind < SNAP_LANE_BLOCKED &&
            subtask->intervals[i].from_ns <= at_ns && at_ns < subtask->intervals[i].to_ns)
            return subtask->intervals[i].kind;
    return SNAP_LANE_KIND_COUNT;
}

static void the_job_has_every_subtask_there_ever_was(void **state)
{
    struct fixture fixture;
    const struct snap_job *job;

    (void)state;
    fixture_init(&fixture);
    join(&fixture);
    job = fixture.whole.statistics.job;
    assert_int_equal(job->vertex_count, 3);
    assert_int_equal(job->task_count, 12);
    for (uint32_t v = 0; v < 3; v++) {
        assert_string_equal(job->vertices[v].name, fixture.runs[0].job.vertices[v].name);
        assert_int_equal(job->vertices[v].parallelism, 4);
    }
    assert_true(snap_job_vertex_is_source(job, 0));
    assert_false(snap_job_vertex_is_source(job, 1));
    fixture_fini(&fixture);
}

static void a_lane_is_empty_where_nobody_has_it(void **state)
{
    static const struct {
        uint32_t subtask;
        snap_ns at_ms;
        enum snap_lane_kind kind;
    } rows[] = {
        {0, 0, SNAP_LANE_DOWN},
        {0, 100, SNAP_LANE_RUNNING},
        {0, 1950, SNAP_LANE_FINISHED},
        {0, 2100, SNAP_LANE_KIND_COUNT}, /* between two executions */
        {0, 2500, SNAP_LANE_DOWN},
        {0, 2600, SNAP_LANE_RUNNING},
        {3, 100, SNAP_LANE_KIND_COUNT}, /* the first one has two subtasks */
        {3, 2600, SNAP_LANE_RUNNING},
        {3, 5100, SNAP_LANE_KIND_COUNT}, /* the last one has three */
        {2, 5100, SNAP_LANE_RUNNING},
    };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    join(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum snap_lane_kind kind =
            lane_at(&fixture, task_of(&fixture, 1, rows[i].subtask), rows[i].at_ms * SNAP_MS);

        if (kind != rows[i].kind)
            fail_msg("counts[%u] at %lld ms: %d instead of %d", rows[i].subtask,
                     (long long)rows[i].at_ms, kind, rows[i].kind);
    }
    fixture_fini(&fixture);
}

static void checkpoints_and_failures_are_those_of_all(void **state)
{
    struct fixture fixture;
    const struct snap_statistics *all;

    (void)state;
    fixture_init(&fixture);
    join(&fixture);
    all = &fixture.whole.statistics;
    assert_int_equal(all->checkpoint_count, 3 * 8);
    assert_int_equal(all->failure_count, 3);
    for (uint32_t e = 0; e < EXECUTIONS; e++) {
        const struct snap_checkpoint_stats *first = all->checkpoints[8 * e];
        uint32_t there = 0;

        assert_int_equal(first->id, 1);
        assert_int_equal(first->trigger_ns, begin_of(e) + 200 * SNAP_MS);
        for (uint32_t task = 0; task < all->job->task_count; task++)
            there += first->parts[task].acknowledged;
        assert_int_equal(there, 3 * parallelisms[e]);
        assert_int_equal(snap_job_task_subtask(all->job, first->last_task),
                         snap_job_task_subtask(fixture.list[e]->job,
                                               fixture.list[e]->checkpoints[0]->last_task));
        /* counts[0] crashes. */
        assert_int_equal(all->failures[e].task, task_of(&fixture, 1, 0));
    }
    fixture_fini(&fixture);
}

static void changes_say_when_and_from_what(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    join(&fixture);
    assert_int_equal(fixture.whole.change_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct snap_execution_change *change = &fixture.whole.changes[i];

        assert_int_equal(change->ended_ns, begin_of(i) + 2000 * SNAP_MS);
        assert_int_equal(change->resumed_ns, begin_of(i + 1));
        assert_int_equal(change->status, SNAP_JOB_FINISHED);
        assert_int_equal(change->checkpoint, 9 + i);
        assert_int_equal(change->checkpoint_first, 8 * (i + 1));
    }
    fixture_fini(&fixture);
}

/* One subtask of each execution is busy for a second: of 2, of 4 and of 3. */
static void shares_count_against_the_subtasks_of_their_time(void **state)
{
    struct fixture fixture;
    const struct snap_flow *flow;

    (void)state;
    fixture_init(&fixture);
    join(&fixture);
    flow = &fixture.whole.statistics.flow;
    assert_int_equal(flow->end_ns, 7000 * SNAP_MS);
    for (uint32_t e = 0; e < EXECUTIONS; e++) {
        uint32_t bin = (uint32_t)((begin_of(e) + 500 * SNAP_MS) / flow->width_ns);
        uint32_t later = (uint32_t)((begin_of(e) + 1500 * SNAP_MS) / flow->width_ns);

        assert_float_equal(snap_flow_at(flow, 0, bin)->busy, (float)(1.0 / parallelisms[e]), 1e-6);
        assert_float_equal(snap_flow_at(flow, 0, bin)->records_per_s, 1000, 1e-3);
        assert_float_equal(snap_flow_at(flow, 0, later)->busy, 0, 1e-6);
    }
    fixture_fini(&fixture);
}

/* "counts" becomes "totals": both have lanes, and stand where their jobs have them. */
static void another_graph_adds_its_vertices(void **state)
{
    static const char *const heads[] = {"lines", "totals", "counts", "out"};
    struct fixture fixture;
    const struct snap_job *job;

    (void)state;
    fixture_init(&fixture);
    fixture.runs[1].job.operators[SCRIPT_COUNTS].uid = "totals";
    fixture.runs[2].job.operators[SCRIPT_COUNTS].uid = "totals";
    join(&fixture);
    job = fixture.whole.statistics.job;
    assert_int_equal(job->vertex_count, 4);
    for (uint32_t v = 0; v < 4; v++)
        assert_string_equal(job->operators[job->vertices[v].operators[0]].uid, heads[v]);
    assert_int_equal(lane_at(&fixture, task_of(&fixture, 2, 0), 100 * SNAP_MS), SNAP_LANE_RUNNING);
    assert_int_equal(lane_at(&fixture, task_of(&fixture, 1, 0), 100 * SNAP_MS),
                     SNAP_LANE_KIND_COUNT);
    assert_int_equal(lane_at(&fixture, task_of(&fixture, 1, 0), 5100 * SNAP_MS), SNAP_LANE_RUNNING);
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_job_has_every_subtask_there_ever_was),
        cmocka_unit_test(a_lane_is_empty_where_nobody_has_it),
        cmocka_unit_test(checkpoints_and_failures_are_those_of_all),
        cmocka_unit_test(changes_say_when_and_from_what),
        cmocka_unit_test(shares_count_against_the_subtasks_of_their_time),
        cmocka_unit_test(another_graph_adds_its_vertices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
