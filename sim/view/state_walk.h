// SPDX-License-Identifier: Apache-2.0
/*
 * state_walk.h: all entries of one state of an operator, whatever subtask has them.
 *
 * - A state is found by its name among keyed states, timers beside them and lists.
 * - Elements of lists have no key; what is broadcast has, and counts as entries.
 */
#ifndef SNAP_VIEW_STATE_WALK_H
#define SNAP_VIEW_STATE_WALK_H

#include "model/snapshot.h"

struct snap_state_walk {
    const struct snap_snapshot *snapshot;
    const struct snap_snapshot_operator *of; /* NULL: nothing is there */
    const char *name;
    bool (*entry)(void *context, const struct snap_snapshot_item *item);
    bool (*element)(void *context, const struct snap_snapshot_item *item);
    void *context;
};

/* Shows each one. Errors: values that cannot be read. */
bool snap_state_walk(const struct snap_state_walk *walk, struct snap_error *error);

#endif
