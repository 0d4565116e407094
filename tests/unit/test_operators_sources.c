// SPDX-License-Identifier: Apache-2.0
/* sequence and list: which records, in which split, when due, and what a restore goes on with. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "operators/draw.h"
#include "operators/rate.h"
#include "unit/operator_harness.h"

enum { SPLITS_MAX = 8, COUNT_MAX = 4000 };

static struct harness *make(const char *count, uint32_t parallelism, uint32_t subtask,
                            uint32_t splits)
{
    struct harness *h = calloc(1, sizeof(*h));

    harness_start(h, &snap_sequence_class);
    harness_set(h, "count", count);
    h->op.parallelism = parallelism;
    h->context.subtask = subtask;
    h->op.split_first = 3; /* other sources have splits as well */
    h->options[1].set = splits > 0;
    h->options[1].number = splits;
    return h;
}

static void ready(struct harness *h)
{
    if (!harness_configure(h))
        fail_msg("%s", h->error.message);
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
}

static void drop(struct harness *h)
{
    harness_stop(h);
    free(h);
}

/* Every index comes once, in the split and at the offset that its number says. */
static void deals_records_to_splits(void **unused)
{
    static const struct {
        const char *name;
        const char *count;
        uint32_t parallelism;
        uint32_t splits;
    } rows[] = {
        {"one of all", "100", 1, 0},
        {"two subtasks", "101", 2, 0},
        {"more splits than subtasks", "103", 2, 5},
        {"fewer splits than subtasks", "50", 4, 2},
        {"more splits than records", "3", 1, 8},
        {"nothing", "0", 2, 0},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        uint64_t total = strtoull(rows[r].count, NULL, 10);
        uint64_t splits = rows[r].splits ? rows[r].splits : rows[r].parallelism;
        uint8_t seen[COUNT_MAX] = {0};
        uint64_t sum = 0;

        for (uint32_t s = 0; s < rows[r].parallelism; s++) {
            struct harness *h = make(rows[r].count, rows[r].parallelism, s, rows[r].splits);
            int64_t before = -1;

            ready(h);
            while (harness_produce(h, 7)) {
                for (uint32_t i = 0; i < h->batch.count; i++) {
                    const struct snap_record record = harness_record(h, i);
                    uint64_t split = snap_origin_split(record.origin) - 3;

                    assert_int_equal(record.value.number,
                                     snap_origin_offset(record.origin) * splits + split);
                    assert_int_equal(record.key.number, record.value.number);
                    assert_int_equal(split % rows[r].parallelism, s);
                    assert_true(record.value.number > before);
                    before = record.value.number;
                    seen[record.value.number]++;
                    sum++;
                }
            }
            assert_int_equal(snap_sequence_class.next_due(h->self), SNAP_NEVER);
            assert_int_equal(snap_sequence_class.due_count(h->self, 0, 9), 0);
            drop(h);
        }
        for (uint64_t i = 0; i < total; i++) {
            if (seen[i] != 1)
                fail_msg("%s: index %d came %d times", rows[r].name, (int)i, seen[i]);
        }
        assert_int_equal(sum, total);
    }
}

/* A key depends on seed, uid and index only, not on how the work is divided. */
static void draws_alike_however_divided(void **unused)
{
    static const char *const distributions[] = {"uniform", "zipf(1.1)", "hot(0.5)"};
    static int64_t keys[COUNT_MAX];

    (void)unused;
    for (size_t d = 0; d < 3; d++) {
        for (uint32_t parallelism = 1; parallelism <= 3; parallelism++) {
            for (uint32_t s = 0; s < parallelism; s++) {
                struct harness *h = make("4000", parallelism, s, 0);

                harness_set(h, "keys", "50");
                harness_set(h, "distribution", distributions[d]);
                ready(h);
                while (harness_produce(h, 100)) {
                    for (uint32_t i = 0; i < h->batch.count; i++) {
                        const struct snap_record record = harness_record(h, i);

                        assert_in_range(record.key.number, 0, 49);
                        if (parallelism == 1)
                            keys[record.value.number] = record.key.number;
                        assert_int_equal(record.key.number, keys[record.value.number]);
                    }
                }
                drop(h);
            }
        }
    }
}

static void count_keys(const char *distribution, const char *uid, uint32_t *counts)
{
    struct harness *h = make("4000", 1, 0, 0);

    harness_set(h, "keys", "10");
    harness_set(h, "distribution", distribution);
    h->op.uid = uid;
    ready(h);
    memset(counts, 0, 10 * sizeof(*counts));
    while (harness_produce(h, 1000)) {
        for (uint32_t i = 0; i < h->batch.count; i++)
            counts[h->records[i].key.number]++;
    }
    drop(h);
}

static void distributions_have_their_shapes(void **unused)
{
    uint32_t counts[10];
    uint32_t other[10];

    (void)unused;
    count_keys("uniform", "uid", counts);
    for (int k = 0; k < 10; k++)
        assert_in_range(counts[k], 330, 470);
    count_keys("uniform", "other", other);
    assert_memory_not_equal(counts, other, sizeof(counts));
    count_keys("hot(0.75)", "uid", counts);
    assert_in_range(counts[0], 2880, 3120);
    for (int k = 1; k < 10; k++)
        assert_in_range(counts[k], 70, 155);
    /* 1 / H(10) = 0.3414 of all draws for key 0, a tenth of that for key 9. */
    count_keys("zipf(1)", "uid", counts);
    assert_in_range(counts[0], 1270, 1460);
    assert_in_range(counts[1], 600, 770);
    assert_in_range(counts[9], 95, 185);
    count_keys("zipf(0)", "uid", counts);
    for (int k = 0; k < 10; k++)
        assert_in_range(counts[k], 330, 470);
    count_keys("hot(1)", "uid", counts);
    assert_int_equal(counts[0], 4000);
}

static void leaves_when_due(void **unused)
{
    /* 1,000 an hour: 3.6 s apart; 7 an hour does not divide the hour. */
    static const struct {
        int64_t rate;
        int64_t index;
        int64_t due_ns;
    } rows[] = {
        {1000, 0, 0},         {1000, 1, 3600000000}, {1000, 3, 10800000000},
        {7, 1, 514285714286}, {7, 7, 3600000000000}, {3600000, 5, 5000000},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct harness *h = make("1000", 1, 0, 1);

        h->options[0] = (struct snap_option){.set = true, .number = rows[r].rate};
        ready(h);
        if (rows[r].index)
            harness_produce(h, (uint32_t)rows[r].index);
        assert_int_equal(snap_sequence_class.next_due(h->self), rows[r].due_ns);
        assert_int_equal(snap_sequence_class.due_count(h->self, rows[r].due_ns, 100), 1);
        if (rows[r].due_ns)
            assert_int_equal(snap_sequence_class.due_count(h->self, rows[r].due_ns - 1, 100), 0);
        harness_produce(h, 1);
        assert_int_equal(h->stamps[0].timestamp_ms, rows[r].due_ns / 1000000);
        drop(h);
    }
}

/* Additions give what the division gives, at every step. */
static void the_due_clock_does_not_drift(void **unused)
{
    static const int64_t rates[] = {1, 7, 1000, 777777, 3600000000, 6999999999999};
    static const uint64_t strides[] = {1, 3, 64};

    (void)unused;
    for (size_t r = 0; r < 6; r++) {
        for (size_t s = 0; s < 3; s++) {
            struct snap_due_clock clock = snap_due_clock_at(rates[r], 5, strides[s]);

            for (uint64_t i = 0; i < 3000; i++) {
                snap_ns due = snap_rate_due(rates[r], 5 + i * strides[s]);

                assert_int_equal(clock.whole_ns + (clock.rest != 0), due);
                assert_int_equal(snap_due_clock_step(&clock), due / SNAP_MS);
            }
        }
    }
}

/* next_due, due_count and produce agree record by record, with splits that take turns. */
static void due_count_is_what_is_due(void **unused)
{
    (void)unused;
    for (uint32_t splits = 1; splits <= 5; splits++) {
        struct harness *h = make("200", 2, 1, splits);
        uint64_t left = 0;

        h->options[0] = (struct snap_option){.set = true, .number = 777777};
        ready(h);
        for (uint32_t s = 1; s < splits; s += 2)
            left += (200 - s - 1) / splits + 1;
        assert_int_equal(snap_sequence_class.due_count(h->self, SNAP_NEVER - 1, 1000), left);
        while (left > 0) {
            snap_ns due = snap_sequence_class.next_due(h->self);
            uint32_t count = snap_sequence_class.due_count(h->self, due, 1000);
            uint32_t later = snap_sequence_class.due_count(h->self, due + 20 * SNAP_MS, 1000);

            assert_int_equal(count, 1);
            assert_int_equal(snap_sequence_class.due_count(h->self, due - 1, 1000), 0);
            assert_int_equal(harness_produce(h, later), later);
            assert_int_equal(h->stamps[0].timestamp_ms, due / SNAP_MS);
            assert_true(h->stamps[later - 1].timestamp_ms <= (due + 20 * SNAP_MS) / SNAP_MS);
            assert_true(snap_sequence_class.next_due(h->self) > due + 20 * SNAP_MS);
            left -= later;
        }
        assert_int_equal(snap_sequence_class.next_due(h->self), SNAP_NEVER);
        drop(h);
    }
}

/* Takes the items of the states of two subtasks and deals them out crosswise. */
static struct snap_operator_state *mix(struct snap_arena *arena,
                                       struct snap_operator_state *const *states, uint32_t turn)
{
    struct snap_operator_state *mixed = SNAP_ARENA_NEW(arena, struct snap_operator_state);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, SPLITS_MAX);
    struct snap_list_snapshot list = {
        .name = "SourceReaderState", .mode = SNAP_LIST_SPLIT, .items = items};

    for (uint32_t s = 0; s < 2; s++) {
        const struct snap_list_snapshot *from = states[s]->lists;

        for (uint32_t i = 0; i < from->count; i++) {
            if ((i + s) % 3 == turn)
                items[list.count++] = from->items[i];
        }
    }
    snap_operator_state_add_list(mixed, arena, &list);
    return mixed;
}

static void splits_move_to_other_subtasks(void **unused)
{
    struct harness *old[2];
    struct snap_operator_state *states[2];
    uint8_t seen[COUNT_MAX] = {0};

    (void)unused;
    for (uint32_t s = 0; s < 2; s++) {
        old[s] = make("400", 2, s, 7);
        ready(old[s]);
        harness_produce(old[s], 50 + 31 * s);
        for (uint32_t i = 0; i < old[s]->batch.count; i++)
            seen[old[s]->records[i].value.number]++;
        states[s] = harness_snapshot(old[s], 1);
        harness_produce(old[s], 20); /* after the snapshot: forgotten */
    }
    for (uint32_t s = 0; s < 3; s++) {
        struct harness *h = make("400", 3, s, 7);
        int64_t before = -1;

        assert_true(harness_configure(h));
        assert_true(harness_open(h, mix(&h->arena, states, s), 1));
        while (harness_produce(h, 11)) {
            for (uint32_t i = 0; i < h->batch.count; i++) {
                /* The smallest index first, as far as the splits had come. */
                assert_true(h->records[i].value.number > before);
                before = h->records[i].value.number;
                seen[before]++;
            }
        }
        drop(h);
    }
    for (int i = 0; i < 400; i++) {
        if (seen[i] != 1)
            fail_msg("index %d came %d times", i, seen[i]);
    }
    drop(old[0]);
    drop(old[1]);
}

static void an_empty_state_means_no_splits(void **unused)
{
    struct harness *h = make("400", 1, 0, 0);
    const struct snap_operator_state empty = {0};

    (void)unused;
    assert_true(harness_configure(h));
    assert_true(harness_open(h, &empty, 1));
    assert_int_equal(harness_produce(h, 10), 0);
    drop(h);
}

/* What was sent since the snapshot is gone, with checkpoints and without. */
static void cannot_replay(void **unused)
{
    (void)unused;
    for (int with_state = 0; with_state < 2; with_state++) {
        struct harness *h = make("100", 1, 0, 3);
        struct snap_operator_state *state;

        harness_set(h, "replayable", "false");
        ready(h);
        harness_produce(h, 10);
        state = harness_snapshot(h, 1);
        harness_produce(h, 15);
        harness_crash(h);
        assert_true(harness_open(h, with_state ? state : NULL, 1));
        assert_int_equal(harness_produce(h, 1), 1);
        assert_int_equal(h->records[0].value.number, 25);
        assert_int_equal(harness_produce(h, 1000), 74);
        drop(h);
    }
}

static void a_list_as_written(void **unused)
{
    static const char *const texts[] = {"b", "1", "a", "-2", "7", "3"};
    struct harness *h = calloc(1, sizeof(*h));

    (void)unused;
    harness_start(h, &snap_list_class);
    for (int i = 0; i < 6; i++)
        harness_add(h, "records", texts[i], false);
    ready(h);
    assert_int_equal(h->op.schema.key, SNAP_VALUE_STRING); /* 7 among letters is a text */
    assert_int_equal(h->op.schema.value, SNAP_VALUE_LONG);
    assert_int_equal(harness_produce(h, 10), 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(h->records[i].key.string->bytes, texts[2 * i]);
        assert_int_equal(h->records[i].value.number, atoi(texts[2 * i + 1]));
        assert_int_equal(h->stamps[i].origin, i);
        assert_int_equal(h->lineage[i], 0);
    }
    drop(h);
}

static void quotes_make_strings(void **unused)
{
    struct harness *h = calloc(1, sizeof(*h));

    (void)unused;
    harness_start(h, &snap_list_class);
    harness_add(h, "records", "1", false);
    harness_add(h, "records", "1", true);
    harness_add(h, "records", "99999999999999999999", false);
    harness_add(h, "records", "2", false);
    ready(h);
    assert_int_equal(h->op.schema.key, SNAP_VALUE_STRING); /* beyond 64 bits */
    assert_int_equal(h->op.schema.value, SNAP_VALUE_STRING);
    drop(h);
}

static void refuses_bad_options(void **unused)
{
    static const struct {
        const char *option;
        const char *text;
        const char *keys;
        const char *message;
    } rows[] = {
        {"splits", "0", NULL, "1 to 65536 splits"},
        {"splits", "65537", NULL, "1 to 65536 splits"},
        {"rate", "0", NULL, "above 0"},
        {"keys", "0", NULL, "at least one key"},
        {"count", "-1", NULL, "not negative"},
        {"distribution", "unifrom", "5", "did you mean \"uniform\"?"},
        {"distribution", "normal", "5", "expected uniform | zipf(s) | hot(share)"},
        {"distribution", "zipf", "5", "expected uniform | zipf(s) | hot(share)"},
        {"distribution", "zipf(x)", "5", "\"x\" is not a number"},
        {"distribution", "zipf(-1)", "5", "\"-1\" is not a number"},
        {"distribution", "zipf(99)", "5", "from 0 to 20"},
        {"distribution", "zipf(1", "5", "is not understood"},
        {"distribution", "uniform(1)", "5", "is not understood"},
        {"distribution", "hot(1.5)", "5", "from 0 to 1"},
        {"distribution", "hot(0.5)", NULL, "needs `keys`"},
        {"distribution", "zipf(1)", "10000001", "at most 10000000 keys"},
        {"distribution", "", "5", "is not understood"},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct harness *h = make("10", 1, 0, 0);

        if (rows[r].keys)
            harness_set(h, "keys", rows[r].keys);
        harness_set(h, rows[r].option, rows[r].text);
        if (harness_configure(h))
            fail_msg("%s: %s was taken", rows[r].option, rows[r].text);
        if (!strstr(h->error.message, rows[r].message))
            fail_msg("%s: %s: \"%s\" does not say \"%s\"", rows[r].option, rows[r].text,
                     h->error.message, rows[r].message);
        assert_string_equal(snap_sequence_class.type.options[h->culprit].name, rows[r].option);
        drop(h);
    }
}

/* The first records of a run are drawn four at a time where the processor can: runs of each length,
 * behind which nothing is written. */
static void runs_are_drawn_like_single_keys(void **unused)
{
    static const uint64_t key_counts[] = {1, 2, 10007, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    static const uint64_t strides[] = {1, 4, 1000003, UINT64_C(1) << 40};
    enum { COUNT = 23, AFTER = -7 };

    (void)unused;
    for (size_t r = 0; r < 6 * 4 * COUNT * 50; r++) {
        struct snap_draw draw = {.keys = key_counts[r % 6]};
        uint64_t stride = strides[r / 6 % 4];
        uint32_t count = (uint32_t)(r / 24 % COUNT);
        uint64_t seed = snap_mix64(r);
        uint64_t number = snap_mix64(seed) >> 16;
        struct snap_pair records[COUNT + 1] = {[0].key.number = 0};

        records[count].key.number = AFTER;
        snap_draw_fill_uniform(&draw, seed, number, stride, records, count);
        for (uint32_t i = 0; i < count; i++, number += stride)
            if (records[i].key.number != snap_draw_uniform(&draw, seed, number) ||
                records[i].value.number != (int64_t)number)
                fail_msg("record %u of %u, keys %llu, stride %llu, seed %llu", i, count,
                         (unsigned long long)draw.keys, (unsigned long long)stride,
                         (unsigned long long)seed);
        assert_int_equal(records[count].key.number, AFTER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deals_records_to_splits),
        cmocka_unit_test(draws_alike_however_divided),
        cmocka_unit_test(runs_are_drawn_like_single_keys),
        cmocka_unit_test(distributions_have_their_shapes),
        cmocka_unit_test(leaves_when_due),
        cmocka_unit_test(the_due_clock_does_not_drift),
        cmocka_unit_test(due_count_is_what_is_due),
        cmocka_unit_test(splits_move_to_other_subtasks),
        cmocka_unit_test(an_empty_state_means_no_splits),
        cmocka_unit_test(cannot_replay),
        cmocka_unit_test(a_list_as_written),
        cmocka_unit_test(quotes_make_strings),
        cmocka_unit_test(refuses_bad_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
