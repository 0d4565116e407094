// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_dropped.h: what of a snapshot a job leaves behind that starts from it, for people; and
 * what its operators have, without reading it.
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

/* What an operator of a snapshot has, each once. */
enum { SNAP_STATE_NAMES_MAX = 16 };

/* How data in flight is called among them. */
#define SNAP_NAMED_IN_FLIGHT "data in flight"

struct snap_state_names {
    const char *items[SNAP_STATE_NAMES_MAX];
    bool is_name[SNAP_STATE_NAMES_MAX]; /* of a state; else words: "data in flight" */
    uint32_t count;
    bool has_more;
};

/* Returns what stands in the metadata and in the heads of files; memory of the reading's arena. */
struct snap_state_names snap_snapshot_state_names(const struct snap_snapshot_reading *reading,
                                                  uint32_t operator_index);

/* Whether the job has no operator for what this one had. */
bool snap_image_operator_is_dropped(const struct snap_image_operator *of);

/* Whether the job has the operator, but it takes none of what this one had: all states have other
 * names. It starts empty then. To be called after load. */
bool snap_image_operator_begins_anew(const struct snap_image_operator *of);

/* Returns a line for each that is left behind, "" if none is; memory of the reading's arena. To be
 * called after load. */
const char *snap_snapshot_dropped_text(const struct snap_snapshot_reading *reading);

#endif
