// SPDX-License-Identifier: Apache-2.0
/* sst_open.c: footer, properties and blocks of a table file. */
#include <inttypes.h>

#include "flink/snappy.h"
#include "flink/sst.h"

enum {
    FOOTER_BYTES = 53,
    HANDLES_BYTES = 40, /* room for two places in the footer */
    TRAILER_BYTES = 5,
    VERSION_LEAST = 2,
    VERSION_MOST = 5,
    STORED = 0,
    SNAPPY = 1,
    BLOCK_BYTES_MAX = 1 << 30,
    INDEX_IN_TWO_LEVELS = 2,
};

#define MAGIC UINT64_C(0x88e241b785f4cff7)

/* Numbers of seven bits a byte, up to 64 bits. */
static uint64_t read_number(struct snap_byte_reader *reader)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = snap_read_u1(reader, "a number of a table");

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    snap_byte_reader_fail(reader, "a number of a table is longer than 64 bits");
    return 0;
}

static uint64_t read_little(struct snap_byte_reader *reader, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)snap_read_u1(reader, "a number of a table") << (8 * i);
    return value;
}

static bool fail_unsupported(struct snap_byte_reader *reader, const char *what, uint64_t number)
{
    snap_error_set(reader->error, SNAP_ERROR_UNSUPPORTED,
                   "a table of RocksDB has %s %" PRIu64 ", which is not read here", what, number);
    reader->failed = true;
    return false;
}

static struct snap_sst_block read_block_place(struct snap_byte_reader *reader)
{
    struct snap_sst_block block;

    block.offset = read_number(reader);
    block.bytes = read_number(reader);
    return block;
}

/* Behind the content stand how it is compressed and a checksum of both. */
static bool read_block(const struct snap_sst *sst, struct snap_sst_block block,
                       struct snap_byte_writer *plain, struct snap_byte_reader *content)
{
    struct snap_byte_reader reader;
    struct snap_bytes bytes;
    uint32_t checksum;
    uint8_t compression;

    snap_byte_reader_init(&reader, sst->file, 0, content->error);
    if (block.offset > sst->file.count || block.bytes > sst->file.count - block.offset ||
        sst->file.count - block.offset - block.bytes < TRAILER_BYTES)
        return snap_byte_reader_fail(&reader,
                                     "a block of %" PRIu64 " bytes at offset %" PRIu64
                                     " is beyond the end of the table",
                                     block.bytes, block.offset);
    reader.at += block.offset;
    bytes = snap_read_bytes(&reader, block.bytes, "a block of a table");
    compression = snap_read_u1(&reader, "compression of a block");
    checksum = (uint32_t)read_little(&reader, 4);
    if (!snap_sst_checksum_is_of(sst->checksum_kind, checksum,
                                 (struct snap_bytes){bytes.at, bytes.count + 1})) {
        reader.at = reader.begin + block.offset;
        return snap_byte_reader_fail(&reader,
                                     "the block of %" PRIu64 " bytes from here on has another "
                                     "checksum than the one behind it: it was changed",
                                     block.bytes);
    }
    if (compression == SNAPPY) {
        snap_byte_writer_clear(plain);
        if (!snap_snappy_block_read(&reader, bytes, BLOCK_BYTES_MAX, plain))
            return false;
        bytes = snap_byte_writer_bytes(plain);
    } else if (compression != STORED) {
        return fail_unsupported(&reader, "blocks with compression", compression);
    }
    snap_byte_reader_init(content, bytes, block.offset, content->error);
    return true;
}

/* The restart points at the end are not needed to read in order. */
static bool drop_restarts(struct snap_byte_reader *content)
{
    struct snap_byte_reader tail = *content;
    uint64_t count;

    if (!snap_byte_reader_has(content, 4, "restart points of a block"))
        return false;
    tail.at = tail.end - 4;
    count = read_little(&tail, 4) & 0x7fffffff;
    if (count * 4 + 4 > snap_byte_reader_left(content))
        return snap_byte_reader_fail(content, "a block has %" PRIu64 " restart points", count);
    content->end -= count * 4 + 4;
    return true;
}

/* One entry of a block whose keys share their beginnings with the one before. */
static bool read_entry(struct snap_byte_reader *content, struct snap_byte_writer *key,
                       struct snap_bytes *value)
{
    uint64_t shared = read_number(content);
    uint64_t own = read_number(content);
    uint64_t value_bytes = value ? read_number(content) : 0;

    if (!content->failed && shared > key->used)
        return snap_byte_reader_fail(content, "a key shares %" PRIu64 " bytes with one of %zu",
                                     shared, key->used);
    if (content->failed)
        return false;
    key->used = (size_t)shared;
    snap_write_bytes(key, snap_read_bytes(content, own, "a key of a table"));
    if (value)
        *value = snap_read_bytes(content, value_bytes, "a value of a table");
    return !content->failed;
}

static uint64_t number_of(struct snap_bytes value, struct snap_error *error)
{
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, value, 0, error);
    return read_number(&reader);
}

static bool take_property(struct snap_sst *sst, struct snap_bytes name, struct snap_bytes value,
                          struct snap_byte_reader *content, struct snap_arena *arena)
{
    if (snap_bytes_are(name, "rocksdb.column.family.name")) {
        sst->family.at = snap_arena_copy(arena, value.at, value.count);
        sst->family.count = value.count;
    } else if (snap_bytes_are(name, "rocksdb.index.value.is.delta.encoded")) {
        sst->index_is_delta = number_of(value, content->error) != 0;
    } else if (snap_bytes_are(name, "rocksdb.block.based.table.index.type") && value.count == 4 &&
               value.at[0] == INDEX_IN_TWO_LEVELS) {
        return fail_unsupported(content, "an index of type", INDEX_IN_TWO_LEVELS);
    }
    return content->error->code == SNAP_OK;
}

/* Calls nothing for entries of other names: the meta index is short. */
static bool find_entry(struct snap_byte_reader *content, struct snap_arena *arena, const char *name,
                       struct snap_bytes *value)
{
    struct snap_byte_writer key;

    snap_byte_writer_init(&key, arena, NULL);
    while (snap_byte_reader_left(content) > 0)
        if (!read_entry(content, &key, value) || snap_bytes_are(snap_byte_writer_bytes(&key), name))
            return !content->failed;
    return snap_byte_reader_fail(content, "a table has no %s", name);
}

static bool read_properties(struct snap_sst *sst, struct snap_sst_block meta_index,
                            struct snap_arena *arena, struct snap_error *error)
{
    struct snap_byte_writer plain, key;
    struct snap_byte_reader content = {.error = error};
    struct snap_byte_reader place;
    struct snap_bytes value;

    snap_byte_writer_init(&plain, arena, NULL);
    snap_byte_writer_init(&key, arena, NULL);
    if (!read_block(sst, meta_index, &plain, &content) || !drop_restarts(&content) ||
        !find_entry(&content, arena, "rocksdb.properties", &value))
        return false;
    snap_byte_reader_init(&place, value, 0, error);
    meta_index = read_block_place(&place);
    if (place.failed || !read_block(sst, meta_index, &plain, &content) || !drop_restarts(&content))
        return false;
    while (snap_byte_reader_left(&content) > 0)
        if (!read_entry(&content, &key, &value) ||
            !take_property(sst, snap_byte_writer_bytes(&key), value, &content, arena))
            return false;
    return true;
}

bool snap_sst_open(struct snap_sst *sst, struct snap_bytes file, struct snap_arena *arena,
                   struct snap_error *error)
{
    struct snap_byte_reader reader;
    struct snap_sst_block meta_index;
    uint64_t version;
    uint8_t kind;

    *sst = (struct snap_sst){.file = file};
    snap_byte_reader_init(&reader, file, 0, error);
    if (!snap_byte_reader_has(&reader, FOOTER_BYTES, "footer of a table"))
        return false;
    reader.at = reader.end - 8;
    if (read_little(&reader, 8) != MAGIC) {
        reader.at = reader.end - 8;
        return snap_byte_reader_fail(&reader, "this is no end of a RocksDB table: it was cut off");
    }
    reader.at = reader.end - 12;
    version = read_little(&reader, 4);
    if (version < VERSION_LEAST || version > VERSION_MOST)
        return fail_unsupported(&reader, "the format version", version);
    reader.at = reader.end - FOOTER_BYTES;
    kind = snap_read_u1(&reader, "kind of checksums");
    if (!snap_sst_checksum_is_known(kind))
        return fail_unsupported(&reader, "checksums of the kind", kind);
    sst->checksum_kind = (enum snap_sst_checksum)kind;
    meta_index = read_block_place(&reader);
    sst->index = read_block_place(&reader);
    return !reader.failed && read_properties(sst, meta_index, arena, error);
}

bool snap_sst_cursor_open(struct snap_sst_cursor *cursor, const struct snap_sst *sst,
                          struct snap_arena *arena, struct snap_error *error)
{
    *cursor = (struct snap_sst_cursor){.sst = sst, .error = error};
    snap_byte_writer_init(&cursor->index_plain, arena, NULL);
    snap_byte_writer_init(&cursor->data_plain, arena, NULL);
    snap_byte_writer_init(&cursor->index_key, arena, NULL);
    snap_byte_writer_init(&cursor->key, arena, NULL);
    cursor->index.error = error;
    cursor->data = (struct snap_byte_reader){.error = error};
    cursor->failed = !read_block(sst, sst->index, &cursor->index_plain, &cursor->index) ||
                     !drop_restarts(&cursor->index);
    return !cursor->failed;
}

/* A place in the index is whole, or only how much longer its block is than the one before. */
static bool read_index_entry(struct snap_sst_cursor *cursor)
{
    struct snap_byte_reader *index = &cursor->index;
    struct snap_bytes value;
    uint64_t shared, difference;

    if (!cursor->sst->index_is_delta) {
        struct snap_byte_reader place;

        if (!read_entry(index, &cursor->index_key, &value))
            return false;
        snap_byte_reader_init(&place, value, 0, cursor->error);
        cursor->block = read_block_place(&place);
        return !place.failed;
    }
    shared = read_number(&(struct snap_byte_reader){
        .begin = index->begin, .at = index->at, .end = index->end, .error = index->error});
    if (!read_entry(index, &cursor->index_key, NULL))
        return false;
    if (shared == 0) {
        cursor->block = read_block_place(index);
    } else {
        difference = read_number(index);
        cursor->block.offset += cursor->block.bytes + TRAILER_BYTES;
        cursor->block.bytes += (difference >> 1) ^ (0 - (difference & 1));
    }
    return !index->failed;
}

/* The number and the kind are one little-endian number behind the key. */
static bool split_key(struct snap_sst_cursor *cursor)
{
    struct snap_bytes key = snap_byte_writer_bytes(&cursor->key);
    uint64_t packed = 0;

    if (key.count < 8)
        return snap_byte_reader_fail(&cursor->data, "a key of a table has %zu bytes", key.count);
    cursor->user_key = (struct snap_bytes){key.at, key.count - 8};
    for (unsigned i = 0; i < 8; i++)
        packed |= (uint64_t)key.at[key.count - 8 + i] << (8 * i);
    cursor->sequence = packed >> 8;
    cursor->kind = (uint8_t)packed;
    return true;
}

bool snap_sst_cursor_next(struct snap_sst_cursor *cursor)
{
    while (!cursor->failed && snap_byte_reader_left(&cursor->data) == 0) {
        if (snap_byte_reader_left(&cursor->index) == 0)
            return false;
        snap_byte_writer_clear(&cursor->key);
        cursor->failed =
            !read_index_entry(cursor) ||
            !read_block(cursor->sst, cursor->block, &cursor->data_plain, &cursor->data) ||
            !drop_restarts(&cursor->data);
    }
    if (!cursor->failed)
        cursor->failed =
            !read_entry(&cursor->data, &cursor->key, &cursor->value) || !split_key(cursor);
    return !cursor->failed;
}
