// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"

/* Spaces a level, and bytes of a line's end with the deepest indentation. */
enum { INDENT = 2, NEW_LINE_MAX = 1 + INDENT * SNAP_JSON_DEPTH_MAX };

void snap_json_init(struct snap_json *json, struct snap_text *text, enum snap_json_style style)
{
    memset(json, 0, sizeof(*json));
    json->text = text;
    json->style = style;
}

static void add_control(struct snap_text *text, unsigned char byte)
{
    switch (byte) {
    case '\n':
        snap_text_add(text, "\\n", 2);
        return;
    case '\t':
        snap_text_add(text, "\\t", 2);
        return;
    case '\r':
        snap_text_add(text, "\\r", 2);
        return;
    default:
        snap_text_printf(text, "\\u%04x", byte);
    }
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Whether all eight bytes are plain, without a look at each: a byte with its high bit set is not,
 * and one that is too small, or equal to what is no plain byte, borrows and gets its high bit set.
 */
static bool are_plain(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t small = eight - ones * 0x20;
    uint64_t quote = (eight ^ ones * '"') - ones;
    uint64_t slash = (eight ^ ones * '\\') - ones;
    uint64_t delete = (eight ^ ones * 0x7f) - ones;

    return ((eight | small | quote | slash | delete) & ones * 0x80) == 0;
}

/* Copies the bytes that stand for themselves, up to the first that does not; returns how many. */
static size_t copy_plain(char *to, const unsigned char *from, size_t length)
{
    size_t done = 0;
    uint64_t eight;

    for (; length - done >= sizeof(eight); done += sizeof(eight)) {
        memcpy(&eight, from + done, sizeof(eight));
        if (!are_plain(eight))
            break;
        memcpy(to + done, &eight, sizeof(eight));
    }
    /* What is left of a longer text, together with some of the bytes before it. */
    if (done < length && length - done < sizeof(eight) && length >= sizeof(eight)) {
        memcpy(&eight, from + length - sizeof(eight), sizeof(eight));
        if (are_plain(eight)) {
            memcpy(to + length - sizeof(eight), &eight, sizeof(eight));
            return length;
        }
    }
    for (; done < length && is_plain(from[done]); done++)
        to[done] = (char)from[done];
    return done;
}

/* Room for so many bytes behind the text; what is written there `commit` makes part of it. */
static char *room_for(struct snap_text *text, size_t bytes)
{
    if (text->capacity - text->length <= bytes)
        snap_text_reserve(text, bytes);
    return text->data + text->length;
}

static void commit(struct snap_text *text, const char *end)
{
    text->length = (size_t)(end - text->data);
    text->data[text->length] = '\0';
}

/* Adds what does not stand for itself; returns how many bytes of the value that was. */
static size_t add_escaped(struct snap_text *text, const unsigned char *at, size_t length)
{
    size_t step = snap_utf8_sequence(at, length);

    if (step == 0) {
        snap_text_add(text, "\\ufffd", 6);
        return 1;
    }
    if (*at == '"' || *at == '\\') {
        snap_text_add(text, "\\", 1);
        snap_text_add(text, at, 1);
    } else if (*at < 0x20 || *at == 0x7f) {
        add_control(text, *at);
    } else {
        snap_text_add(text, at, step);
    }
    return step;
}

void snap_json_add_bytes(struct snap_text *text, const char *value, size_t length)
{
    const unsigned char *at = (const unsigned char *)value;
    char *to = room_for(text, length + 2);
    size_t done;

    *to++ = '"';
    for (;;) {
        done = copy_plain(to, at, length);
        to += done;
        if (done == length)
            break;
        commit(text, to);
        done += add_escaped(text, at + done, length - done);
        at += done;
        length -= done;
        to = room_for(text, length + 1);
    }
    *to++ = '"';
    commit(text, to);
}

static bool on_one_line(const struct snap_json *json)
{
    return json->style == SNAP_JSON_COMPACT || json->inline_depth != 0;
}

/* Writes a line's end and the next one's indentation. */
static char *put_new_line(char *to, const struct snap_json *json)
{
    size_t indent = INDENT * (size_t)json->depth;

    *to++ = '\n';
    memset(to, ' ', indent);
    return to + indent;
}

/* Comma, place and key of the next value. */
static void begin_value(struct snap_json *json, const char *key)
{
    bool compact = json->style == SNAP_JSON_COMPACT;

    if (json->depth > 0) {
        bool *filled = &json->filled[json->depth - 1];
        char *to = room_for(json->text, NEW_LINE_MAX + 1 /* the comma */);

        if (*filled)
            *to++ = ',';
        if (!on_one_line(json))
            to = put_new_line(to, json);
        else if (*filled && !compact)
            *to++ = ' ';
        commit(json->text, to);
        *filled = true;
    }
    if (key) {
        snap_json_add_bytes(json->text, key, strlen(key));
        snap_text_add(json->text, ": ", compact ? 1 : 2);
    }
}

static void begin_nested(struct snap_json *json, const char *key, const char *bracket)
{
    SNAP_CHECK(json->depth < SNAP_JSON_DEPTH_MAX);
    begin_value(json, key);
    snap_text_add(json->text, bracket, 1);
    json->filled[json->depth++] = false;
}

static void end_nested(struct snap_json *json, const char *bracket)
{
    bool filled;

    SNAP_CHECK(json->depth > 0);
    filled = json->filled[json->depth - 1];
    json->depth--;
    if (filled && !on_one_line(json))
        commit(json->text, put_new_line(room_for(json->text, NEW_LINE_MAX), json));
    if (json->inline_depth > json->depth)
        json->inline_depth = 0;
    snap_text_add(json->text, bracket, 1);
}

void snap_json_object_begin(struct snap_json *json, const char *key)
{
    begin_nested(json, key, "{");
}

void snap_json_object_end(struct snap_json *json)
{
    end_nested(json, "}");
}

void snap_json_array_begin(struct snap_json *json, const char *key)
{
    begin_nested(json, key, "[");
}

void snap_json_array_end(struct snap_json *json)
{
    end_nested(json, "]");
}

void snap_json_inline(struct snap_json *json)
{
    SNAP_CHECK(json->depth > 0);
    if (json->inline_depth == 0)
        json->inline_depth = json->depth;
}

/* Of the largest number. */
enum { DIGITS_MAX = 20 };

/* Writes the decimal digits of the value so that they end at `end`; returns where they begin. Two
 * at a time, without printf: traces have millions of numbers. */
static char *put_digits(char *end, uint64_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";

    for (; value >= 100; value /= 100) {
        end -= 2;
        memcpy(end, pairs + 2 * (value % 100), 2);
    }
    *--end = pairs[2 * value + 1];
    if (value >= 10)
        *--end = pairs[2 * value];
    return end;
}

static void add_digits(struct snap_text *text, uint64_t value)
{
    char digits[2 * DIGITS_MAX] = {0};
    char *end = digits + DIGITS_MAX;
    const char *from = put_digits(end, value);
    char *to = room_for(text, DIGITS_MAX);

    /* As many bytes each time, without a call; what is behind the digits is written over. */
    memcpy(to, from, DIGITS_MAX);
    commit(text, to + (end - from));
}

void snap_json_add_number(struct snap_text *text, int64_t value)
{
    if (value < 0)
        snap_text_add(text, "-", 1);
    add_digits(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void snap_json_number(struct snap_json *json, const char *key, int64_t value)
{
    begin_value(json, key);
    snap_json_add_number(json->text, value);
}

void snap_json_unsigned(struct snap_json *json, const char *key, uint64_t value)
{
    begin_value(json, key);
    add_digits(json->text, value);
}

/* The shortest of %e's forms that reads back equal says how many digits are needed. */
static int digits_needed(double value, int *exponent)
{
    char text[40];
    int digits = 1;

    for (; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value)
            break;
    }
    *exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    return digits;
}

/* Whole numbers below this are exact in a double, and written without an exponent. */
#define WHOLE_MAX 1e15

void snap_json_double(struct snap_json *json, const char *key, double value)
{
    int exponent;
    int digits;

    begin_value(json, key);
    if (!isfinite(value)) {
        snap_text_add_string(json->text, "\"NaN\"");
        return;
    }
    /* Whole numbers, most of what there is, without printf. */
    if (value == trunc(value) && fabs(value) < WHOLE_MAX && !(value == 0 && signbit(value))) {
        snap_json_add_number(json->text, (int64_t)value);
        snap_text_add(json->text, ".0", 2);
        return;
    }
    digits = digits_needed(value, &exponent);
    if (exponent < -5 || exponent > 15)
        snap_text_printf(json->text, "%.*e", digits - 1, value);
    else
        snap_text_printf(json->text, "%.*f", digits > exponent + 2 ? digits - 1 - exponent : 1,
                         value);
}

void snap_json_bool(struct snap_json *json, const char *key, bool value)
{
    begin_value(json, key);
    snap_text_add_string(json->text, value ? "true" : "false");
}

void snap_json_null(struct snap_json *json, const char *key)
{
    begin_value(json, key);
    snap_text_add_string(json->text, "null");
}

void snap_json_raw(struct snap_json *json, const char *key, const char *value)
{
    begin_value(json, key);
    snap_text_add_string(json->text, value);
}

void snap_json_string(struct snap_json *json, const char *key, const char *value)
{
    if (value)
        snap_json_bytes(json, key, value, strlen(value));
    else
        snap_json_null(json, key);
}

void snap_json_bytes(struct snap_json *json, const char *key, const char *value, size_t length)
{
    begin_value(json, key);
    snap_json_add_bytes(json->text, value, length);
}
