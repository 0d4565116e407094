// SPDX-License-Identifier: Apache-2.0
/*
 * state_rescale.h: the state of one operator, as its old subtasks wrote it, for new subtasks.
 *
 * - Key groups and list items are assigned as protocol/keyed_state_assignment.h and
 *   operator_state_rescale.h say; here they are copied.
 * - Items' data and keys stay where they are: the old states must outlive what is made.
 * - The declared size of keyed state is shared out by the number of entries.
 * Flink: StateAssignmentOperation.
 */
#ifndef SNAP_SNAPSHOT_STATE_RESCALE_H
#define SNAP_SNAPSHOT_STATE_RESCALE_H

#include "model/job.h"
#include "protocol/operator_state_rescale.h"
#include "state/operator_state.h"

struct snap_old_states {
    const struct snap_operator *op;
    const struct snap_operator_state **states; /* by old subtask; NULL where there is none */
};

/* A state that stands by key group, by its name. */
struct snap_named_state {
    const char *name;
    bool is_scoped; /* windows or timers, see struct snap_scoped_snapshot */
};

struct snap_state_rescale {
    const struct snap_old_states *old;
    const struct snap_operator *op; /* of the new job */
    struct snap_arena *arena;       /* scratch */
    struct snap_named_state *named;
    uint32_t named_count;
    int64_t keyed_bytes; /* over all old subtasks */
    uint64_t keyed_entries;
    struct snap_list_handle *handles; /* one an old subtask with state */
    uint32_t handle_count;
    struct snap_list_assignment lists;
};

/* Works out who gets what; the first three are borrowed until the last subtask has its share. */
void snap_state_rescale_init(struct snap_state_rescale *rescale, const struct snap_old_states *old,
                             const struct snap_operator *op, struct snap_arena *arena);

/* The same, for lists only. */
void snap_state_rescale_init_lists(struct snap_state_rescale *rescale,
                                   const struct snap_old_states *old,
                                   const struct snap_operator *op, struct snap_arena *arena);

/* Adds the lists of a new subtask to the state; memory of `arena`. */
void snap_state_rescale_lists(const struct snap_state_rescale *rescale, uint32_t subtask,
                              struct snap_arena *arena, struct snap_operator_state *out);

/* Fills the zeroed state with the share of a new subtask; memory of `arena`. */
void snap_state_rescale_subtask(struct snap_state_rescale *rescale, uint32_t subtask,
                                struct snap_arena *arena, struct snap_operator_state *out);

#endif
