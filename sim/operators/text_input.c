// SPDX-License-Identifier: Apache-2.0
#include "operators/text_input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"

enum { STEP_BYTES = 1 << 16 };

static bool failed(const char *path, const char *why, struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_IO, "cannot read %s: %s", path, why);
}

/* A path that can be opened and is a file; returns its descriptor or -1. */
static int open_file(const char *path, struct stat *status, struct snap_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *why = NULL;

    if (descriptor < 0 || fstat(descriptor, status) != 0)
        why = strerror(errno);
    else if (!S_ISREG(status->st_mode))
        why = S_ISDIR(status->st_mode) ? "it is a directory" : "it is not a file";
    if (!why)
        return descriptor;
    failed(path, why, error);
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

bool snap_text_files_measure(struct snap_text_files *files, struct snap_arena *arena,
                             struct snap_error *error)
{
    files->starts = SNAP_ARENA_ARRAY(arena, uint64_t, (size_t)files->count + 1);
    for (uint32_t i = 0; i < files->count; i++) {
        struct stat status;
        int descriptor = open_file(files->paths[i], &status, error);

        if (descriptor < 0)
            return false;
        close(descriptor);
        files->starts[i + 1] = files->starts[i] + (uint64_t)status.st_size;
    }
    return true;
}

/* Bytes of one file: `bytes` holds those from position `first` on. */
struct window {
    int descriptor;
    const char *path;
    uint64_t file_first; /* positions of the file */
    uint64_t file_end;
    uint64_t first;
    struct snap_text bytes;
};

/* Reads on until position `to`. */
static bool read_to(struct window *window, uint64_t to, struct snap_error *error)
{
    char step[STEP_BYTES];

    while (window->first + window->bytes.length < to) {
        uint64_t at = window->first + window->bytes.length;
        size_t wanted = to - at < STEP_BYTES ? (size_t)(to - at) : STEP_BYTES;
        ssize_t got = pread(window->descriptor, step, wanted, (off_t)(at - window->file_first));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(window->path, strerror(errno), error);
        if (got == 0)
            return failed(window->path, "it is shorter than when the job was made", error);
        snap_text_add(&window->bytes, step, (size_t)got);
    }
    return true;
}

/* Reads on behind `to` until the line that reaches over it has ended. */
static bool read_last_line(struct window *window, uint64_t to, struct snap_error *error)
{
    size_t searched = to > window->first ? (size_t)(to - window->first) - 1 : 0;

    for (;;) {
        uint64_t at = window->first + window->bytes.length;

        if (at >= window->file_end ||
            memchr(window->bytes.data + searched, '\n', window->bytes.length - searched))
            return true;
        searched = window->bytes.length;
        to = window->file_end - at < STEP_BYTES ? window->file_end : at + STEP_BYTES;
        if (!read_to(window, to, error))
            return false;
    }
}

static void add_line(const struct snap_text_reader *reader, struct snap_text_lines *lines,
                     struct snap_text_line line)
{
    lines->items = snap_arena_grow(reader->arena, lines->items, lines->count, &lines->capacity,
                                   sizeof(*lines->items));
    lines->items[lines->count++] = line;
}

/* Finds the lines of the range in what was read of one file. */
static void cut(const struct snap_text_reader *reader, const struct window *window,
                struct snap_text_range range, struct snap_text_lines *lines)
{
    const char *bytes = snap_arena_copy(reader->arena, window->bytes.data, window->bytes.length);
    const char *end = bytes + window->bytes.length;
    const char *at = bytes;

    /* The window begins a byte early, which tells whether a line starts where the range does. */
    if (window->first < range.from) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : end;
    }
    while (at < end && window->first + (uint64_t)(at - bytes) < range.to) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct snap_text_line line = {at, window->first + (uint64_t)(at - bytes), 0};

        line.length = (size_t)((newline ? newline : end) - at);
        if (newline && line.length > 0 && newline[-1] == '\r')
            line.length--;
        add_line(reader, lines, line);
        at = newline ? newline + 1 : end;
    }
}

/* The part of the range that lies in one file. */
static bool read_file(const struct snap_text_reader *reader, uint32_t index,
                      struct snap_text_range range, struct snap_text_lines *lines,
                      struct snap_error *error)
{
    struct window window = {
        .path = reader->files->paths[index],
        .file_first = reader->files->starts[index],
        .file_end = reader->files->starts[index + 1],
    };
    uint64_t to = range.to < window.file_end ? range.to : window.file_end;
    struct stat status;
    bool done;

    window.first = range.from > window.file_first ? range.from - 1 : window.file_first;
    window.descriptor = open_file(window.path, &status, error);
    if (window.descriptor < 0)
        return false;
    done = read_to(&window, to, error) && read_last_line(&window, to, error);
    if (done)
        cut(reader, &window, range, lines);
    close(window.descriptor);
    snap_text_fini(&window.bytes);
    return done;
}

bool snap_text_lines_read(const struct snap_text_reader *reader, struct snap_text_range range,
                          struct snap_text_lines *lines, struct snap_error *error)
{
    const struct snap_text_files *files = reader->files;

    for (uint32_t i = 0; i < files->count; i++) {
        /* Also an empty part of the range opens nothing. */
        if (files->starts[i] >= range.to || files->starts[i + 1] <= range.from ||
            range.from >= range.to)
            continue;
        if (!read_file(reader, i, range, lines, error))
            return false;
    }
    return true;
}
