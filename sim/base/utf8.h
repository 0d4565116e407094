// SPDX-License-Identifier: Apache-2.0
/*
 * utf8.h: what is valid UTF-8, and how bytes of others are shown to people.
 *
 * - Shown are characters as they are, control characters and bytes that are no UTF-8 as \x1b:
 *   names in damaged files must not reach a terminal as commands. What ends a line or turns the
 *   direction of writing is a control character as well.
 */
#ifndef SNAP_BASE_UTF8_H
#define SNAP_BASE_UTF8_H

#include <stdbool.h>

#include "base/text.h"

/* Returns the length of the UTF-8 sequence that starts here, 0 if it is none; left is > 0. */
size_t snap_utf8_sequence(const unsigned char *at, size_t left);

/* Whether all of it can be shown as it is. */
bool snap_text_is_printable(const char *bytes, size_t length);

/* Appends the bytes as they are shown. */
void snap_text_add_printable(struct snap_text *text, const char *bytes, size_t length);

/* Makes a text that has lines printable; newlines stay. */
void snap_text_make_printable(struct snap_text *text);

#endif
