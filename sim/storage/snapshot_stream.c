// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_stream.h"

#include <inttypes.h>
#include <string.h>

#include "flink/java_text.h"
#include "flink/metadata.h"
#include "storage/local_path.h"
#include "storage/uri_root.h"

const char *snap_snapshot_pointer_path(const char *pointer, struct snap_arena *arena)
{
    const char *path = snap_local_path(arena, pointer);

    while (path[0] == '/' && path[1] == '/')
        path++;
    return snap_arena_strdup(arena, *path ? path : "/");
}

/* The name of the file goes in front of the message. */
bool snap_snapshot_in_file(const char *path, struct snap_error *error)
{
    char message[sizeof(error->message)];
    size_t length = strlen(path);

    if (error->code != SNAP_ERROR_SNAPSHOT || strncmp(error->message, path, length) == 0)
        return false;
    memcpy(message, error->message, sizeof(message));
    error->code = SNAP_OK;
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT, "%s: %s", path, message);
}

bool snap_snapshot_read_file(const struct snap_snapshot_reading *reading, const char *path,
                             struct snap_bytes *bytes, struct snap_error *error)
{
    struct snap_text text = {0};
    bool read = reading->fs->read(reading->fs, path, &text, error);

    if (read)
        *bytes = (struct snap_bytes){snap_arena_copy(reading->arena, text.data, text.length),
                                     text.length};
    snap_text_fini(&text);
    return read;
}

static bool lies_in(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/' &&
           !snap_local_path_climbs(path);
}

static const char *last_of(const char *path, const char *part)
{
    const char *last = NULL;

    for (const char *at = strstr(path, part); at; at = strstr(at + 1, part))
        last = at;
    return last;
}

/* Files that checkpoints share lie beside them, in the job's directory: also if that was moved. A
 * job that was started from another's checkpoint uses files of that one, whose directory lies
 * beside its own. */
const char *snap_snapshot_find_shared(const struct snap_snapshot_reading *reading, const char *path)
{
    static const char *const beside[] = {"/shared/", "/taskowned/", "/dstl/", "/chk-"};
    const char *job = snap_local_path_directory(reading->arena, reading->directory);

    if (reading->follows_absolute || lies_in(path, job))
        return path;
    for (int i = 0; i < 4; i++) {
        const char *rest = last_of(path, beside[i]);
        const char *moved = rest ? snap_arena_printf(reading->arena, "%s%s", job, rest) : NULL;

        if (moved && lies_in(moved, job) && reading->fs->is_file(reading->fs, moved))
            return moved;
    }
    path = snap_local_path_beside(reading->arena, path, job);
    return path && reading->fs->is_file(reading->fs, path) ? path : NULL;
}

static bool fail_missing(const char *path, const struct snap_stream_handle *handle,
                         struct snap_error *error)
{
    /* The files of a change log have no size of their own. */
    if (handle->size < 0)
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                              "%s: this file of the snapshot is missing", path);
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "%s: this file of the snapshot is missing; expected %" PRId64 " bytes",
                          path, handle->size);
}

/* Flink takes the name of a file as it stands. */
static void note_moved(const struct snap_snapshot_reading *reading, const char *path)
{
    if (!reading->moved || reading->fs->is_file(reading->fs, path))
        return;
    if (reading->moved->count++ == 0)
        reading->moved->first = path;
}

static bool place_file(const struct snap_snapshot_reading *reading,
                       const struct snap_stream_handle *handle, struct snap_found_stream *to,
                       struct snap_error *error)
{
    const char *text = (const char *)snap_java_text(reading->arena, handle->path).at;

    if (handle->type == SNAP_STREAM_RELATIVE) {
        to->path = snap_arena_printf(reading->arena, "%s/%s", reading->directory, text);
        if (lies_in(to->path, reading->directory))
            return true;
    } else {
        text = snap_uri_root_path(reading->uri_root, reading->arena, text);
        to->path = snap_snapshot_find_shared(reading, text);
        if (to->path && to->path != text)
            note_moved(reading, text);
        if (to->path)
            return true;
    }
    if (!reading->fs->is_file(reading->fs, text))
        return fail_missing(text, handle, error);
    return snap_error_set(error, SNAP_ERROR_RESTORE,
                          "%s: a state lies outside of the snapshot, in %s; --follow-absolute "
                          "lets it be read",
                          reading->metadata_path, text);
}

const char *snap_snapshot_stream_path(const struct snap_snapshot_reading *reading,
                                      const struct snap_stream_handle *handle,
                                      struct snap_error *error)
{
    struct snap_found_stream stream;

    return place_file(reading, handle, &stream, error) ? stream.path : NULL;
}

static bool open_file(const struct snap_snapshot_reading *reading,
                      const struct snap_stream_handle *handle, struct snap_found_stream *to,
                      struct snap_error *error)
{
    if (!place_file(reading, handle, to, error))
        return false;
    if (!reading->fs->is_file(reading->fs, to->path))
        return fail_missing(to->path, handle, error);
    if (!snap_snapshot_read_file(reading, to->path, &to->bytes, error))
        return false;
    if (handle->type == SNAP_STREAM_SEGMENT) {
        if (handle->start < 0 || handle->size < 0 ||
            (uint64_t)handle->start + (uint64_t)handle->size > to->bytes.count)
            return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                                  "%s: offset %zu: the file ends; expected %" PRId64
                                  " bytes from %" PRId64 " on",
                                  to->path, to->bytes.count, handle->size, handle->start);
        to->bytes.at += handle->start;
        to->bytes.count = (size_t)handle->size;
    } else if (handle->size >= 0 && (uint64_t)handle->size != to->bytes.count) {
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                              "%s: offset %zu: the file ends; expected %" PRId64 " bytes", to->path,
                              to->bytes.count, handle->size);
    }
    return true;
}

/* A state inside the metadata is a file of its own to its reader: where it begins goes into the
 * name. */
static const char *inline_path(const struct snap_snapshot_reading *reading, struct snap_bytes state)
{
    const struct snap_bytes *file = &reading->metadata_bytes;

    if (state.at < file->at || state.at > file->at + file->count)
        return reading->metadata_path;
    return snap_arena_printf(reading->arena, "%s, in the state from offset %zu on",
                             reading->metadata_path, (size_t)(state.at - file->at));
}

bool snap_snapshot_open_stream(const struct snap_snapshot_reading *reading,
                               const struct snap_stream_handle *handle,
                               struct snap_found_stream *to, struct snap_error *error)
{
    to->path = reading->metadata_path;
    switch (handle->type) {
    case SNAP_STREAM_INLINE:
        to->bytes = handle->data;
        to->path = inline_path(reading, handle->data);
        return true;
    case SNAP_STREAM_NONE:
    case SNAP_STREAM_EMPTY:
        to->bytes = (struct snap_bytes){NULL, 0};
        return true;
    case SNAP_STREAM_KEY_GROUPS:
        return snap_snapshot_open_stream(reading, handle->inner, to, error);
    case SNAP_STREAM_FILE:
    case SNAP_STREAM_RELATIVE:
    case SNAP_STREAM_SEGMENT:
        break;
    }
    return open_file(reading, handle, to, error);
}
