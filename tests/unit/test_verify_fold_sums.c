// SPDX-License-Identifier: Apache-2.0
/*
 * The short way of judging sums says yes only where the long way finds nothing wrong, and who says
 * that its fold adds values has a fold that does.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "operators/operator.h"
#include "verify/fold_sums.h"

enum { RECORDS = 20000, ENTRIES_MAX = 64, KEYS = 5 };

static union snap_value number(int64_t value)
{
    return (union snap_value){.number = value};
}

static void add(const struct snap_operator *op, const struct snap_record *in,
                struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)strings;
    state->number =
        (int64_t)((uint64_t)(*present ? state->number : 0) + (uint64_t)in->value.number);
    *present = true;
}

struct row {
    const char *name;
    int64_t first_key;
    void (*change)(struct snap_subtask_book *book);
    bool agree;
    int64_t wrong;
};

static void leave(struct snap_subtask_book *book)
{
    (void)book;
}

static void lose(struct snap_subtask_book *book)
{
    book->entry_count--;
}

static void change(struct snap_subtask_book *book)
{
    book->entries[2].value.number++;
}

static void invent(struct snap_subtask_book *book)
{
    book->entries[book->entry_count++].key = number(77);
}

static void repeat(struct snap_subtask_book *book)
{
    book->entries[1] = book->entries[0];
}

static void begin_with(struct snap_subtask_book *book)
{
    static const struct snap_state_entry before = {.key = {.number = 1}, .value = {.number = 1}};

    book->base_entries = &before;
    book->base_entry_count = 1;
    book->entries[1].value.number++;
}

static const struct row rows[] = {
    {"as it should be", 0, leave, true, 0},
    {"wide keys", 1000000, leave, true, 0},
    {"keys that are too wide", INT64_C(1) << 40, leave, false, 0},
    {"negative keys", -3, leave, false, 0},
    {"a key is missing", 0, lose, false, 1},
    {"a value differs", 0, change, false, 1},
    {"a key of no record", 0, invent, false, 1},
    {"a key twice, another missing", 0, repeat, false, 2},
    {"values from before", 0, begin_with, false, 0},
};

/* The journal, and the state as it should be; some sums are 0. */
static void fill(struct snap_subtask_book *book, struct snap_arena *arena, int64_t first_key)
{
    snap_journal_init(&book->journal, arena);
    for (int64_t k = 0; k < KEYS; k++)
        book->entries[k] = (struct snap_state_entry){.key = number(first_key + k)};
    book->entry_count = KEYS;
    for (int64_t i = 0; i < RECORDS; i++) {
        struct snap_record record = {.key = number(first_key + i * 7 % KEYS),
                                     .value = number(i * 7 % KEYS == 3 ? 0 : i * i - 5000),
                                     .origin = (uint64_t)i};

        book->entries[i * 7 % KEYS].value.number += record.value.number;
        snap_log_append(&book->journal.log, arena,
                        &(struct snap_stretch){.records = snap_record_view_of(&record), .count = 1},
                        i);
    }
}

static void the_short_way_agrees_with_the_long_one(void **unused)
{
    struct snap_schema longs = {SNAP_VALUE_LONG, SNAP_VALUE_LONG};
    const struct snap_operator op = {.schema = longs, .input_schemas = &longs};
    struct snap_operator_rules rules = {.kind = SNAP_RULE_FOLD, .fold = add};

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_state_entry entries[ENTRIES_MAX] = {{.subtask = 0}};
        struct snap_subtask_book book = {.entries = entries};
        struct snap_arena arena = {0};
        struct snap_runs runs = {0};
        const struct snap_fold_subject subject = {&op, &rules, &book, &runs};
        struct snap_finding finding = {0};

        fill(&book, &arena, rows[r].first_key);
        rows[r].change(&book);
        snap_runs_add_journal(&runs, &arena, &book, 0);
        rules.fold_adds_values = false;
        assert_false(snap_fold_sums_agree(&subject));
        if (snap_fold_check(&subject, &finding) != rows[r].wrong)
            fail_msg("%s: the long way", rows[r].name);
        rules.fold_adds_values = true;
        if (snap_fold_sums_agree(&subject) != rows[r].agree)
            fail_msg("%s: the short way", rows[r].name);
        if (snap_fold_check(&subject, &finding) != rows[r].wrong)
            fail_msg("%s: both", rows[r].name);
        snap_arena_fini(&arena);
    }
}

static void who_says_so_adds_values(void **unused)
{
    static const int64_t values[] = {3, -7, INT64_MAX, INT64_MAX, 0, INT64_MIN};
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();
    int found = 0;

    (void)unused;
    for (uint32_t t = 0; t < catalogue->count; t++) {
        const struct snap_operator_class *class =
            (const struct snap_operator_class *)(const void *)catalogue->types[t];
        union snap_value folded = number(0), added = number(0);
        bool folded_present = false, added_present = false;

        found += class->rules.fold_adds_values;
        for (size_t i = 0; class->rules.fold_adds_values && i < sizeof(values) / sizeof(values[0]);
             i++) {
            const struct snap_record record = {.key = number(1), .value = number(values[i])};

            class->rules.fold(NULL, &record, NULL, &folded, &folded_present);
            add(NULL, &record, NULL, &added, &added_present);
            assert_true(folded_present);
            assert_int_equal(folded.number, added.number);
        }
    }
    assert_true(found >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_way_agrees_with_the_long_one),
        cmocka_unit_test(who_says_so_adds_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
