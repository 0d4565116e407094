// SPDX-License-Identifier: Apache-2.0
#include "cli/out_dir.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *snap_out_dir_default(const char *name, struct snap_arena *arena)
{
    char *path = snap_arena_printf(arena, "out/%s", name);

    for (char *at = path + strlen("out/"); *at; at++)
        if (strchr(" /\\\t\n:*?\"<>|", *at))
            *at = '-';
    return path;
}

static bool make_parents(const char *path, struct snap_error *error)
{
    char part[4096];

    if (strlen(path) >= sizeof(part))
        return snap_error_set(error, SNAP_ERROR_IO, "the path is too long: %.60s...", path);
    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return snap_error_set(error, SNAP_ERROR_IO, "cannot make the directory %s: %s", part,
                                  strerror(errno));
    }
    return true;
}

enum contents { CONTENTS_NONE, CONTENTS_OF_A_RUN, CONTENTS_FOREIGN, CONTENTS_UNKNOWN };

static bool is_of_a_run(const char *path, const char *name)
{
    char inside[4096];

    if (strcmp(name, "trace.jsonl") == 0 || strcmp(name, "summary.json") == 0 ||
        strcmp(name, "compare.json") == 0)
        return true;
    /* A comparison has a folder a variant. */
    snprintf(inside, sizeof(inside), "%s/%s/summary.json", path, name);
    return access(inside, F_OK) == 0;
}

static enum contents look(const char *path, struct snap_error *error)
{
    enum contents contents = CONTENTS_NONE;
    DIR *directory = opendir(path);
    struct dirent *entry;

    if (!directory) {
        snap_error_set(error, SNAP_ERROR_IO, "cannot read the directory %s: %s", path,
                       strerror(errno));
        return CONTENTS_UNKNOWN;
    }
    while ((entry = readdir(directory)) && contents != CONTENTS_OF_A_RUN) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        contents = is_of_a_run(path, entry->d_name) ? CONTENTS_OF_A_RUN : CONTENTS_FOREIGN;
    }
    closedir(directory);
    return contents;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    /* The directory itself stays: somebody may stand in it. */
    return where->level == 0 ? 0 : remove(path);
}

bool snap_out_dir_prepare(const char *path, enum snap_out_dir_rule rule, struct snap_error *error)
{
    if (!make_parents(path, error))
        return false;
    switch (look(path, error)) {
    case CONTENTS_NONE:
        return true;
    case CONTENTS_UNKNOWN:
        return false;
    case CONTENTS_FOREIGN:
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is not empty and does not look like the output of a run; give "
                              "another directory with --out DIR",
                              path);
    case CONTENTS_OF_A_RUN:
        break;
    }
    if (rule == SNAP_OUT_DIR_MUST_BE_EMPTY)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is not empty; give --overwrite, or another directory with "
                              "--out DIR",
                              path);
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot empty %s: %s", path, strerror(errno));
    return true;
}
