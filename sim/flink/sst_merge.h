// SPDX-License-Identifier: Apache-2.0
/*
 * sst_merge.h: several tables of one column family as one: what RocksDB would answer for each key.
 *
 * - Of a key the entry with the highest sequence number counts. Operands of merges are joined by
 *   commas, the oldest first, up to a value or a deletion: Flink's merge operator for lists.
 * - Memory: a block and a key of each table, and the value of one key.
 * RocksDB: MergingIterator, StringAppendOperator.
 */
#ifndef SNAP_FLINK_SST_MERGE_H
#define SNAP_FLINK_SST_MERGE_H

#include "base/arena.h"
#include "flink/sst.h"

struct snap_sst_merge {
    struct snap_sst_cursor *cursors; /* count entries */
    bool *has_entry;                 /* by cursor */
    uint32_t count;
    struct snap_byte_writer key;
    struct snap_byte_writer value;
    struct snap_byte_writer operands; /* joined the wrong way round: the newest first */
    bool failed;
};

/* Prepares to merge; `cursors` (borrowed) were opened and not moved. Buffers lie in the arena. */
void snap_sst_merge_open(struct snap_sst_merge *merge, struct snap_sst_cursor *cursors,
                         uint32_t count, struct snap_arena *arena);

/* Sets the next key that is there and its value, valid until the next call. Returns false at the
 * end, or with the error of a cursor set and `failed`. */
bool snap_sst_merge_next(struct snap_sst_merge *merge, struct snap_bytes *key,
                         struct snap_bytes *value);

#endif
