// SPDX-License-Identifier: Apache-2.0
#include "flink/byte_reader.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/check.h"

enum { MESSAGE_PART_BYTES = 512 };

struct snap_byte_reader snap_byte_reader_of_part(const struct snap_byte_reader *reader,
                                                 struct snap_bytes part)
{
    struct snap_byte_reader inner;

    SNAP_CHECK(part.count == 0 ||
               (part.at >= reader->begin && part.at + part.count <= reader->end));
    snap_byte_reader_init(&inner, part, 0, reader->error);
    if (part.count)
        inner.base = reader->base + (uint64_t)(part.at - reader->begin);
    inner.failed = reader->failed;
    if (inner.failed)
        inner.at = inner.end;
    return inner;
}

/* What comes behind the offset is formatted into an error of its own, which has room for it. */
bool snap_byte_reader_fail(struct snap_byte_reader *reader, const char *format, ...)
{
    va_list args;

    if (!reader->failed) {
        struct snap_error what = {0};

        va_start(args, format);
        snap_error_set_list(&what, SNAP_ERROR_SNAPSHOT, format, args);
        va_end(args);
        snap_error_set(reader->error, SNAP_ERROR_SNAPSHOT, "offset %" PRIu64 ": %.*s",
                       snap_byte_reader_offset(reader), MESSAGE_PART_BYTES, what.message);
    }
    reader->failed = true;
    reader->at = reader->end;
    return false;
}

bool snap_byte_reader_fail_short(struct snap_byte_reader *reader, uint64_t count, const char *what)
{
    return snap_byte_reader_fail(reader, "%" PRIu64 " bytes of %s expected, %zu are left", count,
                                 what, snap_byte_reader_left(reader));
}

uint32_t snap_read_count(struct snap_byte_reader *reader, uint32_t bytes_least, const char *what)
{
    int32_t count = snap_read_i4(reader, what);

    if (reader->failed)
        return 0;
    if (count < 0 || (uint64_t)count * bytes_least > snap_byte_reader_left(reader)) {
        reader->at -= 4;
        snap_byte_reader_fail(reader, "%s: %" PRId32 " of them cannot lie in the %zu bytes behind",
                              what, count, snap_byte_reader_left(reader) - 4);
        return 0;
    }
    return (uint32_t)count;
}

struct snap_bytes snap_read_utf(struct snap_byte_reader *reader, const char *what)
{
    return snap_read_bytes(reader, snap_read_u2(reader, what), what);
}

struct snap_bytes snap_read_blob(struct snap_byte_reader *reader, const char *what)
{
    int32_t count = snap_read_i4(reader, what);

    if (!reader->failed && (count < 0 || (uint32_t)count > snap_byte_reader_left(reader))) {
        reader->at -= 4;
        snap_byte_reader_fail(reader, "%s: its %" PRId32 " bytes cannot lie in the %zu behind",
                              what, count, snap_byte_reader_left(reader) - 4);
    }
    return snap_read_bytes(reader, reader->failed ? 0 : (uint32_t)count, what);
}

uint32_t snap_read_varint(struct snap_byte_reader *reader, const char *what)
{
    uint32_t value = 0;

    /* Nearly all are short. */
    if (reader->at < reader->end && *reader->at < 0x80)
        return *reader->at++;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = snap_read_u1(reader, what);

        if (shift < 28 || byte < 16)
            value |= (uint32_t)(byte & 0x7f) << shift;
        else
            break;
        if (byte < 0x80)
            return value;
    }
    snap_byte_reader_fail(reader, "%s is no number of 32 bits", what);
    return 0;
}

bool snap_byte_reader_end(struct snap_byte_reader *reader, const char *what)
{
    if (reader->failed)
        return false;
    if (reader->at == reader->end)
        return true;
    return snap_byte_reader_fail(reader, "%zu bytes too many behind %s",
                                 snap_byte_reader_left(reader), what);
}
