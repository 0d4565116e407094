// SPDX-License-Identifier: Apache-2.0
#include "storage/uri_root.h"

#include <string.h>
#include <unistd.h>

#include "storage/local_path.h"

enum { PATH_BYTES = 4096 };

/* The directory, absolute and without a slash at its end. */
static const char *directory_of(const struct snap_uri_root *root, struct snap_arena *arena)
{
    const char *directory = root->directory;
    size_t length;
    char here[PATH_BYTES];

    if (directory[0] != '/' && getcwd(here, sizeof(here))) {
        while (strncmp(directory, "./", 2) == 0)
            directory += 2;
        directory = snap_arena_printf(arena, "%s/%s", here, directory);
    }
    length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    return snap_arena_strndup(arena, directory, length);
}

const char *snap_uri_root_path(const struct snap_uri_root *root, struct snap_arena *arena,
                               const char *text)
{
    const char *rest = root && root->uri ? snap_uri_root_rest(root->uri, text) : NULL;

    if (!rest)
        return snap_local_path(arena, text);
    return snap_arena_printf(arena, "%s%s%s", directory_of(root, arena),
                             *rest && *rest != '/' ? "/" : "", rest);
}

const char *snap_uri_root_name(const struct snap_uri_root *root, struct snap_arena *arena,
                               const char *path)
{
    if (root && root->uri) {
        const char *directory = directory_of(root, arena);
        size_t length = strlen(directory);

        if (strncmp(path, directory, length) == 0 && path[length] == '/')
            return snap_arena_printf(arena, "%s%s", root->uri, path + length);
    }
    return snap_arena_printf(arena, "file:%s", path);
}
