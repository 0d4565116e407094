// SPDX-License-Identifier: Apache-2.0
/*
 * explain_rest.h: the facts of one checkpoint of a real Flink job, out of saved REST answers.
 *
 * - Needed: the details of the checkpoint, or its entry in the history. Its subtasks, by vertex,
 *   tell where the time went; the plan, who sends to whom; the configuration, backpressure and
 *   vertices' metrics add what they have. What is not there is noted as missing.
 * - Flink's answers do not tell on which channel the last barrier came. Times count from the
 *   trigger: a subtask has its last barrier after start delay + alignment, and sends its own then
 *   (unaligned: after the start delay); so the walk works out from whom it came last.
 * - Versions differ in members; those that are not known are passed over.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_REST_H
#define SNAP_EXPLAIN_EXPLAIN_REST_H

#include "base/error.h"
#include "explain/explain_facts.h"

/*
 * Fills the facts, which are empty, from the folder. `checkpoint` is SNAP_UNKNOWN for the one worth
 * explaining: a failed one that took longest, else the slowest.
 * Errors: the folder cannot be used; no such checkpoint; a job without checkpoints.
 */
bool snap_explain_rest_read(struct snap_facts *facts, const char *directory, int64_t checkpoint,
                            struct snap_error *error);

#endif
