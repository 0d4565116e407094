// SPDX-License-Identifier: Apache-2.0
/*
 * json_pick.h: members of JSON objects that may be missing, or of another kind than expected.
 *
 * - What is not there as expected is SNAP_UNKNOWN, NaN, NULL or false: readers of what others wrote
 *   go on with the rest. An object that is NULL has no members.
 * - Texts are borrowed from the object.
 */
#ifndef SNAP_EXPLAIN_JSON_PICK_H
#define SNAP_EXPLAIN_JSON_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/time.h"

/* Returns the number, cut to an integer. */
int64_t snap_pick_number(const json_t *object, const char *key);

/* Returns the number. */
double snap_pick_double(const json_t *object, const char *key);

/* Returns nanoseconds of a member in milliseconds; the longest time is SNAP_NEVER. */
snap_ns snap_pick_ms(const json_t *object, const char *key);

/* Returns 0 or 1. */
int64_t snap_pick_flag(const json_t *object, const char *key);

const char *snap_pick_text(const json_t *object, const char *key);

/* Whether the member is that text. */
bool snap_pick_is(const json_t *object, const char *key, const char *text);

#endif
