// SPDX-License-Identifier: Apache-2.0
#include "flink/sst_checksum.h"

#include <xxhash.h>

#include "base/check.h"
#include "flink/snappy.h"

/* What the last byte is multiplied with where it is no part of what is hashed. */
#define LAST_BYTE_FACTOR UINT32_C(0x6b9083d9)

static uint32_t xxh3(struct snap_bytes bytes)
{
    size_t count = bytes.count - 1;
    uint32_t of_content = count > 0 ? (uint32_t)XXH3_64bits(bytes.at, count) : 0;

    return of_content ^ bytes.at[count] * LAST_BYTE_FACTOR;
}

bool snap_sst_checksum_is_known(uint8_t kind)
{
    return kind <= SNAP_SST_CHECKSUM_XXH3;
}

bool snap_sst_checksum_is_of(enum snap_sst_checksum kind, uint32_t checksum,
                             struct snap_bytes bytes)
{
    SNAP_CHECK(bytes.count > 0);
    switch (kind) {
    case SNAP_SST_CHECKSUM_NONE:
        return true;
    case SNAP_SST_CHECKSUM_CRC32C:
        return checksum == snap_snappy_checksum(bytes);
    case SNAP_SST_CHECKSUM_XXHASH:
        return checksum == XXH32(bytes.at, bytes.count, 0);
    case SNAP_SST_CHECKSUM_XXHASH64:
        return checksum == (uint32_t)XXH64(bytes.at, bytes.count, 0);
    case SNAP_SST_CHECKSUM_XXH3:
        return checksum == xxh3(bytes);
    }
    SNAP_CHECK(false);
    return false;
}
