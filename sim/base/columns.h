// SPDX-License-Identifier: Apache-2.0
/*
 * columns.h: how many columns of a terminal a text takes.
 *
 * - East Asian wide and fullwidth characters and emoji take two, marks on the character before
 *   them none, all others one; so does a byte that is no UTF-8.
 * - The table is our own: what the C library knows depends on the locale, which may be "C".
 * - Texts that are joined on the screen (emoji with U+200D between them) count as their parts:
 *   terminals differ.
 */
#ifndef SNAP_BASE_COLUMNS_H
#define SNAP_BASE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Returns the columns that the first `length` bytes take. */
uint32_t snap_columns_of(const char *text, size_t length);

/* Returns the bytes of the characters, whole and with the marks on them, that fit the columns. */
size_t snap_columns_fit(const char *text, size_t length, uint32_t columns);

/* Appends so many spaces. */
void snap_columns_skip(struct snap_text *text, uint32_t columns);

/* Appends the beginning of a string that is wider than the columns, at least one, with "~" as the
 * last; fills up with spaces. */
void snap_columns_cut(struct snap_text *text, const char *string, size_t length, uint32_t columns);

/* Appends the string in exactly so many columns, at least one: cut with "~" if it is wider, with
 * spaces behind it if it is not. */
void snap_columns_add(struct snap_text *text, const char *string, uint32_t columns);

#endif
