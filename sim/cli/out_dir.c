// SPDX-License-Identifier: Apache-2.0
#include "cli/out_dir.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/utf8.h"

/* The bytes of whole characters, at most so many. */
static size_t whole_length(const struct snap_text *text, size_t most)
{
    size_t length = text->length < most ? text->length : most;

    while (length > 0 && length < text->length &&
           ((unsigned char)text->data[length] & 0xc0) == 0x80)
        length--;
    return length;
}

/* Names that cannot be printed come from the names of files; what takes their place does neither
 * hide the folder nor look like an option or a way up. */
const char *snap_out_dir_default(const char *name, struct snap_arena *arena)
{
    struct snap_text shown = {0};
    char *path;

    SNAP_CHECK(*name);
    snap_text_add_printable(&shown, name, strlen(name));
    path = snap_arena_printf(arena, "out/%.*s", (int)whole_length(&shown, NAME_MAX),
                             snap_text_get(&shown));
    snap_text_fini(&shown);
    for (char *at = path + strlen("out/"); *at; at++)
        if (strchr(" /\\\t\n:*?\"<>|", *at))
            *at = '-';
    for (char *at = path + strlen("out/"); *at && strchr(".-", *at); at++)
        *at = '_';
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
            return snap_error_set(error, SNAP_ERROR_IO,
                                  "cannot make the directory %s: %s; give another with --out DIR",
                                  part, strerror(errno));
    }
    return true;
}

enum contents { CONTENTS_NONE, CONTENTS_OF_A_RUN, CONTENTS_FOREIGN, CONTENTS_UNKNOWN };

static bool is_result(const char *name)
{
    return strcmp(name, "trace.jsonl") == 0 || strcmp(name, "summary.json") == 0 ||
           strcmp(name, "compare.json") == 0 || strcmp(name, ".summary.json.part") == 0;
}

/* A comparison's folders are VARIANT, in it perhaps RUNTIME, in it perhaps seed-N. */
enum { LEVELS_IN_A_VARIANT = 2 };

/* Whether it is the folder of a run, or of nothing but such folders. */
static bool holds_runs(const char *path, const char *name, int levels)
{
    static const char *const results[] = {"trace.jsonl", "summary.json"};
    char folder[4096];
    char inside[4096 + 16];
    bool all = levels > 0;
    bool any = false;
    DIR *directory;
    struct dirent *entry;

    if (snprintf(folder, sizeof(folder), "%s/%s", path, name) >= (int)sizeof(folder))
        return false;
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        snprintf(inside, sizeof(inside), "%s/%s", folder, results[i]);
        if (access(inside, F_OK) == 0)
            return true;
    }
    directory = all ? opendir(folder) : NULL;
    while (directory && all && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        any = true;
        all = holds_runs(folder, entry->d_name, levels - 1);
    }
    if (directory)
        closedir(directory);
    return any && all;
}

/* No run writes a scenario or a repository: a folder with one is somebody's work. */
static bool is_work(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 ||
                   strcmp(dot, ".git") == 0 || strcmp(dot, ".c") == 0);
}

/* A run has its results in the folder itself; a comparison that was cut off has nothing but folders
 * of runs. */
static enum contents look(const char *path, struct snap_error *error)
{
    bool empty = true;
    bool marked = false;
    bool only_runs = true;
    bool work = false;
    DIR *directory = opendir(path);
    struct dirent *entry;

    if (!directory) {
        snap_error_set(error, SNAP_ERROR_IO,
                       "cannot write to the directory %s: %s; give another with --out DIR", path,
                       strerror(errno));
        return CONTENTS_UNKNOWN;
    }
    while ((entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        empty = false;
        marked = marked || is_result(entry->d_name);
        only_runs = only_runs && holds_runs(path, entry->d_name, LEVELS_IN_A_VARIANT);
        work = work || is_work(entry->d_name);
    }
    closedir(directory);
    if (empty)
        return CONTENTS_NONE;
    return !work && (marked || only_runs) ? CONTENTS_OF_A_RUN : CONTENTS_FOREIGN;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    /* The directory itself stays: somebody may stand in it. */
    return where->level == 0 ? 0 : remove(path);
}

/* Whether somebody's shell stands in the directory or below it: too much to be emptied. */
static bool is_around_us(const char *path)
{
    char here[PATH_MAX];
    char there[PATH_MAX];
    size_t length;

    if (!getcwd(here, sizeof(here)) || !realpath(path, there))
        return false;
    length = strlen(there);
    return strncmp(here, there, length) == 0 &&
           (here[length] == '\0' || here[length] == '/' || length == 1);
}

bool snap_out_dir_prepare(const char *path, enum snap_out_dir_rule rule, struct snap_error *error)
{
    if (*path == '\0')
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--out needs the name of a directory, found "
                              "\"\"");
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
    if (is_around_us(path))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "%s is the directory you are in, or one above it: --overwrite would "
                              "empty it; give another directory with --out DIR",
                              path);
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot empty %s: %s", path, strerror(errno));
    return true;
}
