// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"

#include "base/check.h"

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

static bool compare(enum snap_comparison comparison, int64_t actual, int64_t expected)
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

static int64_t actual_counter(const struct snap_expected_counter *expected,
                              const struct snap_verdict *verdict)
{
    if (expected->on_total)
        return verdict->counters[expected->counter];
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].operator_index == expected->operator_index)
            return verdict->judgements[i].counters[expected->counter];
    return SNAP_UNJUDGED;
}

static bool is_named(const struct snap_expectation *expectation, enum snap_counter counter,
                     const struct snap_judgement *judgement)
{
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        const struct snap_expected_counter *expected = &expectation->counters[i];

        if (expected->counter == counter &&
            (expected->on_total || expected->operator_index == judgement->operator_index))
            return true;
    }
    return false;
}

/* What nobody named must be 0, except pending. */
static bool rest_is_zero(const struct snap_expectation *expectation,
                         const struct snap_judgement *judgement)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++) {
        if (c == SNAP_COUNTER_PENDING || judgement->counters[c] <= 0)
            continue;
        if (!is_named(expectation, (enum snap_counter)c, judgement))
            return false;
    }
    return true;
}

bool snap_expectation_met(const struct snap_expectation *expectation,
                          const struct snap_verdict *verdict, enum snap_job_status status)
{
    if (expectation->job_status_given && expectation->job_status != status)
        return false;
    for (uint32_t i = 0; i < expectation->counter_count; i++) {
        const struct snap_expected_counter *expected = &expectation->counters[i];
        int64_t actual = actual_counter(expected, verdict);

        if (actual != SNAP_UNJUDGED && !compare(expected->comparison, actual, expected->number))
            return false;
    }
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (!rest_is_zero(expectation, &verdict->judgements[i]))
            return false;
    return true;
}
