// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "model/total.h"

enum { U = SNAP_UNJUDGED };

/* One state or sink: what it is, and its counters up to the last that matters. */
#define STATE(...)                                                                                 \
    {                                                                                              \
        .kind = SNAP_JUDGED_STATE, .counters = { __VA_ARGS__ }                                     \
    }
#define SINK(...)                                                                                  \
    {                                                                                              \
        .kind = SNAP_JUDGED_SINK, .counters = { __VA_ARGS__ }                                      \
    }
#define UNREAD(...)                                                                                \
    {                                                                                              \
        .kind = SNAP_JUDGED_SINK, .is_unread = true, .counters = { __VA_ARGS__ }                   \
    }

struct row {
    const char *name;
    struct snap_judgement parts[3]; /* lost, duplicated, out of order, wrong, unc., pending */
    uint32_t count;
    enum snap_counter counter;
    int64_t sum;
    bool at_least;
};

static const struct row rows[] = {
    {"of nothing nothing is known", .sum = U},
    {"all is known", {SINK(1), SINK(2)}, 2, .sum = 3},
    {"none, and a sink is not known", {SINK(0), SINK(U)}, 2, .sum = U},
    {"some, and a sink is not known", {SINK(2), SINK(U)}, 2, .sum = 2, .at_least = true},
    {"some in a state, and a sink is not known",
     {STATE(2), SINK(U)},
     2,
     .sum = 2,
     .at_least = true},
    {"twice likewise", {SINK(0, 0), SINK(0, U)}, 2, SNAP_COUNTER_DUPLICATED, .sum = U},
    {"a sink that nobody reads leaves nothing open", {SINK(0), UNREAD(U)}, 2, .sum = 0},
    {"nor does a state that has no such counter",
     {STATE(0, 0, U, 0, U, 0), SINK(0)},
     2,
     SNAP_COUNTER_UNCOMMITTED,
     .sum = 0},
    {"but one that was restored with records twice, maybe",
     {{.kind = SNAP_JUDGED_STATE, .doubt = SNAP_DOUBT_AT_LEAST_ONCE, .counters = {U, U}}, SINK(0)},
     2,
     .sum = U},
    {"taken for granted it is known",
     {{.kind = SNAP_JUDGED_STATE, .doubt = SNAP_DOUBT_TRUSTED, .counters = {U, U}}, SINK(0)},
     2,
     .sum = 0},
    {"a sink that was just being restored leaves all open",
     {{.kind = SNAP_JUDGED_SINK, .is_half_restarted = true, .counters = {U, 0, U, U, U, U}},
      SINK(0)},
     2,
     SNAP_COUNTER_PENDING,
     .sum = U},
    {"what is pending in a sink of which nothing is known",
     {SINK(0, 0, 0, 0, 0, 5), SINK(U, U, U, U, U, U)},
     2,
     SNAP_COUNTER_PENDING,
     .sum = 5,
     .at_least = true},
    {"a sink without commits is judged all the same",
     {SINK(0, 0, 0, 0, U), SINK(0)},
     2,
     SNAP_COUNTER_UNCOMMITTED,
     .sum = 0},
    {"where no order is to be kept none is broken",
     {SINK(0), SINK(U, U, U)},
     2,
     SNAP_COUNTER_OUT_OF_ORDER,
     .sum = 0},
};

static void sums(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct snap_judgement parts[3] = {row->parts[0], row->parts[1], row->parts[2]};
        struct snap_verdict verdict = {.judgements = parts, .judgement_count = row->count};
        struct snap_total total = snap_verdict_total(&verdict, row->counter);

        if (snap_total_count(&total) != row->sum || snap_total_is_at_least(&total) != row->at_least)
            fail_msg("%s: %lld, %s", row->name, (long long)snap_total_count(&total),
                     snap_total_is_at_least(&total) ? "at least" : "in all");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
