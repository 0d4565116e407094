// SPDX-License-Identifier: Apache-2.0
/*
 * states_in_common.h: whether an operator finds a state of what had its id before.
 *
 * - A backend finds states by their names: one that only the snapshot has is left. With other names
 *   for all of them an operator starts empty.
 */
#ifndef SNAP_SNAPSHOT_STATES_IN_COMMON_H
#define SNAP_SNAPSHOT_STATES_IN_COMMON_H

#include <stdbool.h>

#include "model/job.h"

/* Also true if the two are of one type, or if one of them declares no states. */
bool snap_states_in_common(const struct snap_operator *from, const struct snap_operator *to);

#endif
