// SPDX-License-Identifier: Apache-2.0
/*
 * raw_timers_load.h: timers that lie on the heap beside RocksDB's files, from their file into the
 * tables of an operator.
 *
 * - They become what timers in a priority queue are: a table a service and domain of time, by key
 *   group. Read are those that the operator declares.
 * Flink: InternalTimeServiceManagerImpl, HeapPriorityQueueSetFactory.
 */
#ifndef SNAP_STORAGE_RAW_TIMERS_LOAD_H
#define SNAP_STORAGE_RAW_TIMERS_LOAD_H

#include "storage/list_file.h"

/* Adds the timers in the file to `state`; memory of the arena. Errors: SNAP_ERROR_SNAPSHOT,
 * SNAP_ERROR_RESTORE if keys are of another type than the operator's. */
bool snap_raw_timers_load(const struct snap_state_bytes *from,
                          const struct snap_keyed_handle *handle, struct snap_arena *arena,
                          struct snap_operator_state *state, struct snap_error *error);

#endif
