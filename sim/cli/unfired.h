// SPDX-License-Identifier: Apache-2.0
/*
 * unfired.h: an action that never took effect, and why, where the end of the run tells.
 */
#ifndef SNAP_CLI_UNFIRED_H
#define SNAP_CLI_UNFIRED_H

#include "view/summary_json.h"

/* Describes the action, whose summary knows the statistics of all executions. Memory of `arena`. */
struct snap_unfired snap_unfired_of(const struct snap_action *action,
                                    const struct snap_summary *summary, struct snap_arena *arena);

#endif
