// SPDX-License-Identifier: Apache-2.0
/*
 * sst_checksum.h: the checksums behind the blocks of a RocksDB table, of all kinds.
 *
 * RocksDB: ComputeBuiltinChecksumWithLastByte in table/format.cc.
 */
#ifndef SNAP_FLINK_SST_CHECKSUM_H
#define SNAP_FLINK_SST_CHECKSUM_H

#include <stdbool.h>

#include "flink/byte_reader.h"

/* Kinds as a table's footer has them. Flink 1.20 writes CRC-32C, 2.x XXH3. */
enum snap_sst_checksum {
    SNAP_SST_CHECKSUM_NONE = 0,
    SNAP_SST_CHECKSUM_CRC32C = 1,
    SNAP_SST_CHECKSUM_XXHASH = 2,
    SNAP_SST_CHECKSUM_XXHASH64 = 3,
    SNAP_SST_CHECKSUM_XXH3 = 4,
};

/* Returns whether the kind, from a file, is one of these. */
bool snap_sst_checksum_is_known(uint8_t kind);

/* Returns whether the checksum is that of the bytes: a block with the byte behind it that says how
 * it is compressed, so at least one. True of every checksum where there is none. */
bool snap_sst_checksum_is_of(enum snap_sst_checksum kind, uint32_t checksum,
                             struct snap_bytes bytes);

#endif
