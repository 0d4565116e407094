// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trace/statistics.h"
#include "unit/scripted_run.h"

struct fixture {
    struct scripted_run run;
    struct snap_statistics statistics;
};

static void fixture_init(struct fixture *fixture, uint32_t parallelism)
{
    scripted_run_init(&fixture->run, parallelism);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (uint32_t i = 0; i < fixture->run.count; i++)
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    snap_statistics_finish(&fixture->statistics, 1901 * SNAP_MS);
}

static void fixture_fini(struct fixture *fixture)
{
    snap_statistics_fini(&fixture->statistics);
    scripted_run_fini(&fixture->run);
}

static void checkpoints_are_counted_as_flink_counts_them(void **state)
{
    struct fixture fixture;
    const struct snap_statistics *statistics = &fixture.statistics;

    (void)state;
    fixture_init(&fixture, 2);
    assert_int_equal(statistics->checkpoint_count, 8);
    assert_int_equal(statistics->completed_count, 6);
    assert_int_equal(statistics->failed_count, 2);
    assert_int_equal(statistics->refused_count, 1);
    assert_int_equal(statistics->restored_count, 1);
    assert_int_equal(statistics->restored_checkpoint, 4);
    assert_int_equal(statistics->restored_ns, 1050 * SNAP_MS);
    assert_int_equal(statistics->job_status, SNAP_JOB_FINISHED);
    fixture_fini(&fixture);
}

static void a_completed_checkpoint_has_its_last_subtask_and_channel(void **state)
{
    struct fixture fixture;
    struct snap_checkpoint_stats *checkpoint;

    (void)state;
    fixture_init(&fixture, 2);
    checkpoint = snap_statistics_find(&fixture.statistics, 1);
    /* counts[1]: delay 9 + (3 + 1) % 5, alignment 4 + 12, sync 2, async 25, way 0.2 ms. */
    assert_int_equal(checkpoint->status, SNAP_CHECKPOINT_COMPLETED);
    assert_int_equal(checkpoint->last_task, 3);
    assert_int_equal(checkpoint->duration_ns, 56200 * SNAP_US);
    assert_int_equal(checkpoint->latest_ack_ns, 256200 * SNAP_US);
    assert_int_equal(checkpoint->state_bytes, 2 * 4000 + 2 * 8000);
    assert_int_equal(checkpoint->processed_bytes, 2 * 700 + 2 * 1400);
    assert_int_equal(checkpoint->acknowledged_count, 6);
    assert_true(checkpoint->discarded);
    assert_int_equal(checkpoint->parts[3].start_delay_ns, 13 * SNAP_MS);
    assert_int_equal(checkpoint->parts[3].alignment_ns, 16 * SNAP_MS);
    assert_int_equal(checkpoint->parts[3].first_barrier_ns, 213 * SNAP_MS);
    assert_int_equal(checkpoint->parts[3].last_barrier_ns, 229 * SNAP_MS);
    assert_int_equal(checkpoint->parts[3].last_from, 1);
    assert_string_equal(
        snap_last_channel_name(&fixture.statistics, checkpoint, &fixture.statistics.arena),
        "lines[1] -> counts[1]");
    fixture_fini(&fixture);
}

/* 32768 + 1000 bytes queued, 32768 taken; what is queued at the very instant does not count. */
static void in_flight_is_what_was_queued_and_not_used_up_before_the_trigger(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture, 2);
    assert_int_equal(snap_statistics_find(&fixture.statistics, 1)->in_flight_bytes, 1000);
    assert_int_equal(snap_statistics_find(&fixture.statistics, 2)->in_flight_bytes, 1500);
    /* The crash of the receiver drops what lay in its queues. */
    assert_int_equal(snap_statistics_find(&fixture.statistics, 6)->in_flight_bytes, 0);
    fixture_fini(&fixture);
}

static void a_failed_checkpoint_lasts_until_its_failure(void **state)
{
    struct fixture fixture;
    struct snap_checkpoint_stats *checkpoint;

    (void)state;
    fixture_init(&fixture, 2);
    checkpoint = snap_statistics_find(&fixture.statistics, 3);
    assert_int_equal(checkpoint->status, SNAP_CHECKPOINT_FAILED);
    assert_int_equal(checkpoint->reason, SNAP_FAILURE_CHECKPOINT_EXPIRED);
    assert_int_equal(checkpoint->duration_ns, 90 * SNAP_MS);
    assert_int_equal(checkpoint->acknowledged_count, 2);
    assert_false(checkpoint->parts[2].acknowledged);
    assert_null(snap_statistics_find(&fixture.statistics, 9));
    fixture_fini(&fixture);
}

static void a_failure_knows_its_restart(void **state)
{
    struct fixture fixture;
    const struct snap_failure_stats *failure;

    (void)state;
    fixture_init(&fixture, 2);
    assert_int_equal(fixture.statistics.failure_count, 1);
    assert_int_equal(fixture.statistics.restart_count, 1);
    failure = &fixture.statistics.failures[0];
    assert_int_equal(failure->task, 2);
    assert_int_equal(failure->cause, SNAP_CAUSE_CRASH);
    assert_int_equal(failure->failed_ns, 900 * SNAP_MS);
    assert_int_equal(failure->decided_ns, 901 * SNAP_MS);
    assert_int_equal(failure->restarting_count, 6);
    assert_int_equal(failure->checkpoint, 4);
    assert_int_equal(failure->restarted_ns, 1050 * SNAP_MS);
    fixture_fini(&fixture);
}

/* A run of one subtask a vertex, by hand: 0 to 2 are the subtasks, 3 the JobManager. */
static void take_events(struct fixture *fixture, const struct snap_event *events, size_t count)
{
    scripted_run_init(&fixture->run, 1);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (size_t i = 0; i < count; i++)
        snap_statistics_event(&fixture->statistics, &events[i]);
    snap_statistics_finish(&fixture->statistics, 100);
}

#define STATUS(at, actor, attempt, status, cause)                                                  \
    {                                                                                              \
        at, 0, actor, SNAP_EVENT_TASK_STATUS,                                                      \
        {                                                                                          \
            attempt, SNAP_TASK_##status, SNAP_CAUSE_##cause                                        \
        }                                                                                          \
    }

#define FAILOVER(at, task, cause, tasks)                                                           \
    {                                                                                              \
        at, 0, 3, SNAP_EVENT_FAILOVER,                                                             \
        {                                                                                          \
            task, SNAP_CAUSE_##cause, tasks, 0, SNAP_NO_CHECKPOINT                                 \
        }                                                                                          \
    }

/* Two of the subtasks run for a moment, after the third has failed again and that is known. */
static void subtasks_of_two_attempts_do_not_add_up_to_a_restart(void **state)
{
    static const struct snap_event events[] = {
        STATUS(10, 2, 0, FAILED, CRASH),
        FAILOVER(11, 2, CRASH, 3),
        STATUS(20, 0, 1, INITIALIZING, NONE),
        STATUS(20, 1, 1, INITIALIZING, NONE),
        STATUS(20, 2, 1, INITIALIZING, NONE),
        STATUS(21, 2, 1, FAILED, CRASH),
        FAILOVER(22, 2, CRASH, 3),
        STATUS(23, 0, 1, RUNNING, NONE),
        STATUS(23, 1, 1, RUNNING, NONE),
        STATUS(24, 0, 1, CANCELED, NONE),
        STATUS(24, 1, 1, CANCELED, NONE),
        STATUS(30, 0, 2, INITIALIZING, NONE),
        STATUS(30, 1, 2, INITIALIZING, NONE),
        STATUS(30, 2, 2, INITIALIZING, NONE),
        STATUS(31, 0, 2, RUNNING, NONE),
        STATUS(32, 2, 2, FAILED, CRASH),
        STATUS(33, 1, 2, RUNNING, NONE),
        FAILOVER(33, 2, NO_RESTART, 0),
    };
    struct fixture fixture;

    (void)state;
    take_events(&fixture, events, sizeof(events) / sizeof(events[0]));
    assert_int_equal(fixture.statistics.failure_count, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(fixture.statistics.failures[i].restarted_ns, -1);
    fixture_fini(&fixture);
}

static void a_restart_ends_all_failures_before_it(void **state)
{
    static const struct snap_event events[] = {
        STATUS(10, 2, 0, FAILED, CRASH),          FAILOVER(11, 2, CRASH, 3),
        STATUS(20, 2, 1, FAILED, RESTORE_FAILED), FAILOVER(21, 2, RESTORE_FAILED, 3),
        STATUS(30, 0, 2, INITIALIZING, NONE),     STATUS(30, 1, 2, INITIALIZING, NONE),
        STATUS(30, 2, 2, INITIALIZING, NONE),     STATUS(31, 0, 2, RUNNING, NONE),
        STATUS(32, 1, 2, FINISHED, NONE),         STATUS(33, 2, 2, RUNNING, NONE),
    };
    struct fixture fixture;

    (void)state;
    take_events(&fixture, events, sizeof(events) / sizeof(events[0]));
    assert_int_equal(fixture.statistics.failures[0].restarted_ns, 33);
    assert_int_equal(fixture.statistics.failures[1].restarted_ns, 33);
    fixture_fini(&fixture);
}

/* Flink: "Recovery is suppressed by ...", caused by what had failed. */
static void a_failure_that_ends_the_job_keeps_its_cause(void **state)
{
    static const struct {
        struct snap_event events[3];
        const char *cause;
        uint32_t task;
    } rows[] = {
        {{STATUS(10, 2, 0, FAILED, CRASH), FAILOVER(11, 2, NO_RESTART, 0)},
         "no restart allowed: crash",
         2},
        {{STATUS(10, 2, 0, FAILED, SINK_FAILED), FAILOVER(11, 2, SINK_FAILED, 0)},
         "sink could not write",
         2},
        {{FAILOVER(11, -1, NO_RESTART, 0)},
         "no restart allowed: too many failed checkpoints",
         SNAP_NO_TASK},
        {{STATUS(5, 2, 0, RUNNING, NONE), FAILOVER(11, 2, NO_RESTART, 0)},
         "no restart allowed: too many failed checkpoints",
         SNAP_NO_TASK},
        {{STATUS(10, 2, 0, FAILED, CRASH),
          {12, 0, 3, SNAP_EVENT_TASK_DEPLOYED, {2, 1}},
          FAILOVER(13, 2, NO_RESTART, 0)},
         "no restart allowed: TaskManager lost",
         2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture fixture;
        const struct snap_failure_stats *failure;

        take_events(&fixture, rows[i].events, 3);
        failure = &fixture.statistics.failures[0];
        assert_string_equal(snap_failure_stats_cause(failure, &fixture.statistics.arena),
                            rows[i].cause);
        assert_int_equal(failure->task, rows[i].task);
        fixture_fini(&fixture);
    }
}

static bool is_status(enum snap_lane_kind kind)
{
    return kind <= SNAP_LANE_FINISHED;
}

static void the_status_layer_of_a_lane_has_no_gaps(void **state)
{
    static const struct {
        enum snap_lane_kind kind;
        snap_ns to_ms;
    } expected[] = {
        {SNAP_LANE_DOWN, 1},        {SNAP_LANE_INITIALIZING, 20},   {SNAP_LANE_RUNNING, 902},
        {SNAP_LANE_DOWN, 1002},     {SNAP_LANE_INITIALIZING, 1050}, {SNAP_LANE_RUNNING, 1900},
        {SNAP_LANE_FINISHED, 1901},
    };
    struct fixture fixture;
    const struct snap_subtask_stats *subtask;
    snap_ns at_ns = 0;
    size_t i = 0;

    (void)state;
    fixture_init(&fixture, 2);
    subtask = &fixture.statistics.subtasks[0];
    for (uint32_t k = 0; k < subtask->interval_count; k++) {
        if (!is_status(subtask->intervals[k].kind))
            continue;
        assert_true(i < sizeof(expected) / sizeof(expected[0]));
        assert_int_equal(subtask->intervals[k].kind, expected[i].kind);
        assert_int_equal(subtask->intervals[k].from_ns, at_ns);
        at_ns = subtask->intervals[k].to_ns;
        assert_int_equal(at_ns, expected[i++].to_ms * SNAP_MS);
    }
    assert_int_equal(i, sizeof(expected) / sizeof(expected[0]));
    fixture_fini(&fixture);
}

static void blocked_lasts_from_the_first_block_to_the_last_unblock(void **state)
{
    struct fixture fixture;
    const struct snap_subtask_stats *subtask;
    uint32_t blocked = 0;

    (void)state;
    fixture_init(&fixture, 2);
    subtask = &fixture.statistics.subtasks[3];
    for (uint32_t k = 0; k < subtask->interval_count; k++) {
        const struct snap_lane_interval *interval = &subtask->intervals[k];

        if (interval->kind != SNAP_LANE_BLOCKED)
            continue;
        if (blocked++ == 0) {
            assert_int_equal(interval->checkpoint, 1);
            assert_int_equal(interval->from_ns, 213 * SNAP_MS);
            assert_int_equal(interval->to_ns, 229 * SNAP_MS);
        }
    }
    assert_int_equal(blocked, 6);
    fixture_fini(&fixture);
}

/* Events about one subtask of one vertex, by hand. */
static void blocking_ends_with_the_attempt(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    const struct snap_event events[] = {
        {10, 0, 1, SNAP_EVENT_TASK_STATUS, {0, SNAP_TASK_RUNNING, 0}},
        {20, 1, 1, SNAP_EVENT_CHANNEL_BLOCKED, {1, 0, 0}},
        {30, 2, 1, SNAP_EVENT_CHANNEL_BLOCKED, {1, 0, 1}},
        {40, 3, 1, SNAP_EVENT_TASK_STATUS, {0, SNAP_TASK_FAILED, SNAP_CAUSE_CRASH}},
        {50, 4, 1, SNAP_EVENT_CHANNEL_UNBLOCKED, {1, 0, 0}},
    };
    uint32_t blocked = 0;

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        snap_statistics_event(&statistics, &events[i]);
    snap_statistics_finish(&statistics, 60);
    for (uint32_t k = 0; k < statistics.subtasks[1].interval_count; k++) {
        const struct snap_lane_interval *interval = &statistics.subtasks[1].intervals[k];

        if (interval->kind != SNAP_LANE_BLOCKED)
            continue;
        blocked++;
        assert_int_equal(interval->from_ns, 20);
        assert_int_equal(interval->to_ns, 40);
    }
    assert_int_equal(blocked, 1);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

static void a_finished_subtask_counts_as_acknowledged_from_the_trigger_on(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    const struct snap_event events[] = {
        {10, 0, 1, SNAP_EVENT_TASK_STATUS, {0, SNAP_TASK_FINISHED, 0}},
        {20, 3, 1, SNAP_EVENT_CHECKPOINT_TRIGGERED, {1, SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED}},
        {30, 3, 2, SNAP_EVENT_ACK_RECEIVED, {1, 0, 100}},
        {31, 3, 3, SNAP_EVENT_ACK_RECEIVED, {1, 0, 100}}, /* twice: the second is nothing */
    };
    struct snap_checkpoint_stats *checkpoint;

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    for (size_t i = 0; i < 2; i++)
        snap_statistics_event(&statistics, &events[i]);
    checkpoint = snap_statistics_find(&statistics, 1);
    assert_int_equal(checkpoint->acknowledged_count, 1);
    assert_int_equal(checkpoint->latest_ack_ns, 20);
    snap_statistics_event(&statistics, &events[2]);
    snap_statistics_event(&statistics, &events[3]);
    assert_int_equal(checkpoint->acknowledged_count, 2);
    assert_int_equal(checkpoint->state_bytes, 100);
    assert_int_equal(checkpoint->duration_ns, 10);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

static void who_declines_had_not_finished_for_the_coordinator(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    const struct snap_event events[] = {
        {10, 0, 0, SNAP_EVENT_TASK_STATUS, {0, SNAP_TASK_FINISHED, 0}},
        {10, 1, 1, SNAP_EVENT_TASK_STATUS, {0, SNAP_TASK_FINISHED, 0}},
        {20, 3, 1, SNAP_EVENT_CHECKPOINT_TRIGGERED, {1, SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED}},
        {30, 3, 2, SNAP_EVENT_DECLINE_RECEIVED, {1, 1, SNAP_FAILURE_CHECKPOINT_DECLINED}},
        {30, 3, 3, SNAP_EVENT_CHECKPOINT_ABORTED, {1, SNAP_FAILURE_CHECKPOINT_DECLINED, 10}},
        {31, 3, 4, SNAP_EVENT_DECLINE_RECEIVED, {1, 0, SNAP_FAILURE_CHECKPOINT_DECLINED}},
    };
    struct snap_checkpoint_stats *checkpoint;

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        snap_statistics_event(&statistics, &events[i]);
    checkpoint = snap_statistics_find(&statistics, 1);
    assert_int_equal(checkpoint->declined_task, 1);
    assert_int_equal(checkpoint->acknowledged_count, 1);
    assert_true(checkpoint->parts[0].acknowledged);
    assert_false(checkpoint->parts[1].acknowledged);
    assert_false(checkpoint->parts[1].finished);
    assert_int_equal(checkpoint->parts[1].ack_ns, SNAP_NOT_YET);
    assert_int_equal(checkpoint->latest_ack_ns, 20);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

/* Its decline may come too late, or never. What its senders' end lets finish is not known either.
 */
static void who_is_triggered_had_not_finished_for_the_coordinator(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_checkpoint_stats *checkpoint;

    (void)state;
    memset(&run, 0, sizeof(run));
    snap_arena_init(&run.arena);
    run.parallelism = 2;
    script_job(&run);
    for (uint32_t task = 0; task < 6; task++)
        SCRIPT(&run, 10, task, TASK_STATUS, 0, SNAP_TASK_FINISHED, SNAP_CAUSE_NONE);
    SCRIPT(&run, 20, 6, CHECKPOINT_TRIGGERED, 1, SNAP_KIND_CHECKPOINT, SNAP_ALIGN_ALIGNED);
    SCRIPT(&run, 30, 1, TASK_TRIGGERED, 1);
    SCRIPT(&run, 30, 6, CHECKPOINT_ABORTED, 1, SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND, 10);
    snap_statistics_init(&statistics, &run.job);
    for (uint32_t i = 0; i < run.count; i++)
        snap_statistics_event(&statistics, &run.events[i]);
    checkpoint = snap_statistics_find(&statistics, 1);
    assert_int_equal(checkpoint->acknowledged_count, 1);
    for (uint32_t task = 0; task < 6; task++)
        assert_int_equal(checkpoint->parts[task].acknowledged, task == 0);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

/* A trace may begin late or hold nonsense: nothing of it may write where it must not. */
static void events_of_unknown_checkpoints_and_subtasks_are_passed_over(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    for (unsigned type = 0; type < SNAP_EVENT_COUNT; type++) {
        struct snap_event event = {5, 0, 99, (enum snap_event_type)type, {77, 99, 99, 99, 5, 0}};

        if (type == SNAP_EVENT_CHECKPOINT_TRIGGERED || type == SNAP_EVENT_JOB_STATUS)
            continue;
        snap_statistics_event(&statistics, &event);
        event.actor = 0;
        event.args[1] = 0;
        snap_statistics_event(&statistics, &event);
    }
    assert_int_equal(statistics.checkpoint_count, 0);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checkpoints_are_counted_as_flink_counts_them),
        cmocka_unit_test(a_completed_checkpoint_has_its_last_subtask_and_channel),
        cmocka_unit_test(in_flight_is_what_was_queued_and_not_used_up_before_the_trigger),
        cmocka_unit_test(a_failed_checkpoint_lasts_until_its_failure),
        cmocka_unit_test(a_failure_knows_its_restart),
        cmocka_unit_test(subtasks_of_two_attempts_do_not_add_up_to_a_restart),
        cmocka_unit_test(a_restart_ends_all_failures_before_it),
        cmocka_unit_test(a_failure_that_ends_the_job_keeps_its_cause),
        cmocka_unit_test(the_status_layer_of_a_lane_has_no_gaps),
        cmocka_unit_test(blocked_lasts_from_the_first_block_to_the_last_unblock),
        cmocka_unit_test(blocking_ends_with_the_attempt),
        cmocka_unit_test(a_finished_subtask_counts_as_acknowledged_from_the_trigger_on),
        cmocka_unit_test(who_declines_had_not_finished_for_the_coordinator),
        cmocka_unit_test(who_is_triggered_had_not_finished_for_the_coordinator),
        cmocka_unit_test(events_of_unknown_checkpoints_and_subtasks_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
