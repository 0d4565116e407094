// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/heap.h"
#include "flink/java_text.h"
#include "storage/local_path.h"

#define METADATA "_metadata"

struct snap_snapshot_folder {
    struct snap_arena arena;
    const char *path;      /* of the metadata file */
    const char *directory; /* the metadata's */
    const char *job;       /* the directory above */
    const struct snap_relocation *relocations;
    uint32_t relocation_count;
    bool follows_absolute;
    struct snap_bytes metadata;
};

static bool fail_file(const char *path, const char *what, struct snap_error *error)
{
    snap_error_set(error, SNAP_ERROR_SNAPSHOT, "%s: %s", what, strerror(errno));
    snap_error_place(error, path, 0, 0);
    return false;
}

/* Opens the file and sets its size; returns the descriptor, or -1 with the error set. */
static int open_file(const char *path, uint64_t *size, struct snap_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (descriptor < 0) {
        fail_file(path, "the file cannot be opened", error);
        return -1;
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        errno = EINVAL;
        fail_file(path, "this is no file that can be read", error);
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
        fail_file(path, "the file cannot be read", error);
    close(descriptor);
    return good;
}

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* A directory without metadata is a checkpoint that was not completed, or none at all. */
static bool find_metadata(struct snap_snapshot_folder *folder, const char *pointer,
                          struct snap_error *error)
{
    const char *path = snap_local_path(&folder->arena, pointer);

    if (!*path)
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT, "the path of a snapshot is empty");
    if (!exists(path))
        path = snap_local_path_decoded(&folder->arena, path);
    if (is_directory(path)) {
        folder->path = snap_arena_printf(&folder->arena, "%s/" METADATA, path);
        if (!exists(folder->path)) {
            snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                           "there is no " METADATA " in this directory: it is no snapshot, or one "
                           "that was not completed");
            snap_error_place(error, path, 0, 0);
            return false;
        }
    } else {
        folder->path = path;
    }
    folder->directory = snap_local_path_directory(&folder->arena, folder->path);
    folder->job = snap_local_path_directory(&folder->arena, folder->directory);
    return map_file(folder->path, &folder->metadata, error);
}

static void copy_relocations(struct snap_snapshot_folder *folder,
                             const struct snap_snapshot_place *place)
{
    struct snap_relocation *copies =
        SNAP_ARENA_ARRAY(&folder->arena, struct snap_relocation, place->relocation_count);

    for (uint32_t i = 0; i < place->relocation_count; i++) {
        copies[i].from = snap_local_path(&folder->arena, place->relocations[i].from);
        copies[i].to = snap_local_path(&folder->arena, place->relocations[i].to);
    }
    folder->relocations = copies;
    folder->relocation_count = place->relocation_count;
}

struct snap_snapshot_folder *snap_snapshot_folder_open(const struct snap_snapshot_place *place,
                                                       struct snap_error *error)
{
    struct snap_snapshot_folder *folder = snap_heap_zeroed(1, sizeof(*folder));

    folder->follows_absolute = place->follows_absolute;
    copy_relocations(folder, place);
    if (find_metadata(folder, place->pointer, error))
        return folder;
    snap_snapshot_folder_close(folder);
    return NULL;
}

void snap_snapshot_folder_close(struct snap_snapshot_folder *folder)
{
    if (!folder)
        return;
    unmap(folder->metadata, 0);
    snap_arena_fini(&folder->arena);
    free(folder);
}

struct snap_bytes snap_snapshot_folder_metadata(const struct snap_snapshot_folder *folder)
{
    return folder->metadata;
}

const char *snap_snapshot_folder_path(const struct snap_snapshot_folder *folder)
{
    return folder->path;
}

static const char *relocate(const struct snap_snapshot_folder *folder, struct snap_arena *scratch,
                            const char *path)
{
    for (uint32_t i = 0; i < folder->relocation_count; i++) {
        size_t length = strlen(folder->relocations[i].from);

        if (strncmp(path, folder->relocations[i].from, length) == 0)
            return snap_arena_printf(scratch, "%s%s", folder->relocations[i].to, path + length);
    }
    return NULL;
}

static bool lies_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* A checkpoint's files lie in a few directories of the job's; the job's may have moved. Shared ones
 * may be those of the job that it was started from. */
static const char *find_moved(const struct snap_snapshot_folder *folder, struct snap_arena *scratch,
                              const char *path)
{
    static const char *const below[] = {"/shared/", "/taskowned/", "/dstl/", "/chk-"};

    for (unsigned i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        const char *last = NULL;
        const char *moved;

        for (const char *at = strstr(path, below[i]); at; at = strstr(at + 1, below[i]))
            last = at;
        if (!last)
            continue;
        moved = snap_arena_printf(scratch, "%s%s", folder->job, last);
        if (exists(moved))
            return moved;
    }
    path = snap_local_path_beside(scratch, path, folder->job);
    return path && exists(path) ? path : NULL;
}

static const char *find_absolute(const struct snap_snapshot_folder *folder,
                                 struct snap_arena *scratch, const char *path,
                                 struct snap_error *error)
{
    const char *found = relocate(folder, scratch, path);

    if (found)
        return found;
    if (exists(path) && (folder->follows_absolute || lies_below(path, folder->job)))
        return path;
    found = find_moved(folder, scratch, path);
    if (found)
        return found;
    if (folder->follows_absolute || !exists(path))
        snap_error_set(error, SNAP_ERROR_SNAPSHOT, "the file is missing");
    else
        snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                       "the file lies outside of the snapshot's directory; "
                       "--follow-absolute reads it all the same");
    return NULL;
}

/* Returns where the file is, memory of `scratch`; NULL with the error set if it may not be read. */
static const char *find_file(const struct snap_snapshot_folder *folder, struct snap_arena *scratch,
                             const struct snap_stream_handle *stream, struct snap_error *error)
{
    const char *name = (const char *)snap_java_text(scratch, stream->path).at;
    const char *path = snap_local_path(scratch, name);

    if (snap_local_path_climbs(path)) {
        snap_error_set(error, SNAP_ERROR_SNAPSHOT, "the name of a file leads out of its directory");
        return NULL;
    }
    if (stream->type == SNAP_STREAM_RELATIVE)
        return snap_arena_printf(scratch, "%s/%s", folder->directory, path);
    return find_absolute(folder, scratch, path, error);
}

/* What the handle says must be there. Of a file that several share only the segment is mapped. */
static bool map_stream(const char *path, const struct snap_stream_handle *stream,
                       struct snap_bytes *bytes, struct snap_error *error)
{
    bool is_segment = stream->type == SNAP_STREAM_SEGMENT;
    uint64_t start = is_segment ? (uint64_t)stream->start : 0;
    uint64_t count = stream->size < 0 ? 0 : (uint64_t)stream->size;
    uint64_t size;
    int descriptor = open_file(path, &size, error);
    bool good;

    if (descriptor < 0)
        return false;
    good = start <= size && count <= size - start;
    if (!good)
        snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                       "offset %" PRIu64 ": the file ends here, but %" PRIu64
                       " bytes from offset %" PRIu64 " on are expected: it was cut off",
                       size, count, start);
    else if (!map_part(descriptor, start, is_segment ? count : size, bytes))
        good = fail_file(path, "the file cannot be read", error);
    if (!good)
        snap_error_place(error, path, 0, 0);
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
    const char *path;
    bool good;

    stream = innermost(stream);
    *bytes = stream->data;
    if (!is_in_file(stream))
        return true;
    snap_arena_init(&scratch);
    path = find_file(folder, &scratch, stream, error);
    good = path && map_stream(path, stream, bytes, error);
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

static void name_stream(void *context, const struct snap_stream_handle *stream,
                        struct snap_error *error)
{
    struct snap_snapshot_folder *folder = context;
    struct snap_arena scratch;

    if (error->file[0])
        return;
    stream = innermost(stream);
    snap_arena_init(&scratch);
    if (stream->type == SNAP_STREAM_INLINE)
        snap_error_place(error,
                         snap_arena_printf(&scratch, "%s (state of %zu bytes inside)", folder->path,
                                           stream->data.count),
                         0, 0);
    else if (stream->type == SNAP_STREAM_RELATIVE)
        snap_error_place(error,
                         snap_arena_printf(&scratch, "%s/%s", folder->directory,
                                           snap_java_text(&scratch, stream->path).at),
                         0, 0);
    else
        snap_error_place(error, (const char *)snap_java_text(&scratch, stream->path).at, 0, 0);
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
