// SPDX-License-Identifier: Apache-2.0
/* test_state_timers.c: state below a key, timers in their order, and what rescaling does to them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/rng.h"
#include "state/timers.h"

enum { MAX_PARALLELISM = 128 };

static struct snap_scope scope(int64_t key, int64_t start, int64_t time)
{
    return (struct snap_scope){
        .key.number = key, .start_ms = start, .end_ms = start + 10, .time_ms = time};
}

static struct snap_scoped_options options_of(uint32_t subtask, uint32_t subtasks)
{
    return (struct snap_scoped_options){SNAP_VALUE_LONG, subtask, {subtasks, MAX_PARALLELISM}};
}

static void init(struct snap_timers *timers, struct snap_arena *arena)
{
    struct snap_scoped_options options = options_of(0, 1);

    snap_timers_init(timers, arena, &options);
}

static void one_timer_however_often_registered(void **unused)
{
    struct snap_arena arena = {0};
    struct snap_timers timers;
    struct snap_scope got = scope(1, 0, 9);
    struct snap_scope other = scope(1, 10, 9);

    (void)unused;
    init(&timers, &arena);
    snap_timers_register(&timers, &got);
    snap_timers_register(&timers, &got);
    snap_timers_register(&timers, &other);
    assert_int_equal(timers.table.used_count, 2);
    assert_false(snap_timers_pop(&timers, 8, &got));
    assert_true(snap_timers_pop(&timers, 9, &got));
    assert_int_equal(got.key.number, 1);
    assert_true(snap_timers_pop(&timers, 9, &got));
    assert_false(snap_timers_pop(&timers, INT64_MAX, &got));
    snap_arena_fini(&arena);
}

static void times_below_zero_come_first(void **unused)
{
    static const int64_t times[] = {5, -3, 0, INT64_MIN, 7, -3};
    static const int64_t order[] = {INT64_MIN, -3, -3, 0, 5, 7};
    struct snap_arena arena = {0};
    struct snap_timers timers;
    struct snap_scope got;

    (void)unused;
    init(&timers, &arena);
    for (int64_t i = 0; i < 6; i++) {
        got = scope(i, 0, times[i]);
        snap_timers_register(&timers, &got);
    }
    for (int i = 0; i < 6; i++) {
        assert_true(snap_timers_pop(&timers, INT64_MAX, &got));
        assert_int_equal(got.time_ms, order[i]);
    }
    snap_arena_fini(&arena);
}

/* A plain list beside the heap and the hash table: whatever is registered, deleted and popped. */
static void random_timers_are_those_of_a_list(void **unused)
{
    enum { KEYS = 40, TIMES = 12, STEPS = 40000 };
    static bool there[KEYS][TIMES];
    struct snap_arena arena = {0};
    struct snap_timers timers;
    struct snap_rng rng;
    uint32_t count = 0;

    (void)unused;
    snap_rng_init(&rng, 3, 0, 0);
    init(&timers, &arena);
    for (int step = 0; step < STEPS; step++) {
        int64_t key = (int64_t)snap_rng_below(&rng, KEYS);
        int64_t time = (int64_t)snap_rng_below(&rng, TIMES);
        struct snap_scope at = scope(key, key % 3, time);
        uint64_t what = snap_rng_below(&rng, 5);
        int64_t first;

        if (what < 3) {
            snap_timers_register(&timers, &at);
            count += !there[key][time];
            there[key][time] = true;
        } else if (what == 3) {
            snap_timers_delete(&timers, &at);
            count -= there[key][time];
            there[key][time] = false;
        } else if (snap_timers_peek(&timers, &first)) {
            for (int64_t t = 0; t < first; t++)
                for (int64_t k = 0; k < KEYS; k++)
                    assert_false(there[k][t]);
            assert_true(snap_timers_pop(&timers, first, &at));
            assert_true(there[at.key.number][at.time_ms]);
            there[at.key.number][at.time_ms] = false;
            count--;
        }
        assert_int_equal(timers.table.used_count, count);
    }
    snap_arena_fini(&arena);
}

/* Two subtasks become three: each timer is where its key group is, and nowhere else. */
static void rescaling_moves_timers_with_their_key_groups(void **unused)
{
    struct snap_arena arena = {0};
    struct snap_scoped_snapshot snapshots[2];
    struct snap_scope got;
    uint32_t seen = 0;

    (void)unused;
    for (uint32_t s = 0; s < 2; s++) {
        struct snap_scoped_options options = options_of(s, 2);
        struct snap_timers timers;

        snap_timers_init(&timers, &arena, &options);
        for (int64_t key = 0; key < 200; key++) {
            uint32_t group = snap_key_group_of((int32_t)key, MAX_PARALLELISM);

            got = scope(key, 0, -key);
            if (snap_key_group_subtask(group, options.parallelism) == s)
                snap_timers_register(&timers, &got);
        }
        snapshots[s] = snap_scoped_table_snapshot(&timers.table, &arena, "timers");
    }
    for (uint32_t s = 0; s < 3; s++) {
        struct snap_scoped_options options = options_of(s, 3);
        struct snap_timers timers;
        int64_t before = INT64_MIN;

        snap_timers_init(&timers, &arena, &options);
        snap_timers_restore(&timers, &snapshots[0]);
        snap_timers_restore(&timers, &snapshots[1]);
        for (; snap_timers_pop(&timers, INT64_MAX, &got); seen++) {
            assert_true(got.time_ms > before);
            before = got.time_ms;
        }
        assert_true(before > INT64_MIN);
    }
    assert_int_equal(seen, 200);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_timer_however_often_registered),
        cmocka_unit_test(times_below_zero_come_first),
        cmocka_unit_test(random_timers_are_those_of_a_list),
        cmocka_unit_test(rescaling_moves_timers_with_their_key_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
