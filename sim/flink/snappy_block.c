// SPDX-License-Identifier: Apache-2.0
/* snappy_block.c: one block: its length, then pieces that are new or were there before. */
#include <inttypes.h>

#include "base/check.h"
#include "flink/snappy.h"

enum {
    LITERAL = 0,
    COPY_1 = 1,     /* length 4 to 11, distance below 2048 */
    COPY_2 = 2,     /* length 1 to 64, distance below 65536 */
    COPY_4 = 3,     /* the same with four bytes of distance */
    COPY_MOST = 64, /* bytes a copy makes */
    COPY_BYTES = 3, /* bytes the best copy takes */
    HASH_BITS = 12,
    MATCH_LEAST = 4,
};

static uint32_t little(const uint8_t *at, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value |= (uint32_t)at[i] << (8 * i);
    return value;
}

/* A block that is being read. */
struct block {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t *plain;
    uint32_t made;
    uint32_t length;
};

static bool take_literal(struct block *block, uint8_t tag)
{
    uint32_t length = tag >> 2;

    if (length >= 60) {
        unsigned count = length - 59;

        if ((size_t)(block->end - block->at) < count)
            return false;
        length = little(block->at, count);
        block->at += count;
    }
    if (length >= block->length - block->made || length >= (size_t)(block->end - block->at))
        return false;
    memcpy(block->plain + block->made, block->at, length + 1);
    block->at += length + 1;
    block->made += length + 1;
    return true;
}

/* What is copied may reach into what the copy itself makes. */
static bool take_copy(struct block *block, uint8_t tag)
{
    unsigned kind = tag & 3;
    unsigned count = kind == COPY_4 ? 4 : kind;
    uint32_t length = kind == COPY_1 ? (tag >> 2 & 7u) + 4 : (tag >> 2) + 1u;
    uint32_t distance;

    if ((size_t)(block->end - block->at) < count)
        return false;
    distance = little(block->at, count);
    if (kind == COPY_1)
        distance |= (uint32_t)(tag >> 5) << 8;
    block->at += count;
    if (distance == 0 || distance > block->made || length > block->length - block->made)
        return false;
    for (uint32_t i = 0; i < length; i++, block->made++)
        block->plain[block->made] = block->plain[block->made - distance];
    return true;
}

bool snap_snappy_block_read(struct snap_byte_reader *reader, struct snap_bytes bytes,
                            uint32_t bytes_max, struct snap_byte_writer *plain)
{
    struct snap_byte_reader head = snap_byte_reader_of_part(reader, bytes);
    uint32_t length = snap_read_varint(&head, "length of a compressed block");
    struct block block = {.at = head.at, .end = head.end, .length = length};

    if (head.failed)
        return snap_byte_reader_fail(reader, "a compressed block is empty");
    if (length > bytes_max || length / COPY_MOST * COPY_BYTES > bytes.count)
        return snap_byte_reader_fail(&head, "a compressed block of %zu bytes cannot hold %" PRIu32,
                                     bytes.count, length) ||
               snap_byte_reader_fail(reader, "a compressed block is too long");
    snap_byte_writer_reserve(plain, length);
    block.plain = plain->data ? plain->data + plain->used : NULL;
    while (block.at < block.end) {
        uint8_t tag = *block.at++;

        if (!((tag & 3) == LITERAL ? take_literal(&block, tag) : take_copy(&block, tag)))
            return snap_byte_reader_fail(reader, "a compressed block is damaged");
    }
    if (block.made != length)
        return snap_byte_reader_fail(
            reader, "a compressed block holds %" PRIu32 " bytes, not %" PRIu32, block.made, length);
    plain->used += length;
    return true;
}

static void write_literal(struct snap_byte_writer *writer, struct snap_bytes bytes)
{
    uint32_t length = (uint32_t)bytes.count - 1;

    if (bytes.count == 0)
        return;
    if (length < 60) {
        snap_write_u1(writer, length << 2);
    } else if (length < 256) {
        snap_write_u1(writer, 60 << 2);
        snap_write_u1(writer, length);
    } else {
        snap_write_u1(writer, 61 << 2);
        snap_write_u1(writer, length & 0xff);
        snap_write_u1(writer, length >> 8);
    }
    snap_write_bytes(writer, bytes);
}

static void write_copies(struct snap_byte_writer *writer, uint32_t length, uint32_t distance)
{
    while (length > 0) {
        uint32_t part = length > COPY_MOST ? COPY_MOST : length;

        snap_write_u1(writer, (part - 1) << 2 | COPY_2);
        snap_write_u1(writer, distance & 0xff);
        snap_write_u1(writer, distance >> 8);
        length -= part;
    }
}

static uint32_t match_length(const uint8_t *one, const uint8_t *other, size_t most)
{
    uint32_t length = 0;

    while (length < most && one[length] == other[length])
        length++;
    return length;
}

/* Greedy: the last place with the same four bytes, as a table of hashes remembers it. */
void snap_snappy_block_write(struct snap_byte_writer *writer, struct snap_bytes plain)
{
    uint16_t places[1 << HASH_BITS] = {0}; /* place of the last four bytes with this hash */
    size_t done = 0;

    SNAP_CHECK(plain.count <= SNAP_SNAPPY_BLOCK_BYTES_MAX);
    snap_write_varint(writer, (uint32_t)plain.count);
    for (size_t at = 1; at + MATCH_LEAST <= plain.count;) {
        uint32_t hash = little(plain.at + at, 4) * 0x9e3779b1u >> (32 - HASH_BITS);
        size_t before = places[hash];
        uint32_t length = 0;

        places[hash] = (uint16_t)at;
        if (before < at)
            length = match_length(plain.at + before, plain.at + at, plain.count - at);
        if (length < MATCH_LEAST) {
            at++;
            continue;
        }
        write_literal(writer, (struct snap_bytes){plain.at + done, at - done});
        write_copies(writer, length, (uint32_t)(at - before));
        at += length;
        done = at;
    }
    write_literal(writer, (struct snap_bytes){plain.at + done, plain.count - done});
}
