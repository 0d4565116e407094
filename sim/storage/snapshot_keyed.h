// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_keyed.h: how the reader of a snapshot gets the keyed state of one subtask out of
 * whatever kind of handle it has; for snapshot_*.c only.
 *
 * - Streams by key group, tables of RocksDB, and change logs above either; timers on the heap.
 * - What is read lies in the arena of the reading.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_KEYED_H
#define SNAP_STORAGE_SNAPSHOT_KEYED_H

#include "flink/handles.h"
#include "storage/image.h"
#include "storage/keyed_states.h"
#include "storage/snapshot_read.h"

/* Adds what the handle of managed keyed state holds. Errors: SNAP_ERROR_SNAPSHOT,
 * SNAP_ERROR_RESTORE, SNAP_ERROR_UNSUPPORTED, SNAP_ERROR_IO. */
bool snap_snapshot_load_keyed(const struct snap_snapshot_reading *reading,
                              struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                              struct snap_operator_state *state, struct snap_error *error);

/* Adds timers that lie on the heap beside RocksDB. Errors: the same. */
bool snap_snapshot_load_raw(const struct snap_snapshot_reading *reading,
                            struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                            struct snap_operator_state *state, struct snap_error *error);

#endif
