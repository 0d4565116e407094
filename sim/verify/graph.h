// SPDX-License-Identifier: Apache-2.0
/*
 * graph.h: what the job graph alone says about what can be judged.
 *
 * - `known[op]`: which parts of the records that reach an operator the ledger can know; a value
 *   that came out of a fold is not known, nor what was computed from it.
 * - `countable[op]`: the ledger knows how many records should reach it, so lost and duplicated can
 *   be judged. False behind an operator whose number of outputs depends on an unknown part.
 *   The results of windows are known, from books of their own.
 * - Order is kept between a split and a sink for records of one key if there is one path only and
 *   each edge keeps records of one key in one channel.
 */
#ifndef SNAP_VERIFY_GRAPH_H
#define SNAP_VERIFY_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/job.h"
#include "model/operator_rules.h"

enum { SNAP_KNOWN_ALL = SNAP_PART_KEY | SNAP_PART_VALUE };

struct snap_graph {
    const struct snap_job *job;
    const struct snap_operator_rules *const *rules;
    unsigned *known; /* of an operator's input; SNAP_KNOWN_ALL for sources */
    bool *countable;
    bool *behind_window; /* results of windows reach it: see match_results.h */
};

/* Works the answers out; arrays lie in the arena. */
void snap_graph_init(struct snap_graph *graph, struct snap_arena *arena, const struct snap_job *job,
                     const struct snap_operator_rules *const *rules);

/* Returns which parts of an operator's outputs are known if those of its input are. */
unsigned snap_rules_known_after(const struct snap_operator_rules *rules, unsigned known);

/* Returns by operator whether records can flow from it to the target; the target is included. */
bool *snap_graph_reaching(const struct snap_graph *graph, struct snap_arena *arena,
                          uint32_t target);

/*
 * Returns whether order can be judged at the sink. `changes_key[op]`: the operator was seen to
 * give an output another key than its input had.
 */
bool snap_graph_keeps_order(const struct snap_graph *graph, const bool *changes_key, uint32_t sink);

#endif
