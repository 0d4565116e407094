// SPDX-License-Identifier: Apache-2.0
/*
 * error.h: what a user, a file or the machine did wrong, as a value.
 *
 * - The first error wins: setting a second one changes nothing.
 * - A zeroed struct is "no error". The text is inside the struct; nothing to free.
 * - `file` is copied, cut at its size. line and column count from 1; 0 = not known.
 */
#ifndef SNAP_BASE_ERROR_H
#define SNAP_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum snap_error_code {
    SNAP_OK = 0,
    SNAP_ERROR_USAGE,       /* command line */
    SNAP_ERROR_SCENARIO,    /* scenario file or its values */
    SNAP_ERROR_RESTORE,     /* restore refused */
    SNAP_ERROR_CONSENT,     /* the same, until the user agrees to read files elsewhere */
    SNAP_ERROR_SNAPSHOT,    /* a snapshot's files are not what they should be */
    SNAP_ERROR_IO,          /* reading or writing failed */
    SNAP_ERROR_MEMORY,      /* out of memory */
    SNAP_ERROR_UNSUPPORTED, /* not in this version */
};

enum { SNAP_ERROR_MESSAGE_MAX = 1536, SNAP_ERROR_FILE_MAX = 512 };

struct snap_error {
    enum snap_error_code code;
    uint32_t line;
    uint32_t column;
    char file[SNAP_ERROR_FILE_MAX];
    char message[SNAP_ERROR_MESSAGE_MAX];
};

/* Sets the error if none is set yet. Always returns false, so `return snap_error_set(...)`. */
bool snap_error_set(struct snap_error *error, enum snap_error_code code, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

/* The same for arguments that another function got. */
bool snap_error_set_list(struct snap_error *error, enum snap_error_code code, const char *format,
                         va_list args) __attribute__((format(__printf__, 3, 0)));

/* Adds the place to an error that has none yet. */
void snap_error_place(struct snap_error *error, const char *file, uint32_t line, uint32_t column);

/* Exit code of the process for this error: 2 usage, scenario, restore; 4 input/output. */
int snap_error_exit_code(const struct snap_error *error);

#endif
