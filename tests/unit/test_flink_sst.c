// SPDX-License-Identifier: Apache-2.0
/*
 * Tables of Flink's RocksDB in which one bit was flipped: no entry is read that was not there. A
 * checksum stands behind each block, and the footer says nothing but where blocks are.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "flink/sst.h"

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots/"

enum { FILE_BYTES_MAX = 4096, FOOTER_BYTES = 53 };

struct table {
    const char *path;
    enum snap_sst_checksum kind;
};

static const struct table tables[] = {
    {SNAPSHOTS "f23-j1-rocksdb-full/snapshot/chk-1/b7cee299-36b7-411d-866b-f4160e2c04be",
     SNAP_SST_CHECKSUM_XXH3},
    {SNAPSHOTS "f23-j1-rocksdb-full/snapshot/chk-1/eeab8013-fa15-4949-8836-ac527824cd4a",
     SNAP_SST_CHECKSUM_XXH3},
    {SNAPSHOTS "f120-j1-rocksdb-full/snapshot/chk-1/d9736bfc-3025-4d2f-9c24-f9724bb1856e",
     SNAP_SST_CHECKSUM_CRC32C},
};

/* What was read of a table: how many entries, and what is in them. */
struct content {
    bool whole; /* to its end, without an error */
    uint32_t entries;
    uint64_t digest;
    bool has_offset; /* the error, if there is one */
};

static struct snap_bytes load(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    struct snap_bytes loaded = {.at = bytes};

    assert_non_null(file);
    loaded.count = fread(bytes, 1, FILE_BYTES_MAX, file);
    assert_true(loaded.count > FOOTER_BYTES && feof(file));
    fclose(file);
    return loaded;
}

static struct content read_table(struct snap_bytes file, struct snap_sst *sst)
{
    struct content content = {.digest = SNAP_HASH_START};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_sst_cursor cursor;
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (snap_sst_open(sst, file, &arena, &error) &&
        snap_sst_cursor_open(&cursor, sst, &arena, &error)) {
        for (; snap_sst_cursor_next(&cursor); content.entries++) {
            content.digest =
                snap_hash_feed(content.digest, cursor.user_key.at, cursor.user_key.count);
            content.digest = snap_hash_feed(content.digest, cursor.value.at, cursor.value.count);
        }
        content.whole = !cursor.failed;
    }
    assert_int_equal(content.whole, error.code == SNAP_OK);
    content.has_offset = strstr(error.message, "offset ") != NULL;
    snap_arena_fini(&arena);
    return content;
}

static void test_flipped_bits(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        uint8_t bytes[FILE_BYTES_MAX];
        struct snap_bytes file = load(tables[t].path, bytes);
        struct snap_sst sst;
        const struct content content = read_table(file, &sst);
        uint32_t refused = 0;

        assert_true(content.whole && content.entries > 0);
        assert_int_equal(sst.checksum_kind, tables[t].kind);
        for (size_t bit = 0; bit < (file.count - FOOTER_BYTES) * 8; bit++) {
            struct content flipped;

            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            flipped = read_table(file, &sst);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            /* Nobody reads the blocks of which no other one tells. */
            if (flipped.whole) {
                assert_int_equal(flipped.entries, content.entries);
                assert_int_equal(flipped.digest, content.digest);
                continue;
            }
            refused++;
            assert_true(flipped.has_offset);
        }
        assert_true(refused > (file.count - FOOTER_BYTES) * 8 / 2);
    }
}

/* The footer has no checksum of its own. */
static void test_flipped_footer(void **state)
{
    uint8_t bytes[FILE_BYTES_MAX];
    struct snap_bytes file = load(tables[0].path, bytes);
    struct snap_sst sst;
    const struct content content = read_table(file, &sst);

    (void)state;
    for (size_t bit = (file.count - FOOTER_BYTES) * 8; bit < file.count * 8; bit++) {
        struct content flipped;

        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        flipped = read_table(file, &sst);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!flipped.whole)
            continue;
        assert_int_equal(flipped.entries, content.entries);
        assert_int_equal(flipped.digest, content.digest);
    }
}

/* One of each kind, of "RocksDB" and a byte that says: stored. */
static void test_kinds(void **state)
{
    const struct snap_bytes bytes = {(const uint8_t *)"RocksDB", 8};
    const struct snap_bytes least = {(const uint8_t *)"", 1};

    (void)state;
    assert_true(snap_sst_checksum_is_of(SNAP_SST_CHECKSUM_NONE, 1, bytes));
    for (uint8_t kind = SNAP_SST_CHECKSUM_CRC32C; kind <= SNAP_SST_CHECKSUM_XXH3; kind++) {
        assert_true(snap_sst_checksum_is_known(kind));
        assert_false(snap_sst_checksum_is_of((enum snap_sst_checksum)kind, 1, bytes));
    }
    assert_false(snap_sst_checksum_is_known(SNAP_SST_CHECKSUM_XXH3 + 1));
    /* The published value of XXH32 for one zero byte. */
    assert_true(snap_sst_checksum_is_of(SNAP_SST_CHECKSUM_XXHASH, UINT32_C(0xcf65b03e), least));
    assert_true(snap_sst_checksum_is_of(SNAP_SST_CHECKSUM_XXH3, 0, least));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_flipped_footer),
        cmocka_unit_test(test_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
