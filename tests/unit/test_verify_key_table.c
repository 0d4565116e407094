// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/hash.h"
#include "verify/key_table.h"

enum { KEYS = 5000 };

static uint64_t in_a_row(uint32_t i)
{
    return i;
}

static uint64_t far_apart(uint32_t i)
{
    return (uint64_t)i << 40;
}

static uint64_t anything(uint32_t i)
{
    return snap_mix64(i);
}

static struct snap_record record_of(uint64_t key, uint32_t split)
{
    return (struct snap_record){.key.number = (int64_t)key, .origin = snap_origin_make(split, 1)};
}

/* Looks the keys up some at a time, each twice in a row, and counts how often each was met. */
static void meet(struct snap_key_table *table, uint64_t (*key)(uint32_t i), uint32_t split)
{
    for (uint32_t i = 0, n = 1; i < KEYS; i += n, n = n % (SNAP_KEYS_AT_ONCE / 2) + 1) {
        struct snap_record records[SNAP_KEYS_AT_ONCE];
        struct snap_key_slot *slots[SNAP_KEYS_AT_ONCE];

        n = n < KEYS - i ? n : KEYS - i;
        for (uint32_t k = 0; k < 2 * n; k++)
            records[k] = record_of(key(i + k / 2), split);
        snap_key_table_get_all(table, records, 2 * n, slots);
        for (uint32_t k = 0; k < 2 * n; k++)
            slots[k]->value.number++;
    }
}

static void each_key_has_its_slot(void **unused)
{
    static uint64_t (*const shapes[])(uint32_t i) = {in_a_row, far_apart, anything};

    (void)unused;
    for (size_t s = 0; s < sizeof(shapes) / sizeof(*shapes); s++) {
        struct snap_arena arena = {0};
        struct snap_key_table table = {.arena = &arena, .kind = SNAP_VALUE_LONG};

        meet(&table, shapes[s], 0);
        meet(&table, shapes[s], 3); /* splits do not matter here */
        assert_int_equal(table.used_count, KEYS);
        for (uint32_t i = 0; i < KEYS; i++)
            assert_int_equal(
                snap_key_table_get(&table, (union snap_value){(int64_t)shapes[s](i)}, 0)
                    ->value.number,
                4);
        snap_arena_fini(&arena);
    }
}

static void keys_of_two_splits_are_two(void **unused)
{
    struct snap_arena arena = {0};
    struct snap_key_table table = {.arena = &arena, .kind = SNAP_VALUE_LONG, .by_split = true};

    (void)unused;
    meet(&table, in_a_row, 0);
    meet(&table, in_a_row, 3);
    assert_int_equal(table.used_count, 2 * KEYS);
    assert_int_equal(snap_key_table_get(&table, (union snap_value){7}, 3)->value.number, 2);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_has_its_slot),
        cmocka_unit_test(keys_of_two_splits_are_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
