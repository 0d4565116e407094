// SPDX-License-Identifier: Apache-2.0
/*
 * restored_baseline.h: what of a snapshot that was read from files the ledger takes for granted.
 *
 * - Made before the run, of what its tasks are going to get; all memory is the arena's, keys and
 *   values are borrowed from the restored states.
 */
#ifndef SNAP_SNAPSHOT_RESTORED_BASELINE_H
#define SNAP_SNAPSHOT_RESTORED_BASELINE_H

#include "model/baseline.h"
#include "snapshot/savepoint.h"
#include "storage/image.h"

/* Returns the baseline of a job that starts so: the savepoint and the shares are there. */
struct snap_baseline snap_restored_baseline_make(const struct snap_resume *resume,
                                                 struct snap_arena *arena);

/* Returns the origin of a record that was sent before the snapshot, so that what was under way has
 * one: of the first record of a split that was read; 0 if none was. The sources' states are read.
 */
uint64_t snap_restored_past_origin(const struct snap_image *image);

#endif
