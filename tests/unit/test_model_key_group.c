// SPDX-License-Identifier: Apache-2.0
// Key-group ranges cover all groups without a gap and agree with the owner of each group.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/rng.h"
#include "model/key_group.h"

static void check_ranges(struct snap_parallelism parallelism)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < parallelism.subtasks; i++) {
        struct snap_key_group_range range = snap_key_group_range(i, parallelism);

        assert_int_equal(range.first, next);
        assert_true(range.last >= range.first);
        for (uint32_t group = range.first; group <= range.last; group++)
            assert_int_equal(snap_key_group_subtask(group, parallelism), i);
        next = range.last + 1;
    }
    assert_int_equal(next, parallelism.max);
}

static void test_ranges_cover_all_groups(void **state)
{
    struct snap_rng rng;

    (void)state;
    snap_rng_init(&rng, 7, 0, 0);
    for (int i = 0; i < 200; i++) {
        struct snap_parallelism parallelism;

        parallelism.max = (uint32_t)snap_rng_between(&rng, 1, i % 4 ? 300 : 32768);
        parallelism.subtasks = (uint32_t)snap_rng_between(&rng, 1, parallelism.max);
        check_ranges(parallelism);
    }
    check_ranges((struct snap_parallelism){.subtasks = 32768, .max = 32768});
}

static void test_bounds(void **state)
{
    static const struct {
        int64_t subtasks;
        int64_t max;
        bool ok;
    } rows[] = {{1, 1, true},   {0, 1, false},       {2, 1, false},          {-1, 8, false},
                {1, 0, false},  {1, 32768, true},    {32768, 32768, true},   {1, 32769, false},
                {1, -1, false}, {7, 1 << 20, false}, {INT64_MAX, 128, false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_error error = {0};

        if (snap_parallelism_check(rows[i].subtasks, rows[i].max, &error) != rows[i].ok)
            fail_msg("row %zu", i);
        assert_int_equal(error.code == SNAP_OK, rows[i].ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges_cover_all_groups),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
