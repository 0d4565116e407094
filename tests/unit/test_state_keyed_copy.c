// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "state/keyed_copy.h"

/* So many that changing a few of them leaves pages to be copied. */
enum { MAX_PARALLELISM = 128, PAGE = SNAP_KEYED_PAGE_LEAST, ENTRIES = 100 * SNAP_KEYED_PAGE_MOST };

/* A table and what was taken of it: later, and for comparison at once. */
struct lab {
    struct snap_arena attempt;
    struct snap_arena snapshot;
    struct snap_keyed_state table;
    const struct snap_keyed_snapshot *want;
    struct snap_operator_state got;
};

static union snap_value number(int64_t value)
{
    return (union snap_value){.number = value};
}

static void change(struct lab *lab, int64_t key)
{
    snap_keyed_state_obtain(&lab->table, number(key))->number += 1000000;
}

static void freeze(struct lab *lab)
{
    lab->want = snap_keyed_state_snapshot(&lab->table, &lab->snapshot);
    lab->got = (struct snap_operator_state){0};
    snap_operator_state_add_keyed(&lab->got, &lab->snapshot,
                                  snap_keyed_state_freeze(&lab->table, &lab->snapshot));
}

static void start(struct lab *lab, int64_t entries)
{
    struct snap_keyed_state_options options = {
        .name = "state",
        .schema = {SNAP_VALUE_LONG, SNAP_VALUE_LONG},
        .parallelism = {1, MAX_PARALLELISM},
    };

    snap_arena_init(&lab->attempt);
    snap_arena_init(&lab->snapshot);
    snap_keyed_state_init(&lab->table, &lab->attempt, &options);
    for (int64_t i = 0; i < entries; i++)
        snap_keyed_state_obtain(&lab->table, number(i))->number = i * 7;
    freeze(lab);
}

/* The attempt is over: what the snapshot still needed of it the sanitizer would find. */
static void end_attempt(struct lab *lab)
{
    snap_keyed_copies_finish(&lab->got);
    snap_keyed_copies_settle(&lab->got, &lab->snapshot);
    snap_arena_fini(&lab->attempt);
}

static void expect_as_taken(const char *name, struct lab *lab)
{
    const struct snap_keyed_snapshot *want = lab->want;
    const struct snap_keyed_snapshot *got;

    snap_keyed_copies_order(&lab->got, &lab->snapshot);
    assert_int_equal(lab->got.keyed_count, 1);
    got = &lab->got.keyed[0];
    assert_null(got->copy);
    assert_string_equal(got->name, want->name);
    assert_int_equal(got->group_first, want->group_first);
    assert_int_equal(got->group_count, want->group_count);
    for (uint32_t g = 0; g <= want->group_count; g++)
        if (got->group_starts[g] != want->group_starts[g])
            fail_msg("%s: group %u starts at %u", name, g, got->group_starts[g]);
    for (uint32_t i = 0; i < want->group_starts[want->group_count]; i++)
        if (got->entries[i].key.number != want->entries[i].key.number ||
            got->entries[i].value.number != want->entries[i].value.number)
            fail_msg("%s: entry %u is %lld = %lld", name, i, (long long)got->entries[i].key.number,
                     (long long)got->entries[i].value.number);
}

/* Keys from, from + step, ... below `to` change while the snapshot is being taken: those that are
 * there, and new ones, which make the table grow. */
static void holds_what_was_there(void **unused)
{
    static const struct {
        const char *name;
        int64_t entries;
        int64_t from, to, step;
    } rows[] = {
        {"nothing in it", 0, 0, 5, 1},
        {"one entry", 1, 0, 1, 1},
        {"exactly a page", PAGE, 0, PAGE, 1},
        {"one more than a page", PAGE + 1, 0, PAGE + 1, 1},
        {"two pages, the last one changes", 2 * PAGE, 2 * PAGE - 1, 2 * PAGE, 1},
        {"exactly the largest pages", ENTRIES, 1, ENTRIES, SNAP_KEYED_PAGE_MOST},
        {"nothing changes", 1000, 0, 0, 1},
        {"the last one changes", 1000, 999, 1000, 1},
        {"all change", 1000, 0, 1000, 1},
        {"some change, so few that pages are left", 100000, 0, 100000, 9973},
        {"all and new ones, which make the table move", 1000, 0, 5000, 1},
        {"only new ones", 1000, 1000, 1020, 1},
        {"many entries", 200000, 7, 200000, 31},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct lab lab;

        start(&lab, rows[r].entries);
        for (int64_t key = rows[r].from; key < rows[r].to; key += rows[r].step)
            change(&lab, key);
        for (int64_t key = rows[r].from; key < rows[r].to; key += rows[r].step)
            assert_int_equal(snap_keyed_state_obtain(&lab.table, number(key))->number,
                             1000000 + (key < rows[r].entries ? key * 7 : 0));
        end_attempt(&lab);
        expect_as_taken(rows[r].name, &lab);
        snap_arena_fini(&lab.snapshot);
    }
}

static void shows_each_entry_meanwhile(void **unused)
{
    struct lab lab;
    const struct snap_keyed_copy *copy;

    (void)unused;
    start(&lab, ENTRIES);
    copy = lab.got.keyed[0].copy;
    for (int64_t changes = 0; changes < 20; changes++) {
        for (uint32_t i = 0; i < ENTRIES; i++)
            assert_int_equal(snap_keyed_copy_entry(copy, i).value.number, i * 7);
        change(&lab, changes * ENTRIES / 20);
    }
    end_attempt(&lab);
    snap_arena_fini(&lab.snapshot);
}

/* Tables in use are copied in passing; then values may be changed in place again. */
static void ends_by_itself(void **unused)
{
    struct lab lab;
    int64_t changes = 0;

    (void)unused;
    start(&lab, ENTRIES);
    assert_int_equal(snap_keyed_own_slots(&lab.table), 0);
    while (lab.table.copy) {
        change(&lab, 999);
        assert_true(++changes <= 1 + ENTRIES / SNAP_KEYED_PAGE_MOST);
    }
    assert_true(snap_keyed_own_slots(&lab.table) >= ENTRIES);
    for (int64_t key = 0; key < ENTRIES; key++)
        change(&lab, key);
    end_attempt(&lab);
    expect_as_taken("copied in passing", &lab);
    snap_arena_fini(&lab.snapshot);
}

static void another_one_finishes_the_first(void **unused)
{
    struct lab lab;
    struct lab second;

    (void)unused;
    start(&lab, ENTRIES);
    change(&lab, 500);
    second.want = lab.want;
    second.got = lab.got;
    freeze(&lab);
    assert_null(second.got.keyed[0].copy->table);
    change(&lab, 500);
    change(&lab, 501);
    snap_keyed_copies_settle(&second.got, &lab.snapshot);
    end_attempt(&lab);
    second.snapshot = lab.snapshot;
    expect_as_taken("first", &second);
    lab.snapshot = second.snapshot;
    expect_as_taken("second", &lab);
    snap_arena_fini(&lab.snapshot);
}

/* Keys come while the snapshot has those of the attempt; what was ordered needs them no more. */
static void is_ordered_while_the_attempt_goes_on(void **unused)
{
    struct lab lab;

    (void)unused;
    start(&lab, ENTRIES);
    snap_keyed_copies_finish(&lab.got);
    for (int64_t key = ENTRIES - 100; key < 3 * ENTRIES; key++)
        change(&lab, key);
    snap_keyed_copies_order(&lab.got, &lab.snapshot);
    snap_arena_fini(&lab.attempt);
    expect_as_taken("ordered early", &lab);
    snap_arena_fini(&lab.snapshot);
}

static void is_abandoned(void **unused)
{
    struct lab lab;

    (void)unused;
    start(&lab, ENTRIES);
    change(&lab, 1);
    snap_keyed_copies_abandon(&lab.got);
    snap_arena_fini(&lab.snapshot);
    assert_null(lab.table.copy);
    change(&lab, 900);
    assert_int_equal(snap_keyed_state_obtain(&lab.table, number(900))->number, 1000000 + 900 * 7);
    snap_arena_fini(&lab.attempt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_was_there),
        cmocka_unit_test(shows_each_entry_meanwhile),
        cmocka_unit_test(ends_by_itself),
        cmocka_unit_test(another_one_finishes_the_first),
        cmocka_unit_test(is_ordered_while_the_attempt_goes_on),
        cmocka_unit_test(is_abandoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
