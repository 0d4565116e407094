// SPDX-License-Identifier: Apache-2.0
/*
 * json.h: a JSON writer that appends to a text.
 *
 * - Members and elements come out in the order of the calls; commas, indentation and escapes are
 *   the writer's business. `key` is NULL inside an array and for the outermost value.
 * - Indented output has one member a line, except behind snap_json_inline; compact output has no
 *   white space at all.
 * - Integers are written with all 64 bits; doubles as the shortest text that reads back equal,
 *   always with a point or an exponent; a double that is not finite as the string "NaN", as Flink's
 *   REST interface does.
 * - Output is valid UTF-8 whatever the input: a byte that is none becomes U+FFFD.
 */
#ifndef SNAP_BASE_JSON_H
#define SNAP_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { SNAP_JSON_DEPTH_MAX = 64 };

enum snap_json_style { SNAP_JSON_COMPACT, SNAP_JSON_INDENTED };

struct snap_json {
    struct snap_text *text; /* borrowed */
    enum snap_json_style style;
    uint32_t depth;
    uint32_t inline_depth; /* from this depth on everything stands on one line; 0: nothing */
    bool filled[SNAP_JSON_DEPTH_MAX]; /* by depth: a member has been written */
};

/* Starts a document that is appended to the text. */
void snap_json_init(struct snap_json *json, struct snap_text *text, enum snap_json_style style);

void snap_json_object_begin(struct snap_json *json, const char *key);
void snap_json_object_end(struct snap_json *json);
void snap_json_array_begin(struct snap_json *json, const char *key);
void snap_json_array_end(struct snap_json *json);

/* From here to the end of the innermost open object or array everything stands on one line. */
void snap_json_inline(struct snap_json *json);

void snap_json_number(struct snap_json *json, const char *key, int64_t value);
void snap_json_unsigned(struct snap_json *json, const char *key, uint64_t value);
void snap_json_double(struct snap_json *json, const char *key, double value);
void snap_json_bool(struct snap_json *json, const char *key, bool value);
void snap_json_null(struct snap_json *json, const char *key);

/* Writes a value that is JSON already, on one line. */
void snap_json_raw(struct snap_json *json, const char *key, const char *value);

/* Writes the NUL-terminated string, or null for NULL. */
void snap_json_string(struct snap_json *json, const char *key, const char *value);

/* Writes `length` bytes as a string. */
void snap_json_bytes(struct snap_json *json, const char *key, const char *value, size_t length);

/* Single values as a document has them, for who knows all that stands around them. */
void snap_json_add_number(struct snap_text *text, int64_t value);
void snap_json_add_bytes(struct snap_text *text, const char *value, size_t length);

#endif
