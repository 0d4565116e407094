// SPDX-License-Identifier: Apache-2.0
/*
 * diff_splits.h: how far a source has read its splits, in two snapshots.
 *
 * - Its list of splits holds bytes of the source's own; where these are known the splits are
 *   compared by their names, and one that was read on is a change.
 */
#ifndef SNAP_VIEW_DIFF_SPLITS_H
#define SNAP_VIEW_DIFF_SPLITS_H

#include "view/snapshot_diff.h"

/* Compares the splits if the state is the list of them, and names up to `keys_max`. Returns false,
 * with nothing changed, if it is another state, or has splits that are not known. */
bool snap_diff_splits(const struct snap_operator_diff *of, struct snap_state_diff *state,
                      uint32_t keys_max, struct snap_arena *arena);

#endif
