// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_dispose.h"

#include <string.h>

#include "flink/java_text.h"
#include "flink/metadata.h"
#include "storage/local_path.h"
#include "storage/snapshot_stream.h"

/* Files go one after another; one that many handles name is gone at the second. */
struct disposal {
    const struct snap_snapshot_reading *reading;
    uint32_t *outside;
    struct snap_error *error;
    bool failed;
};

static void take_stream(void *context, const struct snap_stream_handle *stream,
                        const struct snap_bytes *name, bool is_shared)
{
    struct disposal *disposal = context;
    struct snap_fs *fs = disposal->reading->fs;
    const char *path;

    (void)name;
    (void)is_shared;
    if (stream->type == SNAP_STREAM_FILE || stream->type == SNAP_STREAM_SEGMENT)
        (*disposal->outside)++;
    if (stream->type != SNAP_STREAM_RELATIVE)
        return;
    path = (const char *)snap_java_text(disposal->reading->arena, stream->path).at;
    if (snap_local_path_climbs(path))
        return;
    path = snap_arena_printf(disposal->reading->arena, "%s/%s", disposal->reading->site.directory,
                             path);
    if (fs->is_file(fs, path) && !fs->remove(fs, path, disposal->error))
        disposal->failed = true;
}

bool snap_snapshot_dispose(const struct snap_snapshot_reading *reading, uint32_t *outside,
                           struct snap_error *error)
{
    struct disposal disposal = {.reading = reading, .outside = outside, .error = error};
    const struct snap_stream_visitor visitor = {take_stream, &disposal};
    struct snap_fs_names names = {.arena = reading->arena};
    struct snap_fs *fs = reading->fs;

    *outside = 0;
    if (!fs->remove(fs, reading->site.metadata, error))
        return false;
    for (uint32_t o = 0; o < reading->metadata->operator_count; o++)
        for (uint32_t i = 0; i < reading->metadata->operators[o].subtask_count; i++)
            snap_subtask_handles_walk(&reading->metadata->operators[o].subtasks[i], &visitor);
    return !disposal.failed && fs->list(fs, reading->site.directory, &names, error) &&
           (names.count > 0 || fs->remove_dir(fs, reading->site.directory, error));
}

/* ---- files beside it ---- */

struct listing {
    const struct snap_snapshot_reading *reading;
    struct snap_shared_file *files;
    uint32_t count;
    uint32_t capacity;
};

static void list_stream(void *context, const struct snap_stream_handle *stream,
                        const struct snap_bytes *name, bool is_shared)
{
    struct listing *listing = context;
    struct snap_arena *arena = listing->reading->arena;
    struct snap_site_file file;
    struct snap_error ignored = {0};

    if (stream->type != SNAP_STREAM_FILE || !name ||
        !snap_snapshot_site_file(&listing->reading->site, stream, arena, &file, &ignored))
        return;
    listing->files = snap_arena_grow(arena, listing->files, listing->count, &listing->capacity,
                                     sizeof(*listing->files));
    listing->files[listing->count++] = (struct snap_shared_file){file.path, true, !is_shared};
}

const struct snap_shared_file *
snap_snapshot_shared_files(const struct snap_snapshot_reading *reading, uint32_t *count)
{
    struct listing listing = {.reading = reading};
    const struct snap_stream_visitor visitor = {list_stream, &listing};

    for (uint32_t o = 0; o < reading->metadata->operator_count; o++)
        for (uint32_t i = 0; i < reading->metadata->operators[o].subtask_count; i++)
            snap_keyed_handle_walk(&reading->metadata->operators[o].subtasks[i].managed_keyed,
                                   &visitor);
    *count = listing.count;
    return listing.files;
}

/* ---- who else has them ---- */

static bool has_path(const struct snap_shared_file *files, uint32_t count, const char *path)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(files[i].path, path) == 0)
            return true;
    return false;
}

/* The shared files of one checkpoint beside the snapshot; none if it is none. */
static const struct snap_shared_file *files_of(const struct snap_snapshot_reading *reading,
                                               const char *directory, uint32_t *count)
{
    struct snap_snapshot_reading other = {.fs = reading->fs, .arena = reading->arena};
    const struct snap_snapshot_place place = {.pointer = directory};
    struct snap_error ignored = {0};

    *count = 0;
    return snap_snapshot_open(&other, &place, &ignored) ? snap_snapshot_shared_files(&other, count)
                                                        : NULL;
}

const struct snap_sharer *snap_snapshot_sharers(const struct snap_snapshot_reading *reading,
                                                uint32_t *count, uint32_t *unshared)
{
    const char *job = snap_local_path_directory(reading->arena, reading->site.directory);
    struct snap_fs_names names = {.arena = reading->arena};
    struct snap_error ignored = {0};
    uint32_t own_count;
    const struct snap_shared_file *own = snap_snapshot_shared_files(reading, &own_count);
    bool *is_shared = SNAP_ARENA_ARRAY(reading->arena, bool, own_count);
    struct snap_sharer *sharers;

    reading->fs->list(reading->fs, job, &names, &ignored);
    sharers = SNAP_ARENA_ARRAY(reading->arena, struct snap_sharer, names.count);
    *count = 0;
    for (uint32_t n = 0; n < names.count; n++) {
        const char *directory = snap_arena_printf(reading->arena, "%s/%s", job, names.names[n]);
        struct snap_sharer *sharer = &sharers[*count];
        uint32_t other_count;
        const struct snap_shared_file *other;

        if (strcmp(directory, reading->site.directory) == 0)
            continue;
        other = files_of(reading, directory, &other_count);
        *sharer = (struct snap_sharer){.name = names.names[n]};
        for (uint32_t i = 0; i < own_count; i++)
            if (!has_path(own, i, own[i].path) && has_path(other, other_count, own[i].path)) {
                is_shared[i] = true;
                sharer->files++;
            }
        *count += sharer->files > 0;
    }
    *unshared = 0;
    for (uint32_t i = 0; i < own_count; i++)
        *unshared += !is_shared[i] && !has_path(own, i, own[i].path);
    return sharers;
}
