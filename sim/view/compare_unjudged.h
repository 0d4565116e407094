// SPDX-License-Identifier: Apache-2.0
/*
 * compare_unjudged.h: why states and sinks of a comparison cannot be judged.
 *
 * - A group of runs that differ in nothing but the seed is told by the first one that has reasons.
 * - Groups that have the same ones are told together.
 */
#ifndef SNAP_VIEW_COMPARE_UNJUDGED_H
#define SNAP_VIEW_COMPARE_UNJUDGED_H

#include "base/text.h"
#include "view/summary_json.h"

/* Appends who it is about and why, below; nothing if all can be judged. */
void snap_compare_unjudged_text(struct snap_text *text, const struct snap_summary *runs,
                                uint32_t count, uint32_t width);

#endif
