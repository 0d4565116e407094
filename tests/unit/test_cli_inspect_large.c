// SPDX-License-Identifier: Apache-2.0
/*
 * Savepoints that are made from nothing, of 10 and 100 MB: inspect takes as much memory for both,
 * in both layouts, of few large entries and of many small ones. With sanitizers, which are slow and
 * keep memory, LARGE_MB is less and MORE_KIB_MAX is more: CMakeLists.txt has both.
 */
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

enum { GROUPS = 128, VALUE_BYTES_MAX = 1000 };

struct row {
    const char *name;
    enum snap_keyed_layout layout;
    bool is_compressed;
    uint32_t value_bytes;
};

/* What a savepoint is made of. */
struct content {
    const struct row *row;
    int64_t keys;
    uint8_t *groups; /* by key */
    uint32_t counts[GROUPS];
};

static bool append(void *context, struct snap_bytes bytes, struct snap_error *error)
{
    (void)error;
    return fwrite(bytes.at, 1, bytes.count, context) == bytes.count;
}

static void make_content(struct content *content, const struct row *row, int64_t megabytes)
{
    int64_t entry_bytes = 4 + 10 + 4 + 4 + row->value_bytes;

    memset(content, 0, sizeof(*content));
    content->row = row;
    content->keys = megabytes * 1000000 / entry_bytes;
    content->groups = calloc((size_t)content->keys, 1);
    assert_non_null(content->groups);
    for (int64_t key = 0; key < content->keys; key++) {
        uint32_t group = snap_key_group_of(snap_java_hash_long(key), GROUPS);

        content->groups[key] = (uint8_t)group;
        content->counts[group]++;
    }
}

static void write_group(struct snap_keyed_writer *writer, uint32_t group,
                        const struct content *content)
{
    uint32_t length = content->row->value_bytes;
    uint8_t value[4 + VALUE_BYTES_MAX] = {0, 0, (uint8_t)(length >> 8), (uint8_t)length, 1};
    uint8_t bytes[8];
    struct snap_keyed_item item = {
        .key = {bytes, 8}, .name_space = {(const uint8_t *)"\0", 1}, .value = {value, 4 + length}};

    snap_keyed_writer_group(writer, group);
    snap_keyed_writer_state(writer, 0, content->counts[group]);
    for (int64_t key = 0; key < content->keys; key++) {
        if (content->groups[key] != group)
            continue;
        for (unsigned i = 0; i < 8; i++)
            bytes[i] = (uint8_t)(key >> (8 * (7 - i)));
        snap_keyed_writer_entry(writer, &item);
    }
}

static const int64_t *write_state(const char *path, struct snap_arena *arena,
                                  const struct content *content, int64_t *size)
{
    struct snap_serializer pair[2] = {snap_serializer_of(SNAP_SERIALIZER_BYTE_ARRAY),
                                      snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};
    struct snap_state_meta meta =
        snap_state_meta_of_keyed(arena, snap_bytes_of("blob"), SNAP_KEYED_VALUE, pair);
    struct snap_keyed_head head = {.key = snap_serializer_of(SNAP_SERIALIZER_LONG),
                                   .states = {&meta, 1},
                                   .is_compressed = content->row->is_compressed};
    struct snap_keyed_write_options options = {.layout = content->row->layout,
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
        write_group(&writer, group, content);
    offsets = snap_keyed_writer_end(&writer);
    assert_true(snap_byte_writer_flush(&out));
    assert_int_equal(fclose(file), 0);
    *size = (int64_t)snap_byte_writer_offset(&out);
    return offsets;
}

static void write_savepoint(const char *directory, const struct content *content)
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
    *keyed = (struct snap_keyed_handle){.type = content->row->layout == SNAP_LAYOUT_NATIVE
                                                    ? SNAP_KEYED_GROUPS
                                                    : SNAP_KEYED_SAVEPOINT,
                                        .group_count = GROUPS};
    keyed->stream.type = SNAP_STREAM_RELATIVE;
    keyed->stream.path = snap_bytes_of("state");
    keyed->offsets = write_state(path, &arena, content, &keyed->stream.size);
    metadata.properties = snap_properties_of_savepoint(
        SNAP_KIND_SAVEPOINT, content->row->layout == SNAP_LAYOUT_NATIVE ? SNAP_SAVEPOINT_NATIVE
                                                                        : SNAP_SAVEPOINT_CANONICAL);
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

/* Makes the savepoint, runs inspect and removes it. The summary knows how many entries there are,
 * JSON has no sum.
 */
static long measure(const struct row *row, int64_t megabytes, const char *option)
{
    struct content content;
    struct snap_text text = {0};
    char count[32];
    long kib;

    make_content(&content, row, megabytes);
    write_savepoint("made", &content);
    kib = inspect("made", option);
    snprintf(count, sizeof(count), "%lld", (long long)content.keys);
    cli_read_file("out", &text);
    if (!option)
        assert_non_null(strstr(text.data, count));
    snap_text_fini(&text);
    free(content.groups);
    assert_int_equal(remove("made/state") | remove("made/_metadata") | remove("made"), 0);
    return kib;
}

static void takes_as_much_for_large_ones(void **state)
{
    static const struct row rows[] = {
        {"canonical, large values", SNAP_LAYOUT_CANONICAL, false, VALUE_BYTES_MAX},
        {"canonical, small values", SNAP_LAYOUT_CANONICAL, false, 8},
        {"canonical, compressed", SNAP_LAYOUT_CANONICAL, true, 8},
        {"native, large values", SNAP_LAYOUT_NATIVE, false, VALUE_BYTES_MAX},
        {"native, small values", SNAP_LAYOUT_NATIVE, false, 8},
    };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        for (unsigned i = 0; i < 2; i++) {
            const char *option = i ? "--json" : NULL;
            long small = measure(&rows[r], LARGE_MB / 10, option);
            long large = measure(&rows[r], LARGE_MB, option);

            print_message("%s, %s: %ld KiB for %d MB, %ld KiB for %d MB\n", rows[r].name,
                          i ? "JSON" : "summary", small, LARGE_MB / 10, large, LARGE_MB);
            if (large > small + MORE_KIB_MAX)
                fail_msg("%s takes %ld KiB more", rows[r].name, large - small);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_as_much_for_large_ones)};

    return cli_folder_enter() ? cmocka_run_group_tests(tests, NULL, cli_folder_leave) : 1;
}
