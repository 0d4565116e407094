// SPDX-License-Identifier: Apache-2.0
/*
 * walk.h: which copies of source records should arrive at the states and sinks.
 *
 * - The walk follows the job graph from the source with the operators' plain functions
 *   (operator_rules.h) and the rules of model/lineage.h, in books of its own.
 * - A copy's key and value are to be trusted only where `known` says so.
 * - Copies are made for the operators of its aim only, and only the ways there are walked.
 * - Records are walked many at a time, one operator after the other: copies come way by way, those
 *   of one way in the order of the records.
 * - With `prints` no copies are kept: what would be one is added to the print of its operator.
 * - Copies and their strings are valid until the next walk; one thread uses a walk.
 */
#ifndef SNAP_VERIFY_WALK_H
#define SNAP_VERIFY_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/operator_rules.h"
#include "model/string_pool.h"
#include "verify/fingerprint.h"
#include "verify/graph.h"

/* So many records at a time are walked fastest: they stay in the first level of the cache. */
enum { SNAP_WALK_RECORDS = 128 };

struct snap_copy {
    struct snap_record record;
    uint64_t lineage;
    uint32_t operator_index;
    unsigned known; /* enum snap_record_part mask */
    bool optional;  /* it is not known whether it should be there: see sent.h */
};

/* Where a walk goes, by operator. */
struct snap_walk_aim {
    const bool *wanted;   /* copies for it are made */
    const bool *reaching; /* records can flow from it to one that is wanted; those included */
};

struct snap_walk {
    const struct snap_graph *graph;
    struct snap_walk_aim aim;  /* borrowed */
    uint32_t *receivers_least; /* by operator, of what was held back; NULL: its parallelism */
    uint32_t *receivers_most;
    bool all_held;     /* also what no operator held back: it may have been in flight */
    bool *changes_key; /* by operator: an output had another key than its input */
    struct snap_arena arena;
    struct snap_arena replay_arena; /* grows with each replay, emptied now and then */
    struct snap_string_pool strings;
    struct snap_replay replay; /* its records are a stack: what the operators on the way sent */
    uint64_t *lineages;        /* of the records on the stack */
    uint32_t lineage_capacity;
    struct snap_copy *copies;
    uint32_t count;
    uint32_t capacity;
    /* By operator: copies are added to these instead; NULL: they are kept. Borrowed. */
    struct snap_fingerprint *prints;
    const struct snap_print_form *forms;
};

/* Returns the aim for these operators; `wanted` is borrowed, the rest lies in the arena. */
struct snap_walk_aim snap_walk_aim_at(const struct snap_graph *graph, struct snap_arena *arena,
                                      const bool *wanted);

/* Prepares the zeroed walk for an aim, or for one operator; graph and aim are borrowed. */
void snap_walk_init(struct snap_walk *walk, const struct snap_graph *graph,
                    const struct snap_walk_aim *aim);
void snap_walk_init_to(struct snap_walk *walk, const struct snap_graph *graph, uint32_t target);
void snap_walk_fini(struct snap_walk *walk);

/* Fills `copies` with what should become of the records that the source sent. */
void snap_walk_from(struct snap_walk *walk, uint32_t source, const struct snap_record *records,
                    uint32_t count);
void snap_walk_from_view(struct snap_walk *walk, uint32_t source,
                         const struct snap_record_view *records, uint32_t count);

/* The same for the result that an operator with windows sent, with its lineage. */
void snap_walk_from_result(struct snap_walk *walk, uint32_t window,
                           const struct snap_record *result, uint64_t lineage);

/* Returns whether the two values, both of the kind, are equal. */
bool snap_value_same(enum snap_value_kind kind, union snap_value a, union snap_value b);

#endif
