// SPDX-License-Identifier: Apache-2.0
#include "cli/run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has(const char *path, const char *name)
{
    char inside[4096];

    snprintf(inside, sizeof(inside), "%s/%s", path, name);
    return access(inside, F_OK) == 0;
}

/* People often name the trace or the scenario itself. */
static bool fail_file(const char *path, struct snap_error *error)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(slash ? slash + 1 : path, "trace.jsonl") == 0)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is a file; give the folder it lies in: %.*s", path,
                              slash ? (int)(slash - path) : 1, slash ? path : ".");
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "%s is a file; give the folder that `snapsim run` wrote, by default "
                          "out/NAME",
                          path);
}

bool snap_runs_dir_check(const char *path, struct snap_error *error)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return snap_error_set(error, SNAP_ERROR_USAGE, "%s: %s; give the folder of a run",
                              *path ? path : "\"\"", strerror(errno));
    return S_ISDIR(status.st_mode) || fail_file(path, error);
}

bool snap_run_dir_check(const char *path, struct snap_error *error)
{
    if (!snap_runs_dir_check(path, error))
        return false;
    if (has(path, "trace.jsonl"))
        return true;
    if (has(path, "compare.json"))
        return snap_error_set(
            error, SNAP_ERROR_USAGE,
            "%s holds a comparison; give the folder of one of its runs: %s/VARIANT", path, path);
    if (has(path, "summary.json"))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the run in %s wrote no trace; run it again without --trace off",
                              path);
    return snap_error_set(error, SNAP_ERROR_USAGE, "%s holds no run: there is no trace.jsonl in it",
                          path);
}
