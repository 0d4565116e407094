// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/json.h"

static void write_all(struct snap_json *json)
{
    snap_json_object_begin(json, NULL);
    snap_json_number(json, "least", INT64_MIN);
    snap_json_unsigned(json, "most", UINT64_MAX);
    snap_json_array_begin(json, "empty");
    snap_json_array_end(json);
    snap_json_object_begin(json, "nothing");
    snap_json_object_end(json);
    snap_json_array_begin(json, "mixed");
    snap_json_bool(json, NULL, true);
    snap_json_null(json, NULL);
    snap_json_string(json, NULL, "a");
    snap_json_string(json, NULL, NULL);
    snap_json_array_end(json);
    snap_json_object_begin(json, "line");
    snap_json_inline(json);
    snap_json_number(json, "a", 1);
    snap_json_array_begin(json, "b");
    snap_json_number(json, NULL, 2);
    snap_json_number(json, NULL, 3);
    snap_json_array_end(json);
    snap_json_object_end(json);
    snap_json_double(json, "last", 0.5);
    snap_json_object_end(json);
}

static void compact_has_no_white_space(void **state)
{
    struct snap_text text = {0};
    struct snap_json json;

    (void)state;
    snap_json_init(&json, &text, SNAP_JSON_COMPACT);
    write_all(&json);
    assert_string_equal(text.data, "{\"least\":-9223372036854775808,\"most\":18446744073709551615,"
                                   "\"empty\":[],\"nothing\":{},\"mixed\":[true,null,\"a\",null],"
                                   "\"line\":{\"a\":1,\"b\":[2,3]},\"last\":0.5}");
    snap_text_fini(&text);
}

static void indented_has_one_member_a_line_except_inline(void **state)
{
    struct snap_text text = {0};
    struct snap_json json;

    (void)state;
    snap_json_init(&json, &text, SNAP_JSON_INDENTED);
    write_all(&json);
    assert_string_equal(text.data, "{\n"
                                   "  \"least\": -9223372036854775808,\n"
                                   "  \"most\": 18446744073709551615,\n"
                                   "  \"empty\": [],\n"
                                   "  \"nothing\": {},\n"
                                   "  \"mixed\": [\n"
                                   "    true,\n"
                                   "    null,\n"
                                   "    \"a\",\n"
                                   "    null\n"
                                   "  ],\n"
                                   "  \"line\": {\"a\": 1, \"b\": [2, 3]},\n"
                                   "  \"last\": 0.5\n"
                                   "}");
    snap_text_fini(&text);
}

/* As deep as it goes, and behind so many bytes that the room for a line ends anywhere in it. */
static void indent_behind(size_t before)
{
    struct snap_text text = {0};
    struct snap_text expected = {0};
    struct snap_json json;

    for (size_t i = 0; i < before; i++)
        snap_text_add(&text, "x", 1);
    snap_json_init(&json, &text, SNAP_JSON_INDENTED);
    for (int depth = 0; depth < SNAP_JSON_DEPTH_MAX; depth++) {
        snap_json_array_begin(&json, NULL);
        snap_text_printf(&expected, "[\n%*s", 2 * (depth + 1), "");
    }
    snap_json_bool(&json, NULL, true);
    snap_json_bool(&json, NULL, false);
    snap_text_printf(&expected, "true,\n%*sfalse", 2 * SNAP_JSON_DEPTH_MAX, "");
    for (int depth = SNAP_JSON_DEPTH_MAX; depth-- > 0;) {
        snap_json_array_end(&json);
        snap_text_printf(&expected, "\n%*s]", 2 * depth, "");
    }
    assert_string_equal(text.data + before, expected.data);
    assert_int_equal(text.length, before + expected.length);
    snap_text_fini(&text);
    snap_text_fini(&expected);
}

static void lines_are_indented_at_every_depth(void **state)
{
    (void)state;
    for (size_t before = 0; before < 300; before++)
        indent_behind(before);
}

static void doubles_read_back_equal(void **state)
{
    static const struct {
        double value;
        const char *expected;
    } rows[] = {
        {0, "0.0"},
        {123.5, "123.5"},
        {4980, "4980.0"},
        {502.1000000000002, "502.1000000000002"},
        {0.1, "0.1"},
        {1e300, "1e+300"},
        {NAN, "\"NaN\""},
        {INFINITY, "\"NaN\""},
        {-0.0, "-0.0"},
        {-4980, "-4980.0"},
        {999999999999999, "999999999999999.0"},
        {1e15, "1000000000000000.0"},
        {-1e16, "-1e+16"},
        {1e16, "1e+16"},
        {-1e300, "-1e+300"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        struct snap_json json;

        snap_json_init(&json, &text, SNAP_JSON_COMPACT);
        snap_json_double(&json, NULL, rows[i].value);
        assert_string_equal(text.data, rows[i].expected);
        snap_text_fini(&text);
    }
}

static void strings_are_valid_json_whatever_they_hold(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        const char *expected;
    } rows[] = {
        {"plain", "counts[1]", "\"counts[1]\""},
        {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
        {"control", "a\n\t\r\x01\x7f", "\"a\\n\\t\\r\\u0001\\u007f\""},
        {"UTF-8", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
         "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"lone continuation", "a\x80z", "\"a\\ufffdz\""},
        {"cut off", "a\xe2\x82", "\"a\\ufffd\\ufffd\""},
        {"overlong", "\xc0\xaf", "\"\\ufffd\\ufffd\""},
        {"surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"above U+10FFFF", "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        struct snap_json json;
        json_t *read;

        snap_json_init(&json, &text, SNAP_JSON_COMPACT);
        snap_json_string(&json, NULL, rows[i].value);
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s: %s instead of %s", rows[i].name, text.data, rows[i].expected);
        read = json_loads(text.data, JSON_DECODE_ANY, NULL);
        if (!read)
            fail_msg("%s: not JSON: %s", rows[i].name, text.data);
        json_decref(read);
        snap_text_fini(&text);
    }
}

static void escape_one(unsigned byte, size_t length, size_t place)
{
    struct snap_text text = {0};
    char value[21];
    json_t *read;

    memset(value, place % 2 ? '!' : '~', length);
    value[length] = '\0';
    value[place] = (char)byte;
    snap_json_add_bytes(&text, value, length);
    read = json_loads(text.data, JSON_DECODE_ANY, NULL);
    if (!read || strcmp(json_string_value(read), value) != 0)
        fail_msg("byte %u at %zu of %zu: %s", byte, place, length, text.data);
    if ((byte < 0x20 || byte == 0x7f) && !strstr(text.data, "\\"))
        fail_msg("control %u at %zu of %zu stands for itself", byte, place, length);
    json_decref(read);
    snap_text_fini(&text);
}

/* Eight bytes are looked at in one go: each byte must count in each place, and in any company. */
static void bytes_are_escaped_wherever_they_stand(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 0x80; byte++)
        for (size_t length = 1; length <= 20; length++)
            for (size_t place = 0; place < length; place++)
                escape_one(byte, length, place);
}

static void numbers_have_all_their_digits(void **state)
{
    (void)state;
    for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10) {
        for (int64_t value = power - 1; value <= power + 1; value++) {
            struct snap_text text = {0};

            snap_json_add_number(&text, -value);
            assert_int_equal(strtoll(text.data, NULL, 10), -value);
            assert_true(value == 0 || text.data[1] != '0');
            snap_text_fini(&text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_has_no_white_space),
        cmocka_unit_test(indented_has_one_member_a_line_except_inline),
        cmocka_unit_test(lines_are_indented_at_every_depth),
        cmocka_unit_test(doubles_read_back_equal),
        cmocka_unit_test(strings_are_valid_json_whatever_they_hold),
        cmocka_unit_test(bytes_are_escaped_wherever_they_stand),
        cmocka_unit_test(numbers_have_all_their_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
