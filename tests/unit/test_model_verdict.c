// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "model/verdict.h"

enum { U = -1, COUNTS = 1, OUT = 2 };

struct row {
    const char *name;
    struct snap_expectation expectation;
    int64_t counts[SNAP_COUNTER_COUNT]; /* lost, duplicated, out_of_order, wrong, unc., pending */
    int64_t out[SNAP_COUNTER_COUNT];
    enum snap_job_status status;
    bool out_unread; /* the sink has no reader */
    bool met;
};

#define EXPECT(...)                                                                                \
    .expectation = {.counters = (const struct snap_expected_counter[]){__VA_ARGS__},               \
                    .counter_count = sizeof((const struct snap_expected_counter[]){__VA_ARGS__}) / \
                                     sizeof(struct snap_expected_counter)}
#define TOTAL(name, how, n)                                                                        \
    {                                                                                              \
        .on_total = true, .counter = SNAP_COUNTER_##name, .comparison = SNAP_COMPARE_##how,        \
        .number = n                                                                                \
    }
#define OF(op, name, how, n)                                                                       \
    {                                                                                              \
        .operator_index = op, .counter = SNAP_COUNTER_##name, .comparison = SNAP_COMPARE_##how,    \
        .number = n                                                                                \
    }

static const struct row rows[] = {
    {"nothing asked, nothing wrong", .met = true},
    {"nothing asked, one lost", .counts = {1}, .met = false},
    {"nothing asked, one duplicated in the sink", .out = {0, 1}, .met = false},
    {"nothing asked, out of order", .out = {0, 0, 1}, .met = false},
    {"nothing asked, wrong state", .counts = {0, 0, 0, 1}, .met = false},
    {"nothing asked, uncommitted", .out = {0, 0, 0, 0, 1}, .met = false},
    {"nothing asked, pending", .counts = {0, 0, 0, 0, 0, 5}, .met = true},
    {"nothing asked, nothing judged", .counts = {U, U, U, U, U, U}, .met = true},
    {"some asked for and there", EXPECT(TOTAL(DUPLICATED, GREATER, 0)), .counts = {0, 2},
     .met = true},
    {"some asked for and not there", EXPECT(TOTAL(DUPLICATED, GREATER, 0)), .met = false},
    {"asked for, not judged", EXPECT(TOTAL(DUPLICATED, GREATER, 0)), .counts = {0, U},
     .out = {0, U}, .met = true},
    {"more than is known of a sink", EXPECT(TOTAL(DUPLICATED, GREATER, 2)), .counts = {0, 2},
     .out = {0, U}, .met = true},
    {"no more than is known already", EXPECT(TOTAL(DUPLICATED, LESS, 2)), .counts = {0, 2},
     .out = {0, U}, .met = false},
    {"as much as is known, or more", EXPECT(TOTAL(DUPLICATED, EQUAL, 1)), .counts = {0, 2},
     .out = {0, U}, .met = false},
    {"at least what is known", EXPECT(TOTAL(LOST, GREATER_EQUAL, 2)), .counts = {2}, .out = {U},
     .met = true},
    {"a sink that nobody reads leaves nothing open", EXPECT(TOTAL(DUPLICATED, GREATER, 2)),
     .counts = {0, 2}, .out = {0, U}, .out_unread = true, .met = false},
    {"a sum of which all is known", EXPECT(TOTAL(DUPLICATED, GREATER, 2)), .counts = {U, 2},
     .out = {U, 0}, .met = false},
    {"another one than asked for", EXPECT(TOTAL(DUPLICATED, GREATER, 0)), .counts = {1, 2},
     .met = false},
    {"equal", EXPECT(TOTAL(LOST, EQUAL, 3)), .counts = {1}, .out = {2}, .met = true},
    {"not equal", EXPECT(TOTAL(LOST, EQUAL, 3)), .counts = {1}, .out = {1}, .met = false},
    {"pending is compared if asked", EXPECT(TOTAL(PENDING, EQUAL, 0)), .counts = {0, 0, 0, 0, 0, 5},
     .met = false},
    {"at least, at the bound", EXPECT(TOTAL(LOST, GREATER_EQUAL, 1)), .counts = {1}, .met = true},
    {"less, at the bound", EXPECT(TOTAL(LOST, LESS, 1)), .counts = {1}, .met = false},
    {"at most, at the bound", EXPECT(TOTAL(LOST, LESS_EQUAL, 1)), .counts = {1}, .met = true},
    {"other than, at the bound", EXPECT(TOTAL(LOST, NOT_EQUAL, 1)), .counts = {1}, .met = false},
    {"on one sink", EXPECT(OF(OUT, LOST, EQUAL, 2)), .out = {2}, .met = true},
    {"on one sink, the state lost too", EXPECT(OF(OUT, LOST, EQUAL, 2)), .counts = {1}, .out = {2},
     .met = false},
    {"on one sink, another number there", EXPECT(OF(OUT, LOST, EQUAL, 2)), .counts = {2},
     .met = false},
    {"status asked", .expectation = {.job_status_given = true, .job_status = SNAP_JOB_FAILED},
     .status = SNAP_JOB_FAILED, .met = true},
    {"status asked, another one", .status = SNAP_JOB_FINISHED,
     .expectation = {.job_status_given = true, .job_status = SNAP_JOB_FAILED}, .met = false},
};

static void expectations(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct row *row = &rows[i];
        struct snap_judgement judgements[2] = {
            {.operator_index = COUNTS},
            {.operator_index = OUT, .kind = SNAP_JUDGED_SINK, .is_unread = row->out_unread}};
        struct snap_verdict verdict = {.judgements = judgements, .judgement_count = 2};

        for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
            judgements[0].counters[c] = row->counts[c];
            judgements[1].counters[c] = row->out[c];
            verdict.counters[c] = row->counts[c] == U ? row->out[c]
                                  : row->out[c] == U  ? row->counts[c]
                                                      : row->counts[c] + row->out[c];
        }
        if (snap_expectation_met(&row->expectation, &verdict, row->status) != row->met)
            fail_msg("%s: expected %s", row->name, row->met ? "met" : "not met");
    }
}

/* ---- numbers ---- */

enum { MS = 1000000 };

struct number_row {
    const char *name;
    double measured;
    struct snap_expected_number expected; /* of the end-to-end duration */
    double other;                         /* what the variant "other" has */
    bool met;
};

#define NUMBER(how, number, of)                                                                    \
    {                                                                                              \
        SNAP_NUMBER_END_TO_END, SNAP_COMPARE_##how, number, of                                     \
    }

static const struct number_row number_rows[] = {
    {"above", 5 * MS, NUMBER(GREATER, 4 * MS, NULL), 0, true},
    {"not above", 5 * MS, NUMBER(GREATER, 5 * MS, NULL), 0, false},
    {"at the bound", 5 * MS, NUMBER(GREATER_EQUAL, 5 * MS, NULL), 0, true},
    {"there is none of it", NAN, NUMBER(GREATER, 0, NULL), 0, false},
    {"nobody measured it", SNAP_NUMBER_UNMEASURED, NUMBER(GREATER, 4 * MS, NULL), 0, true},
    {"twice the other's", 9 * MS, NUMBER(GREATER, 2, "other"), 4 * MS, true},
    {"not twice the other's", 7 * MS, NUMBER(GREATER, 2, "other"), 4 * MS, false},
    {"the other has none", 7 * MS, NUMBER(GREATER, 2, "other"), NAN, false},
    {"of the other nobody measured it", 7 * MS, NUMBER(GREATER, 2, "other"), SNAP_NUMBER_UNMEASURED,
     true},
    {"a variant that was not run", 7 * MS, NUMBER(GREATER, 2, "third"), 4 * MS, true},
};

static void numbers_are_compared_with_values_and_variants(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(number_rows) / sizeof(*number_rows); i++) {
        const struct number_row *row = &number_rows[i];
        struct snap_run_numbers own = {.values = {[SNAP_NUMBER_END_TO_END] = row->measured}};
        struct snap_run_numbers other = {.values = {[SNAP_NUMBER_END_TO_END] = row->other}};
        struct snap_variant_numbers others[] = {{"other", &other}};
        struct snap_verdict verdict = {.numbers = &own, .others = others, .other_count = 1};
        struct snap_expectation expectation = {.numbers = &row->expected, .number_count = 1};

        if (snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING) != row->met)
            fail_msg("%s: expected %s", row->name, row->met ? "met" : "not met");
        verdict.numbers = NULL;
        assert_true(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
    }
}

static void causes_are_compared_if_somebody_explained(void **unused)
{
    struct snap_expectation expectation = {
        .cause_given = true, .cause = SNAP_SLOW_SUBTASK, .cause_subtask = "sums[1]"};
    struct snap_verdict verdict = {.cause = SNAP_SLOW_QUEUES};

    (void)unused;
    assert_true(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
    verdict.explained = true;
    assert_false(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
    verdict.cause = SNAP_SLOW_SUBTASK;
    assert_false(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
    verdict.cause_subtask = "sums[0]";
    assert_false(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
    verdict.cause_subtask = "sums[1]";
    assert_true(snap_expectation_met(&expectation, &verdict, SNAP_JOB_RUNNING));
}

static void counters_have_names(void **unused)
{
    (void)unused;
    assert_string_equal(snap_counter_name(SNAP_COUNTER_LOST), "lost");
    assert_string_equal(snap_counter_name(SNAP_COUNTER_OUT_OF_ORDER), "out_of_order");
    assert_string_equal(snap_counter_name(SNAP_COUNTER_PENDING), "pending");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expectations),
        cmocka_unit_test(numbers_are_compared_with_values_and_variants),
        cmocka_unit_test(causes_are_compared_if_somebody_explained),
        cmocka_unit_test(counters_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
