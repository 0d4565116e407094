// SPDX-License-Identifier: Apache-2.0
#include "storage/state_stream.h"

#include <stdio.h>

#include "base/hash.h"

void snap_uuid_next(struct snap_uuid_source *source, char text[SNAP_UUID_TEXT_BYTES])
{
    uint64_t high = snap_mix64(source->seed + 2 * source->count);
    uint64_t low = snap_mix64(source->seed + 2 * source->count + 1);

    source->count++;
    /* Version 4, variant 1, as random ones have it. */
    snprintf(text, SNAP_UUID_TEXT_BYTES, "%08x-%04x-4%03x-%04x-%04x%08x", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
             (unsigned)(0x8000 | (low >> 48 & 0x3fff)), (unsigned)(low >> 32 & 0xffff),
             (unsigned)(low & 0xffffffff));
}

struct snap_bytes snap_state_stream_name(struct snap_state_stream *stream)
{
    char text[SNAP_UUID_TEXT_BYTES];

    snap_uuid_next(&stream->names, text);
    return snap_bytes_of(snap_arena_strdup(stream->arena, text));
}

bool snap_state_file_write(struct snap_fs *fs, const char *path, struct snap_bytes bytes,
                           struct snap_error *error)
{
    struct snap_file *file = fs->open(fs, path, SNAP_FS_WRITE, error);
    bool written;

    if (!file)
        return false;
    written = fs->write(file, bytes.at, bytes.count, error) && fs->sync(file, error);
    return fs->close(file, error) && written;
}

/* Flink: MemCheckpointStreamFactory.checkSize. */
static bool check_size(const struct snap_state_stream *stream, size_t bytes,
                       struct snap_error *error)
{
    if (!stream->is_in_memory || bytes <= stream->inline_max)
        return true;
    return snap_error_set(
        error, SNAP_ERROR_IO,
        "a state of %zu bytes is larger than the %zu that the JobManager's memory "
        "takes; execution.checkpointing.storage: filesystem has no such limit",
        bytes, stream->inline_max);
}

bool snap_state_stream_put(struct snap_state_stream *stream, struct snap_bytes bytes,
                           struct snap_stream_handle *handle, struct snap_error *error)
{
    struct snap_bytes name;
    const char *path;

    *handle = (struct snap_stream_handle){.type = SNAP_STREAM_NONE};
    if (bytes.count == 0)
        return true;
    name = snap_state_stream_name(stream);
    path = snap_arena_printf(stream->arena, "%s/%s", stream->directory, (const char *)name.at);
    handle->size = (int64_t)bytes.count;
    if (bytes.count <= stream->inline_max) {
        handle->type = SNAP_STREAM_INLINE;
        handle->path = snap_bytes_of(path);
        handle->data = bytes;
        return true;
    }
    if (!check_size(stream, bytes.count, error))
        return false;
    handle->type = SNAP_STREAM_RELATIVE;
    handle->path = name;
    stream->file_count++;
    stream->file_bytes += bytes.count;
    return snap_state_file_write(stream->fs, path, bytes, error);
}

bool snap_state_stream_share(struct snap_state_stream *stream, const struct snap_state_place *place,
                             struct snap_bytes bytes, struct snap_stream_handle *handle,
                             const char **path, struct snap_error *error)
{
    struct snap_bytes name = snap_state_stream_name(stream);
    const char *text = (const char *)name.at;

    *path = NULL;
    *handle = (struct snap_stream_handle){.type = SNAP_STREAM_INLINE, .data = bytes};
    handle->path = snap_bytes_of(snap_arena_printf(stream->arena, "%s/%s", place->uri, text));
    handle->size = (int64_t)bytes.count;
    if (bytes.count <= stream->inline_max)
        return true;
    if (!check_size(stream, bytes.count, error))
        return false;
    *path = snap_arena_printf(stream->arena, "%s/%s", place->directory, text);
    handle->type = SNAP_STREAM_FILE;
    handle->data = (struct snap_bytes){NULL, 0};
    stream->file_count++;
    stream->file_bytes += bytes.count;
    return snap_state_file_write(stream->fs, *path, bytes, error);
}
