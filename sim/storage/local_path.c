// SPDX-License-Identifier: Apache-2.0
#include "storage/local_path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOB_ID_DIGITS = 32, PATH_BYTES = 4096 };

const char *snap_local_path(struct snap_arena *arena, const char *text)
{
    const char *path = text;

    if (strncmp(path, "file:", 5) == 0)
        path += 5;
    if (path != text && strncmp(path, "//", 2) == 0) {
        path = strchr(path + 2, '/');
        if (!path)
            return "/";
    }
    while (path[0] == '/' && path[1] == '/')
        path++;
    return path == text ? text : snap_arena_strdup(arena, path);
}

static int digit_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    char small = digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit;
    const char *at = small ? strchr(digits, small) : NULL;

    return at ? (int)(at - digits) : -1;
}

const char *snap_local_path_decoded(struct snap_arena *arena, const char *path)
{
    char *decoded = snap_arena_strdup(arena, path);
    char *to = decoded;

    for (const char *at = path; *at; at++) {
        int high = at[0] == '%' ? digit_of(at[1]) : -1;
        int low = high >= 0 ? digit_of(at[2]) : -1;

        if (low >= 0) {
            *to++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return decoded;
}

/* Slashes at the end are no name. */
static size_t trimmed(const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

const char *snap_local_path_trimmed(struct snap_arena *arena, const char *path)
{
    return snap_arena_strndup(arena, path, trimmed(path));
}

const char *snap_local_path_directory(struct snap_arena *arena, const char *path)
{
    size_t length = trimmed(path);

    if (length == 1 && path[0] == '.')
        return "..";
    if (length >= 2 && strncmp(path + length - 2, "..", 2) == 0 &&
        (length == 2 || path[length - 3] == '/'))
        return snap_arena_printf(arena, "%.*s/..", (int)length, path);
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0)
        return ".";
    while (length > 1 && path[length - 1] == '/')
        length--;
    return snap_arena_strndup(arena, path, length);
}

/* Whether the text begins with the id of a job as a name of its own: "/", 32 digits. */
static bool is_job_id(const char *text)
{
    if (*text != '/')
        return false;
    for (int i = 1; i <= JOB_ID_DIGITS; i++)
        if (digit_of(text[i]) < 0)
            return false;
    return text[JOB_ID_DIGITS + 1] == '/' || text[JOB_ID_DIGITS + 1] == '\0';
}

/* Where the last three names of the path begin; NULL: it has not as many. */
static const char *find_last_three(const char *path)
{
    const char *at = path + strlen(path);

    for (int slashes = 0; slashes < 3;) {
        if (at == path)
            return NULL;
        slashes += *--at == '/';
    }
    return at;
}

const char *snap_local_path_beside(struct snap_arena *arena, const char *path, const char *job)
{
    static const char shared[] = "/shared/";
    const char *slash = strrchr(job, '/');
    const char *tail = find_last_three(path);

    if (!slash || !is_job_id(slash) || !tail || !is_job_id(tail) || snap_local_path_climbs(path) ||
        strncmp(tail + 1 + JOB_ID_DIGITS, shared, sizeof(shared) - 1) != 0)
        return NULL;
    return snap_arena_printf(arena, "%.*s%s", (int)(slash - job), job, tail);
}

bool snap_local_path_climbs(const char *path)
{
    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");

        if (length == 2 && strncmp(at, "..", 2) == 0)
            return true;
        at += length + (at[length] == '/');
    }
    return false;
}

/* ---- one name for one file ---- */

/* What follows the last ".."; NULL: there is none. */
static const char *after_climbs(const char *path)
{
    const char *after = NULL;

    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");

        if (length == 2 && strncmp(at, "..", 2) == 0)
            after = at + length;
        at += length + (at[length] == '/');
    }
    return after;
}

/* The absolute path without "", "." and "..", by its text alone. */
static const char *settled(struct snap_arena *arena, const char *path)
{
    char *names = snap_arena_printf(arena, "/%s", path);
    size_t count = 0;

    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");

        if (length == 2 && strncmp(at, "..", 2) == 0) {
            while (count > 0 && names[--count] != '/')
                continue;
        } else if (length > 0 && !(length == 1 && *at == '.')) {
            names[count++] = '/';
            memmove(names + count, at, length);
            count += length;
        }
        at += length + (at[length] == '/');
    }
    names[count] = '\0';
    return count > 0 ? names : "/";
}

const char *snap_local_path_full(struct snap_arena *arena, const char *path)
{
    char text[PATH_BYTES];
    const char *rest;

    if (path[0] != '/' && getcwd(text, sizeof(text)))
        path = snap_arena_printf(arena, "%s/%s", text, path);
    rest = after_climbs(path);
    if (rest) {
        char *real = realpath(snap_arena_strndup(arena, path, (size_t)(rest - path)), NULL);

        if (real)
            path = snap_arena_printf(arena, "%s%s", real, rest);
        free(real);
    }
    return settled(arena, path);
}
