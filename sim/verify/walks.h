// SPDX-License-Identifier: Apache-2.0
/*
 * walks.h: for one state or sink, a walk for each execution of the job: what should become of a
 * record is what the graph of the execution makes of it that sent it last.
 *
 * - A record that an operator held back goes on in a later execution. Where it is broadcast behind
 *   that operator, each receiver of all these executions gets its copy, and those that not all of
 *   them have are optional.
 * - Walks are borrowed until fini; one thread uses them.
 */
#ifndef SNAP_VERIFY_WALKS_H
#define SNAP_VERIFY_WALKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "verify/books.h"

struct snap_walks {
    const struct snap_ledger *newest;
    struct snap_walk *items; /* by execution; without a graph where the job lacks the operator */
    bool may_be_held;        /* an operator on the way in the last execution holds records back */
};

/* Prepares the zeroed walks to the operator of the last execution; arrays lie in the arena. */
void snap_walks_init(struct snap_walks *walks, const struct snap_ledger *newest,
                     uint32_t operator_index, struct snap_arena *arena);
void snap_walks_fini(struct snap_walks *walks);

/* Returns whether in some execution records of the split could reach the target. */
bool snap_walks_reach(const struct snap_walks *walks, uint32_t split);

/* Returns whether no copy is optional, whatever was sent. */
bool snap_walks_know_all(const struct snap_walks *walks);

/* Returns a walk with the copies of what a source sent. */
const struct snap_walk *snap_walks_from(struct snap_walks *walks, const struct snap_record *record);

/* Returns a walk with the copies of what the window, an operator of the last execution, sent. */
const struct snap_walk *snap_walks_from_result(struct snap_walks *walks, uint32_t window,
                                               const struct snap_window_line *line);

#endif
