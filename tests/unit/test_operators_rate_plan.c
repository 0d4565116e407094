// SPDX-License-Identifier: Apache-2.0
/* When records are due under steps, spikes and arrivals; one definition against the fast ways. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "operators/rate_plan.h"

static const int64_t PER_SECOND = 3600; /* records per hour */

struct row {
    const char *name;
    struct snap_rate_step steps[3];
    uint32_t step_count;
    snap_ns period_ns;
    struct {
        uint64_t index;
        snap_ns due_ns;
    } due[5];
};

#define MS SNAP_MS

static const struct row rows[] = {
    {"one step is one rate", {{0, 1000 * 3600}}, 1, 0, {{0, 0}, {1, MS}, {999, 999 * MS}}},
    {"twice as fast after a second",
     {{0, 1000 * 3600}, {1000 * MS, 2000 * 3600}},
     2,
     0,
     {{1000, 1000 * MS}, {1001, 1000 * MS + MS / 2}, {1002, 1001 * MS}, {3000, 2000 * MS}}},
    {"silence in between",
     {{0, 1000 * 3600}, {10 * MS, 0}, {500 * MS, 1000 * 3600}},
     3,
     0,
     {{9, 9 * MS}, {10, 10 * MS}, {11, 501 * MS}, {12, 502 * MS}}},
    {"silence first",
     {{0, 0}, {500 * MS, 1000 * 3600}},
     2,
     0,
     {{0, 500 * MS}, {1, 501 * MS}, {2, 502 * MS}}},
    {"what a step has not finished the next one does",
     {{0, 3600}, {500 * MS, 1000 * 3600}},
     2,
     0,
     {{0, 0}, {1, 500 * MS + MS / 2}, {2, 501 * MS + MS / 2}}},
    {"spikes",
     {{0, 0}, {90 * MS, 1000 * 3600}},
     2,
     100 * MS,
     {{0, 90 * MS}, {1, 91 * MS}, {10, 100 * MS}, {11, 191 * MS}, {1000, 10000 * MS}}},
    {"spikes with silence at the end",
     {{0, 1000 * 3600}, {10 * MS, 0}},
     2,
     100 * MS,
     {{0, 0}, {9, 9 * MS}, {10, 10 * MS}, {11, 101 * MS}, {20, 110 * MS}}},
};

static void make(struct snap_rate_plan *plan, const struct row *row, struct snap_arena *arena)
{
    const struct snap_rate rate = {row->steps, row->step_count, row->period_ns, 0};

    snap_rate_plan_init(plan, &rate, 0, NULL, arena);
}

/* due_by is the inverse of due; the clock gives what due gives, for as long as it says. */
static void check_consistent(const struct row *row, const struct snap_rate_plan *plan)
{
    static const uint64_t strides[] = {1, 3, 64};

    for (uint64_t index = 0; index < 3000; index++) {
        snap_ns due = snap_rate_plan_due(plan, index);

        if (snap_rate_plan_due_by(plan, due, index) <= index ||
            (due > 0 && snap_rate_plan_due_by(plan, due - 1, index) > index))
            fail_msg("%s: record %d", row->name, (int)index);
    }
    for (size_t s = 0; s < 3; s++) {
        struct snap_due_run run = {.count = 0};

        for (uint64_t index = 2; index < 5000; index += strides[s]) {
            if (run.count == 0)
                run = snap_rate_plan_run(plan, index, strides[s]);
            run.count--;
            if (snap_due_clock_step(&run.clock) != snap_rate_plan_due(plan, index) / MS)
                fail_msg("%s: clock at %d, stride %d", row->name, (int)index, (int)strides[s]);
        }
    }
}

static void steps_add_up(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_rate_plan plan;
        struct snap_arena arena;

        snap_arena_init(&arena);
        make(&plan, &rows[r], &arena);
        for (size_t i = 0; i < 5; i++) {
            snap_ns due = snap_rate_plan_due(&plan, rows[r].due[i].index);

            if ((i == 0 || rows[r].due[i].index) && due != rows[r].due[i].due_ns)
                fail_msg("%s: record %d is due at %lld", rows[r].name, (int)rows[r].due[i].index,
                         (long long)due);
        }
        check_consistent(&rows[r], &plan);
        snap_arena_fini(&arena);
    }
}

static void one_rate_in_many_steps_is_one_rate(void **unused)
{
    struct row row = {
        "odd", {{0, 777777}, {333 * MS, 777777}, {1001 * MS, 777777}}, 3, 0, {{0, 0}}};
    struct snap_rate_plan plan;
    struct snap_arena arena;

    (void)unused;
    snap_arena_init(&arena);
    make(&plan, &row, &arena);
    for (uint64_t i = 0; i < 2000; i++)
        assert_int_equal(snap_rate_plan_due(&plan, i), snap_rate_due(777777, i));
    row.period_ns = 2000 * MS;
    make(&plan, &row, &arena);
    for (uint64_t i = 0; i < 2000; i++)
        assert_int_equal(snap_rate_plan_due(&plan, i), snap_rate_due(777777, i));
    snap_arena_fini(&arena);
}

static void make_arrivals(struct snap_rate_plan *plan, const char *uid, struct snap_arena *arena)
{
    const struct snap_rate rate = {.arrivals_records_per_hour = 1000 * PER_SECOND};
    const struct snap_rate_owner owner = {7, uid};

    snap_rate_plan_init(plan, &rate, 0, &owner, arena);
}

static void arrivals_are_found_from_any_index(void **unused)
{
    static snap_ns due[20000];
    struct snap_rate_plan plan;
    struct snap_rate_plan jumping;
    struct snap_rate_plan other;
    struct snap_arena arena;

    (void)unused;
    snap_arena_init(&arena);
    make_arrivals(&plan, "src", &arena);
    make_arrivals(&jumping, "src", &arena);
    make_arrivals(&other, "other", &arena);
    for (uint64_t i = 0; i < 20000; i++)
        due[i] = snap_rate_plan_due(&plan, i);
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t index = i * 7919 % 20000;
        uint64_t by = snap_rate_plan_due_by(&jumping, due[index], index);

        assert_int_equal(snap_rate_plan_due(&jumping, index), due[index]);
        assert_true(by > index &&
                    by <= index / SNAP_ARRIVALS_BLOCK * SNAP_ARRIVALS_BLOCK + SNAP_ARRIVALS_BLOCK);
        assert_true(due[by - 1] <= due[index]);
    }
    assert_int_not_equal(snap_rate_plan_due(&other, 0), due[0]);
    snap_arena_fini(&arena);
}

/* Gaps have the mean and the spread of an exponential distribution. */
static void gaps_of_arrivals_are_exponential(void **unused)
{
    enum { COUNT = 100000 };
    struct snap_rate_plan plan;
    struct snap_arena arena;
    snap_ns before = 0;
    double squares = 0;
    double mean;

    (void)unused;
    snap_arena_init(&arena);
    make_arrivals(&plan, "src", &arena);
    for (uint64_t i = 0; i < COUNT; i++) {
        snap_ns due = snap_rate_plan_due(&plan, i);
        double gap = (double)(due - before) / (double)MS;

        squares += gap * gap;
        before = due;
    }
    mean = (double)before / COUNT / (double)MS;
    assert_true(fabs(mean - 1) < 5 / sqrt(COUNT));
    assert_true(fabs(sqrt(squares / COUNT - mean * mean) - 1) < 0.02);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_add_up),
        cmocka_unit_test(one_rate_in_many_steps_is_one_rate),
        cmocka_unit_test(arrivals_are_found_from_any_index),
        cmocka_unit_test(gaps_of_arrivals_are_exponential),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
