// SPDX-License-Identifier: Apache-2.0
// Java's hash code of a string is the same however the string is given, also for bytes that are
// no UTF-8.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/java_hash.h"

enum { UNITS_MAX = 8 };

struct row {
    const char *name;
    const char *bytes;
    uint16_t units[UNITS_MAX]; /* what Java decodes the bytes to */
    size_t count;
};

static const struct row rows[] = {
    {"empty", "", {0}, 0},
    {"ascii", "ab", {'a', 'b'}, 2},
    {"two bytes", "\xC3\xA9", {0xE9}, 1},
    {"three bytes", "\xE2\x82\xAC", {0x20AC}, 1},
    {"four bytes become a pair", "\xF0\x9F\x98\x80", {0xD83D, 0xDE00}, 2},
    {"lone continuation", "a\x80z", {'a', 0xFFFD, 'z'}, 3},
    {"overlong two bytes", "\xC0\xAF", {0xFFFD, 0xFFFD}, 2},
    {"overlong three bytes", "\xE0\x80\xAF", {0xFFFD, 0xFFFD, 0xFFFD}, 3},
    {"encoded surrogate is one", "\xED\xA0\x80z", {0xFFFD, 'z'}, 2},
    {"cut three bytes is one", "\xE2\x82", {0xFFFD}, 1},
    {"cut three bytes, then text", "\xE2\x82z", {0xFFFD, 'z'}, 2},
    {"cut four bytes is one", "\xF0\x9F\x98z", {0xFFFD, 'z'}, 2},
    {"above the last point", "\xF4\x90\x80\x80", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}, 4},
    {"never a first byte", "\xFFz", {0xFFFD, 'z'}, 2},
};

static void test_utf8_hashes_as_its_units(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int32_t expected = snap_java_hash_utf16(rows[i].units, rows[i].count);
        int32_t actual = snap_java_hash_utf8(rows[i].bytes, strlen(rows[i].bytes));

        if (expected != actual)
            print_error("row: %s\n", rows[i].name);
        assert_int_equal(expected, actual);
    }
}

static void test_known_hashes(void **state)
{
    (void)state;
    /* Documented values of String.hashCode and Long.hashCode. */
    assert_int_equal(snap_java_hash_utf8("hello", 5), 99162322);
    assert_int_equal(snap_java_hash_utf8("polygenelubricants", 18), INT32_MIN);
    assert_int_equal(snap_java_hash_long(-1), 0);
    assert_int_equal(snap_java_hash_long(INT64_C(1) << 32), 1);
}

static void test_murmur_is_never_negative(void **state)
{
    uint32_t hash = 1;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        hash = hash * 1664525u + 1013904223u;
        assert_true(snap_java_murmur((int32_t)(hash & INT32_MAX)) >= 0);
        assert_true(snap_java_murmur(-(int32_t)(hash & INT32_MAX)) >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_hashes_as_its_units),
        cmocka_unit_test(test_known_hashes),
        cmocka_unit_test(test_murmur_is_never_negative),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
