// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_stream.h"

#include <string.h>

/* The name of the file goes in front of the message. */
bool snap_snapshot_in_file(const char *path, struct snap_error *error)
{
    char message[sizeof(error->message)];
    size_t length = strlen(path);
    const enum snap_error_code code = error->code;
    bool tells_offset = strncmp(error->message, "offset ", strlen("offset ")) == 0;

    if ((code != SNAP_ERROR_SNAPSHOT && !tells_offset) ||
        strncmp(error->message, path, length) == 0)
        return false;
    memcpy(message, error->message, sizeof(message));
    error->code = SNAP_OK;
    return snap_error_set(error, code, "%s: %s", path, message);
}

bool snap_snapshot_fold_place(struct snap_error *error)
{
    struct snap_error whole = {0};

    if (error->code == SNAP_OK || !error->file[0])
        return false;
    snap_error_set(&whole, error->code, "%s: %s", error->file, error->message);
    *error = whole;
    return false;
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

/* Counts a file that is not where its name says. */
static bool place_file(const struct snap_snapshot_reading *reading,
                       const struct snap_stream_handle *handle, struct snap_site_file *file,
                       struct snap_error *error)
{
    if (!snap_snapshot_site_file(&reading->site, handle, reading->arena, file, error))
        return snap_snapshot_fold_place(error);
    if (file->moved_from && reading->moved && reading->moved->count++ == 0)
        reading->moved->first = file->moved_from;
    return true;
}

const char *snap_snapshot_stream_path(const struct snap_snapshot_reading *reading,
                                      const struct snap_stream_handle *handle,
                                      struct snap_error *error)
{
    struct snap_site_file file;

    return place_file(reading, handle, &file, error) ? file.path : NULL;
}

static bool open_file(const struct snap_snapshot_reading *reading,
                      const struct snap_stream_handle *handle, struct snap_found_stream *to,
                      struct snap_error *error)
{
    struct snap_site_file file;

    if (!place_file(reading, handle, &file, error) ||
        !snap_snapshot_read_file(reading, file.path, &to->bytes, error))
        return false;
    to->path = file.path;
    if (!snap_snapshot_site_check(&file, handle, to->bytes.count, error))
        return snap_snapshot_fold_place(error);
    if (handle->type == SNAP_STREAM_SEGMENT) {
        to->bytes.at += handle->start;
        to->bytes.count = (size_t)handle->size;
    }
    return true;
}

bool snap_snapshot_open_stream(const struct snap_snapshot_reading *reading,
                               const struct snap_stream_handle *handle,
                               struct snap_found_stream *to, struct snap_error *error)
{
    to->path = reading->site.metadata;
    switch (handle->type) {
    case SNAP_STREAM_INLINE:
        to->bytes = handle->data;
        to->path = snap_snapshot_site_inside(&reading->site, reading->metadata_bytes, handle->data,
                                             reading->arena);
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
