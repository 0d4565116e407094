// SPDX-License-Identifier: Apache-2.0
#include "operators/line.h"

#include "model/string_pool.h"

enum { DIGITS_MAX = 20 };

static void add_long(struct snap_text *text, int64_t number)
{
    char digits[DIGITS_MAX];
    uint32_t at = DIGITS_MAX;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        digits[--at] = '-';
    snap_text_add(text, digits + at, DIGITS_MAX - at);
}

static const char *escape(char c)
{
    switch (c) {
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\\':
        return "\\\\";
    default:
        return NULL;
    }
}

static void add_string(struct snap_text *text, const struct snap_string *string)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < string->length; i++) {
        const char *escaped = escape(string->bytes[i]);

        if (!escaped)
            continue;
        snap_text_add(text, string->bytes + start, i - start);
        snap_text_add_string(text, escaped);
        start = i + 1;
    }
    snap_text_add(text, string->bytes + start, string->length - start);
}

static void add_value(struct snap_text *text, enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        add_long(text, value.number);
    else
        add_string(text, value.string);
}

void snap_line_add(struct snap_text *text, struct snap_schema schema, union snap_value key,
                   union snap_value value)
{
    add_value(text, schema.key, key);
    snap_text_add(text, "\t", 1);
    add_value(text, schema.value, value);
}
