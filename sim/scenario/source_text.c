// SPDX-License-Identifier: Apache-2.0
#include "scenario/source_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/heap.h"

/* Counts lines only now: a good file never pays for it. */
static bool fail_at(const struct snap_source *source, size_t offset, const char *what,
                    struct snap_error *error)
{
    uint32_t line = 1;
    uint32_t column = 1;

    for (size_t i = 0; i < offset; i++) {
        unsigned char byte = (unsigned char)source->bytes[i];

        if (byte == '\n') {
            line++;
            column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            column++;
        }
    }
    snap_error_set(error, SNAP_ERROR_SCENARIO, "%s", what);
    snap_error_place(error, source->name, line, column);
    return false;
}

/* Length of the UTF-8 sequence at `at`, 0 if it is none: too long, a surrogate, or cut off. */
static size_t utf8_length(const unsigned char *at, size_t rest)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t point = at[0];

    if (length == 1)
        return 1;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > rest)
        return 0;
    point &= 0xffu >> (length + 1);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3fu);
    }
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    return length;
}

/* White space alone parses as an empty document, which says little to a user. */
static bool is_blank(const struct snap_source *source)
{
    for (size_t i = 0; i < source->length; i++)
        if (!strchr(" \t\r\n", source->bytes[i]))
            return false;
    return true;
}

bool snap_source_check(const struct snap_source *source, struct snap_error *error)
{
    const unsigned char *at = (const unsigned char *)source->bytes;

    if (source->length >= SNAP_SOURCE_BYTES_MAX) {
        snap_error_set(error, SNAP_ERROR_SCENARIO, "a scenario has less than %d bytes",
                       SNAP_SOURCE_BYTES_MAX);
        snap_error_place(error, source->name, 0, 0);
        return false;
    }
    for (size_t i = 0; i < source->length;) {
        size_t length = utf8_length(at + i, source->length - i);

        if (at[i] == 0x7f || (at[i] < 0x20 && !strchr("\t\r\n", at[i])) || at[i] == 0)
            return fail_at(source, i, "a control character: this looks like a binary file", error);
        if (length == 0)
            return fail_at(source, i, "this byte is not UTF-8", error);
        i += length;
    }
    if (is_blank(source)) {
        snap_error_set(error, SNAP_ERROR_SCENARIO, "the file is empty");
        snap_error_place(error, source->name, 0, 0);
        return false;
    }
    return true;
}

/* Exit code 2 is for a scenario that cannot be had, whatever the reason. */
static bool fail_errno(const char *path, int code, struct snap_error *error)
{
    if (code == ENOMEM)
        snap_heap_exhausted();
    snap_error_set(error, SNAP_ERROR_SCENARIO, "cannot read the scenario: %s%s", strerror(code),
                   code == EISDIR ? "; give a file in it" : "");
    snap_error_place(error, path, 0, 0);
    return false;
}

/* One byte more than allowed is not needed: a full buffer is already too large. */
static bool read_all(FILE *file, const char *path, struct snap_arena *arena,
                     struct snap_source *source)
{
    char *bytes = snap_arena_alloc(arena, SNAP_SOURCE_BYTES_MAX);
    size_t length = fread(bytes, 1, SNAP_SOURCE_BYTES_MAX, file);

    *source = (struct snap_source){.name = snap_arena_strdup(arena, path)};
    source->bytes = bytes;
    source->length = length;
    return !ferror(file);
}

bool snap_source_read(const char *path, struct snap_arena *arena, struct snap_source *source,
                      struct snap_error *error)
{
    struct snap_arena whole;
    struct stat status;
    FILE *file = fopen(path, "rb");
    bool read;

    if (!file)
        return fail_errno(path, errno, error);
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        fclose(file);
        return fail_errno(path, EISDIR, error);
    }
    snap_arena_init(&whole);
    read = read_all(file, path, &whole, source);
    fclose(file);
    source->name = snap_arena_strdup(arena, path);
    source->bytes = snap_arena_strndup(arena, source->bytes, source->length);
    snap_arena_fini(&whole);
    if (!read)
        return fail_errno(path, EIO, error);
    return snap_source_check(source, error);
}
