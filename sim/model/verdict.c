// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "model/total.h"

const char *snap_counter_name(enum snap_counter counter)
{
    static const char *const names[SNAP_COUNTER_COUNT] = {
        [SNAP_COUNTER_LOST] = "lost",
        [SNAP_COUNTER_DUPLICATED] = "duplicated",
        [SNAP_COUNTER_OUT_OF_ORDER] = "out_of_order",
        [SNAP_COUNTER_WRONG_STATE] = "wrong_state",
        [SNAP_COUNTER_UNCOMMITTED] = "uncommitted",
        [SNAP_COUNTER_PENDING] = "pending",
    };

    SNAP_CHECK(counter < SNAP_COUNTER_COUNT);
    return names[counter];
}

static bool compare(enum snap_comparison comparison, double actual, double expected)
{
    switch (comparison) {
    case SNAP_COMPARE_EQUAL:
        return actual == expected;
    case SNAP_COMPARE_NOT_EQUAL:
        return actual != expected;
    case SNAP_COMPARE_LESS:
        return actual < expected;
    case SNAP_COMPARE_LESS_EQUAL:
        return actual <= expected;
    case SNAP_COMPARE_GREATER:
        return actual > expected;
    case SNAP_COMPARE_GREATER_EQUAL:
        return actual >= expected;
    }
    SNAP_CHECK(false);
    return false;
}

const char *snap_comparison_name(enum snap_comparison comparison)
{
    static const char *const names[] = {
        [SNAP_COMPARE_EQUAL] = "=",   [SNAP_COMPARE_NOT_EQUAL] = "!=",
        [SNAP_COMPARE_LESS] = "<",    [SNAP_COMPARE_LESS_EQUAL] = "<=",
        [SNAP_COMPARE_GREATER] = ">", [SNAP_COMPARE_GREATER_EQUAL] = ">=",
    };

    SNAP_CHECK(comparison <= SNAP_COMPARE_GREATER_EQUAL);
    return names[comparison];
}

/* Whether the expectation is about this state or sink. */
static bool names(const struct snap_expected_counter *expected,
                  const struct snap_judgement *judgement)
{
    if (expected->on_total)
        return false;
    if (expected->operator_index == SNAP_NO_INDEX)
        return judgement->removed && strcmp(judgement->removed->uid, expected->removed_uid) == 0;
    return judgement->operator_index == expected->operator_index;
}

/* Whether there is a verdict on it; the state of an operator that was removed is dropped. */
static bool is_judged(const struct snap_expected_counter *expected,
                      const struct snap_verdict *verdict)
{
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (names(expected, &verdict->judgements[i]))
            return true;
    return expected->on_total;
}

/* Whether more than `least` might change how the comparison ends. */
static bool is_open(const struct snap_expected_counter *expected, int64_t least)
{
    if (expected->comparison == SNAP_COMPARE_LESS ||
        expected->comparison == SNAP_COMPARE_GREATER_EQUAL)
        return least < expected->number;
    return least <= expected->number;
}

/* The sum over all may be at least what is known of it. */
static int64_t actual_total(const struct snap_expected_counter *expected,
                            const struct snap_verdict *verdict)
{
    struct snap_total total = snap_verdict_total(verdict, expected->counter);
    int64_t known = verdict->counters[expected->counter];

    return snap_total_is_at_least(&total) && is_open(expected, known) ? SNAP_UNJUDGED : known;
}

static int64_t actual_counter(const struct snap_expected_counter *expected,
                              const struct snap_verdict *verdict)
{
    if (expected->on_total)
        return actual_total(expected, verdict);
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (names(expected, &verdict->judgements[i]))
            return verdict->judgements[i].counters[expected->counter];
    return SNAP_UNJUDGED;
}

static bool is_named(const struct snap_expectation *expectation, enum snap_counter counter,
                     const struct snap_judgement *judgement)
{
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        const struct snap_expected_counter *expected = &expectation->counters[i];

        if (expected->counter == counter && (expected->on_total || names(expected, judgement)))
            return true;
    }
    return false;
}

/* What nobody named must be 0, except pending. */
static uint32_t count_unnamed(const struct snap_expectation *expectation,
                              const struct snap_judgement *judgement,
                              const struct snap_unmet_sink *sink)
{
    uint32_t count = 0;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        struct snap_unmet unmet = {
            .kind = SNAP_UNMET_UNNAMED,
            .expected = {.operator_index = judgement->operator_index,
                         .removed_uid = judgement->removed ? judgement->removed->uid : NULL,
                         .counter = (enum snap_counter)c},
            .actual = judgement->counters[c],
        };

        if (c == SNAP_COUNTER_PENDING || unmet.actual <= 0 ||
            is_named(expectation, (enum snap_counter)c, judgement))
            continue;
        sink->take(sink->context, &unmet);
        count++;
    }
    return count;
}

static uint32_t count_oracles(const struct snap_expectation *expectation,
                              const struct snap_verdict *verdict,
                              const struct snap_unmet_sink *sink)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++) {
        bool objects = verdict->oracles[i].objections > 0;
        struct snap_unmet unmet = {.kind = objects ? SNAP_UNMET_OBJECTION : SNAP_UNMET_SILENCE,
                                   .oracle = (enum snap_oracle_id)i};

        if (objects == expectation->objects[i])
            continue;
        sink->take(sink->context, &unmet);
        count++;
    }
    return count;
}

/* ---- numbers ---- */

/* What it is to be compared with. */
static double bound_of(const struct snap_expected_number *expected,
                       const struct snap_verdict *verdict)
{
    if (!expected->variant)
        return expected->value;
    for (uint32_t i = 0; i < verdict->other_count; i++) {
        double other = verdict->others[i].numbers->values[expected->number];

        if (strcmp(verdict->others[i].variant, expected->variant) == 0)
            return other == SNAP_NUMBER_UNMEASURED ? other : expected->value * other;
    }
    return SNAP_NUMBER_UNMEASURED; /* a run alone, or that variant was not asked for */
}

static uint32_t count_numbers(const struct snap_expectation *expectation,
                              const struct snap_verdict *verdict,
                              const struct snap_unmet_sink *sink)
{
    uint32_t count = 0;

    for (uint32_t i = 0; verdict->numbers && i < expectation->number_count; i++) {
        struct snap_unmet unmet = {.kind = SNAP_UNMET_NUMBER, .number = expectation->numbers[i]};

        unmet.measured = verdict->numbers->values[unmet.number.number];
        unmet.bound = bound_of(&unmet.number, verdict);
        if (unmet.measured == SNAP_NUMBER_UNMEASURED || unmet.bound == SNAP_NUMBER_UNMEASURED)
            continue;
        if (!isnan(unmet.measured) && !isnan(unmet.bound) &&
            compare(unmet.number.comparison, unmet.measured, unmet.bound))
            continue;
        sink->take(sink->context, &unmet);
        count++;
    }
    return count;
}

static uint32_t count_cause(const struct snap_expectation *expectation,
                            const struct snap_verdict *verdict, const struct snap_unmet_sink *sink)
{
    struct snap_unmet unmet = {.kind = SNAP_UNMET_CAUSE};
    bool same_subtask =
        !expectation->cause_subtask ||
        (verdict->cause_subtask && strcmp(verdict->cause_subtask, expectation->cause_subtask) == 0);
    uint32_t count = 0;

    if (!verdict->explained)
        return 0;
    if (expectation->cause_given && verdict->cause != expectation->cause) {
        sink->take(sink->context, &unmet);
        count++;
    }
    unmet.kind = SNAP_UNMET_SUBTASK;
    if (!same_subtask) {
        sink->take(sink->context, &unmet);
        count++;
    }
    return count;
}

uint32_t snap_expectation_unmet(const struct snap_expectation *expectation,
                                const struct snap_verdict *verdict, enum snap_job_status status,
                                const struct snap_unmet_sink *sink)
{
    uint32_t count = 0;

    if (expectation->job_status_given && expectation->job_status != status) {
        sink->take(sink->context, &(struct snap_unmet){.kind = SNAP_UNMET_JOB_STATUS});
        count++;
    }
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        struct snap_unmet unmet = {.kind = SNAP_UNMET_COUNTER,
                                   .expected = expectation->counters[i]};

        unmet.actual = actual_counter(&unmet.expected, verdict);
        if (unmet.actual == SNAP_UNJUDGED ||
            compare(unmet.expected.comparison, (double)unmet.actual, (double)unmet.expected.number))
            continue;
        sink->take(sink->context, &unmet);
        count++;
    }
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        count += count_unnamed(expectation, &verdict->judgements[i], sink);
    count += count_numbers(expectation, verdict, sink);
    count += count_cause(expectation, verdict, sink);
    return count + count_oracles(expectation, verdict, sink);
}

/* Whether nobody has to be told that the counter is not known. */
static bool says_nothing(const struct snap_expected_counter *expected)
{
    return expected->comparison == SNAP_COMPARE_GREATER_EQUAL && expected->number == 0;
}

uint32_t snap_expectation_unjudged(const struct snap_expectation *expectation,
                                   const struct snap_verdict *verdict,
                                   const struct snap_unmet_sink *sink)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        struct snap_unmet unmet = {.kind = SNAP_UNMET_COUNTER,
                                   .expected = expectation->counters[i],
                                   .actual = SNAP_UNJUDGED};

        if (says_nothing(&unmet.expected) || !is_judged(&unmet.expected, verdict) ||
            actual_counter(&unmet.expected, verdict) != SNAP_UNJUDGED)
            continue;
        sink->take(sink->context, &unmet);
        count++;
    }
    return count;
}

static void drop(void *context, const struct snap_unmet *unmet)
{
    (void)context;
    (void)unmet;
}

bool snap_expectation_met(const struct snap_expectation *expectation,
                          const struct snap_verdict *verdict, enum snap_job_status status)
{
    return snap_expectation_unmet(expectation, verdict, status,
                                  &(struct snap_unmet_sink){.take = drop}) == 0;
}

struct snap_expectation snap_expectation_translate(const struct snap_expectation *expectation,
                                                   const struct snap_job *from,
                                                   const struct snap_job *to,
                                                   struct snap_arena *arena)
{
    struct snap_expectation translated = *expectation;
    struct snap_expected_counter *counters =
        SNAP_ARENA_ARRAY(arena, struct snap_expected_counter, expectation->counter_count);

    translated.counters = counters;
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        struct snap_expected_counter *counter = &counters[i];
        const struct snap_operator *op;

        *counter = expectation->counters[i];
        if (counter->on_total)
            continue;
        op = snap_job_find_operator(to, from->operators[counter->operator_index].uid);
        counter->removed_uid = op ? NULL : from->operators[counter->operator_index].uid;
        counter->operator_index = op ? op->index : SNAP_NO_INDEX;
    }
    return translated;
}
