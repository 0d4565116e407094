// SPDX-License-Identifier: Apache-2.0
/*
 * line.h: a record as a line of text, as sinks write it: key TAB value.
 *
 * - A tab, a newline and a backslash inside a string are written \t, \n and \\, so that a line is
 *   one record and the first tab ends the key.
 * - No newline at the end: who writes lines adds it.
 */
#ifndef SNAP_OPERATORS_LINE_H
#define SNAP_OPERATORS_LINE_H

#include "base/text.h"
#include "model/record.h"

/* Appends the line of a record with such key and value. */
void snap_line_add(struct snap_text *text, struct snap_schema schema, union snap_value key,
                   union snap_value value);

#endif
