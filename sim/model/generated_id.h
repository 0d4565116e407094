// SPDX-License-Identifier: Apache-2.0
/*
 * generated_id.h: ids of operators that have no uid.
 *
 * - An id is made of the number of operators that had one before (breadth first from the sources),
 *   of how many edges it is chained by, and of the ids of what it reads.
 * - So a change anywhere upstream changes it, and its state is not found again.
 * Flink: StreamGraphHasherV2.
 */
#ifndef SNAP_MODEL_GENERATED_ID_H
#define SNAP_MODEL_GENERATED_ID_H

#include "base/arena.h"
#include "model/job.h"

/* Sets `id` of all operators with `id_generated`; the others have theirs, edges know `chained`.
 * Scratch memory of the arena. */
void snap_operator_ids_generate(struct snap_job *job, struct snap_arena *arena);

#endif
