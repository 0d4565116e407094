// SPDX-License-Identifier: Apache-2.0
#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void snap_whole_file_part(struct snap_text *part, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    snap_text_printf(part, "%.*s.%s.part", (int)(name - path), path, name);
}

static bool write_all(int descriptor, const char *at, size_t bytes)
{
    while (bytes > 0) {
        ssize_t written = write(descriptor, at, bytes);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        bytes -= (size_t)written;
    }
    return true;
}

/* Writes the hidden file; errno tells of a failure. */
static bool write_part(const char *part, const struct snap_text *text)
{
    int descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool written;
    int problem;

    if (descriptor < 0)
        return false;
    written = write_all(descriptor, snap_text_get(text), text->length);
    problem = errno;
    if (close(descriptor) != 0 && written)
        return false;
    errno = problem;
    return written;
}

void snap_whole_file_drop(const char *path)
{
    struct snap_text part = {0};

    snap_whole_file_part(&part, path);
    unlink(part.data);
    snap_text_fini(&part);
}

bool snap_whole_file_place(const char *path, struct snap_error *error)
{
    struct snap_text part = {0};
    bool placed;

    snap_whole_file_part(&part, path);
    placed = rename(part.data, path) == 0 ||
             snap_error_set(error, SNAP_ERROR_IO, "cannot write %s: %s", path, strerror(errno));
    if (!placed)
        unlink(part.data);
    snap_text_fini(&part);
    return placed;
}

bool snap_whole_file_write(const char *path, const struct snap_text *text, struct snap_error *error)
{
    struct snap_text part = {0};
    bool written;

    snap_whole_file_part(&part, path);
    written = write_part(part.data, text) ||
              snap_error_set(error, SNAP_ERROR_IO, "cannot write %s: %s", path, strerror(errno));
    if (!written)
        unlink(part.data);
    snap_text_fini(&part);
    return written && snap_whole_file_place(path, error);
}
