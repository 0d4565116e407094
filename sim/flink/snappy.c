// SPDX-License-Identifier: Apache-2.0
#include "flink/snappy.h"

#include "base/check.h"

enum {
    CHUNK_COMPRESSED = 0x00,
    CHUNK_STORED = 0x01,
    CHUNK_SKIPPABLE = 0x80, /* from here on chunks may be gone over */
    CHUNK_NAME = 0xff,
    CHECKSUM_BYTES = 4,
    STORED_PERCENT = 85, /* a block that is not smaller than this is stored */
};

static const uint8_t stream_name[] = "sNaPpY";

/* Reflected polynomial of CRC-32C, four bits at a time: a table of 16 entries is enough here, as
 * blocks are checked once. */
static uint32_t crc32c(struct snap_bytes bytes)
{
    static const uint32_t steps[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < bytes.count; i++) {
        crc ^= bytes.at[i];
        crc = crc >> 4 ^ steps[crc & 15];
        crc = crc >> 4 ^ steps[crc & 15];
    }
    return crc ^ 0xffffffffu;
}

uint32_t snap_snappy_checksum(struct snap_bytes bytes)
{
    uint32_t crc = crc32c(bytes);

    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

static uint32_t read_little(struct snap_byte_reader *reader, unsigned count, const char *what)
{
    struct snap_bytes bytes = snap_read_bytes(reader, count, what);
    uint32_t value = 0;

    for (unsigned i = 0; i < bytes.count; i++)
        value |= (uint32_t)bytes.at[i] << (8 * i);
    return value;
}

static bool read_data(struct snap_byte_reader *reader, uint8_t type, struct snap_bytes body,
                      struct snap_byte_writer *plain)
{
    struct snap_byte_reader inner = snap_byte_reader_of_part(reader, body);
    uint32_t checksum = read_little(&inner, CHECKSUM_BYTES, "checksum of a block");
    struct snap_bytes rest = snap_read_bytes(&inner, snap_byte_reader_left(&inner), "a block");
    size_t before = plain->used;
    struct snap_bytes made;

    if (inner.failed || rest.count > SNAP_SNAPPY_BLOCK_BYTES_MAX * 2)
        return snap_byte_reader_fail(reader, "a block of %zu bytes is none", body.count);
    if (type == CHUNK_STORED)
        snap_write_bytes(plain, rest);
    else if (!snap_snappy_block_read(reader, rest, SNAP_SNAPPY_BLOCK_BYTES_MAX, plain))
        return false;
    made.at = plain->used ? plain->data + before : NULL;
    made.count = plain->used - before;
    return snap_snappy_checksum(made) == checksum ||
           snap_byte_reader_fail(reader, "a compressed block has another checksum");
}

/* Another stream begins at the place. */
static bool is_at_name(const struct snap_byte_reader *reader)
{
    return snap_byte_reader_left(reader) > 0 && *reader->at == CHUNK_NAME;
}

bool snap_snappy_read(struct snap_byte_reader *reader, enum snap_snappy_extent extent,
                      struct snap_byte_writer *plain)
{
    bool is_first = true;

    SNAP_CHECK(!plain->sink);
    while (snap_byte_reader_left(reader) > 0 && !reader->failed) {
        uint8_t type;
        struct snap_bytes body;

        if (extent == SNAP_SNAPPY_ONE && !is_first && is_at_name(reader))
            return true;
        is_first = false;
        type = snap_read_u1(reader, "type of a compressed chunk");
        body = snap_read_bytes(reader, read_little(reader, 3, "length of a compressed chunk"),
                               "a compressed chunk");
        if (reader->failed)
            return false;
        if (type == CHUNK_COMPRESSED || type == CHUNK_STORED)
            read_data(reader, type, body, plain);
        else if (type == CHUNK_NAME && !snap_bytes_are(body, (const char *)stream_name))
            snap_byte_reader_fail(reader, "a compressed stream has another name");
        else if (type < CHUNK_SKIPPABLE)
            snap_byte_reader_fail(reader, "compressed chunks have no type %u", type);
    }
    return !reader->failed;
}

static void write_little(struct snap_byte_writer *writer, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        snap_write_u1(writer, value >> (8 * i) & 0xff);
}

void snap_snappy_write_start(struct snap_byte_writer *writer)
{
    snap_write_u1(writer, CHUNK_NAME);
    write_little(writer, sizeof(stream_name) - 1, 3);
    snap_write_bytes(writer, snap_bytes_of((const char *)stream_name));
}

static void write_chunk(struct snap_byte_writer *writer, unsigned type, struct snap_bytes body,
                        uint32_t checksum)
{
    snap_write_u1(writer, type);
    write_little(writer, (uint32_t)body.count + CHECKSUM_BYTES, 3);
    write_little(writer, checksum, CHECKSUM_BYTES);
    snap_write_bytes(writer, body);
}

void snap_snappy_write(struct snap_byte_writer *writer, struct snap_bytes plain,
                       struct snap_byte_writer *scratch)
{
    while (plain.count > 0) {
        struct snap_bytes part = plain;

        if (part.count > SNAP_SNAPPY_BLOCK_BYTES_MAX)
            part.count = SNAP_SNAPPY_BLOCK_BYTES_MAX;
        snap_byte_writer_clear(scratch);
        snap_snappy_block_write(scratch, part);
        if (scratch->used < part.count * STORED_PERCENT / 100)
            write_chunk(writer, CHUNK_COMPRESSED, snap_byte_writer_bytes(scratch),
                        snap_snappy_checksum(part));
        else
            write_chunk(writer, CHUNK_STORED, part, snap_snappy_checksum(part));
        plain.at += part.count;
        plain.count -= part.count;
    }
}
