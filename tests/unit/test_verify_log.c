// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "verify/log.h"

/* The last span, two fours, ends where memory ends. */
enum { RECORDS = 20000, SPAN_MAX = 700, LAST_SPAN = 8 };

/* The i-th value of each shape that a column may have. */
static uint64_t even(uint32_t i)
{
    return 5 + 3 * (uint64_t)i;
}

static uint64_t falling(uint32_t i)
{
    return UINT64_C(1000) - 7 * (uint64_t)i;
}

static uint64_t constant(uint32_t i)
{
    (void)i;
    return UINT64_C(1) << 60;
}

static uint64_t round_and_round(uint32_t i)
{
    return i % 97;
}

static uint64_t anything(uint32_t i)
{
    return snap_mix64(i + 1);
}

static uint64_t small_then_large(uint32_t i)
{
    return i % 300 < 250 ? i % 3 : UINT64_MAX - i;
}

static uint64_t late(uint32_t i)
{
    return i < 12000 ? 0 : i;
}

static uint64_t just_too_far(uint32_t i)
{
    return i % 2 ? 0 : (UINT64_C(1) << 31) * (i % 3);
}

static uint64_t wide_steps(uint32_t i)
{
    return i % 500 == 499 ? 1 : (uint64_t)i << 40;
}

/* Both ends of what a difference of 16 bits can be. */
static uint64_t sixteen_bits(uint32_t i)
{
    return i % 3 == 0 ? 40000 : i % 3 == 1 ? 40000 - 32768 : 40000 + 32767;
}

static uint64_t one_more(uint32_t i)
{
    return i % 3 == 0 ? 40000 : i % 3 == 1 ? 40000 - 32769 : 40000 + 32768;
}

static uint64_t one_more_above(uint32_t i)
{
    return 40000 + (i % 1003 == 1002 ? 32768 : i % 5);
}

/* Likewise of 32 bits, and one more at one place among four only. */
static uint64_t thirty_two_bits(uint32_t i)
{
    return (UINT64_C(1) << 40) + (i % 3 == 1 ? INT32_MAX : i % 3 == 2 ? -(UINT64_C(1) << 31) : 0);
}

static uint64_t one_more_than_32(uint32_t i)
{
    return (UINT64_C(1) << 40) + (i % 1003 == 1002 ? UINT64_C(1) << 31 : i % 5 << 20);
}

/* Even but for one in many. */
static uint64_t fourth_is_odd(uint32_t i)
{
    return 3 * (uint64_t)i + (i % 2003 == 2002);
}

struct row {
    const char *name;
    uint64_t (*value)(uint32_t i);
};

/* Many at a time are the same as one by one. */
static void read_many(const struct snap_log *log, const char *name)
{
    struct snap_log_entries entries = {.count = 0};
    uint64_t index = 0;

    while (index < log->count) {
        struct snap_slice slice = snap_log_slice(log, index, log->count);

        for (uint32_t i = 0; i < slice.count; i += entries.count) {
            snap_slice_read(&slice, i, &entries);
            for (uint32_t k = 0; k < entries.count; k++, index++) {
                struct snap_log_entry entry = snap_log_entry_at(log, index);

                if (memcmp(&entry.record, &entries.records[k], sizeof(entry.record)) != 0 ||
                    entry.lineage != entries.lineages[k])
                    fail_msg("%s: entry %u is read otherwise", name, (unsigned)index);
            }
        }
    }
}

/* Where records lie: whole, or in columns, of which the last values are the end of their memory. */
struct lying {
    struct snap_record whole[RECORDS];
    struct snap_pair *pairs;
    struct snap_stamp *stamps;
};

static struct snap_record_view view_from(const struct lying *lying, bool in_columns, uint32_t first)
{
    const struct snap_record_view columns = {lying->pairs, lying->stamps, sizeof(struct snap_pair)};
    const struct snap_record_view whole = snap_record_view_of(lying->whole);

    return snap_record_view_from(in_columns ? &columns : &whole, first);
}

static void fill(struct lying *lying, uint64_t *lineage, uint64_t (*value_of)(uint32_t i))
{
    for (uint32_t i = 0; i < RECORDS; i++) {
        uint64_t value = value_of(i);
        const struct snap_record record = {
            .timestamp_ms = (int64_t)value,
            .key.number = (int64_t)value + 1,
            .value.number = (int64_t)value + 2,
            .origin = value + 3,
        };

        lying->whole[i] = record;
        lying->pairs[i] = (struct snap_pair){record.key, record.value};
        lying->stamps[i] = (struct snap_stamp){record.timestamp_ms, record.origin};
        lineage[i] = value + 4;
    }
}

static void append_and_read_back(const struct lying *lying, const uint64_t *lineage,
                                 bool in_columns, const char *name)
{
    const struct snap_record *records = lying->whole;
    struct snap_arena arena = {0};
    struct snap_log log = {.keeps_timestamps = true};

    for (uint32_t i = 0, n = 1; i < RECORDS; i += n, n = n * 5 % SPAN_MAX + 1) {
        uint32_t left = i < RECORDS - LAST_SPAN ? RECORDS - LAST_SPAN - i : LAST_SPAN;

        n = left == LAST_SPAN || n > left ? left : n;
        snap_log_append(&log, &arena,
                        &(struct snap_stretch){view_from(lying, in_columns, i), lineage + i, n}, i);
    }
    assert_int_equal(log.count, RECORDS);
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct snap_log_entry entry = snap_log_entry_at(&log, i);

        if (entry.record.timestamp_ms != records[i].timestamp_ms ||
            entry.record.key.number != records[i].key.number ||
            entry.record.value.number != records[i].value.number ||
            entry.record.origin != records[i].origin || entry.lineage != lineage[i])
            fail_msg("%s, %s: entry %u differs", name, in_columns ? "in columns" : "whole", i);
    }
    read_many(&log, name);
    snap_arena_fini(&arena);
}

static void what_was_appended_is_read_back(void **unused)
{
    static const struct row rows[] = {
        {"even", even},
        {"falling", falling},
        {"constant", constant},
        {"round and round", round_and_round},
        {"anything", anything},
        {"small, then large", small_then_large},
        {"late", late},
        {"just too far", just_too_far},
        {"wide steps", wide_steps},
        {"sixteen bits", sixteen_bits},
        {"one more than sixteen bits", one_more},
        {"one more than sixteen bits above", one_more_above},
        {"thirty-two bits", thirty_two_bits},
        {"one more than thirty-two bits", one_more_than_32},
        {"every fourth is odd", fourth_is_odd},
    };
    static struct lying lying;
    static uint64_t lineage[RECORDS];

    (void)unused;
    lying.pairs = malloc(RECORDS * sizeof(*lying.pairs));
    lying.stamps = malloc(RECORDS * sizeof(*lying.stamps));
    assert_non_null(lying.pairs);
    assert_non_null(lying.stamps);
    for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
        fill(&lying, lineage, rows[r].value);
        append_and_read_back(&lying, lineage, false, rows[r].name);
        append_and_read_back(&lying, lineage, true, rows[r].name);
    }
    free(lying.pairs);
    free(lying.stamps);
}

static void without_lineage_it_is_zero(void **unused)
{
    struct snap_record records[3] = {{.origin = 1}, {.origin = 9}, {.timestamp_ms = 4}};
    uint64_t lineage[2] = {7, 8};
    struct snap_arena arena = {0};
    struct snap_log log = {0};

    (void)unused;
    snap_log_append(&log, &arena, &(struct snap_stretch){snap_record_view_of(records), NULL, 3},
                    10);
    snap_log_append(&log, &arena, &(struct snap_stretch){snap_record_view_of(records), lineage, 2},
                    10);
    snap_log_append(&log, &arena, &(struct snap_stretch){snap_record_view_of(records), NULL, 1},
                    20);
    assert_int_equal(snap_log_entry_at(&log, 2).lineage, 0);
    assert_int_equal(snap_log_entry_at(&log, 4).lineage, 8);
    assert_int_equal(snap_log_entry_at(&log, 5).lineage, 0);
    assert_int_equal(snap_log_entry_at(&log, 2).record.timestamp_ms, 0); /* not kept */
    assert_int_equal(snap_log_time_of(&log, 4), 10);
    assert_int_equal(snap_log_time_of(&log, 5), 20);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_appended_is_read_back),
        cmocka_unit_test(without_lineage_it_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
