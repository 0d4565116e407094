// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "base/real.h"
#include "base/rng.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-13 * fmax(fabs(b), 1e-300);
}

static void agrees_with_the_library(void **unused)
{
    struct snap_rng rng;

    (void)unused;
    snap_rng_init(&rng, 1, 2, 3);
    for (int i = 0; i < 20000; i++) {
        double x = (snap_rng_unit(&rng) - 0.5) * 1400;
        double y = snap_real_exp(x);

        if (!near(y, exp(x)))
            fail_msg("exp(%.17g) is %.17g, not %.17g", x, y, exp(x));
        if (fabs(snap_real_log(y) - log(y)) > 1e-13 * fmax(1, fabs(x)))
            fail_msg("log(%.17g) is %.17g, not %.17g", y, snap_real_log(y), log(y));
    }
}

static void ends_of_the_range(void **unused)
{
    (void)unused;
    assert_true(snap_real_exp(0) == 1);
    assert_true(snap_real_log(1) == 0);
    assert_true(near(snap_real_log(0x1p-1022), log(0x1p-1022)));
    assert_true(near(snap_real_log(0x1.fffffffffffffp1023), log(0x1.fffffffffffffp1023)));
    assert_true(near(snap_real_exp(-700), exp(-700)));
    assert_true(near(snap_real_exp(700), exp(700)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_library),
        cmocka_unit_test(ends_of_the_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
