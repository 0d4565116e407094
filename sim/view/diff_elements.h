// SPDX-License-Identifier: Apache-2.0
/*
 * diff_elements.h: elements of a state without keys, short enough to tell them apart.
 *
 * - Elements that are JSON objects lose the members that are the same in all of them, and the
 *   directory that all paths of a member lie in.
 */
#ifndef SNAP_VIEW_DIFF_ELEMENTS_H
#define SNAP_VIEW_DIFF_ELEMENTS_H

#include "base/text.h"
#include "view/snapshot_diff.h"

/* Appends a table of the elements that are new or gone, and a line of what all have in common. */
void snap_diff_elements_text(struct snap_text *text, const struct snap_state_diff *state,
                             uint32_t width);

#endif
