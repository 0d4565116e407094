// SPDX-License-Identifier: Apache-2.0
/*
 * java_hash.h: hash codes as Java and Flink compute them, because they place keys and state.
 *
 * - A string's hash code counts UTF-16 code units; bytes that are no UTF-8 count as U+FFFD, one
 *   for each run that Java's decoder replaces.
 * - snap_java_murmur spreads a hash code over the non-negative integers.
 * Flink: MathUtils, KeyGroupRangeAssignment; Java: String, Long.
 */
#ifndef SNAP_MODEL_JAVA_HASH_H
#define SNAP_MODEL_JAVA_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Returns the hash code of a string given as `count` UTF-16 code units (surrogates as they are). */
int32_t snap_java_hash_utf16(const uint16_t *units, size_t count);

/* Returns the hash code of the Java string that `bytes` bytes of UTF-8 decode to. */
int32_t snap_java_hash_utf8(const char *text, size_t bytes);

/* Returns the hash code of a long. */
static inline int32_t snap_java_hash_long(int64_t value)
{
    uint64_t bits = (uint64_t)value;

    return (int32_t)(uint32_t)(bits ^ (bits >> 32));
}

static inline uint32_t snap_java_rotate(uint32_t x, unsigned by)
{
    return (x << by) | (x >> (32 - by));
}

/* Returns a hash code's spread, never negative. Flink: MathUtils.murmurHash. */
static inline int32_t snap_java_murmur(int32_t hash_code)
{
    uint32_t x = snap_java_rotate((uint32_t)hash_code * 0xcc9e2d51u, 15) * 0x1b873593u;
    uint32_t sign;

    x = (snap_java_rotate(x, 13) * 5 + 0xe6546b64u) ^ 4u;
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    x ^= x >> 16;
    /* A negative number is negated, the least one becomes 0; without a branch, as half are. */
    sign = 0u - (x >> 31);
    return (int32_t)(((x ^ sign) - sign) & 0x7fffffffu);
}

#endif
