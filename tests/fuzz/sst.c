// SPDX-License-Identifier: Apache-2.0
/* sst.c: any bytes as a table of RocksDB, merged with itself. */
#include "base/check.h"
#include "flink/sst_merge.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_bytes file = {data, size};
    struct snap_arena arena = {0};
    struct snap_error error = {0};
    struct snap_sst table;
    struct snap_sst_cursor cursors[2];
    struct snap_sst_merge merge;
    struct snap_bytes key, value;

    if (snap_sst_open(&table, file, &arena, &error) &&
        snap_sst_cursor_open(&cursors[0], &table, &arena, &error) &&
        snap_sst_cursor_open(&cursors[1], &table, &arena, &error)) {
        snap_sst_merge_open(&merge, cursors, 2, &arena);
        while (snap_sst_merge_next(&merge, &key, &value))
            continue;
        SNAP_CHECK(!merge.failed || error.code != SNAP_OK);
    }
    SNAP_CHECK(arena.bytes_total < FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&arena);
    return 0;
}
