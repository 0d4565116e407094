// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_parts_json.h: parts of a snapshot's description that need no walk over values, as
 * members of the JSON of `inspect`.
 */
#ifndef SNAP_VIEW_SNAPSHOT_PARTS_JSON_H
#define SNAP_VIEW_SNAPSHOT_PARTS_JSON_H

#include "base/json.h"
#include "model/snapshot.h"

/* `key_group_range` and `keyed_handle`. */
void snap_layout_json(struct snap_json *json, const struct snap_snapshot_keyed *keyed);

/* A list named `key`. */
void snap_splits_json(struct snap_json *json, const char *key,
                      const struct snap_snapshot_split *splits, uint32_t count);

/* An element of `handles`. */
void snap_file_json(struct snap_json *json, const struct snap_snapshot_file *file);

/* `enumerator`. */
void snap_enumerator_json(struct snap_json *json,
                          const struct snap_snapshot_enumerator *enumerator);

#endif
