// SPDX-License-Identifier: Apache-2.0
/* Drawn costs: their laws, that how far ahead they are drawn changes nothing, and pauses. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "model/string_pool.h"
#include "task/costs.h"

enum { DRAWS = 200000 };

static struct snap_real_table table;
static const union snap_value no_key = {0};
static const struct snap_schema longs = {SNAP_VALUE_LONG, SNAP_VALUE_LONG};

static struct snap_operator make(const char *uid, const struct snap_cost *cost)
{
    return (struct snap_operator){
        .uid = uid, .cost = cost, .input_count = 1, .input_schemas = &longs, .schema = longs};
}

static struct snap_cost_owner owner(uint32_t subtask, uint32_t attempt)
{
    snap_real_table_init(&table);
    return (struct snap_cost_owner){
        .table = &table, .uid = "op", .seed = 7, .subtask = subtask, .attempt = attempt};
}

static void init_stream(struct snap_cost_stream *stream, const struct snap_operator *op,
                        const struct snap_cost_owner *of)
{
    struct snap_cost_owner named = *of;

    named.uid = op->uid;
    snap_cost_stream_init(stream, op->cost, &named, SNAP_COST_OF_RECORD);
    stream->by_string = op->input_schemas[0].key == SNAP_VALUE_STRING;
}

struct law_row {
    const char *name;
    struct snap_cost_law law;
    double mean_ns;
    double deviation_ns;
    double below_typical; /* share of the draws */
};

static const struct law_row law_rows[] = {
    {"fixed", {SNAP_COST_FIXED, 700, 0}, 700, 0, 0},
    {"exponential", {SNAP_COST_EXPONENTIAL, 20000, 0}, 20000, 20000, 1 - 0.36787944},
    {"log-normal", {SNAP_COST_LOG_NORMAL, 20000, 0.5}, 20000 * 1.1331485, 20000 * 0.60390, 0.5},
    {"log-normal without spread", {SNAP_COST_LOG_NORMAL, 500, 0}, 500, 0, 0},
};

/* All bounds are five standard errors of the mean, or 1 % for the spread. */
static void check_law(const struct law_row *row)
{
    const struct snap_cost cost = {.law = row->law};
    const struct snap_operator op = make("op", &cost);
    const struct snap_cost_owner first = owner(0, 0);
    struct snap_cost_stream stream;
    double sum = 0;
    double squares = 0;
    double below = 0;
    double deviation;

    init_stream(&stream, &op, &first);
    for (int i = 0; i < DRAWS; i++) {
        double x = (double)snap_cost_stream_next(&stream, no_key);

        sum += x;
        squares += x * x;
        below += x < (double)row->law.typical_ns;
    }
    deviation = sqrt(fabs(squares / DRAWS - sum / DRAWS * (sum / DRAWS)));
    if (fabs(sum / DRAWS - row->mean_ns) > 5 * row->deviation_ns / sqrt(DRAWS) + 0.5)
        fail_msg("%s: mean %f", row->name, sum / DRAWS);
    if (fabs(deviation - row->deviation_ns) > 0.02 * row->deviation_ns + 0.5)
        fail_msg("%s: deviation %f", row->name, deviation);
    if (row->deviation_ns > 0 && fabs(below / DRAWS - row->below_typical) > 5 * 0.5 / sqrt(DRAWS))
        fail_msg("%s: %f below", row->name, below / DRAWS);
}

static void laws_are_what_they_say(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(law_rows) / sizeof(law_rows[0]); i++)
        check_law(&law_rows[i]);
}

static void each_uid_subtask_and_attempt_has_draws_of_its_own(void **unused)
{
    const struct snap_cost cost = {.law = {SNAP_COST_EXPONENTIAL, SNAP_SECOND, 0}};
    const struct snap_operator ops[] = {make("a", &cost), make("b", &cost)};
    snap_ns seen[8];

    (void)unused;
    for (uint32_t i = 0; i < 8; i++) {
        const struct snap_cost_owner of = owner(i / 2 % 2, i / 4);
        struct snap_cost_stream stream;
        struct snap_cost_stream again;

        init_stream(&stream, &ops[i % 2], &of);
        init_stream(&again, &ops[i % 2], &of);
        seen[i] = snap_cost_stream_next(&stream, no_key);
        assert_int_equal(seen[i], snap_cost_stream_next(&again, no_key));
        for (uint32_t j = 0; j < i; j++)
            assert_int_not_equal(seen[i], seen[j]);
    }
}

static void keys_have_their_own_law(void **unused)
{
    static const struct snap_cost_of_key keys[] = {{"7", 7, {SNAP_COST_FIXED, 1000, 0}},
                                                   {"k", 0, {SNAP_COST_FIXED, 2000, 0}}};
    const struct snap_cost cost = {.law = {SNAP_COST_FIXED, 5, 0}, .keys = keys, .key_count = 2};
    static const struct snap_schema texts = {SNAP_VALUE_STRING, SNAP_VALUE_LONG};
    struct snap_operator op = make("op", &cost);
    const struct snap_cost_owner first = owner(0, 0);
    struct snap_pair record = {.key.number = 7};
    struct snap_cost_stream stream;
    struct snap_arena arena;

    (void)unused;
    snap_arena_init(&arena);
    init_stream(&stream, &op, &first);
    assert_int_equal(snap_cost_stream_next(&stream, record.key), 1000);
    record.key.number = 8;
    assert_int_equal(snap_cost_stream_next(&stream, record.key), 5);
    op.input_schemas = &texts;
    init_stream(&stream, &op, &first);
    record.key.string = snap_string_make(&arena, "k", 1);
    assert_int_equal(snap_cost_stream_next(&stream, record.key), 2000);
    record.key.string = snap_string_make(&arena, "kk", 2);
    assert_int_equal(snap_cost_stream_next(&stream, record.key), 5);
    snap_arena_fini(&arena);
}

/* Two operators' costs; the second one looks at keys. */
struct rig {
    struct snap_cost_stream streams[2];
    struct snap_cost_stream *both[2];
    struct snap_costs_ahead ahead;
};

static void rig_init(struct rig *rig, struct snap_arena *arena, bool by_key)
{
    static const struct snap_cost_of_key keys[] = {{"1", 1, {SNAP_COST_EXPONENTIAL, 9000, 0}}};
    static const struct snap_cost costs[] = {
        {.law = {SNAP_COST_EXPONENTIAL, 3000, 0}},
        {.law = {SNAP_COST_LOG_NORMAL, 500, 0.3}},
        {.law = {SNAP_COST_LOG_NORMAL, 500, 0.3}, .keys = keys, .key_count = 1}};
    const struct snap_operator ops[] = {make("a", &costs[0]),
                                        make("b", by_key ? &costs[2] : &costs[1])};
    const struct snap_cost_owner first = owner(3, 1);

    for (int i = 0; i < 2; i++) {
        init_stream(&rig->streams[i], &ops[i], &first);
        rig->both[i] = &rig->streams[i];
    }
    rig->ahead = (struct snap_costs_ahead){
        .streams = rig->both, .stream_count = 2, .by_key = by_key, .fixed_ns = 10, .floor_ns = 1};
    snap_costs_ahead_init(&rig->ahead, arena);
}

/* In pieces of random lengths, half of which only look: the costs are those of one by one. */
static void check_pieces(bool by_key, uint64_t seed)
{
    static struct snap_pair records[5000];
    struct snap_arena arena;
    struct snap_rng rng;
    struct rig pieces;
    struct rig single;

    snap_arena_init(&arena);
    snap_rng_init(&rng, seed, 0, 0);
    rig_init(&pieces, &arena, by_key);
    rig_init(&single, &arena, by_key);
    for (int i = 0; i < 5000; i++)
        records[i].key.number = (int64_t)snap_rng_below(&rng, 3);
    for (uint32_t at = 0; at < 5000;) {
        uint32_t wanted = 1 + (uint32_t)snap_rng_below(&rng, 700);
        uint32_t run;
        snap_ns sum = 0;

        wanted = wanted < 5000 - at ? wanted : 5000 - at;
        run = snap_costs_ahead_draw(&pieces.ahead, records + at, wanted);
        assert_true(run > 0 && run <= wanted);
        run = 1 + (uint32_t)snap_rng_below(&rng, run);
        for (uint32_t i = 0; i < run; i++) {
            snap_costs_ahead_draw(&single.ahead, records + at + i, 1);
            sum += snap_costs_ahead_sum(&single.ahead, 1);
            snap_costs_ahead_take(&single.ahead, 1);
            assert_int_equal(snap_costs_ahead_sum(&pieces.ahead, i + 1), sum);
        }
        snap_costs_ahead_take(&pieces.ahead, run);
        at += run;
    }
    snap_arena_fini(&arena);
}

static void how_far_ahead_changes_no_cost(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        check_pieces(false, seed);
        check_pieces(true, seed);
    }
}

static void records_fit_that_start_before_the_end(void **unused)
{
    struct snap_arena arena;
    struct snap_rng rng;
    struct rig rig;

    (void)unused;
    snap_arena_init(&arena);
    rig_init(&rig, &arena, false);
    snap_rng_init(&rng, 5, 0, 0);
    for (int round = 0; round < 2000; round++) {
        uint32_t count = snap_costs_ahead_draw(&rig.ahead, NULL, 1 + (uint32_t)round % 512);
        snap_ns span = 1 + (snap_ns)snap_rng_below(&rng, 3000000);
        uint32_t expected = 0;

        while (expected < count && snap_costs_ahead_sum(&rig.ahead, expected) < span)
            expected++;
        assert_int_equal(snap_costs_ahead_fit(&rig.ahead, count, span), expected);
        snap_costs_ahead_take(&rig.ahead, 1 + (uint32_t)snap_rng_below(&rng, count));
    }
    snap_arena_fini(&arena);
}

static void pauses_have_one_rhythm_in_all_attempts(void **unused)
{
    struct snap_operator op = make("op", NULL);
    const struct snap_cost_owner first = owner(0, 0);
    const struct snap_cost_owner later = owner(0, 9);
    const struct snap_cost_owner other = owner(1, 0);
    snap_ns at;

    (void)unused;
    op.pauses.every_ns = SNAP_SECOND;
    at = snap_pause_first(&op, &first, 0);
    assert_in_range(at, 0, SNAP_SECOND - 1);
    assert_int_equal(snap_pause_first(&op, &first, at), at);
    assert_int_equal(snap_pause_first(&op, &later, at + 1), at + SNAP_SECOND);
    assert_int_equal(snap_pause_first(&op, &later, at + 7 * SNAP_SECOND), at + 7 * SNAP_SECOND);
    assert_int_not_equal(snap_pause_first(&op, &other, 0), at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laws_are_what_they_say),
        cmocka_unit_test(each_uid_subtask_and_attempt_has_draws_of_its_own),
        cmocka_unit_test(keys_have_their_own_law),
        cmocka_unit_test(how_far_ahead_changes_no_cost),
        cmocka_unit_test(records_fit_that_start_before_the_end),
        cmocka_unit_test(pauses_have_one_rhythm_in_all_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
