// SPDX-License-Identifier: Apache-2.0
/* Fields of maps as strings: longs, texts and nulls, and names that are longs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "model/string_pool.h"
#include "state/packed.h"

static struct snap_bytes bytes_of(const char *text, size_t count)
{
    return (struct snap_bytes){(const uint8_t *)text, count};
}

static void fields_come_back(void **unused)
{
    const struct snap_map_field rows[] = {
        {.name = bytes_of("", 0)},
        {.name = bytes_of("f", 1), .value = -1},
        {.name = bytes_of("\0f\0", 3), .value = INT64_MIN},
        {.name = bytes_of("f", 1), .is_null = true},
        {.name = bytes_of("f", 1), .is_text = true, .text = bytes_of("", 0)},
        {.name = bytes_of("", 0), .is_text = true, .text = bytes_of("f", 1)},
        {.name = bytes_of("ab", 2), .is_text = true, .text = bytes_of("c\0d", 3)},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_arena arena = {0};
        struct snap_map_field back = snap_map_field_unpack(snap_map_field_pack(&arena, &rows[i]));

        assert_true(snap_bytes_equal(back.name, rows[i].name));
        assert_int_equal(back.is_null, rows[i].is_null);
        assert_int_equal(back.is_text, rows[i].is_text);
        assert_int_equal(back.value, rows[i].value);
        assert_true(snap_bytes_equal(back.text, rows[i].text));
        snap_arena_fini(&arena);
    }
}

/* What a field was before it became null is nothing. */
static void nulls_are_equal(void **unused)
{
    const struct snap_map_field fields[] = {
        {.name = bytes_of("f", 1), .is_null = true},
        {.name = bytes_of("f", 1), .is_null = true, .value = 3},
        {.name = bytes_of("f", 1), .is_null = true, .is_text = true, .text = bytes_of("g", 1)},
    };
    struct snap_arena arena = {0};
    const struct snap_string *first = snap_map_field_pack(&arena, &fields[0]).string;

    (void)unused;
    for (size_t i = 1; i < sizeof(fields) / sizeof(fields[0]); i++)
        assert_true(snap_string_equal(first, snap_map_field_pack(&arena, &fields[i]).string));
    snap_arena_fini(&arena);
}

static void longs_are_names_as_flink_writes_them(void **unused)
{
    static const struct {
        int64_t number;
        uint8_t bytes[SNAP_LONG_NAME_BYTES];
    } rows[] = {
        {0, {0}},
        {1, {0, 0, 0, 0, 0, 0, 0, 1}},
        {-2, {255, 255, 255, 255, 255, 255, 255, 254}},
        {INT64_MIN, {128}},
        {0x0102030405060708, {1, 2, 3, 4, 5, 6, 7, 8}},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[SNAP_LONG_NAME_BYTES];
        struct snap_bytes name = snap_long_name(bytes, rows[i].number);

        assert_int_equal(name.count, sizeof(bytes));
        assert_memory_equal(name.at, rows[i].bytes, sizeof(bytes));
        assert_int_equal(snap_long_of_name(name), rows[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(nulls_are_equal),
        cmocka_unit_test(longs_are_names_as_flink_writes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
