// SPDX-License-Identifier: Apache-2.0
/*
 * sst.h: a table file of RocksDB, read from front to back.
 *
 * - Of block-based tables the form that Flink's RocksDB writes: one index block; blocks stored or
 *   compressed with snappy. Others are refused with SNAP_ERROR_UNSUPPORTED.
 * - The checksum of each block that is read is compared.
 * - A cursor has memory for one block and one key. What its entry points to is valid until the
 * next.
 * - Entries come by rising key, those of one key by falling sequence number.
 * RocksDB: BlockBasedTable, its format versions 2 to 5.
 */
#ifndef SNAP_FLINK_SST_H
#define SNAP_FLINK_SST_H

#include "flink/byte_reader.h"
#include "flink/byte_writer.h"
#include "flink/sst_checksum.h"

/* Kinds of entries that a state's table can have. */
enum snap_sst_kind {
    SNAP_SST_DELETION = 0,
    SNAP_SST_VALUE = 1,
    SNAP_SST_MERGE = 2,
    SNAP_SST_SINGLE_DELETION = 7,
};

struct snap_sst_block {
    uint64_t offset;
    uint64_t bytes; /* without the kind of compression and the checksum behind it */
};

struct snap_sst {
    struct snap_bytes file;
    struct snap_bytes family; /* name of the column family: the state's; arena */
    enum snap_sst_checksum checksum_kind;
    struct snap_sst_block index;
    bool index_is_delta; /* places in the index are differences, without lengths */
};

/* Reads footer and properties. `arena` gets the family and scratch blocks. */
bool snap_sst_open(struct snap_sst *sst, struct snap_bytes file, struct snap_arena *arena,
                   struct snap_error *error);

struct snap_sst_cursor {
    const struct snap_sst *sst;
    struct snap_error *error;
    struct snap_byte_writer index_plain; /* decompressed blocks */
    struct snap_byte_writer data_plain;
    struct snap_byte_reader index; /* what is left of the blocks' entries */
    struct snap_byte_reader data;
    struct snap_sst_block block; /* the last one of the index */
    struct snap_byte_writer index_key;
    struct snap_byte_writer key; /* of the entry, with its eight bytes of number and kind */
    struct snap_bytes user_key;
    struct snap_bytes value;
    uint64_t sequence;
    uint8_t kind;
    bool failed;
};

/* Prepares a cursor before the first entry; buffers lie in the arena. */
bool snap_sst_cursor_open(struct snap_sst_cursor *cursor, const struct snap_sst *sst,
                          struct snap_arena *arena, struct snap_error *error);

/* Moves to the next entry; false at the end, or with the error set and `failed`. */
bool snap_sst_cursor_next(struct snap_sst_cursor *cursor);

#endif
