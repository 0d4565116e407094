// SPDX-License-Identifier: Apache-2.0
#include "storage/uri_root.h"

#include <stdlib.h>
#include <string.h>

#include "storage/local_path.h"

/* The directory, absolute and without a slash at its end. */
static const char *directory_of(const struct snap_uri_root *root, struct snap_arena *arena)
{
    return snap_local_path_full(arena, snap_local_path(arena, root->directory));
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

/* What follows the directory in the path, with a slash in front; NULL: it lies elsewhere. */
static const char *rest_below(const char *path, const char *directory)
{
    size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/' ? path + length : NULL;
}

/* The same by the name that the directory has without links, as paths may be given. */
static const char *rest_below_real(const char *path, const char *directory)
{
    char *real = realpath(directory, NULL);
    const char *rest = real ? rest_below(path, real) : NULL;

    free(real);
    return rest;
}

const char *snap_uri_root_name(const struct snap_uri_root *root, struct snap_arena *arena,
                               const char *path)
{
    path = snap_local_path_full(arena, path);
    if (root && root->uri) {
        const char *directory = directory_of(root, arena);
        const char *rest = rest_below(path, directory);
        bool has_slash = root->uri[strlen(root->uri) - 1] == '/';

        if (!rest)
            rest = rest_below_real(path, directory);
        if (rest)
            return snap_arena_printf(arena, "%s%s", root->uri, has_slash ? rest + 1 : rest);
    }
    return snap_arena_printf(arena, "file:%s", path);
}
