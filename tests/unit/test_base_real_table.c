// SPDX-License-Identifier: Apache-2.0
/* The quick logarithm and exponential against the C library's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "base/real_table.h"
#include "base/rng.h"

enum { DRAWS = 100000 };

static void logarithms_are_near(void **unused)
{
    static struct snap_real_table table;
    struct snap_rng rng;

    (void)unused;
    snap_real_table_init(&table);
    snap_rng_init(&rng, 1, 2, 3);
    for (int i = 0; i < DRAWS; i++) {
        double x = 1 - snap_rng_unit(&rng);

        assert_true(fabs(snap_real_table_log(&table, x) - log(x)) < 1e-13);
    }
    assert_true(fabs(snap_real_table_log(&table, 1)) < 1e-13);
    assert_true(fabs(snap_real_table_log(&table, 0x1p-53) - log(0x1p-53)) < 1e-12);
    assert_true(fabs(snap_real_table_log(&table, 1e300) - log(1e300)) < 1e-11);
}

static void exponentials_are_near(void **unused)
{
    static struct snap_real_table table;
    struct snap_rng rng;

    (void)unused;
    snap_real_table_init(&table);
    snap_rng_init(&rng, 1, 2, 3);
    for (int i = 0; i < DRAWS; i++) {
        double x = 40 * snap_rng_unit(&rng) - 20;

        assert_true(fabs(snap_real_table_exp(&table, x) / exp(x) - 1) < 1e-13);
    }
    assert_true(snap_real_table_exp(&table, 0) == 1);
    assert_true(snap_real_table_exp(&table, 690) > 1e299);
    assert_true(snap_real_table_exp(&table, -690) < 1e-299);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithms_are_near),
        cmocka_unit_test(exponentials_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
