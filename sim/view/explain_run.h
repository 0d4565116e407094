// SPDX-License-Identifier: Apache-2.0
/*
 * explain_run.h: the facts of one checkpoint out of the folder of a run.
 *
 * - trace.jsonl is needed, of any level but `off`; it is read twice. summary.json tells the
 *   settings, flow.tsv what waited where there are no events of buffers.
 * - Of several executions of the job it is the one that has the checkpoint, the last one if nobody
 *   names one. A run that was stopped, or is still going on, has what its trace holds so far.
 */
#ifndef SNAP_VIEW_EXPLAIN_RUN_H
#define SNAP_VIEW_EXPLAIN_RUN_H

#include "base/error.h"
#include "explain/explain_facts.h"

/*
 * Fills the facts, which are empty. `checkpoint` is SNAP_UNKNOWN for the one worth explaining.
 * Errors: no trace, or one that cannot be read; no such checkpoint, or none at all.
 */
bool snap_explain_run_read(struct snap_facts *facts, const char *directory, int64_t checkpoint,
                           struct snap_error *error);

#endif
