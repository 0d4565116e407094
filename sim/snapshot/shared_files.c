// SPDX-License-Identifier: Apache-2.0
#include "snapshot/shared_files.h"

#include "base/check.h"

static struct snap_fs *fs_of(const struct snap_shared_files *files, const char *path)
{
    return path[0] == '/' ? files->machine_fs : files->run_fs;
}

static bool remove_file(const struct snap_shared_files *files, const char *path,
                        struct snap_error *error)
{
    struct snap_fs *fs = fs_of(files, path);

    return fs->remove(fs, path, error);
}

void snap_shared_files_begin(struct snap_shared_files *files, struct snap_fs *run_fs,
                             struct snap_fs *machine_fs)
{
    snap_shared_files_fini(files);
    files->run_fs = run_fs;
    files->machine_fs = machine_fs;
    snap_arena_init(&files->arena);
    snap_shared_registry_init(&files->registry, &files->arena);
}

void snap_shared_files_fini(struct snap_shared_files *files)
{
    snap_arena_fini(&files->arena);
    *files = (struct snap_shared_files){.run_fs = NULL};
}

static void add_own(struct snap_shared_files *files, snap_checkpoint_id checkpoint,
                    const char *path)
{
    files->own = snap_arena_grow(&files->arena, files->own, files->own_count, &files->own_capacity,
                                 sizeof(*files->own));
    files->own[files->own_count++] =
        (struct snap_own_file){checkpoint, snap_arena_strdup(&files->arena, path)};
}

void snap_shared_files_use(struct snap_shared_files *files, snap_checkpoint_id checkpoint,
                           const struct snap_shared_file *uses, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct snap_shared_use use = {
            .key = uses[i].path,
            .file = uses[i].is_new ? uses[i].path : NULL,
            .checkpoint = checkpoint,
        };

        if (uses[i].is_own)
            add_own(files, checkpoint, uses[i].path);
        else
            SNAP_CHECK(snap_shared_registry_register(&files->registry, &use, NULL) ==
                       SNAP_SHARED_REGISTERED);
    }
}

void snap_shared_files_undo(const struct snap_shared_files *files,
                            const struct snap_shared_file *uses, uint32_t count)
{
    struct snap_error ignored = {0};

    for (uint32_t i = 0; i < count; i++)
        if (uses[i].is_new)
            remove_file(files, uses[i].path, &ignored);
}

bool snap_shared_files_drop(struct snap_shared_files *files, snap_checkpoint_id checkpoint,
                            struct snap_error *error)
{
    uint32_t kept = 0;
    bool removed = true;

    for (uint32_t i = 0; i < files->own_count; i++) {
        if (files->own[i].checkpoint != checkpoint)
            files->own[kept++] = files->own[i];
        else
            removed = remove_file(files, files->own[i].path, error) && removed;
    }
    files->own_count = kept;
    return removed;
}

void snap_shared_files_restored(struct snap_shared_files *files,
                                const struct snap_shared_restored *restored)
{
    snap_shared_registry_restored(&files->registry, restored);
}

void snap_shared_files_leave(struct snap_shared_files *files, snap_checkpoint_id restored)
{
    if (snap_shared_registry_drop(&files->registry, restored))
        files->restored_is_over = true;
}

bool snap_shared_files_release(struct snap_shared_files *files, snap_checkpoint_id lowest,
                               struct snap_error *error)
{
    struct snap_shared_outcome outcome = snap_shared_registry_release(&files->registry, lowest);
    bool removed = true;

    for (uint32_t i = 0; i < outcome.file_count; i++)
        removed = remove_file(files, outcome.files[i], error) && removed;
    if (outcome.snapshot_count > 0)
        files->restored_is_over = true;
    return removed;
}
