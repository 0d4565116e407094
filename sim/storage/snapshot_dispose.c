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

/* Returns the path of a file of the snapshot's own directory, NULL if it is not there. Older
 * versions name them by absolute paths, too. */
static const char *own_file(const struct snap_snapshot_reading *reading,
                            const struct snap_stream_handle *stream)
{
    struct snap_site_file file;
    struct snap_error ignored = {0};

    if ((stream->type != SNAP_STREAM_RELATIVE && stream->type != SNAP_STREAM_FILE) ||
        !snap_snapshot_site_file(&reading->site, stream, reading->arena, &file, &ignored) ||
        (stream->type == SNAP_STREAM_FILE &&
         strcmp(snap_local_path_directory(reading->arena, file.path), reading->site.directory) !=
             0))
        return NULL;
    return file.path;
}

/* A relative name that is not followed; what it names may be there. */
static bool leads_out(struct snap_arena *arena, const struct snap_stream_handle *stream)
{
    return stream->type == SNAP_STREAM_RELATIVE &&
           snap_local_path_climbs((const char *)snap_java_text(arena, stream->path).at);
}

static void take_stream(void *context, const struct snap_stream_handle *stream,
                        const struct snap_bytes *name, bool is_shared)
{
    struct disposal *disposal = context;
    struct snap_fs *fs = disposal->reading->fs;
    const char *path = own_file(disposal->reading, stream);

    (void)name;
    (void)is_shared;
    if (path && !fs->remove(fs, path, disposal->error))
        disposal->failed = true;
    if (!path && (stream->type == SNAP_STREAM_FILE || stream->type == SNAP_STREAM_SEGMENT ||
                  leads_out(disposal->reading->arena, stream)))
        (*disposal->outside)++;
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

/* A file by its whole path: two snapshots may name one file by different ways to it. */
struct place {
    const char *full; /* NULL: it is not found */
    const char *name; /* as the handle has it */
};

struct paths {
    const struct snap_snapshot_reading *of;
    bool is_for_disposal; /* only those that go with their snapshot, and not its own directory's */
    struct place *items;
    uint32_t count;
    uint32_t capacity;
};

static void add_path(void *context, const struct snap_stream_handle *stream,
                     const struct snap_bytes *name, bool is_shared)
{
    struct paths *paths = context;
    struct snap_arena *arena = paths->of->arena;
    struct snap_site_file file;
    struct snap_error ignored = {0};
    struct place place = {NULL, (const char *)snap_java_text(arena, stream->path).at};

    (void)name;
    (void)is_shared;
    if (stream->type != SNAP_STREAM_FILE &&
        (paths->is_for_disposal || stream->type != SNAP_STREAM_SEGMENT))
        return;
    if (snap_snapshot_site_file(&paths->of->site, stream, arena, &file, &ignored))
        place.full = snap_local_path_full(arena, file.path);
    else if (!paths->is_for_disposal &&
             paths->of->fs->is_file(paths->of->fs, snap_local_path(arena, place.name)))
        place.full = snap_local_path_full(arena, snap_local_path(arena, place.name));
    if (paths->is_for_disposal && (!place.full || own_file(paths->of, stream)))
        return;
    paths->items =
        snap_arena_grow(arena, paths->items, paths->count, &paths->capacity, sizeof(*paths->items));
    paths->items[paths->count++] = place;
}

/* Flink leaves change logs to whoever owns the job's files. */
static bool is_changelog(enum snap_keyed_type type)
{
    return type == SNAP_KEYED_CHANGELOG || type == SNAP_KEYED_CHANGELOG_OLD;
}

static void add_paths(struct paths *paths)
{
    const struct snap_stream_visitor visitor = {add_path, paths};
    const struct snap_metadata *metadata = paths->of->metadata;

    for (uint32_t o = 0; o < metadata->operator_count; o++)
        for (uint32_t i = 0; i < metadata->operators[o].subtask_count; i++) {
            struct snap_metadata_subtask subtask = metadata->operators[o].subtasks[i];

            if (paths->is_for_disposal && is_changelog(subtask.managed_keyed.type))
                subtask.managed_keyed = (struct snap_keyed_handle){.type = SNAP_KEYED_NONE};
            snap_subtask_handles_walk(&subtask, &visitor);
        }
}

/* What another snapshot names and cannot be found is the file of that name. */
static bool has_place(const struct place *places, uint32_t count, const struct place *place)
{
    for (uint32_t i = 0; i < count; i++)
        if (places[i].full ? strcmp(places[i].full, place->full) == 0
                           : strcmp(places[i].name, place->name) == 0)
            return true;
    return false;
}

/* A walk over the directories of jobs. */
struct search {
    const struct snap_snapshot_reading *reading;
    const char *home; /* of the snapshot, as the machine has it */
    struct paths own;
    bool *is_shared; /* by file of its own */
    struct snap_sharer *found;
    uint32_t count;
    uint32_t capacity;
    const char *unreadable;
    uint32_t looked_at;
};

static const char *full_of(const struct search *search, const char *path)
{
    return snap_local_path_full(search->reading->arena, path);
}

/* Notes which of its own files the other has, each once; returns how many. */
static uint32_t compare(struct search *search, const struct paths *other)
{
    const struct paths *own = &search->own;
    uint32_t files = 0;

    for (uint32_t n = 0; n < own->count; n++) {
        if (!has_place(other->items, other->count, &own->items[n]))
            continue;
        search->is_shared[n] = true;
        files += !has_place(own->items, n, &own->items[n]);
    }
    return files;
}

static void look_at(struct search *search, const char *directory, const char *name)
{
    struct snap_arena *arena = search->reading->arena;
    struct snap_fs *fs = search->reading->fs;
    const struct snap_snapshot_place place = {.pointer = directory};
    struct snap_snapshot_reading reading = {.fs = fs, .arena = arena};
    struct paths other = {.of = &reading};
    struct snap_error ignored = {0};
    struct snap_sharer sharer = {.name = name};

    if (!fs->is_file(fs, snap_arena_printf(arena, "%s/_metadata", directory)) ||
        strcmp(full_of(search, directory), search->home) == 0)
        return;
    if (!snap_snapshot_open(&reading, &place, &ignored)) {
        search->unreadable = name;
        return;
    }
    add_paths(&other);
    sharer.files = compare(search, &other);
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

/* What nobody else was found to use, each file once. */
static void add_unshared(const struct search *search, struct snap_sharers *sharers)
{
    const struct paths *own = &search->own;
    const char **paths = SNAP_ARENA_ARRAY(search->reading->arena, const char *, own->count);

    for (uint32_t i = 0; i < own->count; i++)
        if (!search->is_shared[i] && !has_place(own->items, i, &own->items[i]))
            paths[sharers->unshared_count++] = own->items[i].full;
    sharers->unshared = paths;
}

struct snap_sharers snap_snapshot_sharers(const struct snap_snapshot_reading *reading)
{
    struct search search = {.reading = reading, .own = {.of = reading, .is_for_disposal = true}};
    struct snap_sharers sharers = {.count = 0};

    add_paths(&search.own);
    search.home = full_of(&search, reading->site.directory);
    search.is_shared = SNAP_ARENA_ARRAY(reading->arena, bool, search.own.count);
    if (search.own.count > 0) {
        look_in(&search, reading->site.full_job, "", 1);
        look_in(&search, snap_local_path_directory(reading->arena, reading->site.full_job), "", 2);
    }
    add_unshared(&search, &sharers);
    sharers.handles = search.own.count;
    sharers.items = search.found;
    sharers.count = search.count;
    sharers.unreadable = search.unreadable;
    sharers.is_cut = search.looked_at > SNAP_SHARER_DIRECTORIES_MAX;
    return sharers;
}

bool snap_sharers_are_all(const struct snap_sharers *sharers)
{
    return !sharers->is_cut && !sharers->unreadable;
}

bool snap_snapshot_dispose_unshared(const struct snap_snapshot_reading *reading,
                                    const struct snap_sharers *sharers, struct snap_error *error)
{
    struct snap_fs *fs = reading->fs;

    for (uint32_t i = 0; i < sharers->unshared_count; i++)
        if (fs->is_file(fs, sharers->unshared[i]) && !fs->remove(fs, sharers->unshared[i], error))
            return false;
    return true;
}
