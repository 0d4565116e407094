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
        cmocka_unit_test(nothing_failed_is_not_a_restore_of_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
