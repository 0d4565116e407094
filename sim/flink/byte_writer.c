// SPDX-License-Identifier: Apache-2.0
#include "flink/byte_writer.h"

#include "base/check.h"

enum { BLOCK_BYTES = 1 << 16, FIRST_BYTES = 256 };

void snap_byte_writer_init(struct snap_byte_writer *writer, struct snap_arena *arena,
                           const struct snap_byte_sink *sink)
{
    *writer = (struct snap_byte_writer){.arena = arena, .sink = sink};
}

static void grow(struct snap_byte_writer *writer, size_t bytes)
{
    size_t wanted = writer->used + bytes;
    size_t capacity = writer->capacity ? writer->capacity : FIRST_BYTES;
    uint8_t *data;

    while (capacity < wanted)
        capacity *= 2;
    if (writer->sink)
        capacity = BLOCK_BYTES;
    data = snap_arena_take(writer->arena, capacity);
    if (writer->used)
        memcpy(data, writer->data, writer->used);
    writer->data = data;
    writer->capacity = capacity;
}

bool snap_byte_writer_flush(struct snap_byte_writer *writer)
{
    const struct snap_byte_sink *sink = writer->sink;

    if (!sink)
        return true;
    if (writer->used && !writer->failed)
        writer->failed = !sink->write(sink->context, snap_byte_writer_bytes(writer), sink->error);
    writer->flushed += writer->used;
    writer->used = 0;
    return !writer->failed;
}

void snap_byte_writer_reserve(struct snap_byte_writer *writer, size_t bytes)
{
    if (writer->capacity - writer->used >= bytes)
        return;
    if (writer->sink && writer->capacity) {
        SNAP_CHECK(bytes <= BLOCK_BYTES);
        snap_byte_writer_flush(writer);
    } else {
        grow(writer, bytes);
    }
}

void snap_byte_writer_clear(struct snap_byte_writer *writer)
{
    SNAP_CHECK(!writer->sink);
    writer->used = 0;
}

void snap_write_many_bytes(struct snap_byte_writer *writer, struct snap_bytes bytes)
{
    while (bytes.count) {
        size_t part = bytes.count;

        if (writer->sink && part > BLOCK_BYTES)
            part = BLOCK_BYTES;
        snap_byte_writer_reserve(writer, part);
        memcpy(writer->data + writer->used, bytes.at, part);
        writer->used += part;
        bytes.at += part;
        bytes.count -= part;
    }
}

void snap_write_utf(struct snap_byte_writer *writer, struct snap_bytes text)
{
    SNAP_CHECK(text.count <= UINT16_MAX);
    snap_write_unsigned(writer, text.count, 2);
    snap_write_bytes(writer, text);
}

void snap_write_ascii(struct snap_byte_writer *writer, const char *text)
{
    snap_write_utf(writer, snap_bytes_of(text));
}

void snap_write_blob(struct snap_byte_writer *writer, struct snap_bytes bytes)
{
    SNAP_CHECK(bytes.count <= INT32_MAX);
    snap_write_u4(writer, (uint32_t)bytes.count);
    snap_write_bytes(writer, bytes);
}

void snap_write_varint(struct snap_byte_writer *writer, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        snap_write_u1(writer, (value & 0x7f) | 0x80);
    snap_write_u1(writer, value);
}
