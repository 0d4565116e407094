// SPDX-License-Identifier: Apache-2.0
#include "base/fs.h"

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

void snap_fs_names_add(struct snap_fs_names *names, struct snap_arena *arena, const char *name)
{
    uint32_t at = names->count;

    names->names = snap_arena_grow(arena, names->names, names->count, &names->capacity,
                                   sizeof(*names->names));
    for (; at > 0 && strcmp(names->names[at - 1], name) > 0; at--)
        names->names[at] = names->names[at - 1];
    names->names[at] = snap_arena_strdup(arena, name);
    names->count++;
}
