// SPDX-License-Identifier: Apache-2.0
/*
 * story_conclusion.h: how often chosen records were processed, and what is left of that: the end of
 * record_story.h.
 *
 * - What one record becomes (its copies, the words of a line) are results of their own: a line says
 *   how many there are, and the least and the most over them.
 */
#ifndef SNAP_VIEW_STORY_CONCLUSION_H
#define SNAP_VIEW_STORY_CONCLUSION_H

#include "base/text.h"
#include "trace/effects.h"

/* Appends a line for each source, state and sink that the marks name. */
void snap_story_conclusion(const struct snap_effects *effects, struct snap_text *text);

/* "never", "once", "twice", "3 times" (arena). */
const char *snap_times_name(uint32_t times, struct snap_arena *arena);

#endif
