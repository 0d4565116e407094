// SPDX-License-Identifier: Apache-2.0
#include "flink/channel_file.h"

#include <inttypes.h>

#include "base/check.h"

enum { VERSION = 0, LENGTH_BYTES = 4 };

bool snap_channel_file_read(struct snap_bytes data, const struct snap_channel_place *place,
                            struct snap_byte_writer *joined, struct snap_error *error)
{
    struct snap_byte_reader reader;
    uint64_t total = 0;

    snap_byte_reader_init(&reader, data, 0, error);
    if (snap_read_i4(&reader, "version of channel state") != VERSION && !reader.failed)
        return snap_byte_reader_fail(&reader, "channel state has another version than %d", VERSION);
    for (uint32_t i = 0; i < place->offset_count && !reader.failed; i++) {
        struct snap_bytes buffer;

        if (place->offsets[i] < 0 || (uint64_t)place->offsets[i] > data.count)
            return snap_byte_reader_fail(
                &reader, "a buffer is said to lie at offset %" PRId64 ", the file has %zu bytes",
                place->offsets[i], data.count);
        reader.at = reader.begin + place->offsets[i];
        buffer = snap_read_blob(&reader, "a buffer");
        /* The same buffer again and again would make much out of little. */
        total += LENGTH_BYTES + buffer.count;
        if (total > data.count)
            return snap_byte_reader_fail(&reader, "buffers of a channel overlap");
        snap_write_bytes(joined, buffer);
    }
    return !reader.failed;
}

void snap_channel_file_start(struct snap_byte_writer *writer)
{
    snap_write_i4(writer, VERSION);
}

int64_t snap_channel_file_write(struct snap_byte_writer *writer, struct snap_bytes buffer)
{
    int64_t offset = (int64_t)snap_byte_writer_offset(writer);

    snap_write_blob(writer, buffer);
    return offset;
}

int64_t snap_channel_size(const struct snap_bytes *buffers, uint32_t count)
{
    int64_t size = 0;

    for (uint32_t i = 0; i < count; i++)
        size += LENGTH_BYTES + (int64_t)buffers[i].count;
    return size;
}

void snap_channel_inline_write(struct snap_byte_writer *writer, const struct snap_bytes *buffers,
                               uint32_t count)
{
    size_t total = 0;

    for (uint32_t i = 0; i < count; i++)
        total += buffers[i].count;
    SNAP_CHECK(total <= INT32_MAX);
    snap_channel_file_start(writer);
    snap_write_u4(writer, (uint32_t)total);
    for (uint32_t i = 0; i < count; i++)
        snap_write_bytes(writer, buffers[i]);
}

bool snap_channel_element_next(struct snap_byte_reader *reader, struct snap_bytes *element)
{
    struct snap_byte_reader ahead = *reader;
    int32_t length;

    if (snap_byte_reader_left(reader) < LENGTH_BYTES)
        return false;
    length = snap_read_i4(&ahead, "length of an element");
    if (length < 1)
        return snap_byte_reader_fail(reader, "an element in flight has the length %" PRId32,
                                     length);
    if ((uint64_t)length > snap_byte_reader_left(&ahead))
        return false;
    *element = snap_read_bytes(&ahead, (uint64_t)length, "an element");
    reader->at = ahead.at;
    return true;
}
