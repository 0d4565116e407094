// SPDX-License-Identifier: Apache-2.0
/*
 * byte_writer.h: writes bytes as Java's DataOutput does.
 *
 * - Numbers are big-endian.
 * - Without a sink all bytes stay together in the arena, where they grow by doubling. With a sink a
 *   block of fixed size is handed over when it is full: what was written before is out of reach,
 *   and memory does not grow.
 * - A sink that fails makes the writer fail; further bytes are dropped, positions go on.
 * - Texts are in modified UTF-8: java_text.h makes it. One longer than 65535 bytes is a bug of the
 *   caller's.
 * Flink: DataOutputView.
 */
#ifndef SNAP_FLINK_BYTE_WRITER_H
#define SNAP_FLINK_BYTE_WRITER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

/* Takes bytes one after another; returns false with the error set if it cannot. */
struct snap_byte_sink {
    bool (*write)(void *context, struct snap_bytes bytes, struct snap_error *error);
    void *context;
    struct snap_error *error;
};

struct snap_byte_writer {
    struct snap_arena *arena; /* borrowed; has `data` */
    uint8_t *data;
    size_t used;
    size_t capacity;
    uint64_t flushed; /* bytes that the sink has */
    const struct snap_byte_sink *sink;
    bool failed;
};

/* Prepares a writer into memory (sink NULL) or into a sink (borrowed). */
void snap_byte_writer_init(struct snap_byte_writer *writer, struct snap_arena *arena,
                           const struct snap_byte_sink *sink);

/* Makes room for `bytes` more bytes. With a sink, only up to the size of its block. */
void snap_byte_writer_reserve(struct snap_byte_writer *writer, size_t bytes);

/* Hands everything to the sink. Returns false if it failed, now or before. */
bool snap_byte_writer_flush(struct snap_byte_writer *writer);

/* Forgets the bytes in memory and keeps the room; not with a sink. */
void snap_byte_writer_clear(struct snap_byte_writer *writer);

/* Appends bytes that do not fit what is there. */
void snap_write_many_bytes(struct snap_byte_writer *writer, struct snap_bytes bytes);

/* Appends bytes; any number, with a sink too. */
static inline void snap_write_bytes(struct snap_byte_writer *writer, struct snap_bytes bytes)
{
    if (writer->capacity - writer->used < bytes.count) {
        snap_write_many_bytes(writer, bytes);
    } else if (bytes.count > 0) {
        memcpy(writer->data + writer->used, bytes.at, bytes.count);
        writer->used += bytes.count;
    }
}

/* Appends a text in modified UTF-8 with two bytes of length. */
void snap_write_utf(struct snap_byte_writer *writer, struct snap_bytes text);

/* The same for a text that is plain ASCII without NUL. */
void snap_write_ascii(struct snap_byte_writer *writer, const char *text);

/* Appends four bytes of length and the bytes. */
void snap_write_blob(struct snap_byte_writer *writer, struct snap_bytes bytes);

void snap_write_varint(struct snap_byte_writer *writer, uint32_t value);

/* Returns how many bytes have been written: the offset of the next one. */
static inline uint64_t snap_byte_writer_offset(const struct snap_byte_writer *writer)
{
    return writer->flushed + writer->used;
}

/* Returns what was written; in memory only. Valid until more is written. */
static inline struct snap_bytes snap_byte_writer_bytes(const struct snap_byte_writer *writer)
{
    return (struct snap_bytes){writer->data, writer->used};
}

static inline void snap_write_unsigned(struct snap_byte_writer *writer, uint64_t value,
                                       unsigned count)
{
    if (writer->capacity - writer->used < count)
        snap_byte_writer_reserve(writer, count);
    for (unsigned i = 0; i < count; i++)
        writer->data[writer->used + i] = (uint8_t)(value >> (8 * (count - 1 - i)));
    writer->used += count;
}

static inline void snap_write_u1(struct snap_byte_writer *writer, unsigned value)
{
    snap_write_unsigned(writer, value, 1);
}

static inline void snap_write_bool(struct snap_byte_writer *writer, bool value)
{
    snap_write_unsigned(writer, value, 1);
}

static inline void snap_write_i2(struct snap_byte_writer *writer, int32_t value)
{
    snap_write_unsigned(writer, (uint32_t)value, 2);
}

static inline void snap_write_i4(struct snap_byte_writer *writer, int32_t value)
{
    snap_write_unsigned(writer, (uint32_t)value, 4);
}

static inline void snap_write_u4(struct snap_byte_writer *writer, uint32_t value)
{
    snap_write_unsigned(writer, value, 4);
}

static inline void snap_write_i8(struct snap_byte_writer *writer, int64_t value)
{
    snap_write_unsigned(writer, (uint64_t)value, 8);
}

#endif
