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
int32_t snap_java_hash_long(int64_t value);

/* Returns a hash code's spread, never negative. Flink: MathUtils.murmurHash. */
int32_t snap_java_murmur(int32_t hash_code);

#endif
