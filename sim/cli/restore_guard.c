// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_guard.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct guard {
    const char *directory; /* as the machine has it */
    char found[PATH_MAX];  /* the first file in it; "": none */
};

static void visit(void *context, const char *path)
{
    struct guard *guard = context;
    size_t length = strlen(guard->directory);
    char real[PATH_MAX];

    if (*guard->found || !realpath(path, real) || strncmp(real, guard->directory, length) != 0)
        return;
    if (real[length] == '/' || length == 1)
        memcpy(guard->found, real, strlen(real) + 1);
}

bool snap_restore_guard_check(struct snap_restored *restored, const char *directory,
                              struct snap_error *error)
{
    char real[PATH_MAX];
    struct guard guard = {.directory = real};
    const struct snap_file_visitor visitor = {visit, &guard};

    /* What does not exist holds nothing. */
    if (!restored || !realpath(directory, real))
        return true;
    snap_restored_files_each(restored, &visitor);
    if (!*guard.found)
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "--overwrite would remove %s from %s, and the snapshot that the run "
                          "starts from needs it; give another directory with --out DIR",
                          guard.found + strlen(real) + (real[1] != '\0'), directory);
}
