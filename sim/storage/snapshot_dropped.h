// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_dropped.h: what of a snapshot a job leaves behind that starts from it, for people.
 *
 * - Said are operators that the job does not have, with the names of their states, and states that
 *   an operator of the job does not have under that name. What had no contents is no loss.
 * - Of keyed state the names stand in its files. Where these cannot be read, which the job does not
 *   mind, it is "keyed state".
 * Flink: Checkpoints.loadAndValidateCheckpoint.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_DROPPED_H
#define SNAP_STORAGE_SNAPSHOT_DROPPED_H

#include "storage/snapshot_read.h"

/* Whether the job has no operator for what this one had. */
bool snap_image_operator_is_dropped(const struct snap_image_operator *of);

/* Returns a line for each that is left behind, "" if none is; memory of the reading's arena. To be
 * called after load. */
const char *snap_snapshot_dropped_text(const struct snap_snapshot_reading *reading);

#endif
