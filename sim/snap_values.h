// SPDX-License-Identifier: Apache-2.0
/*
 * snap_values.h: the part of snap.h that the others build on: errors, keys and values, records.
 * Programs include snap.h.
 */
#ifndef SNAPSIM_SNAP_VALUES_H
#define SNAPSIM_SNAP_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SNAPSIM_API __attribute__((visibility("default")))
#define SNAPSIM_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define SNAPSIM_API
#define SNAPSIM_PRINTF(text, first)
#endif

#define SNAPSIM_NEVER INT64_MAX        /* an instant that does not come */
#define SNAPSIM_END UINT64_MAX         /* the position of a source that has no more records */
#define SNAPSIM_UNJUDGED ((int64_t)-1) /* a counter that could not be judged */
#define SNAPSIM_NO_CHECKPOINT ((int64_t)-1)

/* Returns the version of the library, such as "0.1.0". */
SNAPSIM_API const char *snapsim_version(void);

enum snapsim_error_code {
    SNAPSIM_OK,
    SNAPSIM_ERROR_USAGE,       /* of this interface */
    SNAPSIM_ERROR_SCENARIO,    /* the job, a setting, an option */
    SNAPSIM_ERROR_RESTORE,     /* restore refused */
    SNAPSIM_ERROR_IO,          /* reading or writing failed, also in the program's own operators */
    SNAPSIM_ERROR_MEMORY,      /* no threads; without memory the process ends with 4 */
    SNAPSIM_ERROR_UNSUPPORTED, /* not in this version */
};

/* Zeroed: no error. The message is complete: place, line and caret included where there are any. */
struct snapsim_error {
    enum snapsim_error_code code;
    char message[2048];
};

/* ---- records ---- */

enum snapsim_kind { SNAPSIM_LONG, SNAPSIM_TEXT };

/* A key or a value: a number, or a text if `text` is not NULL. */
struct snapsim_value {
    int64_t number;
    const char *text;
    size_t length; /* bytes of the text */
};

/* Values for calls: a number; a NUL-terminated text, borrowed. Errors: whoever takes the text fails
 * the job if it is NULL. */
SNAPSIM_API struct snapsim_value snapsim_long(int64_t number);
SNAPSIM_API struct snapsim_value snapsim_text(const char *text);

struct snapsim_record {
    int64_t timestamp_ms; /* event time */
    struct snapsim_value key;
    struct snapsim_value value;
};

#ifdef __cplusplus
}
#endif

#endif
