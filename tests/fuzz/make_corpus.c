// SPDX-License-Identifier: Apache-2.0
/*
 * make_corpus.c: `fuzz_corpus SNAPSHOTS OUT`: inputs of the fuzz targets made of real snapshots.
 *
 * - A folder of OUT is one target's; a file has what the target wants in front, then Flink's bytes.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "flink/byte_writer.h"
#include "flink/rocksdb_state.h"
#include "fuzz.h"
#include "storage/snapshot_folder.h"

static unsigned made;

static void write_input(const char *out, const char *target, struct snap_bytes bytes)
{
    char path[1024];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", out, target);
    mkdir(path, 0777);
    snprintf(path, sizeof(path), "%s/%s/%u", out, target, made++);
    file = fopen(path, "wb");
    if (!file || fwrite(bytes.at, 1, bytes.count, file) != bytes.count || fclose(file) != 0) {
        fprintf(stderr, "fuzz_corpus: cannot write %s\n", path);
        exit(1);
    }
}

/* An open snapshot and where its inputs go. */
struct corpus {
    const char *out;
    struct snap_streams streams;
    struct snap_arena arena;
    struct snap_error error;
};

static bool open_stream(struct corpus *corpus, const struct snap_stream_handle *stream,
                        struct snap_bytes *bytes)
{
    struct snap_error error = {0};

    return corpus->streams.open(corpus->streams.context, stream, bytes, &error);
}

static void finish(struct corpus *corpus, const char *target, struct snap_byte_writer *writer,
                   const struct snap_stream_handle *stream)
{
    struct snap_bytes bytes;

    if (!open_stream(corpus, stream, &bytes))
        return;
    snap_write_bytes(writer, bytes);
    write_input(corpus->out, target, snap_byte_writer_bytes(writer));
    corpus->streams.close(corpus->streams.context, stream, bytes);
}

static void add_keyed(struct corpus *corpus, const struct snap_keyed_handle *handle)
{
    struct snap_byte_writer writer;
    int32_t count =
        handle->group_count < FUZZ_GROUPS_MAX ? handle->group_count : FUZZ_GROUPS_MAX - 1;

    if (!handle->offsets)
        return;
    snap_byte_writer_init(&writer, &corpus->arena, NULL);
    snap_write_u1(&writer, handle->type == SNAP_KEYED_SAVEPOINT ? 1 : 0);
    snap_write_u1(&writer, (unsigned)handle->group_first);
    snap_write_u1(&writer, (unsigned)count);
    for (int32_t i = 0; i < count; i++)
        snap_write_i4(&writer, (int32_t)handle->offsets[i]);
    finish(corpus, "keyed", &writer, &handle->stream);
}

/* Each tenth table: there are many small ones. */
static void add_tables(struct corpus *corpus, const struct snap_keyed_handle *handle)
{
    static unsigned seen;

    for (uint32_t i = 0; i < handle->shared.count + handle->own.count; i++) {
        const struct snap_named_stream *stream = i < handle->shared.count
                                                     ? &handle->shared.items[i]
                                                     : &handle->own.items[i - handle->shared.count];
        struct snap_byte_writer writer;

        if (!snap_rocksdb_is_table(stream->name) || seen++ % 10)
            continue;
        snap_byte_writer_init(&writer, &corpus->arena, NULL);
        finish(corpus, "sst", &writer, &stream->stream);
    }
}

static void add_operator(struct corpus *corpus, const struct snap_operator_handle *handle)
{
    struct snap_byte_writer writer;

    if (handle->list_count == 0 || handle->list_count >= FUZZ_LISTS_MAX)
        return;
    snap_byte_writer_init(&writer, &corpus->arena, NULL);
    snap_write_u1(&writer, handle->list_count);
    for (uint32_t i = 0; i < handle->list_count; i++) {
        const struct snap_list_place *list = &handle->lists[i];

        snap_write_u1(&writer, (unsigned)list->name.count);
        snap_write_bytes(&writer, list->name);
        snap_write_u1(&writer, list->mode);
        snap_write_u1(&writer, list->offset_count);
        for (uint32_t j = 0; j < list->offset_count; j++)
            snap_write_i4(&writer, (int32_t)list->offsets[j]);
    }
    finish(corpus, "operator", &writer, &handle->stream);
}

/* A file of the first buffers is enough. */
static void add_channels(struct corpus *corpus, const struct snap_channel_handle *handles,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct snap_channel_place *place = handles[i].places;
        uint32_t buffers = place->offset_count < 8 ? place->offset_count : 8;
        struct snap_byte_writer writer;

        if (handles[i].size > 1 << 16)
            continue;
        snap_byte_writer_init(&writer, &corpus->arena, NULL);
        snap_write_u1(&writer, buffers);
        for (uint32_t j = 0; j < buffers; j++)
            snap_write_i4(&writer, (int32_t)place->offsets[j]);
        finish(corpus, "channel", &writer, &handles[i].stream);
    }
}

static void add_snapshot(const char *out, const char *path)
{
    struct corpus corpus = {.out = out};
    struct snap_snapshot_place place = {.pointer = path};
    struct snap_snapshot_folder *folder = snap_snapshot_folder_open(&place, &corpus.error);
    struct snap_metadata metadata;

    if (!folder)
        return;
    corpus.streams = snap_snapshot_folder_streams(folder);
    write_input(out, "metadata", snap_snapshot_folder_metadata(folder));
    if (snap_metadata_read(snap_snapshot_folder_metadata(folder), &corpus.arena, &metadata,
                           &corpus.error))
        for (uint32_t i = 0; i < metadata.operator_count; i++)
            for (uint32_t j = 0; j < metadata.operators[i].subtask_count; j++) {
                const struct snap_metadata_subtask *subtask = &metadata.operators[i].subtasks[j];

                add_keyed(&corpus, &subtask->managed_keyed);
                add_tables(&corpus, &subtask->managed_keyed);
                add_operator(&corpus, &subtask->managed_operator);
                add_channels(&corpus, subtask->inputs, subtask->input_count);
                add_channels(&corpus, subtask->results, subtask->result_count);
            }
    snap_snapshot_folder_close(folder);
    snap_arena_fini(&corpus.arena);
}

/* Change logs lie beside the snapshot: a file is an input as it is. */
static void add_changes(const char *out, const char *path)
{
    struct snap_arena arena = {0};
    struct snap_byte_writer writer;
    FILE *file = fopen(path, "rb");
    uint8_t bytes[4096];
    size_t count;

    snap_byte_writer_init(&writer, &arena, NULL);
    while (file && (count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        snap_write_bytes(&writer, (struct snap_bytes){bytes, count});
    if (file)
        fclose(file);
    write_input(out, "changelog", snap_byte_writer_bytes(&writer));
    snap_arena_fini(&arena);
}

static void add_all(const char *out, const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    char path[1024];

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
        if (strcmp(entries[i]->d_name, "_metadata") == 0)
            add_snapshot(out, path);
        else if (strstr(directory, "/dstl/") && entries[i]->d_type == DT_REG)
            add_changes(out, path);
        else if (entries[i]->d_name[0] != '.')
            add_all(out, path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: fuzz_corpus SNAPSHOTS OUT\n");
        return 2;
    }
    mkdir(argv[2], 0777);
    add_all(argv[2], argv[1]);
    printf("%u inputs\n", made);
    return made ? 0 : 1;
}
