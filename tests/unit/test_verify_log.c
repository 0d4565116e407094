// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/hash.h"
#include "verify/log.h"

enum { RECORDS = 20000, SPAN_MAX = 700 };

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
    };
    static struct snap_record records[RECORDS];
    static uint64_t lineage[RECORDS];

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
        struct snap_arena arena = {0};
        struct snap_log log = {.keeps_timestamps = true};

        for (uint32_t i = 0; i < RECORDS; i++) {
            uint64_t value = rows[r].value(i);

            records[i] = (struct snap_record){
                .timestamp_ms = (int64_t)value,
                .key.number = (int64_t)value + 1,
                .value.number = (int64_t)value + 2,
                .origin = value + 3,
            };
            lineage[i] = value + 4;
        }
        for (uint32_t i = 0, n = 1; i < RECORDS; i += n, n = n * 5 % SPAN_MAX + 1) {
            n = n < RECORDS - i ? n : RECORDS - i;
            snap_log_append(
                &log, &arena,
                &(struct snap_stretch){snap_record_view_of(records + i), lineage + i, n}, i);
        }
        assert_int_equal(log.count, RECORDS);
        for (uint32_t i = 0; i < RECORDS; i++) {
            struct snap_log_entry entry = snap_log_entry_at(&log, i);

            if (entry.record.timestamp_ms != records[i].timestamp_ms ||
                entry.record.key.number != records[i].key.number ||
                entry.record.value.number != records[i].value.number ||
                entry.record.origin != records[i].origin || entry.lineage != lineage[i])
                fail_msg("%s: entry %u differs", rows[r].name, i);
        }
        read_many(&log, rows[r].name);
        snap_arena_fini(&arena);
    }
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
