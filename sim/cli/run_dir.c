// SPDX-License-Identifier: Apache-2.0
#include "cli/run_dir.h"
#include "cli/verbs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has(const char *path, const char *name)
{
    char inside[4096];

    snprintf(inside, sizeof(inside), "%s/%s", path, name);
    return access(inside, F_OK) == 0;
}

/* A comparison's runs lie in VARIANT, in it perhaps RUNTIME, in it perhaps seed-N. */
enum { LEVELS_OF_A_COMPARISON = 3, PATH_SIZE = 4096 };

/* Looks for a run that has a trace in the folders inside, the first by name; adds its way to the
 * path, which has PATH_SIZE bytes. Returns false and leaves it if there is none. */
static bool find_run_inside(char *path, int levels)
{
    size_t length = strlen(path);
    struct dirent **entries;
    bool found = false;
    int count = scandir(path, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        bool inner = entries[i]->d_name[0] != '.' && !found &&
                     snprintf(path + length, PATH_SIZE - length, "/%s", entries[i]->d_name) <
                         (int)(PATH_SIZE - length);

        if (inner)
            found = has(path, "trace.jsonl") || (levels > 1 && find_run_inside(path, levels - 1));
        if (!found)
            path[length] = '\0';
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

/* Names a run that can be given instead, so that it can be pasted. Returns false if there is none.
 */
static bool fail_runs_inside(const char *path, struct snap_error *error)
{
    char inside[PATH_SIZE];
    const char *quote;

    if (snprintf(inside, sizeof(inside), "%s", path) >= (int)sizeof(inside) ||
        !find_run_inside(inside, LEVELS_OF_A_COMPARISON - !has(path, "compare.json")))
        return false;
    quote = strpbrk(inside, " ()&;\"") ? "'" : "";
    snap_error_set(error, SNAP_ERROR_USAGE,
                   "%s holds %s; give the folder of one of %s runs, such as %s%s%s", path,
                   has(path, "compare.json") ? "a comparison" : "several runs",
                   has(path, "compare.json") ? "its" : "the", quote, inside, quote);
    return true;
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
    if (!has(path, "summary.json") && fail_runs_inside(path, error))
        return false;
    if (has(path, "compare.json"))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the runs of the comparison in %s wrote no trace; make it again "
                              "without --trace off",
                              path);
    if (has(path, "summary.json"))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the run in %s wrote no trace; run it again without --trace off",
                              path);
    return snap_error_set(error, SNAP_ERROR_USAGE, "%s holds no run: there is no trace.jsonl in it",
                          path);
}

void snap_run_dir_note_trace(const char *directory, const struct snap_trace_reader *reader)
{
    const char *lack = snap_trace_reader_lack(reader);

    if (lack)
        snap_cli_tell("snapsim: note: %s/trace.jsonl %s\n", directory, lack);
}
