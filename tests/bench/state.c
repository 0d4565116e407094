// SPDX-License-Identifier: Apache-2.0
/*
 * state.c: a million keyed entries (a word, a count) as Flink's bytes: written and read, in MB of
 * the file a second, beside copying as many bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "bench/bench.h"
#include "flink/keyed_file.h"
#include "flink/java_text.h"
#include "model/java_hash.h"
#include "model/key_group.h"

enum { ENTRIES = 1000000, GROUPS = 128, WORD_BYTES = 24, FILE_BYTES_MAX = 64 << 20 };

/* What the state is made of, by key group. */
struct content {
    struct snap_arena arena;
    struct snap_keyed_head head;
    char (*words)[WORD_BYTES]; /* by key group */
    uint32_t starts[GROUPS + 1];
    uint8_t *file;
    size_t file_bytes;
};

static void make_content(struct content *content)
{
    uint32_t *groups = calloc(ENTRIES, sizeof(*groups));
    static struct snap_state_meta meta;
    struct snap_serializer pair[2] = {snap_serializer_of(SNAP_SERIALIZER_LONG),
                                      snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};
    char(*words)[WORD_BYTES];
    uint32_t at[GROUPS];

    words = calloc(ENTRIES, sizeof(*words));
    content->words = calloc(ENTRIES, sizeof(*content->words));
    content->file = calloc(1, FILE_BYTES_MAX);
    SNAP_CHECK(groups && words && content->words && content->file);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        int length = snprintf(words[i], WORD_BYTES, "word-%07u", i);

        groups[i] = snap_key_group_of(snap_java_hash_utf8(words[i], (size_t)length), GROUPS);
        content->starts[groups[i] + 1]++;
    }
    for (uint32_t g = 0; g < GROUPS; g++) {
        content->starts[g + 1] += content->starts[g];
        at[g] = content->starts[g];
    }
    for (uint32_t i = 0; i < ENTRIES; i++)
        memcpy(content->words[at[groups[i]]++], words[i], WORD_BYTES);
    free(words);
    free(groups);
    meta =
        snap_state_meta_of_keyed(&content->arena, snap_bytes_of("count"), SNAP_KEYED_VALUE, pair);
    content->head.key = snap_serializer_of(SNAP_SERIALIZER_STRING);
    content->head.states = (struct snap_state_metas){&meta, 1};
}

static bool keep(void *context, struct snap_bytes bytes, struct snap_error *error)
{
    struct content *content = context;

    (void)error;
    SNAP_CHECK(bytes.count <= FILE_BYTES_MAX - content->file_bytes);
    memcpy(content->file + content->file_bytes, bytes.at, bytes.count);
    content->file_bytes += bytes.count;
    return true;
}

/* Writes the file; returns the offsets. */
static const int64_t *write_file(struct content *content, enum snap_keyed_layout layout)
{
    struct snap_error error = {0};
    struct snap_byte_sink sink = {keep, content, &error};
    struct snap_keyed_write_options options = {
        .layout = layout, .max_parallelism = GROUPS, .group_count = GROUPS, .head = &content->head};
    struct snap_keyed_item item = {.name_space = {(const uint8_t *)"\0", 1}};
    struct snap_byte_writer out, key, value;
    struct snap_keyed_writer writer;
    const int64_t *offsets;

    content->file_bytes = 0;
    snap_byte_writer_init(&out, &content->arena, &sink);
    snap_byte_writer_init(&key, &content->arena, NULL);
    snap_byte_writer_init(&value, &content->arena, NULL);
    snap_keyed_writer_init(&writer, &out, &content->arena, &options);
    for (uint32_t g = 0; g < GROUPS; g++) {
        snap_keyed_writer_group(&writer, g);
        snap_keyed_writer_state(&writer, 0, content->starts[g + 1] - content->starts[g]);
        for (uint32_t i = content->starts[g]; i < content->starts[g + 1]; i++) {
            snap_byte_writer_clear(&key);
            snap_byte_writer_clear(&value);
            snap_write_string(&key,
                              (struct snap_java_string){.text = snap_bytes_of(content->words[i])});
            snap_write_i8(&value, i);
            item.key = snap_byte_writer_bytes(&key);
            item.value = snap_byte_writer_bytes(&value);
            snap_keyed_writer_entry(&writer, &item);
        }
    }
    offsets = snap_keyed_writer_end(&writer);
    SNAP_CHECK(snap_byte_writer_flush(&out));
    return offsets;
}

static double megabytes(const struct content *content)
{
    return (double)content->file_bytes / 1e6;
}

static double write_speed(enum snap_keyed_layout layout)
{
    struct content content = {.file = NULL};
    double start;

    make_content(&content);
    start = snap_bench_seconds();
    write_file(&content, layout);
    return megabytes(&content) / (snap_bench_seconds() - start);
}

double snap_bench_state_write_canonical(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return write_speed(SNAP_LAYOUT_CANONICAL);
}

double snap_bench_state_write_native(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return write_speed(SNAP_LAYOUT_NATIVE);
}

/* Keys as texts, values as numbers, as a restore takes them. */
static uint64_t read_file(struct content *content, const struct snap_keyed_file *file)
{
    struct snap_error error = {0};
    struct snap_arena arena = {0}, scratch = {0};
    struct snap_keyed_reader reader;
    struct snap_keyed_item item;
    uint64_t sum = 0;

    SNAP_CHECK(snap_keyed_reader_open(&reader, file, &arena, &error));
    while (snap_keyed_reader_next(&reader, &item)) {
        struct snap_byte_reader part;
        struct snap_java_string key;

        snap_arena_reset(&scratch);
        snap_byte_reader_init(&part, item.key, 0, &error);
        key = snap_read_string(&part, &scratch);
        snap_byte_reader_init(&part, item.value, 0, &error);
        sum += (uint64_t)snap_read_i8(&part, "a count") + key.text.count;
    }
    SNAP_CHECK(!reader.failed && content->file_bytes > 0);
    snap_arena_fini(&scratch);
    snap_arena_fini(&arena);
    return sum;
}

static double read_speed(enum snap_keyed_layout layout)
{
    struct content content = {.file = NULL};
    struct snap_keyed_handle handle = {.group_count = GROUPS};
    struct snap_keyed_file file = {.handle = &handle, .max_parallelism = GROUPS};
    double start;

    make_content(&content);
    handle.type = layout == SNAP_LAYOUT_CANONICAL ? SNAP_KEYED_SAVEPOINT : SNAP_KEYED_GROUPS;
    handle.offsets = write_file(&content, layout);
    file.data = (struct snap_bytes){content.file, content.file_bytes};
    start = snap_bench_seconds();
    SNAP_CHECK(read_file(&content, &file) > ENTRIES);
    return megabytes(&content) / (snap_bench_seconds() - start);
}

double snap_bench_state_read_canonical(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return read_speed(SNAP_LAYOUT_CANONICAL);
}

double snap_bench_state_read_native(const struct snap_bench_pipeline *unused)
{
    (void)unused;
    return read_speed(SNAP_LAYOUT_NATIVE);
}

/* What the machine can do at most with as many bytes. */
double snap_bench_state_copy(const struct snap_bench_pipeline *unused)
{
    struct content content = {.file = NULL};
    uint8_t *copy = calloc(1, FILE_BYTES_MAX);
    double start;

    (void)unused;
    SNAP_CHECK(copy);
    make_content(&content);
    write_file(&content, SNAP_LAYOUT_CANONICAL);
    memset(copy, 1, content.file_bytes);
    start = snap_bench_seconds();
    memcpy(copy, content.file, content.file_bytes);
    SNAP_CHECK(copy[content.file_bytes - 1] == content.file[content.file_bytes - 1]);
    return megabytes(&content) / (snap_bench_seconds() - start);
}
