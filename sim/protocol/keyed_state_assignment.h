// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_state_assignment.h: which key groups of which old handles a new subtask gets.
 *
 * - With the parallelism unchanged every subtask keeps its handles.
 * - Else it gets each handle that meets its key groups, in the order of old subtasks: a handle that
 *   lies group by group is cut to what they share, an incremental one is handed over whole.
 * Flink: StateAssignmentOperation.getManagedKeyedStateHandles, KeyGroupsStateHandle.
 */
#ifndef SNAP_PROTOCOL_KEYED_STATE_ASSIGNMENT_H
#define SNAP_PROTOCOL_KEYED_STATE_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/key_group.h"

struct snap_keyed_handle {
    uint32_t subtask; /* old */
    struct snap_key_group_range range;
    bool incremental; /* cannot be cut */
};

struct snap_keyed_rescale {
    const struct snap_keyed_handle *handles; /* in the order of old subtasks; borrowed */
    uint32_t handle_count;
    uint32_t old_parallelism;
    struct snap_parallelism to;
};

/* Key groups of one handle. */
struct snap_keyed_piece {
    uint32_t handle;
    struct snap_key_group_range range;
};

/* Fills `pieces` (room for handle_count) with what the new subtask gets; returns how many. */
uint32_t snap_keyed_state_assign(const struct snap_keyed_rescale *in, uint32_t new_subtask,
                                 struct snap_keyed_piece *pieces);

#endif
