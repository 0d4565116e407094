// SPDX-License-Identifier: Apache-2.0
/* What an operator puts into a snapshot: several named states, found again by name. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "state/operator_state.h"

static const struct snap_list_item numbers[] = {{"12345678", 8}, {"abc", 3}};

struct row {
    const char *name;
    enum snap_list_mode mode;
    uint32_t items;
};

static const struct row rows[] = {
    {"splits", SNAP_LIST_SPLIT, 2},
    {"all", SNAP_LIST_UNION, 1},
    {"rules", SNAP_LIST_BROADCAST, 0},
};

static void lists_are_found_by_name_and_their_bytes_add_up(void **unused)
{
    struct snap_operator_state state = {0};
    struct snap_arena arena;

    (void)unused;
    snap_arena_init(&arena);
    for (size_t i = 0; i < 3; i++) {
        struct snap_list_snapshot list = {
            .name = rows[i].name, .mode = rows[i].mode, .items = numbers, .count = rows[i].items};

        assert_null(snap_operator_state_find(&state, rows[i].name));
        snap_operator_state_add_list(&state, &arena, &list);
    }
    assert_int_equal(state.list_count, 3);
    assert_int_equal(state.bytes, 8 + 3 + 8);
    for (size_t i = 0; i < 3; i++) {
        const struct snap_list_snapshot *found = snap_operator_state_find(&state, rows[i].name);

        if (!found || found->mode != rows[i].mode || found->count != rows[i].items)
            fail_msg("%s", rows[i].name);
    }
    assert_null(snap_operator_state_find(NULL, "splits"));
    snap_arena_fini(&arena);
}

static void keyed_states_are_found_by_name(void **unused)
{
    struct snap_keyed_snapshot left = {.name = "left", .group_first = 3};
    struct snap_keyed_snapshot right = {.name = "right", .group_first = 4};
    struct snap_operator_state state = {0};
    struct snap_arena arena;

    (void)unused;
    snap_arena_init(&arena);
    snap_operator_state_add_keyed(&state, &arena, &left);
    snap_operator_state_add_keyed(&state, &arena, &right);
    assert_int_equal(state.keyed_count, 2);
    assert_int_equal(snap_operator_state_find_keyed(&state, "left")->group_first, 3);
    assert_int_equal(snap_operator_state_find_keyed(&state, "right")->group_first, 4);
    assert_null(snap_operator_state_find_keyed(&state, "middle"));
    assert_null(snap_operator_state_find_keyed(NULL, "left"));
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_found_by_name_and_their_bytes_add_up),
        cmocka_unit_test(keyed_states_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
