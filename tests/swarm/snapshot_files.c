// SPDX-License-Identifier: Apache-2.0
#include "swarm/snapshot_files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hash.h"
#include "storage/snapshot_dispose.h"
#include "storage/snapshot_read.h"

static void take_file(struct snapshot_files *files, struct snap_fs *fs, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct snap_error error = {0};
    struct snap_text text = {0};

    /* Whoever starts from a snapshot commits what sinks had prepared. */
    if (slash && (strncmp(slash, "/part-", 6) == 0 || strncmp(slash, "/.part-", 7) == 0))
        return;
    SNAP_CHECK(fs->read(fs, path, &text, &error));
    files->digest += snap_mix64(snap_hash_bytes(path, strlen(path)) ^
                                snap_hash_bytes(text.data ? text.data : "", text.length));
    snap_text_fini(&text);
    if (slash - path < 7 || strncmp(slash - 7, "/shared", 7) != 0)
        return;
    files->shared = snap_arena_grow(files->arena, files->shared, files->shared_count,
                                    &files->shared_capacity, sizeof(*files->shared));
    files->shared[files->shared_count++] = path;
}

static void take_directory(struct snapshot_files *files, struct snap_fs *fs, const char *path)
{
    const char *metadata = snap_arena_printf(files->arena, "%s/_metadata", path);

    if (!fs->is_file(fs, metadata)) {
        files->incomplete += strncmp(strrchr(path, '/'), "/chk-", 5) == 0;
        return;
    }
    files->snapshots = snap_arena_grow(files->arena, files->snapshots, files->snapshot_count,
                                       &files->snapshot_capacity, sizeof(*files->snapshots));
    files->snapshots[files->snapshot_count++] = path;
}

static void look_through(struct snapshot_files *files, struct snap_fs *fs, const char *directory)
{
    struct snap_fs_names names = {.arena = files->arena};
    struct snap_error error = {0};

    SNAP_CHECK(fs->list(fs, directory, &names, &error));
    for (uint32_t i = 0; i < names.count; i++) {
        const char *path = snap_arena_printf(files->arena, "%s/%s", directory, names.names[i]);

        if (fs->is_file(fs, path)) {
            take_file(files, fs, path);
            continue;
        }
        take_directory(files, fs, path);
        look_through(files, fs, path);
    }
}

void snapshot_files_find(struct snapshot_files *files, const char *directory)
{
    struct snap_fs *fs = snap_fs_real_create("");

    *files = (struct snapshot_files){.arena = files->arena};
    look_through(files, fs, directory);
    snap_fs_destroy(fs);
}

/* Takes out of the list what the snapshot names. */
static void mark_used(const struct snapshot_files *files, struct snap_fs *fs, const char *snapshot,
                      bool *used)
{
    struct snap_snapshot_reading reading = {.fs = fs, .arena = files->arena};
    const struct snap_snapshot_place place = {.pointer = snapshot, .follows_absolute = true};
    struct snap_error error = {0};
    const struct snap_shared_file *shared;
    uint32_t count;

    if (!snap_snapshot_open(&reading, &place, &error))
        return;
    shared = snap_snapshot_shared_files(&reading, &count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t f = 0; f < files->shared_count; f++)
            used[f] = used[f] || strcmp(files->shared[f], shared[i].path) == 0;
}

bool snapshot_files_are_used(const struct snapshot_files *files)
{
    bool *used = SNAP_ARENA_ARRAY(files->arena, bool, files->shared_count);
    struct snap_fs *fs = snap_fs_real_create("");

    for (uint32_t i = 0; i < files->snapshot_count; i++)
        mark_used(files, fs, files->snapshots[i], used);
    snap_fs_destroy(fs);
    for (uint32_t f = 0; f < files->shared_count; f++) {
        if (used[f])
            continue;
        printf("%s: no snapshot needs this file\n", files->shared[f]);
        return false;
    }
    return true;
}

bool snapshot_is_canonical(struct snap_arena *arena, const char *snapshot)
{
    struct snap_snapshot_reading reading = {.fs = snap_fs_real_create(""), .arena = arena};
    const struct snap_snapshot_place place = {.pointer = snapshot, .follows_absolute = true};
    struct snap_error error = {0};
    bool is_canonical =
        snap_snapshot_open(&reading, &place, &error) && strcmp(reading.format, "canonical") == 0;

    snap_fs_destroy(reading.fs);
    return is_canonical;
}

const char *snapshot_files_make_directory(struct snap_arena *arena)
{
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    char *directory =
        snap_arena_strdup(arena, snap_arena_printf(arena, "%s/snapsim-XXXXXX", parent));

    SNAP_CHECK(mkdtemp(directory));
    return directory;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void snapshot_files_remove(const char *directory)
{
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
