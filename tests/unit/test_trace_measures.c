// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "trace/measures.h"
#include "unit/scripted_run.h"

static void restores_and_checkpoints_are_measured_from_the_start(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_measures measures;

    (void)state;
    scripted_run_init(&run, 2);
    snap_statistics_init(&statistics, &run.job);
    for (uint32_t i = 0; i < run.count; i++)
        snap_statistics_event(&statistics, &run.events[i]);
    snap_statistics_finish(&statistics, 1901 * SNAP_MS);
    measures = snap_measures_of(&statistics, NULL, 1500 * SNAP_MS);
    assert_int_equal(measures.warm_up_ns, 1500 * SNAP_MS);
    assert_float_equal(measures.values[SNAP_MEASURE_CHECKPOINTS_FAILED], 2, 0);
    /* Failed at 900 ms, all run again at 1050 ms; checkpoint 6 is triggered at 1100 ms. */
    assert_float_equal(measures.values[SNAP_MEASURE_RESTORE], 150, 1e-6);
    assert_float_equal(measures.values[SNAP_MEASURE_NEXT_CHECKPOINT], 100.2, 0.1);
    assert_true(isnan(measures.values[SNAP_MEASURE_THROUGHPUT]));
    assert_true(isnan(measures.values[SNAP_MEASURE_LATENCY_P50]));
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

/* An execution whose subtasks begin at 1.01 s with what a checkpoint has (-1: nothing), and run one
 * after the other. */
static void script_start(struct scripted_run *run, int64_t checkpoint)
{
    run->count = 0;
    if (checkpoint >= 0)
        SCRIPT(run, SNAP_SECOND, run->job.task_count, JOB_RESUMED, 1, checkpoint, 0);
    for (uint32_t t = 0; t < run->job.task_count; t++) {
        SCRIPT(run, 1010 * SNAP_MS, t, TASK_STATUS, 1, SNAP_TASK_INITIALIZING, 0);
        SCRIPT(run, 1020 * SNAP_MS + t, t, RESTORED, 1, checkpoint, 100);
    }
    for (uint32_t t = 0; t < run->job.task_count; t++)
        SCRIPT(run, (1030 + 10 * t) * SNAP_MS, t, TASK_STATUS, 1, SNAP_TASK_RUNNING, 0);
}

/* As Flink counts: /jobs/:jobid/checkpoints has "restored": 1 after a start from a savepoint. */
static void a_start_from_a_snapshot_is_a_restore(void **state)
{
    static const int64_t checkpoints[] = {4, -1};

    (void)state;
    for (int i = 0; i < 2; i++) {
        bool restores = checkpoints[i] >= 0;
        struct scripted_run run;
        struct snap_statistics statistics;
        struct snap_measures measures;

        scripted_run_init(&run, 1);
        script_start(&run, checkpoints[i]);
        snap_statistics_init(&statistics, &run.job);
        for (uint32_t e = 0; e < run.count; e++)
            snap_statistics_event(&statistics, &run.events[e]);
        snap_statistics_finish(&statistics, 2 * SNAP_SECOND);
        measures = snap_measures_of(&statistics, NULL, 0);
        assert_int_equal(statistics.restored_count, restores);
        assert_int_equal(statistics.restored_checkpoint, checkpoints[i]);
        if (restores)
            assert_int_equal(statistics.restored_ns, 1020 * SNAP_MS);
        if (restores)
            assert_float_equal(measures.values[SNAP_MEASURE_RESTORE],
                               (float)(30 + 10 * (run.job.task_count - 1)), 1e-6);
        else
            assert_true(isnan(measures.values[SNAP_MEASURE_RESTORE]));
        assert_true(isnan(measures.values[SNAP_MEASURE_NEXT_CHECKPOINT]));
        snap_statistics_fini(&statistics);
        scripted_run_fini(&run);
    }
}

static void nothing_failed_is_not_a_restore_of_no_time(void **state)
{
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_measures measures;

    (void)state;
    scripted_run_init(&run, 1);
    snap_statistics_init(&statistics, &run.job);
    snap_statistics_finish(&statistics, SNAP_SECOND);
    measures = snap_measures_of(&statistics, NULL, snap_warm_up_default(SNAP_SECOND));
    assert_int_equal(measures.warm_up_ns, 100 * SNAP_MS);
    assert_true(isnan(measures.values[SNAP_MEASURE_RESTORE]));
    assert_true(isnan(measures.values[SNAP_MEASURE_NEXT_CHECKPOINT]));
    assert_float_equal(measures.values[SNAP_MEASURE_CHECKPOINTS_FAILED], 0, 0);
    snap_statistics_fini(&statistics);
    scripted_run_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restores_and_checkpoints_are_measured_from_the_start),
        cmocka_unit_test(a_start_from_a_snapshot_is_a_restore),
        cmocka_unit_test(nothing_failed_is_not_a_restore_of_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
