// SPDX-License-Identifier: Apache-2.0
/*
 * byte_reader.h: reads bytes as Java's DataInput does, and never beyond their end.
 *
 * - Numbers are big-endian. Every length is compared with what is left before it is used, so what a
 *   reader's caller allocates is bounded by the bytes that are there.
 * - The first failure sets the error, with the offset and what was expected there; from then on
 *   every function returns zero or nothing at once. A caller checks `failed` where it branches on
 *   what was read or allocates, and at the end.
 * - What is returned as bytes points into the bytes that are read.
 * - `base` is the offset of the first byte in its file: offsets in messages count from the file's
 *   beginning.
 * Flink: DataInputView.
 */
#ifndef SNAP_FLINK_BYTE_READER_H
#define SNAP_FLINK_BYTE_READER_H

#include "base/bytes.h"
#include "base/error.h"

struct snap_byte_reader {
    const uint8_t *begin;
    const uint8_t *at;
    const uint8_t *end;
    uint64_t base;
    struct snap_error *error; /* borrowed */
    bool failed;
};

static inline void snap_byte_reader_init(struct snap_byte_reader *reader, struct snap_bytes bytes,
                                         uint64_t base, struct snap_error *error)
{
    static const uint8_t nothing[1];

    reader->begin = reader->at = bytes.count ? bytes.at : nothing;
    reader->end = reader->begin + bytes.count;
    reader->base = base;
    reader->error = error;
    reader->failed = false;
}

/* Returns a reader of a part of what `reader` has read, with offsets that go on. The part must lie
 * in the bytes of `reader`. */
struct snap_byte_reader snap_byte_reader_of_part(const struct snap_byte_reader *reader,
                                                 struct snap_bytes part);

/* Sets the error SNAP_ERROR_SNAPSHOT "offset N: ..." unless there is one; always returns false. */
bool snap_byte_reader_fail(struct snap_byte_reader *reader, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/* Fails for want of `count` bytes of `what`; always returns false. */
bool snap_byte_reader_fail_short(struct snap_byte_reader *reader, uint64_t count, const char *what);

static inline size_t snap_byte_reader_left(const struct snap_byte_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static inline uint64_t snap_byte_reader_offset(const struct snap_byte_reader *reader)
{
    return reader->base + (uint64_t)(reader->at - reader->begin);
}

/* Whether so many bytes are left; fails if not. */
static inline bool snap_byte_reader_has(struct snap_byte_reader *reader, uint64_t count,
                                        const char *what)
{
    return snap_byte_reader_left(reader) >= count ||
           snap_byte_reader_fail_short(reader, count, what);
}

/* Returns where the next `count` bytes are, which lie behind it now; NULL if they are not there. */
static inline const uint8_t *snap_byte_reader_pass(struct snap_byte_reader *reader, unsigned count,
                                                   const char *what)
{
    const uint8_t *at = reader->at;

    if (!snap_byte_reader_has(reader, count, what))
        return NULL;
    reader->at += count;
    return at;
}

/* Written out, so that compilers see one load and one swap. */
static inline uint32_t snap_big_endian_4(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t snap_big_endian_8(const uint8_t *at)
{
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | at[7];
}

/* Returns a number of so many bytes, which need not be known beforehand. */
static inline uint64_t snap_read_unsigned(struct snap_byte_reader *reader, unsigned count,
                                          const char *what)
{
    const uint8_t *at = snap_byte_reader_pass(reader, count, what);
    uint64_t value = 0;

    for (unsigned i = 0; at && i < count; i++)
        value = value << 8 | at[i];
    return value;
}

static inline uint8_t snap_read_u1(struct snap_byte_reader *reader, const char *what)
{
    const uint8_t *at = snap_byte_reader_pass(reader, 1, what);

    return (uint8_t)(at ? *at : 0u);
}

static inline uint16_t snap_read_u2(struct snap_byte_reader *reader, const char *what)
{
    const uint8_t *at = snap_byte_reader_pass(reader, 2, what);

    return (uint16_t)(at ? (unsigned)at[0] << 8 | at[1] : 0u);
}

static inline int32_t snap_read_i4(struct snap_byte_reader *reader, const char *what)
{
    const uint8_t *at = snap_byte_reader_pass(reader, 4, what);

    return at ? (int32_t)snap_big_endian_4(at) : 0;
}

static inline int64_t snap_read_i8(struct snap_byte_reader *reader, const char *what)
{
    const uint8_t *at = snap_byte_reader_pass(reader, 8, what);

    return at ? (int64_t)snap_big_endian_8(at) : 0;
}

static inline bool snap_read_bool(struct snap_byte_reader *reader, const char *what)
{
    return snap_read_u1(reader, what) != 0;
}

/* Returns the next `count` bytes. */
static inline struct snap_bytes snap_read_bytes(struct snap_byte_reader *reader, uint64_t count,
                                                const char *what)
{
    struct snap_bytes bytes = {NULL, 0};

    if (snap_byte_reader_has(reader, count, what)) {
        bytes = (struct snap_bytes){reader->at, (size_t)count};
        reader->at += count;
    }
    return bytes;
}

/* Returns a number of things that have `bytes_least` bytes each at the least; it fits what is left.
 */
uint32_t snap_read_count(struct snap_byte_reader *reader, uint32_t bytes_least, const char *what);

/* Returns a text in modified UTF-8 with its two bytes of length in front. Flink: readUTF. */
struct snap_bytes snap_read_utf(struct snap_byte_reader *reader, const char *what);

/* Returns bytes with their four bytes of length in front. */
struct snap_bytes snap_read_blob(struct snap_byte_reader *reader, const char *what);

/* Returns a number of seven bits a byte, the least ones first. Flink: StringValue. */
uint32_t snap_read_varint(struct snap_byte_reader *reader, const char *what);

/* Checks that nothing is left; fails with `what` if so. */
bool snap_byte_reader_end(struct snap_byte_reader *reader, const char *what);

#endif
