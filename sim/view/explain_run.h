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

/* The last execution of a job, whatever others have a checkpoint of the same id. */
#define SNAP_LAST_EXECUTION UINT32_MAX

/* Which checkpoint of a run. */
struct snap_explain_wanted {
    int64_t checkpoint; /* SNAP_UNKNOWN: the one worth explaining */
    uint32_t execution; /* of the job, from 1, or SNAP_LAST_EXECUTION; 0: the first one that has
                         * the checkpoint, else the last one */
};

/*
 * Fills the facts, which are empty.
 * Errors: no trace, or one that cannot be read; no such execution or checkpoint, or none at all.
 */
bool snap_explain_run_read(struct snap_facts *facts, const char *directory,
                           const struct snap_explain_wanted *wanted, struct snap_error *error);

#endif
