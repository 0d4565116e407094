// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <stdio.h>

#include "base/check.h"

bool snap_error_set_list(struct snap_error *error, enum snap_error_code code, const char *format,
                         va_list args)
{
    SNAP_CHECK(code != SNAP_OK);
    if (error->code != SNAP_OK)
        return false;
    error->code = code;
    vsnprintf(error->message, sizeof(error->message), format, args);
    return false;
}

bool snap_error_set(struct snap_error *error, enum snap_error_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    snap_error_set_list(error, code, format, args);
    va_end(args);
    return false;
}

void snap_error_place(struct snap_error *error, const char *file, uint32_t line, uint32_t column)
{
    if (error->file[0] != '\0')
        return;
    snprintf(error->file, sizeof(error->file), "%s", file);
    error->line = line;
    error->column = column;
}

int snap_error_exit_code(const struct snap_error *error)
{
    switch (error->code) {
    case SNAP_OK:
        return 0;
    case SNAP_ERROR_USAGE:
    case SNAP_ERROR_SCENARIO:
    case SNAP_ERROR_RESTORE:
    case SNAP_ERROR_CONSENT:
    case SNAP_ERROR_SNAPSHOT:
    case SNAP_ERROR_UNSUPPORTED:
        return 2;
    case SNAP_ERROR_IO:
    case SNAP_ERROR_MEMORY:
        return 4;
    }
    return SNAP_EXIT_BUG;
}
