// SPDX-License-Identifier: Apache-2.0
/*
 * walk.h: which copies of one source record should arrive at the states and sinks.
 *
 * - The walk follows the job graph from the source with the operators' plain functions
 *   (operator_rules.h) and the rules of model/lineage.h, in books of its own.
 * - A copy's key and value are to be trusted only where `known` says so.
 * - With a target only copies for that operator are made, and only the way there is walked.
 * - Copies and their strings are valid until the next walk; one thread uses a walk.
 */
#ifndef SNAP_VERIFY_WALK_H
#define SNAP_VERIFY_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/operator_rules.h"
#include "model/string_pool.h"
#include "verify/graph.h"

#define SNAP_WALK_ALL UINT32_MAX

struct snap_copy {
    struct snap_record record;
    uint64_t lineage;
    uint32_t operator_index;
    unsigned known; /* enum snap_record_part mask */
    bool optional;  /* it is not known whether it should be there: see walks.h */
};

struct snap_walk {
    const struct snap_graph *graph;
    uint32_t target;           /* operator, or SNAP_WALK_ALL */
    const bool *reaching;      /* NULL: all operators are wanted */
    uint32_t *receivers_least; /* by operator, of what was held back; NULL: its parallelism */
    uint32_t *receivers_most;
    bool *changes_key; /* by operator: an output had another key than its input */
    struct snap_arena arena;
    struct snap_arena replay_arena; /* grows with each replay, emptied now and then */
    struct snap_string_pool strings;
    struct snap_replay replay;
    struct snap_copy *copies;
    uint32_t count;
    uint32_t capacity;
};

/* Prepares the zeroed walk for the target; `graph` is borrowed. */
void snap_walk_init(struct snap_walk *walk, const struct snap_graph *graph, uint32_t target);
void snap_walk_fini(struct snap_walk *walk);

/* Fills `copies` with what should become of the record that the source sent. */
void snap_walk_from(struct snap_walk *walk, uint32_t source, const struct snap_record *record);

/* The same for the result that an operator with windows sent, with its lineage. */
void snap_walk_from_result(struct snap_walk *walk, uint32_t window,
                           const struct snap_record *result, uint64_t lineage);

/* Returns whether the two values, both of the kind, are equal. */
bool snap_value_same(enum snap_value_kind kind, union snap_value a, union snap_value b);

#endif
