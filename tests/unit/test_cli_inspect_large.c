// SPDX-License-Identifier: Apache-2.0
/* A savepoint that is made from nothing, small and large: inspect takes as much memory for both. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli_folder.h"
#include "flink/keyed_file.h"
#include "flink/metadata.h"
#include "model/java_hash.h"
#include "model/key_group.h"

enum { GROUPS = 128, VALUE_BYTES = 1000, MEMORY_KIB_MAX = 24 << 10 };

static bool append(void *context, struct snap_bytes bytes, struct snap_error *error)
{
    (void)error;
    return fwrite(bytes.at, 1, bytes.count, context) == bytes.count;
}

/* Entries of the key group: those keys below `keys` that fall into it. */
static void write_group(struct snap_keyed_writer *writer, uint32_t group, int64_t keys)
{
    static const uint8_t value[4 + VALUE_BYTES] = {0, 0, VALUE_BYTES >> 8, VALUE_BYTES & 255, 1};
    uint32_t count = 0;

    for (int64_t key = 0; key < keys; key++)
        count += snap_key_group_of(snap_java_hash_long(key), GROUPS) == group;
    snap_keyed_writer_group(writer, group);
    snap_keyed_writer_state(writer, 0, count);
    for (int64_t key = 0; key < keys; key++) {
        uint8_t bytes[8];
        struct snap_keyed_item item = {.key = {bytes, 8},
                                       .name_space = {(const uint8_t *)"\0", 1},
                                       .value = {value, sizeof(value)}};

        if (snap_key_group_of(snap_java_hash_long(key), GROUPS) != group)
            continue;
        for (unsigned i = 0; i < 8; i++)
            bytes[i] = (uint8_t)(key >> (8 * (7 - i)));
        snap_keyed_writer_entry(writer, &item);
    }
}

static const int64_t *write_state(const char *path, struct snap_arena *arena, int64_t keys,
                                  int64_t *size)
{
    struct snap_serializer pair[2] = {snap_serializer_of(SNAP_SERIALIZER_BYTE_ARRAY),
                                      snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};
    struct snap_state_meta meta =
        snap_state_meta_of_keyed(arena, snap_bytes_of("blob"), SNAP_KEYED_VALUE, pair);
    struct snap_keyed_head head = {.key = snap_serializer_of(SNAP_SERIALIZER_LONG),
                                   .states = {&meta, 1}};
    struct snap_keyed_write_options options = {.layout = SNAP_LAYOUT_CANONICAL,
                                               .max_parallelism = GROUPS,
                                               .group_count = GROUPS,
                                               .head = &head};
    FILE *file = fopen(path, "wb");
    struct snap_error error = {0};
    struct snap_byte_sink sink = {append, file, &error};
    struct snap_keyed_writer writer;
    struct snap_byte_writer out;
    const int64_t *offsets;

    assert_non_null(file);
    snap_byte_writer_init(&out, arena, &sink);
    snap_keyed_writer_init(&writer, &out, arena, &options);
    for (uint32_t group = 0; group < GROUPS; group++)
        write_group(&writer, group, keys);
    offsets = snap_keyed_writer_end(&writer);
    assert_true(snap_byte_writer_flush(&out));
    assert_int_equal(fclose(file), 0);
    *size = (int64_t)snap_byte_writer_offset(&out);
    return offsets;
}

static void write_savepoint(const char *directory, int64_t keys)
{
    struct snap_arena arena = {0};
    struct snap_metadata_subtask subtask = {.index = 0};
    struct snap_metadata_operator of = {.name = snap_bytes_of("Blobs"),
                                        .uid = snap_bytes_of("blobs"),
                                        .id = snap_operator_id_of_uid("blobs", 5),
                                        .parallelism = 1,
                                        .max_parallelism = GROUPS,
                                        .subtasks = &subtask,
                                        .subtask_count = 1};
    struct snap_metadata metadata = {.version = SNAP_METADATA_VERSION_2_3,
                                     .checkpoint_id = 5,
                                     .operators = &of,
                                     .operator_count = 1};
    struct snap_keyed_handle *keyed = &subtask.managed_keyed;
    struct snap_byte_writer out;
    char path[256];
    FILE *file;

    assert_int_equal(mkdir(directory, 0777), 0);
    snprintf(path, sizeof(path), "%s/state", directory);
    *keyed = (struct snap_keyed_handle){.type = SNAP_KEYED_SAVEPOINT, .group_count = GROUPS};
    keyed->stream.type = SNAP_STREAM_RELATIVE;
    keyed->stream.path = snap_bytes_of("state");
    keyed->offsets = write_state(path, &arena, keys, &keyed->stream.size);
    metadata.properties =
        snap_properties_of_savepoint(SNAP_KIND_SAVEPOINT, SNAP_SAVEPOINT_CANONICAL);
    snap_byte_writer_init(&out, &arena, NULL);
    snap_metadata_write(&out, &metadata);
    snprintf(path, sizeof(path), "%s/_metadata", directory);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(append(file, snap_byte_writer_bytes(&out), NULL));
    assert_int_equal(fclose(file), 0);
    snap_arena_fini(&arena);
}

/* Runs the program; returns the most memory it took, in KiB. */
static long inspect(const char *directory, const char *option)
{
    struct rusage usage;
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        /* Memory that was given back counts, where it is kept back to find late uses of it. */
        if (!freopen("out", "w", stdout) || setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 1))
            _exit(9);
        execl(SNAP_PROGRAM, SNAP_PROGRAM, "inspect", directory, option, NULL);
        _exit(9);
    }
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return usage.ru_maxrss;
}

static void test_memory(void **state)
{
    struct snap_text text = {0};
    const char *options[] = {NULL, "--json"};

    (void)state;
    write_savepoint("small", 2000);
    write_savepoint("large", 60000);
    for (unsigned i = 0; i < 2; i++) {
        long small = inspect("small", options[i]);
        long large = inspect("large", options[i]);

        print_message("%s: %ld KiB for 2 MB, %ld KiB for 60 MB\n", i ? "JSON" : "summary", small,
                      large);
        assert_true(large < small + MEMORY_KIB_MAX);
        if (i == 0) {
            cli_read_file("out", &text);
            assert_non_null(strstr(text.data, "60000"));
        }
    }
    snap_text_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};

    return cli_folder_enter() ? cmocka_run_group_tests(tests, NULL, cli_folder_leave) : 1;
}
