// SPDX-License-Identifier: Apache-2.0
/* Files that were cut off or changed: an error with its place, or something to show; never more. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdlib.h>

#include "flink/keyed_file.h"
#include "flink/operator_file.h"
#include "flink/snappy.h"
#include "flink_lab.h"

static bool is_placed(const struct snap_error *error)
{
    return error->code == SNAP_ERROR_SNAPSHOT && strncmp(error->message, "offset ", 7) == 0;
}

/* Wherever the file is cut off, reading says where it runs short. */
static void cut_metadata(struct flink_lab *lab)
{
    struct snap_bytes file = snap_snapshot_folder_metadata(lab->folder);
    size_t step = file.count > 8000 ? 97 : 1;

    for (size_t length = 0; length < file.count; length += step) {
        struct snap_arena arena = {0};
        struct snap_error error = {0};
        struct snap_metadata metadata;
        uint8_t *copy = malloc(length + 1);

        memcpy(copy, file.at, length);
        if (snap_metadata_read((struct snap_bytes){copy, length}, &arena, &metadata, &error) ||
            !is_placed(&error))
            fail_msg("%s cut at %zu: %s", lab->path, length, error.message);
        free(copy);
        snap_arena_fini(&arena);
    }
}

static void test_cut_metadata(void **state)
{
    unsigned count = 0;

    (void)state;
    flink_lab_each(FLINK_LAB_SNAPSHOTS, cut_metadata, &count);
    assert_int_equal(count, 84);
}

/* Reads as much as there is of the entries; memory is bounded by the file's. */
static void read_keyed(const struct snap_keyed_file *file, struct snap_error *error)
{
    struct snap_arena arena = {0}, scratch = {0};
    struct snap_keyed_reader reader;
    struct snap_keyed_item item;
    struct snap_datum datum;

    if (snap_keyed_reader_open(&reader, file, &arena, error))
        while (snap_keyed_reader_next(&reader, &item)) {
            snap_arena_reset(&scratch);
            snap_keyed_item_key(&reader, &item, &scratch, &datum);
            snap_keyed_item_value(&reader, &item, &scratch, &datum);
        }
    assert_true(arena.bytes_total + scratch.bytes_total < (4u << 20) + 64 * file->data.count);
    snap_arena_fini(&scratch);
    snap_arena_fini(&arena);
}

static const struct snap_keyed_handle *first_keyed(struct flink_lab *lab, uint32_t *max)
{
    for (uint32_t i = 0; i < lab->metadata.operator_count; i++)
        for (uint32_t j = 0; j < lab->metadata.operators[i].subtask_count; j++) {
            *max = (uint32_t)lab->metadata.operators[i].max_parallelism;
            if (lab->metadata.operators[i].subtasks[j].managed_keyed.offsets)
                return &lab->metadata.operators[i].subtasks[j].managed_keyed;
        }
    return NULL;
}

static const char *const keyed_snapshots[] = {
    "f23-j2-hashmap-inline/snapshot/chk-1",
    "f23-j2-hashmap-sp-canonical/snapshot",
    "f23-j1-hashmap-compressed/snapshot/chk-1",
    "f23-j1-hashmap-sp-compressed/snapshot",
};

/* Cut off in the middle of what an offset points at, the file does not pass. */
static void test_cut_keyed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(keyed_snapshots) / sizeof(keyed_snapshots[0]); i++) {
        char path[512];
        struct flink_lab lab;
        struct snap_keyed_file file;
        struct snap_bytes data;

        snprintf(path, sizeof(path), FLINK_LAB_SNAPSHOTS "/%s", keyed_snapshots[i]);
        assert_true(flink_lab_open(&lab, path));
        file.handle = first_keyed(&lab, &file.max_parallelism);
        assert_true(lab.streams.open(lab.streams.context, &file.handle->stream, &data, &lab.error));
        for (size_t length = 0; length < data.count; length += 1 + data.count / 600) {
            struct snap_error error = {0};
            uint8_t *copy = malloc(length + 1);

            memcpy(copy, data.at, length);
            file.data = (struct snap_bytes){copy, length};
            read_keyed(&file, &error);
            assert_int_equal(error.code, SNAP_ERROR_SNAPSHOT);
            free(copy);
        }
        flink_lab_close(&lab);
    }
}

/* Any byte may be any other. */
static void test_changed_keyed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(keyed_snapshots) / sizeof(keyed_snapshots[0]); i++) {
        char path[512];
        struct flink_lab lab;
        struct snap_keyed_file file;
        struct snap_bytes data;
        uint8_t *copy;

        snprintf(path, sizeof(path), FLINK_LAB_SNAPSHOTS "/%s", keyed_snapshots[i]);
        assert_true(flink_lab_open(&lab, path));
        file.handle = first_keyed(&lab, &file.max_parallelism);
        assert_true(lab.streams.open(lab.streams.context, &file.handle->stream, &data, &lab.error));
        copy = malloc(data.count);
        memcpy(copy, data.at, data.count);
        file.data = (struct snap_bytes){copy, data.count};
        for (size_t at = 0; at < data.count; at += 1 + data.count / 900) {
            struct snap_error error = {0};

            copy[at] = (uint8_t)(copy[at] ^ (1u << at % 8) ^ 0x80u);
            read_keyed(&file, &error);
            copy[at] = data.at[at];
        }
        free(copy);
        flink_lab_close(&lab);
    }
}

/* A key group whose offset is lost is not taken for one without entries. */
static void test_lost_key_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(keyed_snapshots) / sizeof(keyed_snapshots[0]); i++) {
        char path[512];
        struct flink_lab lab;
        struct snap_keyed_file file;
        struct snap_keyed_handle handle;
        int64_t offsets[128];

        snprintf(path, sizeof(path), FLINK_LAB_SNAPSHOTS "/%s", keyed_snapshots[i]);
        assert_true(flink_lab_open(&lab, path));
        handle = *first_keyed(&lab, &file.max_parallelism);
        assert_true(lab.streams.open(lab.streams.context, &handle.stream, &file.data, &lab.error));
        memcpy(offsets, handle.offsets, (size_t)handle.group_count * sizeof(offsets[0]));
        handle.offsets = offsets;
        file.handle = &handle;
        for (int32_t g = 0; g < handle.group_count; g++) {
            int64_t offset = offsets[g];
            struct snap_error error = {0};

            offsets[g] = 0;
            read_keyed(&file, &error);
            offsets[g] = offset;
            if (offset != 0 && !is_placed(&error))
                fail_msg("%s, key group %d: %s", path, g, error.message);
            if (offset == 0)
                assert_int_equal(error.code, SNAP_OK);
        }
        flink_lab_close(&lab);
    }
}

/* What a file says of its parts, and why it is refused. */
static const struct {
    const char *name;
    const uint8_t bytes[24];
    size_t count;
    const char *message;
} snappy_rows[] = {
    {"another name", {0xff, 2, 0, 0, 'a', 'b'}, 6, "another name"},
    {"a type that is none", {0x02, 0, 0, 0}, 4, "no type 2"},
    {"a length beyond the end", {0x00, 9, 0, 0, 1}, 5, "9 bytes of a compressed chunk expected"},
    {"no checksum", {0x01, 2, 0, 0, 1, 2}, 6, "4 bytes of checksum of a block expected"},
    {"a wrong checksum", {0x01, 5, 0, 0, 1, 2, 3, 4, 'x'}, 9, "another checksum"},
    {"more than it can hold", {0x00, 8, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x03, 0}, 12, "cannot hold"},
    {"a copy from before the start", {0x00, 7, 0, 0, 0, 0, 0, 0, 4, 0x01, 0x05}, 11, "is damaged"},
    {"a copy from nowhere",
     {0x00, 9, 0, 0, 0, 0, 0, 0, 5, 0x00, 'a', 0x01, 0x00},
     13,
     "is damaged"},
};

static void test_snappy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(snappy_rows) / sizeof(snappy_rows[0]); i++) {
        struct snap_arena arena = {0};
        struct snap_error error = {0};
        struct snap_byte_reader reader;
        struct snap_byte_writer plain;

        snap_byte_writer_init(&plain, &arena, NULL);
        snap_byte_reader_init(
            &reader, (struct snap_bytes){snappy_rows[i].bytes, snappy_rows[i].count}, 0, &error);
        if (snap_snappy_read(&reader, SNAP_SNAPPY_ALL, &plain) ||
            !strstr(error.message, snappy_rows[i].message))
            fail_msg("%s: %s", snappy_rows[i].name, error.message);
        snap_arena_fini(&arena);
    }
}

/* A block that holds nothing is none of the damages. */
static void test_snappy_nothing(void **state)
{
    static const uint8_t bytes[] = {0x00, 5, 0, 0, 0xd8, 0xea, 0x82, 0xa2, 0};
    struct snap_arena arena = {0};
    struct snap_error error = {0};
    struct snap_byte_reader reader;
    struct snap_byte_writer plain;

    (void)state;
    snap_byte_writer_init(&plain, &arena, NULL);
    snap_byte_reader_init(&reader, (struct snap_bytes){bytes, sizeof(bytes)}, 0, &error);
    assert_true(snap_snappy_read(&reader, SNAP_SNAPPY_ALL, &plain));
    assert_int_equal(plain.used, 0);
    snap_arena_fini(&arena);
}

/* What is compressed is smaller and comes back, whatever it is. */
static void test_snappy_both_ways(void **state)
{
    struct snap_arena arena = {0};
    uint8_t *plain = malloc(200000);
    uint32_t random = 1;

    (void)state;
    for (unsigned kind = 0; kind < 4; kind++) {
        struct snap_byte_writer packed, scratch, again;
        struct snap_byte_reader reader;
        struct snap_error error = {0};

        for (size_t i = 0; i < 200000; i++) {
            random = random * 1664525u + 1013904223u;
            plain[i] = kind == 0   ? 7
                       : kind == 1 ? (uint8_t)(random >> 24)
                       : kind == 2 ? (uint8_t)(i / 100 + i % 10)
                                   : (uint8_t)(random >> 30);
        }
        snap_byte_writer_init(&packed, &arena, NULL);
        snap_byte_writer_init(&scratch, &arena, NULL);
        snap_byte_writer_init(&again, &arena, NULL);
        snap_snappy_write_start(&packed);
        snap_snappy_write(&packed, (struct snap_bytes){plain, 200000}, &scratch);
        assert_true(packed.used < (kind == 1 ? 200100 : kind == 3 ? 200100 : 30000));
        snap_byte_reader_init(&reader, snap_byte_writer_bytes(&packed), 0, &error);
        assert_true(snap_snappy_read(&reader, SNAP_SNAPPY_ALL, &again));
        assert_int_equal(again.used, 200000);
        assert_memory_equal(again.data, plain, 200000);
    }
    free(plain);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_metadata),   cmocka_unit_test(test_cut_keyed),
        cmocka_unit_test(test_lost_key_group), cmocka_unit_test(test_changed_keyed),
        cmocka_unit_test(test_snappy),         cmocka_unit_test(test_snappy_both_ways),
        cmocka_unit_test(test_snappy_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
