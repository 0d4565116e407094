// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "trace/run_numbers.h"
#include "unit/scripted_run.h"

static struct snap_run_numbers numbers_of(struct scripted_run *run)
{
    struct snap_judgement judgements[] = {{.processed = 30}, {.processed = 12}};
    const struct snap_verdict verdict = {.judgements = judgements, .judgement_count = 2};
    struct snap_statistics statistics;
    struct snap_run_numbers numbers;

    snap_statistics_init(&statistics, &run->job);
    for (uint32_t i = 0; i < run->count; i++)
        snap_statistics_event(&statistics, &run->events[i]);
    snap_statistics_finish(&statistics, 1901 * SNAP_MS);
    numbers = snap_numbers_of(&statistics, NULL, &verdict);
    snap_statistics_fini(&statistics);
    return numbers;
}

static void checkpoints_are_counted_and_their_medians_taken(void **state)
{
    struct scripted_run run;
    struct snap_run_numbers numbers;
    const double *values = numbers.values;

    (void)state;
    scripted_run_init(&run, 2);
    numbers = numbers_of(&run);
    assert_float_equal(values[SNAP_NUMBER_COMPLETED], 6, 0);
    assert_float_equal(values[SNAP_NUMBER_FAILED], 2, 0);
    assert_float_equal(values[SNAP_NUMBER_EXPIRED], 1, 0);
    assert_float_equal(values[SNAP_NUMBER_UNALIGNED], 0, 0);
    assert_float_equal(values[SNAP_NUMBER_RESTARTS], 1, 0);
    assert_float_equal(values[SNAP_NUMBER_RESTORED], 4, 0);
    assert_float_equal(values[SNAP_NUMBER_SUBTASKS], run.job.task_count, 0);
    assert_float_equal(values[SNAP_NUMBER_RECORDS], 42, 0);
    assert_int_equal(llround(values[SNAP_NUMBER_END_TO_END] / 1000), 54200);
    assert_int_equal(llround(values[SNAP_NUMBER_LONGEST] / 1000), 56200);
    assert_int_equal(llround(values[SNAP_NUMBER_START_DELAY] / 1000), 20500);
    assert_int_equal(llround(values[SNAP_NUMBER_ALIGNMENT] / 1000), 16000);
    assert_int_equal(llround(values[SNAP_NUMBER_ASYNC] / 1000), 25000);
    assert_float_equal(values[SNAP_NUMBER_PROCESSED], 4200, 0);
    assert_float_equal(values[SNAP_NUMBER_PERSISTED], 0, 0);
    assert_int_equal(llround(values[SNAP_NUMBER_APART] / 1000), 200000);
    scripted_run_fini(&run);
}

static void of_no_checkpoint_there_is_no_duration(void **state)
{
    struct scripted_run run;
    struct snap_run_numbers numbers;

    (void)state;
    scripted_run_init(&run, 1);
    run.count = 0;
    numbers = numbers_of(&run);
    assert_float_equal(numbers.values[SNAP_NUMBER_COMPLETED], 0, 0);
    assert_true(isnan(numbers.values[SNAP_NUMBER_END_TO_END]));
    assert_true(isnan(numbers.values[SNAP_NUMBER_LONGEST]));
    assert_true(isnan(numbers.values[SNAP_NUMBER_APART]));
    assert_float_equal(numbers.values[SNAP_NUMBER_LATENCY], SNAP_NUMBER_UNMEASURED, 0);
    assert_float_equal(numbers.values[SNAP_NUMBER_FORM], SNAP_NUMBER_UNMEASURED, 0);
    scripted_run_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checkpoints_are_counted_and_their_medians_taken),
        cmocka_unit_test(of_no_checkpoint_there_is_no_duration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
