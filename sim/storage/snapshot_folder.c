// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/heap.h"
#include "flink/java_text.h"

struct snap_snapshot_folder {
    struct snap_arena arena;
    struct snap_fs *fs;
    struct snap_snapshot_site site;
    struct snap_bytes metadata;
};

/* In the words of the other file systems. */
static bool fail_file(const char *path, struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
}

/* Opens the file and sets its size; returns the descriptor, or -1 with the error set. */
static int open_file(const char *path, uint64_t *size, struct snap_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (descriptor < 0) {
        fail_file(path, error);
        return -1;
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        errno = EINVAL;
        fail_file(path, error);
        close(descriptor);
        return -1;
    }
    *size = (uint64_t)status.st_size;
    return descriptor;
}

/* Bytes in front of `start` that are mapped too: maps begin with a page. */
static size_t front_bytes(uint64_t start)
{
    return (size_t)(start % (uint64_t)sysconf(_SC_PAGESIZE));
}

/* Maps a part of the open file, which must be there; nothing is mapped for no bytes. */
static bool map_part(int descriptor, uint64_t start, uint64_t count, struct snap_bytes *bytes)
{
    size_t front = front_bytes(start);
    void *map;

    *bytes = (struct snap_bytes){NULL, 0};
    if (count == 0)
        return true;
    map = mmap(NULL, (size_t)count + front, PROT_READ, MAP_PRIVATE, descriptor,
               (off_t)(start - front));
    if (map == MAP_FAILED)
        return false;
    *bytes = (struct snap_bytes){(const uint8_t *)map + front, (size_t)count};
    return true;
}

static void unmap(struct snap_bytes bytes, uint64_t start)
{
    size_t front = front_bytes(start);

    if (bytes.count)
        munmap((void *)(uintptr_t)(bytes.at - front), bytes.count + front);
}

static bool map_file(const char *path, struct snap_bytes *bytes, struct snap_error *error)
{
    uint64_t size;
    int descriptor = open_file(path, &size, error);
    bool good;

    if (descriptor < 0)
        return false;
    good = map_part(descriptor, 0, size, bytes);
    if (!good)
        fail_file(path, error);
    close(descriptor);
    return good;
}

/* Finds the snapshot and maps its metadata. */
static bool open_metadata(struct snap_snapshot_folder *folder,
                          const struct snap_snapshot_place *place, struct snap_error *error)
{
    if (!snap_snapshot_site_find(folder->fs, place, &folder->arena, &folder->site, error) ||
        !map_file(folder->site.metadata, &folder->metadata, error))
        return false;
    folder->site.metadata_bytes = folder->metadata;
    return true;
}

struct snap_snapshot_folder *snap_snapshot_folder_open(const struct snap_snapshot_place *place,
                                                       struct snap_error *error)
{
    struct snap_snapshot_folder *folder = snap_heap_zeroed(1, sizeof(*folder));

    folder->fs = snap_fs_real_create(NULL);
    if (open_metadata(folder, place, error))
        return folder;
    snap_snapshot_folder_close(folder);
    return NULL;
}

void snap_snapshot_folder_close(struct snap_snapshot_folder *folder)
{
    if (!folder)
        return;
    unmap(folder->metadata, 0);
    snap_fs_destroy(folder->fs);
    snap_arena_fini(&folder->arena);
    free(folder);
}

struct snap_bytes snap_snapshot_folder_metadata(const struct snap_snapshot_folder *folder)
{
    return folder->metadata;
}

const char *snap_snapshot_folder_path(const struct snap_snapshot_folder *folder)
{
    return folder->site.metadata;
}

/* What the handle says must be there. Of a file that several share only the segment is mapped. */
static bool map_stream(const struct snap_site_file *file, const struct snap_stream_handle *stream,
                       struct snap_bytes *bytes, struct snap_error *error)
{
    bool is_segment = stream->type == SNAP_STREAM_SEGMENT;
    uint64_t size;
    int descriptor = open_file(file->path, &size, error);
    bool good;

    if (descriptor < 0)
        return false;
    good = snap_snapshot_site_check(file, stream, size, error) &&
           (map_part(descriptor, is_segment ? (uint64_t)stream->start : 0,
                     is_segment ? (uint64_t)stream->size : size, bytes) ||
            fail_file(file->path, error));
    close(descriptor);
    return good;
}

static const struct snap_stream_handle *innermost(const struct snap_stream_handle *stream)
{
    while (stream->type == SNAP_STREAM_KEY_GROUPS)
        stream = stream->inner;
    return stream;
}

static bool is_in_file(const struct snap_stream_handle *stream)
{
    return stream->type == SNAP_STREAM_FILE || stream->type == SNAP_STREAM_RELATIVE ||
           stream->type == SNAP_STREAM_SEGMENT;
}

static bool open_stream(void *context, const struct snap_stream_handle *stream,
                        struct snap_bytes *bytes, struct snap_error *error)
{
    struct snap_snapshot_folder *folder = context;
    struct snap_arena scratch;
    struct snap_site_file file;
    bool good;

    stream = innermost(stream);
    *bytes = stream->data;
    if (!is_in_file(stream))
        return true;
    snap_arena_init(&scratch);
    good = snap_snapshot_site_file(&folder->site, stream, &scratch, &file, error) &&
           map_stream(&file, stream, bytes, error);
    snap_arena_fini(&scratch);
    return good;
}

static void close_stream(void *context, const struct snap_stream_handle *stream,
                         struct snap_bytes bytes)
{
    (void)context;
    stream = innermost(stream);
    if (is_in_file(stream))
        unmap(bytes, stream->type == SNAP_STREAM_SEGMENT ? (uint64_t)stream->start : 0);
}

/* Pages of a file that is only read are as good as new when they are mapped again. */
static void relax_stream(void *context, const struct snap_stream_handle *stream,
                         struct snap_bytes bytes)
{
    size_t front;

    (void)context;
    stream = innermost(stream);
    if (!is_in_file(stream) || bytes.count == 0)
        return;
    front = stream->type == SNAP_STREAM_SEGMENT ? front_bytes((uint64_t)stream->start) : 0;
    madvise((void *)(uintptr_t)(bytes.at - front), bytes.count + front, MADV_DONTNEED);
}

/* Where the bytes are, in a state inside the metadata from which offset on. */
static const char *path_in_message(const struct snap_snapshot_folder *folder,
                                   const struct snap_stream_handle *stream,
                                   struct snap_arena *scratch)
{
    struct snap_site_file file;
    struct snap_error ignored = {0};

    if (is_in_file(stream))
        return snap_snapshot_site_file(&folder->site, stream, scratch, &file, &ignored)
                   ? file.path
                   : (const char *)snap_java_text(scratch, stream->path).at;
    return snap_snapshot_site_inside(&folder->site, folder->metadata, stream->data, scratch);
}

static void name_stream(void *context, const struct snap_stream_handle *stream,
                        struct snap_error *error)
{
    struct snap_snapshot_folder *folder = context;
    struct snap_arena scratch;

    if (error->file[0])
        return;
    stream = innermost(stream);
    snap_arena_init(&scratch);
    snap_error_place(error, path_in_message(folder, stream, &scratch), 0, 0);
    snap_arena_fini(&scratch);
}

struct snap_streams snap_snapshot_folder_streams(struct snap_snapshot_folder *folder)
{
    return (struct snap_streams){
        .open = open_stream,
        .close = close_stream,
        .relax = relax_stream,
        .name = name_stream,
        .context = folder,
    };
}
