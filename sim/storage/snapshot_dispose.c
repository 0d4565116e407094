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

/* The shared files of one checkpoint; none if it is none. */
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

/* A walk over the directories of jobs. */
struct search {
    const struct snap_snapshot_reading *reading;
    const char *home; /* of the snapshot, as the machine has it */
    const struct snap_shared_file *own;
    uint32_t own_count;
    bool *is_shared; /* by file of its own */
    struct snap_sharer *found;
    uint32_t count;
    uint32_t capacity;
    uint32_t looked_at;
};

/* Two snapshots may name one file by different ways to it. */
static const char *full_of(const struct search *search, const char *path)
{
    return snap_local_path_full(search->reading->arena, path);
}

static void look_at(struct search *search, const char *directory, const char *name)
{
    struct snap_arena *arena = search->reading->arena;
    struct snap_fs *fs = search->reading->fs;
    struct snap_sharer sharer = {.name = name};
    uint32_t other_count;
    const struct snap_shared_file *other;

    if (!fs->is_file(fs, snap_arena_printf(arena, "%s/_metadata", directory)) ||
        strcmp(full_of(search, directory), search->home) == 0)
        return;
    other = files_of(search->reading, directory, &other_count);
    for (uint32_t i = 0; i < other_count; i++) {
        const char *path = full_of(search, other[i].path);

        for (uint32_t n = 0; n < search->own_count; n++)
            if (strcmp(search->own[n].path, path) == 0 && !has_path(other, i, other[i].path) &&
                !has_path(search->own, n, search->own[n].path)) {
                search->is_shared[n] = true;
                sharer.files++;
            }
    }
    if (sharer.files == 0)
        return;
    search->found = snap_arena_grow(arena, search->found, search->count, &search->capacity,
                                    sizeof(*search->found));
    search->found[search->count++] = sharer;
}

/* Looks at what lies in one directory, the names behind `prefix`; `levels` deep. */
static void look_in(struct search *search, const char *directory, const char *prefix,
                    uint32_t levels)
{
    struct snap_arena *arena = search->reading->arena;
    struct snap_fs_names names = {.arena = arena};
    struct snap_error ignored = {0};

    search->reading->fs->list(search->reading->fs, directory, &names, &ignored);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *inside = snap_arena_printf(arena, "%s/%s", directory, names.names[i]);
        const char *name = snap_arena_printf(arena, "%s%s", prefix, names.names[i]);

        if (search->looked_at++ >= SNAP_SHARER_DIRECTORIES_MAX)
            return;
        if (levels == 1)
            look_at(search, inside, name);
        else if (strcmp(full_of(search, inside), search->reading->site.full_job) != 0)
            look_in(search, inside, snap_arena_printf(arena, "%s/", name), levels - 1);
    }
}

struct snap_sharers snap_snapshot_sharers(const struct snap_snapshot_reading *reading)
{
    struct search search = {.reading = reading};
    struct snap_sharers sharers = {.count = 0};
    struct snap_shared_file *own;

    search.own = snap_snapshot_shared_files(reading, &search.own_count);
    own = snap_arena_copy(reading->arena, search.own, search.own_count * sizeof(*own));
    for (uint32_t i = 0; i < search.own_count; i++)
        own[i].path = full_of(&search, own[i].path);
    search.own = own;
    search.home = full_of(&search, reading->site.directory);
    search.is_shared = SNAP_ARENA_ARRAY(reading->arena, bool, search.own_count);
    if (search.own_count > 0) {
        look_in(&search, reading->site.full_job, "", 1);
        look_in(&search, snap_local_path_directory(reading->arena, reading->site.full_job), "", 2);
    }
    for (uint32_t i = 0; i < search.own_count; i++)
        sharers.unshared += !search.is_shared[i] && !has_path(own, i, own[i].path);
    sharers.items = search.found;
    sharers.count = search.count;
    sharers.is_cut = search.looked_at > SNAP_SHARER_DIRECTORIES_MAX;
    return sharers;
}
