// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_states.h: the keyed state of one subtask between its tables and Flink's file.
 *
 * - All tables of the operator are one file, whatever they hold: values, lists, windows, timers.
 * - Written is either layout; what is read may have either, or be compressed.
 * - Read are the states that the operator declares; an operator that declares no keyed state gets
 *   all there are. What is read of entries' order inside a key group is the file's.
 * - Of a window only its value goes through a file: which records made it is not told there.
 * Flink: HeapKeyedStateBackend, HeapSnapshotStrategy, FullSnapshotRestoreOperation.
 */
#ifndef SNAP_STORAGE_KEYED_STATES_H
#define SNAP_STORAGE_KEYED_STATES_H

#include "flink/keyed_file.h"
#include "storage/list_file.h"

/* Where keyed state goes. */
struct snap_keyed_target {
    struct snap_state_stream *stream;
    enum snap_keyed_layout layout;
    uint32_t subtask;
};

/* Writes the tables of the state; the handle is NONE if there are none. Errors: SNAP_ERROR_IO. */
bool snap_keyed_states_write(const struct snap_image_operator *of,
                             const struct snap_operator_state *state,
                             const struct snap_keyed_target *target,
                             struct snap_keyed_handle *handle, struct snap_error *error);

/* Adds the tables in the file to `state`; memory of the arena. Errors: SNAP_ERROR_SNAPSHOT,
 * SNAP_ERROR_RESTORE if a state is of another type than the operator's. */
bool snap_keyed_states_read(const struct snap_state_bytes *from,
                            const struct snap_keyed_handle *handle, struct snap_arena *arena,
                            struct snap_operator_state *state, struct snap_error *error);

#endif
