// SPDX-License-Identifier: Apache-2.0
/*
 * wrap.h: text that has lines, made to fit a width.
 *
 * - A line that is too long is broken at spaces; what goes on stands below the words behind its
 *   first gap of two spaces or more, as in a list of names and what they mean.
 * - Without a gap a line is a paragraph and goes on where it began; entries of lists, which begin
 *   two spaces in, and lines that begin with one or two words and a colon go on four further in.
 * - Examples in YAML, "- {key: value, ...}", are broken behind commas, below the first key.
 * - Words that are wider than the room stay whole.
 */
#ifndef SNAP_VIEW_WRAP_H
#define SNAP_VIEW_WRAP_H

#include "base/text.h"

/* Appends the lines of `from`, each at most `width` columns wide. */
void snap_wrap_text(struct snap_text *text, const char *from, uint32_t width);

/* Appends one line, without its end, that heads others: what goes on stands four in. */
void snap_wrap_headline(struct snap_text *text, const char *line, uint32_t width);

/* Appends one line, without its end; what goes on stands so many columns in. */
void snap_wrap_paragraph(struct snap_text *text, const char *line, uint32_t indent, uint32_t width);

#endif
