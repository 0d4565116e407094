// SPDX-License-Identifier: Apache-2.0
// Restart strategies beyond the recorded cases: jitter, no strategy, the border of the rate.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "protocol/restart_strategy.h"

static const struct snap_restart_config exponential = {
    .kind = SNAP_RESTART_EXPONENTIAL_DELAY,
    .backoff_initial_ns = SNAP_SECOND,
    .backoff_max_ns = 60 * SNAP_SECOND,
    .backoff_multiplier = 1.5,
    .reset_threshold_ns = 3600 * SNAP_SECOND,
    .jitter_factor = 0.1,
    .backoff_attempts_max = SNAP_RESTART_UNLIMITED,
};

static void test_none_never_restarts(void **state)
{
    struct snap_restart_config config = {.kind = SNAP_RESTART_NONE};
    struct snap_restart_strategy strategy;

    (void)state;
    snap_restart_strategy_init(&strategy, NULL, &config);
    assert_false(snap_restart_strategy_failure(&strategy, 5, 0).can_restart);
}

/* The draw moves the wait by at most a tenth, in whole milliseconds, never outside the limits. */
static void test_jitter_stays_in_its_bounds(void **state)
{
    static const struct {
        int failures;
        uint64_t draw;
        int64_t wait_ms;
    } rows[] = {
        {1, 0, 1000},                     /* 1000 - 100, raised to the initial wait */
        {1, 200, 1100},                   /* 1000 + 100 */
        {2, 0, 1350},                     /* 1500 - 150 */
        {2, 150, 1500},                   /* 1500 + 0 */
        {2, 300, 1650},                   /* 1500 + 150 */
        {2, 301, 1350},                   /* the draw starts again */
        {20, 0, 60000},                   /* far above the limit even less a tenth */
        {120, 0, 60000},                  /* 2^63 - 1 less a tenth */
        {120, 1844674407370955160, 1000}, /* and a tenth: wrapped around */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_restart_strategy strategy;
        struct snap_restart_decision decision = {0};
        snap_ns now_ns = 0;

        snap_restart_strategy_init(&strategy, NULL, &exponential);
        for (int k = 0; k < rows[i].failures; k++) {
            decision = snap_restart_strategy_failure(&strategy, now_ns, rows[i].draw);
            now_ns += decision.backoff_ns + 1;
        }
        if (decision.backoff_ns != rows[i].wait_ms * SNAP_MS)
            fail_msg("row %zu: %lld ns", i, (long long)decision.backoff_ns);
        assert_true(decision.can_restart);
    }
}

static void test_rate_border_is_inside(void **state)
{
    struct snap_restart_config config = {
        .kind = SNAP_RESTART_FAILURE_RATE, .failures_max = 1, .interval_ns = 10};
    struct snap_restart_strategy strategy;
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    snap_restart_strategy_init(&strategy, &arena, &config);
    assert_true(snap_restart_strategy_failure(&strategy, 100, 0).can_restart);
    assert_true(snap_restart_strategy_failure(&strategy, 111, 0).can_restart);
    assert_false(snap_restart_strategy_failure(&strategy, 121, 0).can_restart);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_never_restarts),
        cmocka_unit_test(test_jitter_stays_in_its_bounds),
        cmocka_unit_test(test_rate_border_is_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
