// SPDX-License-Identifier: Apache-2.0
#include "model/java_hash.h"

#include <stdbool.h>

enum { REPLACEMENT = 0xFFFD };

static int32_t as_signed(uint32_t x)
{
    return x <= INT32_MAX ? (int32_t)x : (int32_t)(x - INT32_MAX - 1) + INT32_MIN;
}

static uint32_t feed(uint32_t hash, uint32_t unit)
{
    return hash * 31 + unit;
}

int32_t snap_java_hash_utf16(const uint16_t *units, size_t count)
{
    uint32_t hash = 0;

    for (size_t i = 0; i < count; i++)
        hash = feed(hash, units[i]);
    return as_signed(hash);
}

/* How many bytes a sequence with this first byte has; 0 if no sequence begins so. */
static size_t sequence_bytes(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/*
 * Whether the second byte can follow the first: a continuation byte that makes neither an
 * overlong form nor a point above U+10FFFF. Surrogates pass: Java replaces all three bytes at once.
 */
static bool second_fits(uint8_t first, uint8_t second)
{
    if ((second & 0xC0) != 0x80)
        return false;
    if (first == 0xE0)
        return second >= 0xA0;
    if (first == 0xF0)
        return second >= 0x90;
    return first != 0xF4 || second <= 0x8F;
}

/* Decodes the point at the place; returns the bytes taken. What is malformed gives U+FFFD. */
static size_t decode(const uint8_t *at, size_t left, uint32_t *point)
{
    size_t bytes = sequence_bytes(at[0]);
    uint32_t value;

    *point = REPLACEMENT;
    if (bytes == 0)
        return 1;
    value = bytes == 1 ? at[0] : at[0] & (0xFFu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if (i >= left || (i == 1 ? !second_fits(at[0], at[1]) : (at[i] & 0xC0) != 0x80))
            return i;
        value = value << 6 | (at[i] & 0x3Fu);
    }
    if (value < 0xD800 || value > 0xDFFF)
        *point = value;
    return bytes;
}

int32_t snap_java_hash_utf8(const char *text, size_t bytes)
{
    const uint8_t *at = (const uint8_t *)text;
    uint32_t hash = 0;

    for (size_t i = 0; i < bytes;) {
        uint32_t point;

        i += decode(at + i, bytes - i, &point);
        if (point < 0x10000) {
            hash = feed(hash, point);
        } else {
            hash = feed(hash, 0xD800 + ((point - 0x10000) >> 10));
            hash = feed(hash, 0xDC00 + ((point - 0x10000) & 0x3FF));
        }
    }
    return as_signed(hash);
}
