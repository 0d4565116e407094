// SPDX-License-Identifier: Apache-2.0
/* Numbers with units, and suggestions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "scenario/iso_duration.h"
#include "scenario/suggest.h"
#include "scenario/units.h"

#define FINE SNAP_UNITS_TOO_FINE
#define LARGE SNAP_UNITS_TOO_LARGE
#define BAD SNAP_UNITS_MALFORMED
#define NO_UNIT SNAP_UNITS_UNKNOWN
#define NONE SNAP_UNITS_NONE
#define MINUS SNAP_UNITS_NEGATIVE

struct row {
    const char *text;
    enum snap_units_result result;
    int64_t value;
};

static const struct row durations[] = {
    {"200 ms", 0, 200000000},
    {"3s", 0, 3000000000},
    {"1 min", 0, 60000000000},
    {"1m", 0, 60000000000},
    {"2 us", 0, 2000},
    {"2 \xc2\xb5s", 0, 2000},
    {"5 NANOS", 0, 5},
    {"1 h", 0, INT64_C(3600000000000)},
    {"1 d", 0, INT64_C(86400000000000)},
    {"17", 0, 17000000},
    {"1.2 s", 0, 1200000000},
    {"0.5 us", 0, 500},
    {"1.000000001 s", 0, 1000000001},
    {"0.1 ns", FINE, 0},
    {" 7 ms ", 0, 7000000},
    {"0", 0, 0},
    {"-1 s", MINUS, 0},
    {"", BAD, 0},
    {"ms", BAD, 0},
    {"1.", BAD, 0},
    {"1 fortnight", NO_UNIT, 0},
    {"1 ms ms", NO_UNIT, 0},
    {"106751 d", 0, INT64_C(9223286400000000000)},
    {"106752 d", LARGE, 0},
    {"9223372036854775807 ns", LARGE, 0},
    {"99999999999999999999 s", LARGE, 0},
};

static const struct row sizes[] = {
    {"100 b", 0, 100},         {"100", 0, 100},
    {"32 kb", 0, 32768},       {"1K", 0, 1024},
    {"20kibibytes", 0, 20480}, {"1.5 mb", 0, 1572864},
    {"1 gb", 0, 1 << 30},      {"1 tb", 0, INT64_C(1) << 40},
    {"9999999 tb", LARGE, 0},  {"1 kib", NO_UNIT, 0},
    {"0.3 b", FINE, 0},
};

static const struct row rates[] = {
    {"20000/s", 0, 72000000},         {"5/min", 0, 300},  {"1/h", 0, 1},         {"0.5/s", 0, 1800},
    {"2 / ms", 0, 7200000},           {"20000", NONE, 0}, {"1/day", NO_UNIT, 0}, {"-1/s", MINUS, 0},
    {"9999999999999999/s", LARGE, 0}, {"0.1/h", FINE, 0},
};

static const struct row bandwidths[] = {
    {"1 gb/s", 0, 1 << 30}, {"100 mb/s", 0, 100 << 20}, {"unlimited", 0, 0}, {"100 mb", NO_UNIT, 0},
    {"100/s", NO_UNIT, 0},  {"1 gb/min", NO_UNIT, 0},   {"fast", BAD, 0},    {"100", NONE, 0},
};

static const struct row iso_durations[] = {
    {"PT1S", 0, 1000000000},
    {"pt1.5s", 0, 1500000000},
    {"PT0,000000001S", 0, 1},
    {"P1DT2H3M4S", 0, INT64_C(93784000000000)},
    {"P2D", 0, INT64_C(172800000000000)},
    {"PT1M-10S", 0, INT64_C(50000000000)},
    {"+PT10M", 0, INT64_C(600000000000)},
    {" PT1S ", 0, 1000000000},
    {"-PT1S", MINUS, 0},
    {"PT-1S", MINUS, 0},
    {"P", BAD, 0},
    {"PT", BAD, 0},
    {"P1DT", BAD, 0},
    {"P1H", BAD, 0},
    {"PT1D", BAD, 0},
    {"PT1S1M", BAD, 0},
    {"PT1.5M", BAD, 0},
    {"PT0.0000000001S", BAD, 0},
    {"PT1", BAD, 0},
    {"1S", BAD, 0},
    {"PT1SX", BAD, 0},
    {"P999999D", LARGE, 0},
};

typedef enum snap_units_result parse_text(const char *text, int64_t *value);

static enum snap_units_result duration(const char *text, int64_t *value)
{
    return snap_units_duration(text, SNAP_FRACTIONS_ALLOWED, value);
}

static enum snap_units_result size(const char *text, int64_t *value)
{
    return snap_units_size(text, SNAP_FRACTIONS_ALLOWED, value);
}

static void check(parse_text *parse, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t value = -1;
        enum snap_units_result result = parse(rows[i].text, &value);

        if (result != rows[i].result || (result == SNAP_UNITS_OK && value != rows[i].value))
            fail_msg("\"%s\": result %d, %lld", rows[i].text, (int)result, (long long)value);
    }
}

#define ROWS(rows) rows, sizeof(rows) / sizeof(rows[0])

static void test_units(void **state)
{
    int64_t value = 0;

    (void)state;
    check(duration, ROWS(durations));
    check(size, ROWS(sizes));
    check(snap_iso_duration, ROWS(iso_durations));
    check(snap_units_rate, ROWS(rates));
    check(snap_units_bandwidth, ROWS(bandwidths));
    assert_int_equal(snap_units_duration("1.2 s", SNAP_FRACTIONS_REFUSED, &value), BAD);
}

static void test_numbers(void **state)
{
    int64_t value = 0;
    double real = 0;

    (void)state;
    assert_int_equal(snap_units_integer("-9223372036854775808", &value), SNAP_UNITS_OK);
    assert_true(value == INT64_MIN);
    assert_int_equal(snap_units_integer("+5", &value), SNAP_UNITS_OK);
    assert_int_equal(snap_units_integer("9223372036854775808", &value), LARGE);
    assert_int_equal(snap_units_integer("1e9", &value), BAD);
    assert_int_equal(snap_units_integer("0x10", &value), BAD);
    assert_int_equal(snap_units_integer(" 5", &value), BAD);
    assert_int_equal(snap_units_real("1.5", &real), SNAP_UNITS_OK);
    assert_true(real == 1.5);
    assert_int_equal(snap_units_real("1e999", &real), LARGE);
    assert_int_equal(snap_units_real("nan", &real), BAD);
    assert_int_equal(snap_units_real("", &real), BAD);
}

static const struct {
    const char *wanted;
    const char *expected;
} suggestions[] = {
    {"paralelism", "parallelism"},
    {"CHIAN", "chain"},
    {"cost", "cost"},
    {"zzz", NULL},
    {"hsah", "hash"},
    {"", NULL},
};

static void test_suggestions(void **state)
{
    static const char *const names[] = {"parallelism", "chain", "cost", "hash", "global"};

    (void)state;
    for (size_t i = 0; i < sizeof(suggestions) / sizeof(suggestions[0]); i++) {
        struct snap_suggestion suggestion = {.wanted = suggestions[i].wanted};
        const char *expected = suggestions[i].expected;

        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            snap_suggestion_try(&suggestion, names[n]);
        if (strcmp(expected ? expected : "-", suggestion.best ? suggestion.best : "-") != 0)
            fail_msg("%s: %s", suggestion.wanted, suggestion.best ? suggestion.best : "-");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_suggestions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
