// SPDX-License-Identifier: Apache-2.0
/*
 * state_walk.h: all entries of one state of an operator, whatever subtask has them.
 *
 * - A state is found by its name among keyed states, timers beside them and lists.
 * - Timers are found by their full names, with their kind, wherever they lie.
 * - Elements of lists have no key; what is broadcast has, and counts as entries.
 */
#ifndef SNAP_VIEW_STATE_WALK_H
#define SNAP_VIEW_STATE_WALK_H

#include "model/snapshot.h"

struct snap_state_walk {
    const struct snap_snapshot *snapshot;
    const struct snap_snapshot_operator *of; /* NULL: nothing is there */
    const char *name;                        /* the full one */
    bool (*entry)(void *context, const struct snap_snapshot_item *item);
    bool (*element)(void *context, const struct snap_snapshot_item *item);
    void *context;
};

/* Returns the name that the state has in any layout: its own, or one in the arena. */
const char *snap_state_full_name(const struct snap_snapshot_state *state, struct snap_arena *arena);

/* Shows each one. Errors: values that cannot be read. */
bool snap_state_walk(const struct snap_state_walk *walk, struct snap_error *error);

#endif
