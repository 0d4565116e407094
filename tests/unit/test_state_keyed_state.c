// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/java_hash.h"
#include "state/keyed_state.h"

enum { MAX_PARALLELISM = 128 };

static union snap_value number(int64_t value)
{
    return (union snap_value){.number = value};
}

static void init(struct snap_keyed_state *state, struct snap_arena *arena, uint32_t subtask,
                 uint32_t subtasks)
{
    struct snap_keyed_state_options options = {
        .name = "state",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .subtask = subtask,
        .parallelism = {subtasks, MAX_PARALLELISM},
    };

    snap_keyed_state_init(state, arena, &options);
}

static union snap_value *find(const struct snap_keyed_state *state, int64_t key)
{
    return snap_keyed_find_long(state, key);
}

static uint32_t group_of(int64_t key)
{
    return snap_key_group_of(snap_java_hash_long(key), MAX_PARALLELISM);
}

static void finds_what_was_inserted(void **unused)
{
    static const int64_t keys[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1 << 20, INT64_C(1) << 40, 42};
    struct snap_arena arena;
    struct snap_keyed_state state;

    (void)unused;
    snap_arena_init(&arena);
    init(&state, &arena, 0, 1);
    for (size_t i = 0; i < 8; i++) {
        assert_null(find(&state, keys[i]));
        snap_keyed_state_insert(&state, number(keys[i]))->number = (int64_t)i + 100;
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(find(&state, keys[i])->number, i + 100);
        assert_int_equal(snap_keyed_state_entry(&state, (uint32_t)i).key.number, keys[i]);
    }
    assert_null(find(&state, 7));
    snap_arena_fini(&arena);
}

/* Keys in patterns that bad hashes put into one place; the order of insertion stays. */
static void grows_and_keeps_order(void **unused)
{
    static const int64_t strides[] = {1, -3, 4096, INT64_C(1) << 33, INT64_C(0x100000001)};
    enum { KEYS = 20000 };

    (void)unused;
    for (size_t s = 0; s < 5; s++) {
        struct snap_arena arena;
        struct snap_keyed_state state;

        snap_arena_init(&arena);
        init(&state, &arena, 0, 1);
        for (int64_t i = 0; i < KEYS; i++)
            snap_keyed_state_obtain(&state, number(i * strides[s]))->number += i;
        for (int64_t i = 0; i < KEYS; i++)
            snap_keyed_state_obtain(&state, number(i * strides[s]))->number += i;
        assert_int_equal(state.count, KEYS);
        for (int64_t i = 0; i < KEYS; i++) {
            struct snap_keyed_entry entry = snap_keyed_state_entry(&state, (uint32_t)i);

            assert_true(entry.key.number == i * strides[s]);
            assert_int_equal(entry.value.number, 2 * i);
        }
        snap_arena_fini(&arena);
    }
}

static void strings_count_by_content(void **unused)
{
    struct snap_keyed_state_options options = {
        .name = "words",
        .schema = {SNAP_VALUE_STRING, SNAP_VALUE_LONG},
        .parallelism = {1, MAX_PARALLELISM},
    };
    struct snap_arena arena;
    struct snap_string_pool pool;
    struct snap_keyed_state state;
    char text[16];

    (void)unused;
    snap_arena_init(&arena);
    snap_string_pool_init(&pool);
    snap_keyed_state_init(&state, &arena, &options);
    for (int i = 0; i < 3000; i++) {
        union snap_value key;
        int length = snprintf(text, sizeof(text), "word%d", i % 1000);

        key.string = snap_string_pool_add(&pool, text, (size_t)length);
        snap_keyed_state_obtain(&state, key)->number++;
    }
    assert_int_equal(state.count, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(snap_keyed_state_entry(&state, i).value.number, 3);
    snap_string_pool_fini(&pool);
    snap_arena_fini(&arena);
}

static void snapshot_is_ordered_and_fixed(void **unused)
{
    struct snap_arena arena;
    struct snap_keyed_state state;
    const struct snap_keyed_snapshot *snapshot;
    uint32_t seen = 0;

    (void)unused;
    snap_arena_init(&arena);
    init(&state, &arena, 0, 1);
    for (int64_t i = 0; i < 500; i++)
        snap_keyed_state_insert(&state, number(i))->number = i;
    snapshot = snap_keyed_state_snapshot(&state, &arena);
    for (int64_t i = 0; i < 500; i++)
        find(&state, i)->number = -1;
    assert_int_equal(snapshot->group_count, MAX_PARALLELISM);
    assert_int_equal(snapshot->group_starts[MAX_PARALLELISM], 500);
    for (uint32_t g = 0; g < MAX_PARALLELISM; g++) {
        int64_t before = -1;

        for (uint32_t i = snapshot->group_starts[g]; i < snapshot->group_starts[g + 1]; i++) {
            assert_int_equal(group_of(snapshot->entries[i].key.number), g);
            assert_int_equal(snapshot->entries[i].value.number, snapshot->entries[i].key.number);
            assert_true(snapshot->entries[i].key.number > before);
            before = snapshot->entries[i].key.number;
            seen++;
        }
    }
    assert_int_equal(seen, 500);
    snap_arena_fini(&arena);
}

/* From one subtask to three and from those to two: each group goes where it belongs, once. */
static void restores_any_groups(void **unused)
{
    struct snap_arena arena;
    struct snap_keyed_state one;
    struct snap_keyed_state three[3];
    const struct snap_keyed_snapshot *snapshots[3];
    uint32_t found = 0;

    (void)unused;
    snap_arena_init(&arena);
    init(&one, &arena, 0, 1);
    for (int64_t i = 0; i < 1000; i++)
        snap_keyed_state_insert(&one, number(i))->number = i * 7;
    for (uint32_t s = 0; s < 3; s++) {
        init(&three[s], &arena, s, 3);
        snap_keyed_state_restore(&three[s], snap_keyed_state_snapshot(&one, &arena));
        snapshots[s] = snap_keyed_state_snapshot(&three[s], &arena);
    }
    assert_int_equal(three[0].count + three[1].count + three[2].count, 1000);
    for (uint32_t s = 0; s < 2; s++) {
        struct snap_keyed_state state;

        init(&state, &arena, s, 2);
        for (uint32_t i = 0; i < 3; i++)
            snap_keyed_state_restore(&state, snapshots[i]);
        for (int64_t i = 0; i < 1000; i++) {
            union snap_value *value = find(&state, i);
            bool own = snap_key_group_subtask(group_of(i),
                                              (struct snap_parallelism){2, MAX_PARALLELISM}) == s;

            assert_int_equal(value != NULL, own);
            if (value)
                assert_int_equal(value->number, i * 7);
            found += own;
        }
    }
    assert_int_equal(found, 1000);
    snap_arena_fini(&arena);
}

static void empty_table(void **unused)
{
    struct snap_arena arena;
    struct snap_keyed_state state;
    const struct snap_keyed_snapshot *snapshot;

    (void)unused;
    snap_arena_init(&arena);
    init(&state, &arena, 2, 3);
    assert_null(find(&state, INT64_MIN));
    assert_null(find(&state, 0));
    snapshot = snap_keyed_state_snapshot(&state, &arena);
    assert_int_equal(snapshot->group_first, 86);
    assert_int_equal(snapshot->group_count, 42);
    assert_int_equal(snapshot->group_starts[42], 0);
    snap_keyed_state_restore(&state, snapshot);
    assert_int_equal(state.count, 0);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_inserted),       cmocka_unit_test(grows_and_keeps_order),
        cmocka_unit_test(strings_count_by_content),      cmocka_unit_test(restores_any_groups),
        cmocka_unit_test(snapshot_is_ordered_and_fixed), cmocka_unit_test(empty_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
