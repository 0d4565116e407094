// SPDX-License-Identifier: Apache-2.0
/*
 * bytes.h: a run of bytes that lies somewhere else.
 *
 * - Borrowed: whoever hands it out says how long it is valid.
 * - `at` may be NULL when `count` is 0.
 */
#ifndef SNAP_BASE_BYTES_H
#define SNAP_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct snap_bytes {
    const uint8_t *at;
    size_t count;
};

/* Returns the bytes of a NUL-terminated text, without the NUL. */
static inline struct snap_bytes snap_bytes_of(const char *text)
{
    return (struct snap_bytes){(const uint8_t *)text, strlen(text)};
}

static inline bool snap_bytes_equal(struct snap_bytes one, struct snap_bytes other)
{
    return one.count == other.count && (one.count == 0 || memcmp(one.at, other.at, one.count) == 0);
}

/* Whether the bytes are those of the text. */
static inline bool snap_bytes_are(struct snap_bytes bytes, const char *text)
{
    return snap_bytes_equal(bytes, snap_bytes_of(text));
}

/* Whether the bytes begin with the text. */
static inline bool snap_bytes_begin(struct snap_bytes bytes, const char *text)
{
    struct snap_bytes start = snap_bytes_of(text);

    return bytes.count >= start.count && memcmp(bytes.at, start.at, start.count) == 0;
}

#endif
