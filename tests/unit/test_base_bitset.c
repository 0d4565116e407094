// SPDX-License-Identifier: Apache-2.0
/* test_base_bitset.c: members, size and order of a bitset, across its word borders. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/bitset.h"
#include "base/text.h"

static const struct {
    const char *name;
    uint32_t bound;
    const char *script;   /* "+N" adds, "-N" removes, "!" empties */
    const char *answers;  /* what each step returned: y, n, or . for none */
    const char *expected; /* members in order */
} rows[] = {
    {"new set is empty", 10, "", "", ""},
    {"set of nothing", 0, "", "", ""},
    {"members come out in order", 10, "+7 +0 +3", "yyy", "0 3 7 "},
    {"adding twice counts once", 10, "+7 +7", "yn", "7 "},
    {"removing", 10, "+7 +3 -7 -7", "yyyn", "3 "},
    {"removing what never was there", 10, "-4", "n", ""},
    {"borders of words", 130, "+63 +64 +127 +128 +129", "yyyyy", "63 64 127 128 129 "},
    {"a whole word", 64, "+63 +0", "yy", "0 63 "},
    {"an empty word between", 200, "+0 +199", "yy", "0 199 "},
    {"emptied and used again", 130, "+0 +129 ! +5", "yy.y", "5 "},
    {"emptied while empty", 130, "!", ".", ""},
};

static void list_members(const struct snap_bitset *set, struct snap_text *text)
{
    uint32_t count = 0;
    uint32_t item = snap_bitset_next(set, 0);

    while (item < set->bound) {
        snap_text_printf(text, "%u ", item);
        assert_true(snap_bitset_test(set, item));
        count++;
        item = snap_bitset_next(set, item + 1);
    }
    assert_int_equal(count, set->count);
}

static void run_script(struct snap_bitset *set, const char *script, struct snap_text *answers)
{
    char verb;
    unsigned item;
    int used;

    while (sscanf(script, " %c%n", &verb, &used) == 1) {
        script += used;
        if (verb == '!') {
            snap_bitset_clear_all(set);
            snap_text_add_string(answers, ".");
            continue;
        }
        assert_int_equal(sscanf(script, "%u%n", &item, &used), 1);
        script += used;
        if (verb == '+')
            snap_text_add_string(answers, snap_bitset_set(set, item) ? "y" : "n");
        else
            snap_text_add_string(answers, snap_bitset_clear(set, item) ? "y" : "n");
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_arena arena;
        struct snap_bitset set;
        struct snap_text members = {0};
        struct snap_text answers = {0};

        print_message("%s\n", rows[i].name);
        snap_arena_init(&arena);
        snap_bitset_init(&set, &arena, rows[i].bound);
        run_script(&set, rows[i].script, &answers);
        list_members(&set, &members);
        assert_string_equal(snap_text_get(&answers), rows[i].answers);
        assert_string_equal(snap_text_get(&members), rows[i].expected);
        snap_text_fini(&members);
        snap_text_fini(&answers);
        snap_arena_fini(&arena);
    }
}

static void test_next_starts_anywhere(void **state)
{
    struct snap_arena arena;
    struct snap_bitset set;

    (void)state;
    snap_arena_init(&arena);
    snap_bitset_init(&set, &arena, 130);
    snap_bitset_set(&set, 64);
    assert_int_equal(snap_bitset_next(&set, 63), 64);
    assert_int_equal(snap_bitset_next(&set, 64), 64);
    assert_int_equal(snap_bitset_next(&set, 65), 130);
    assert_int_equal(snap_bitset_next(&set, 130), 130);
    assert_int_equal(snap_bitset_next(&set, 1000), 130);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_next_starts_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
