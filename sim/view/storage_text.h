// SPDX-License-Identifier: Apache-2.0
/*
 * storage_text.h: where a run keeps its state and its snapshots, in words: two lines for people;
 * and what its storage did not take.
 */
#ifndef SNAP_VIEW_STORAGE_TEXT_H
#define SNAP_VIEW_STORAGE_TEXT_H

#include "base/text.h"
#include "model/simulation.h"
#include "explain/explain_facts.h"

/* Appends the line of the state backend and that of the checkpoint storage. Flink: JobMaster's log.
 */
void snap_storage_text(struct snap_text *text, const struct snap_simulation *sim);

/* Appends whose state it was, its size and the limit, without a full stop. Flink:
 * MemCheckpointStreamFactory, whose exception has both numbers. */
void snap_large_state_text(struct snap_text *text, const struct snap_fact_large_state *state);

#endif
