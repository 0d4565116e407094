// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "trace/percentile.h"

/* The first two rows are what Flink answered for these numbers. */
static void percentiles_are_those_of_flink(void **state)
{
    static const struct {
        const char *name;
        int64_t numbers[30];
        uint32_t count;
        int64_t average;
        double percentiles[SNAP_PERCENTILE_COUNT];
    } rows[] = {
        {"two", {33, 23}, 2, 28, {28, 33, 33, 33, 33}},
        {"odd difference", {232, 185}, 2, 208, {208.5, 232, 232, 232, 232}},
        {"one", {7}, 1, 7, {7, 7, 7, 7, 7}},
        {"ten", {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10, 5, {5.5, 9.9, 10, 10, 10}},
        {"five", {16, 17, 18, 18, 46}, 5, 23, {18, 46, 46, 46, 46}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t numbers[30];
        struct snap_distribution got;

        for (uint32_t n = 0; n < rows[i].count; n++)
            numbers[n] = rows[i].numbers[n];
        got = snap_distribution_of(numbers, rows[i].count);
        if (got.average != rows[i].average)
            fail_msg("%s: average %lld", rows[i].name, (long long)got.average);
        for (int p = 0; p < SNAP_PERCENTILE_COUNT; p++)
            if (fabs(got.percentiles[p] - rows[i].percentiles[p]) > 1e-9)
                fail_msg("%s: %s is %g instead of %g", rows[i].name,
                         snap_percentile_name((uint32_t)p), got.percentiles[p],
                         rows[i].percentiles[p]);
    }
}

static void nothing_has_no_percentiles(void **state)
{
    struct snap_distribution got = snap_distribution_of(NULL, 0);

    (void)state;
    assert_int_equal(got.min, 0);
    assert_int_equal(got.max, 0);
    assert_int_equal(got.average, 0);
    for (int p = 0; p < SNAP_PERCENTILE_COUNT; p++)
        assert_true(isnan(got.percentiles[p]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_those_of_flink),
        cmocka_unit_test(nothing_has_no_percentiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
