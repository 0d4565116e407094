// SPDX-License-Identifier: Apache-2.0
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

void snap_fs_destroy(struct snap_fs *fs)
{
    if (fs)
        fs->destroy(fs);
}

bool snap_fs_is_hidden(const char *path)
{
    const char *slash = strrchr(path, '/');

    return (slash ? slash[1] : path[0]) == '.';
}

const char *snap_fs_full_name(const struct snap_fs *fs, const char *path, struct snap_arena *arena)
{
    const char *directory = fs->directory(fs);
    char *full = directory && *directory ? realpath(directory, NULL) : NULL;
    const char *name =
        full || (directory && !*directory)
            ? snap_arena_printf(arena, "%s%s%s", full ? full : "", *path == '/' ? "" : "/", path)
            : NULL;

    free(full);
    return name;
}

void snap_fs_names_add(struct snap_fs_names *names, const char *name)
{
    names->names = snap_arena_grow(names->arena, names->names, names->count, &names->capacity,
                                   sizeof(*names->names));
    names->names[names->count++] = snap_arena_strdup(names->arena, name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void snap_fs_names_sort(struct snap_fs_names *names)
{
    if (names->count > 1)
        qsort(names->names, names->count, sizeof(*names->names), compare_names);
}
