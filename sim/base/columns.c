// SPDX-License-Identifier: Apache-2.0
#include "base/columns.h"

#include <stdbool.h>

#include "base/utf8.h"

struct range {
    uint32_t first;
    uint32_t last;
};

#include "base/column_ranges.inc"

#define COUNT(ranges) (sizeof(ranges) / sizeof((ranges)[0]))

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ranges[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= point;
}

/* The code point of a sequence that is valid. */
static uint32_t point_of(const unsigned char *at, size_t length)
{
    uint32_t point = length == 1 ? at[0] : at[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++)
        point = point << 6 | (at[i] & 0x3fu);
    return point;
}

/* The bytes of the character here, and the columns it takes. */
static size_t step(const char *text, size_t left, uint32_t *columns)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t length = snap_utf8_sequence(at, left);
    uint32_t point;

    *columns = 1;
    if (length <= 1)
        return 1;
    point = point_of(at, length);
    if (is_in(no_column, COUNT(no_column), point))
        *columns = 0;
    else if (is_in(two_columns, COUNT(two_columns), point))
        *columns = 2;
    return length;
}

uint32_t snap_columns_of(const char *text, size_t length)
{
    uint32_t columns = 0;
    uint32_t more;

    for (size_t at = 0; at < length; columns += more)
        at += step(text + at, length - at, &more);
    return columns;
}

size_t snap_columns_fit(const char *text, size_t length, uint32_t columns)
{
    uint32_t used = 0;
    size_t at = 0;

    while (at < length) {
        uint32_t more;
        size_t bytes = step(text + at, length - at, &more);

        if (used + more > columns)
            break;
        used += more;
        at += bytes;
    }
    return at;
}

void snap_columns_skip(struct snap_text *text, uint32_t columns)
{
    while (columns-- > 0)
        snap_text_add(text, " ", 1);
}

void snap_columns_cut(struct snap_text *text, const char *string, size_t length, uint32_t columns)
{
    size_t kept = snap_columns_fit(string, length, columns - 1);

    snap_text_add(text, string, kept);
    snap_text_add(text, "~", 1);
    /* A wide character may leave a column to its right. */
    snap_columns_skip(text, columns - 1 - snap_columns_of(string, kept));
}

void snap_columns_add(struct snap_text *text, const char *string, uint32_t columns)
{
    size_t length = strlen(string);
    uint32_t used = snap_columns_of(string, length);

    if (used > columns) {
        snap_columns_cut(text, string, length, columns);
        return;
    }
    snap_text_add(text, string, length);
    snap_columns_skip(text, columns - used);
}
