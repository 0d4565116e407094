// SPDX-License-Identifier: Apache-2.0
/*
 * walk.h: which copies of source records should arrive at the states and sinks.
 *
 * - The walk follows the job graph from the source with the operators' plain functions
 *   (operator_rules.h) and the rules of model/lineage.h, in books of its own.
 * - A copy's key and value are to be trusted only where `known` says so.
 * - With a target only copies for that operator are made, and only the way there is walked.
 * - Records are walked many at a time, one operator after the other: copies come way by way, those
 *   of one way in the order of the records.
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

/* So many records at a time are walked fastest: they stay in the first level of the cache. */
enum { SNAP_WALK_RECORDS = 128 };

struct snap_copy {
    struct snap_record record;
    uint64_t lineage;
    uint32_t operator_index;
    unsigned known; /* enum snap_record_part mask */
};

struct snap_walk {
    const struct snap_graph *graph;
    uint32_t target;      /* operator, or SNAP_WALK_ALL */
    const bool *reaching; /* NULL: all operators are wanted */
    bool *changes_key;    /* by operator: an output had another key than its input */
    struct snap_arena arena;
    struct snap_arena replay_arena; /* grows with each replay, emptied now and then */
    struct snap_string_pool strings;
    struct snap_replay replay; /* its records are a stack: what the operators on the way sent */
    uint64_t *lineages;        /* of the records on the stack */
    uint32_t lineage_capacity;
    struct snap_copy *copies;
    uint32_t count;
    uint32_t capacity;
};

/* Prepares the zeroed walk for the target; `graph` is borrowed. */
void snap_walk_init(struct snap_walk *walk, const struct snap_graph *graph, uint32_t target);
void snap_walk_fini(struct snap_walk *walk);

/* Fills `copies` with what should become of the records that the source sent. */
void snap_walk_from(struct snap_walk *walk, uint32_t source, const struct snap_record *records,
                    uint32_t count);

/* The same for the result that an operator with windows sent, with its lineage. */
void snap_walk_from_result(struct snap_walk *walk, uint32_t window,
                           const struct snap_record *result, uint64_t lineage);

/* Returns whether the two values, both of the kind, are equal. */
bool snap_value_same(enum snap_value_kind kind, union snap_value a, union snap_value b);

#endif
