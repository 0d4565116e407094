// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_site.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "flink/handles.h"
#include "flink/java_text.h"
#include "storage/local_path.h"
#include "storage/uri_root.h"

#define METADATA "_metadata"
#define ROOT_HINT                                                                                  \
    ", or let a directory stand for that (storage.stands-for and storage.root of the model)"

#define NOTHING                                                                                    \
    "there is no snapshot: no such file or directory; expected the directory of one, "             \
    "with " METADATA " in it, or that file"

/* So many snapshots are named where the directory above them was given. */
enum { BELOW_MAX = 4 };

static bool fail_at(const char *path, enum snap_error_code code, const char *message,
                    struct snap_error *error)
{
    snap_error_set(error, code, "%s", message);
    snap_error_place(error, path, 0, 0);
    return false;
}

/* ---- the snapshot ---- */

/* "hdfs://..." and the like: bytes in front of the colon; 0 for a path or a `file:` URI. */
static size_t foreign_scheme(const char *pointer)
{
    size_t length = 0;

    while (isalnum((unsigned char)pointer[length]) || (length && strchr("+.-", pointer[length])))
        length++;
    if (length < 2 || pointer[length] != ':' || pointer[length + 1] != '/' ||
        (length == 4 && strncmp(pointer, "file", 4) == 0))
        return 0;
    return length;
}

/* The host of "file://HOST/..."; its bytes in *length, 0 if it has none or is this machine. */
static const char *host_of(const char *pointer, size_t *length)
{
    const char *host = pointer + strlen("file://");

    *length = 0;
    if (strncmp(pointer, "file://", strlen("file://")) != 0)
        return NULL;
    *length = strcspn(host, "/");
    if (*length == strlen("localhost") && strncmp(host, "localhost", *length) == 0)
        *length = 0;
    return host;
}

static const char *inside(struct snap_arena *arena, const char *directory, const char *name)
{
    return snap_arena_printf(arena, "%s%s%s", directory, strcmp(directory, "/") == 0 ? "" : "/",
                             name);
}

/* Snapshots below a directory that is none: somebody named the job's, or the one of all jobs. */
struct below {
    struct snap_fs *fs;
    struct snap_arena *arena;
    struct snap_text found; /* their names, from the directory on */
    uint32_t count;
};

static void find_below(struct below *below, const char *directory, const char *name,
                       uint32_t levels)
{
    struct snap_fs_names names = {.arena = below->arena};
    struct snap_error ignored = {0};

    if (levels == 0 || !below->fs->list(below->fs, directory, &names, &ignored))
        return;
    for (uint32_t i = 0; i < names.count && below->count <= BELOW_MAX; i++) {
        const char *path = inside(below->arena, directory, names.names[i]);
        const char *shown = *name ? inside(below->arena, name, names.names[i]) : names.names[i];

        if (!below->fs->is_file(below->fs, inside(below->arena, path, METADATA)))
            find_below(below, path, shown, levels - 1);
        else if (below->count++ < BELOW_MAX)
            snap_text_printf(&below->found, "%s%s", below->found.length ? ", " : "", shown);
        else
            snap_text_add_string(&below->found, ", ...");
    }
}

static bool fail_directory(struct snap_fs *fs, const char *path, struct snap_arena *arena,
                           struct snap_error *error)
{
    struct below below = {.fs = fs, .arena = arena};

    find_below(&below, path, "", 2);
    if (below.count > 0)
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no " METADATA " in this directory, which is no snapshot itself; "
                       "%s in it: %s",
                       snap_plural(below.count, "there is one", "there are some"),
                       snap_text_get(&below.found));
    else
        snap_error_set(error, SNAP_ERROR_RESTORE,
                       "there is no " METADATA " in this directory: it is no snapshot, or one that "
                       "was not completed");
    snap_error_place(error, path, 0, 0);
    snap_text_fini(&below.found);
    return false;
}

/* The checkpoint named may be gone; those that came after it are there. */
static bool fail_beside(struct snap_fs *fs, const char *path, struct snap_arena *arena,
                        struct snap_error *error)
{
    struct below beside = {.fs = fs, .arena = arena};

    find_below(&beside, snap_local_path_directory(arena, path), "", 1);
    if (beside.count > 0)
        snap_error_set(error, SNAP_ERROR_RESTORE, NOTHING "; beside it %s: %s",
                       snap_plural(beside.count, "there is one", "there are some"),
                       snap_text_get(&beside.found));
    else
        snap_error_set(error, SNAP_ERROR_RESTORE, NOTHING);
    snap_error_place(error, path, 0, 0);
    snap_text_fini(&beside.found);
    return false;
}

/* A directory stands for that storage, and the file is not in it. */
static bool fail_below_root(const struct snap_uri_root *root, const char *pointer,
                            struct snap_arena *arena, struct snap_error *error)
{
    const char *directory = snap_local_path_trimmed(arena, root->directory);
    const char *rest = snap_uri_root_rest(root->uri, pointer);

    return fail_at(pointer, SNAP_ERROR_RESTORE,
                   snap_arena_printf(arena,
                                     "there is no snapshot: no such file or directory: %s%s%s (%s "
                                     "stands for %s)",
                                     directory, *rest && *rest != '/' ? "/" : "", rest, root->uri,
                                     root->directory),
                   error);
}

/* Nothing is at the path. The pointer may be a URI that was meant otherwise. */
static bool fail_nothing(const struct snap_snapshot_site *site, const char *pointer,
                         const char *path, struct snap_arena *arena, struct snap_error *error)
{
    bool knows_roots = site->uri_root != NULL;
    size_t scheme = foreign_scheme(pointer);
    size_t length;
    const char *host = host_of(pointer, &length);

    if (knows_roots && site->uri_root->uri && snap_uri_root_rest(site->uri_root->uri, pointer))
        return fail_below_root(site->uri_root, pointer, arena, error);
    if (scheme > 0)
        return fail_at(pointer, SNAP_ERROR_RESTORE,
                       snap_arena_printf(arena,
                                         "snapshots are read from the files of this machine, by a "
                                         "path or a file: URI, not from %.*s; copy it here first%s",
                                         (int)scheme, pointer, knows_roots ? ROOT_HINT : ""),
                       error);
    if (length > 0)
        return fail_at(pointer, SNAP_ERROR_RESTORE,
                       snap_arena_printf(arena,
                                         "there is no snapshot: in this URI \"%.*s\" is a host, "
                                         "and the path is %s; a relative path is written file:%s, "
                                         "or plainly %s, an absolute one file:///...",
                                         (int)length, host, path, host, host),
                       error);
    return fail_beside(site->fs, path, arena, error);
}

static bool fail_find(const struct snap_snapshot_site *site, const char *pointer, const char *path,
                      struct snap_arena *arena, struct snap_error *error)
{
    struct snap_fs *fs = site->fs;
    struct snap_fs_names names = {.arena = arena};
    const char *metadata = inside(arena, path, METADATA);
    struct snap_error other = {0};
    size_t length;
    bool is_listed;

    if (!fs->reach(fs, metadata, error))
        return false;
    is_listed = fs->list(fs, path, &names, &other);
    host_of(pointer, &length);
    if ((names.count == 0 && !fs->exists(fs, path)) || (length > 0 && strcmp(path, "/") == 0))
        return fail_nothing(site, pointer, path, arena, error);
    if (fs->exists(fs, metadata))
        return fail_at(metadata, SNAP_ERROR_RESTORE, "this is no file", error);
    if (!is_listed && !fs->exists(fs, inside(arena, path, ".")))
        return fail_at(path, SNAP_ERROR_RESTORE, "this is neither a directory nor a file", error);
    return fail_directory(fs, path, arena, error);
}

/* A name of a URI may have its odd characters escaped. */
static const char *path_of(struct snap_fs *fs, const struct snap_snapshot_place *place,
                           struct snap_arena *arena)
{
    const char *path =
        snap_local_path_trimmed(arena, snap_uri_root_path(place->uri_root, arena, place->pointer));

    return fs->exists(fs, path) || fs->exists(fs, inside(arena, path, METADATA))
               ? path
               : snap_local_path_decoded(arena, path);
}

static const struct snap_relocation *copy_relocations(const struct snap_snapshot_place *place,
                                                      struct snap_arena *arena)
{
    struct snap_relocation *copies =
        SNAP_ARENA_ARRAY(arena, struct snap_relocation, place->relocation_count);

    for (uint32_t i = 0; i < place->relocation_count; i++) {
        copies[i].from =
            snap_arena_strdup(arena, snap_local_path(arena, place->relocations[i].from));
        copies[i].to = snap_arena_strdup(arena, snap_local_path(arena, place->relocations[i].to));
    }
    return copies;
}

bool snap_snapshot_site_find(struct snap_fs *fs, const struct snap_snapshot_place *place,
                             struct snap_arena *arena, struct snap_snapshot_site *site,
                             struct snap_error *error)
{
    const char *path;

    *site = (struct snap_snapshot_site){
        .fs = fs,
        .relocations = copy_relocations(place, arena),
        .relocation_count = place->relocation_count,
        .follows_absolute = place->follows_absolute,
        .uri_root = place->uri_root,
    };
    if (!*place->pointer)
        return snap_error_set(error, SNAP_ERROR_RESTORE, "the path of a snapshot is empty");
    path = path_of(fs, place, arena);
    if (!*path)
        return snap_error_set(error, SNAP_ERROR_RESTORE, "\"%s\" names no path", place->pointer);
    site->metadata = inside(arena, path, METADATA);
    if (!fs->is_file(fs, site->metadata))
        site->metadata = snap_arena_strdup(arena, path);
    if (!fs->is_file(fs, site->metadata))
        return fail_find(site, place->pointer, path, arena, error);
    snap_snapshot_site_move(site, snap_local_path_directory(arena, site->metadata), arena);
    return true;
}

void snap_snapshot_site_move(struct snap_snapshot_site *site, const char *directory,
                             struct snap_arena *arena)
{
    site->directory = directory;
    site->job = snap_local_path_directory(arena, directory);
    site->full_job = snap_local_path_full(arena, site->job);
}

/* ---- its files ---- */

static const char *relocate(const struct snap_snapshot_site *site, struct snap_arena *arena,
                            const char *path)
{
    for (uint32_t i = 0; i < site->relocation_count; i++) {
        size_t length = strlen(site->relocations[i].from);

        if (strncmp(path, site->relocations[i].from, length) == 0)
            return snap_arena_printf(arena, "%s%s", site->relocations[i].to, path + length);
    }
    return NULL;
}

static bool lies_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static const char *last_of(const char *path, const char *part)
{
    const char *last = NULL;

    for (const char *at = strstr(path, part); at; at = strstr(at + 1, part))
        last = at;
    return last;
}

/* A checkpoint's files lie in a few directories of the job's; the job's may have moved. Shared ones
 * may be those of the job that it was started from. */
static const char *find_moved(const struct snap_snapshot_site *site, struct snap_arena *arena,
                              const char *path)
{
    static const char *const beside[] = {"/shared/", "/taskowned/", "/dstl/", "/chk-"};
    /* A short relative one has no name of the job's in it. */
    const char *const jobs[] = {site->job, site->full_job};

    for (unsigned i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        const char *rest = last_of(path, beside[i]);
        const char *moved = rest ? snap_arena_printf(arena, "%s%s", site->job, rest) : NULL;

        if (moved && site->fs->is_file(site->fs, moved))
            return moved;
    }
    for (unsigned i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        const char *moved = snap_local_path_beside(arena, path, jobs[i]);

        if (moved && site->fs->is_file(site->fs, moved))
            return moved;
    }
    return NULL;
}

/* Where the metadata have the name of the handle's file; false: that is not known. */
static bool find_name(const struct snap_snapshot_site *site,
                      const struct snap_stream_handle *handle, size_t *offset)
{
    const struct snap_bytes *metadata = &site->metadata_bytes;
    const uint8_t *name = handle->path.at;

    if (!name || !metadata->at || name < metadata->at || name > metadata->at + metadata->count)
        return false;
    *offset = (size_t)(name - metadata->at);
    return true;
}

/* The files of a change log have no size of their own. A damaged name is a missing file, too. */
static bool fail_missing(const struct snap_snapshot_site *site, const char *path,
                         const struct snap_stream_handle *handle, struct snap_arena *arena,
                         struct snap_error *error)
{
    const char *expected = "";
    const char *named = "";
    size_t offset;

    if (handle->size >= 0)
        expected = snap_arena_printf(arena, "; expected %" PRId64 " bytes", handle->size);
    if (find_name(site, handle, &offset))
        named = snap_arena_printf(arena, "; named at offset %zu of the metadata", offset);
    snap_error_set(error, SNAP_ERROR_SNAPSHOT, "this file of the snapshot is missing%s%s", expected,
                   named);
    snap_error_place(error, path, 0, 0);
    return false;
}

/* Flink takes the name of a file as it stands. */
static const char *find_absolute(const struct snap_snapshot_site *site, struct snap_arena *arena,
                                 const char *path)
{
    const char *found = relocate(site, arena, path);

    if (found)
        return found;
    if (site->fs->is_file(site->fs, path) &&
        (site->follows_absolute || lies_below(path, site->job) || lies_below(path, site->full_job)))
        return path;
    return find_moved(site, arena, path);
}

static bool place_absolute(const struct snap_snapshot_site *site,
                           const struct snap_stream_handle *handle, struct snap_arena *arena,
                           struct snap_site_file *file, struct snap_error *error)
{
    const char *path = file->path;

    file->path = find_absolute(site, arena, path);
    if (!file->path && site->fs->is_file(site->fs, path))
        return fail_at(site->metadata, SNAP_ERROR_CONSENT,
                       snap_arena_printf(arena,
                                         "a state lies outside of the snapshot, in %s; "
                                         "--follow-absolute lets it be read",
                                         path),
                       error);
    if (!file->path)
        return fail_missing(site, path, handle, arena, error);
    if (strcmp(file->path, path) != 0 && !site->fs->is_file(site->fs, path))
        file->moved_from = path;
    return true;
}

static bool fail_climbing(const struct snap_snapshot_site *site,
                          const struct snap_stream_handle *handle, const char *name,
                          struct snap_arena *arena, struct snap_error *error)
{
    size_t offset;
    const char *where =
        find_name(site, handle, &offset) ? snap_arena_printf(arena, "offset %zu: ", offset) : "";

    return fail_at(site->metadata, SNAP_ERROR_SNAPSHOT,
                   snap_arena_printf(arena, "%sthe name of a file leads out of its directory: %s",
                                     where, name),
                   error);
}

bool snap_snapshot_site_file(const struct snap_snapshot_site *site,
                             const struct snap_stream_handle *handle, struct snap_arena *arena,
                             struct snap_site_file *file, struct snap_error *error)
{
    const char *name = (const char *)snap_java_text(arena, handle->path).at;

    *file = (struct snap_site_file){snap_uri_root_path(site->uri_root, arena, name), NULL};
    /* Where a directory stands for a storage is the user's word; the name is the snapshot's. */
    if (snap_local_path_climbs(name) || snap_local_path_climbs(snap_local_path(arena, name)))
        return fail_climbing(site, handle, name, arena, error);
    if (handle->type == SNAP_STREAM_RELATIVE)
        file->path = inside(arena, site->directory, name);
    else if (!place_absolute(site, handle, arena, file, error))
        return false;
    return site->fs->is_file(site->fs, file->path) ||
           fail_missing(site, file->path, handle, arena, error);
}

bool snap_snapshot_site_check(const struct snap_site_file *file,
                              const struct snap_stream_handle *handle, uint64_t bytes,
                              struct snap_error *error)
{
    bool is_segment = handle->type == SNAP_STREAM_SEGMENT;
    uint64_t start = is_segment && handle->start > 0 ? (uint64_t)handle->start : 0;
    uint64_t count = handle->size > 0 ? (uint64_t)handle->size : 0;

    if (is_segment && (handle->start < 0 || handle->size < 0))
        snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                       "a state is said to be %" PRId64 " bytes from offset %" PRId64 " on",
                       handle->size, handle->start);
    else if (start > bytes || count > bytes - start)
        snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                       "offset %" PRIu64 ": the file ends; expected %" PRIu64
                       " bytes from offset %" PRIu64 " on: it was cut off",
                       bytes, count, start);
    else
        return true;
    snap_error_place(error, file->path, 0, 0);
    return false;
}

const char *snap_snapshot_site_inside(const struct snap_snapshot_site *site,
                                      struct snap_bytes metadata, struct snap_bytes state,
                                      struct snap_arena *arena)
{
    if (!state.at || state.at < metadata.at || state.at > metadata.at + metadata.count)
        return site->metadata;
    return snap_arena_printf(arena, "%s, in the state from offset %zu on", site->metadata,
                             (size_t)(state.at - metadata.at));
}
