// SPDX-License-Identifier: Apache-2.0
/*
 * explain_rates.h: how fast subtasks used up what lay before them when a checkpoint was triggered;
 * and without events of buffers, what lay there. The inside of explain_trace.h.
 *
 * - With events of buffers: over a second or the checkpoint's length, or since the last 16 buffers
 *   where those take longer. Without: the mean of the vertex over four seconds.
 * - Who has no room most of its time goes on as fast as its receivers do. What it takes comes in
 *   bursts, which a second or four may miss or have twice; so its rate is worked out from theirs.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_RATES_H
#define SNAP_EXPLAIN_EXPLAIN_RATES_H

#include "explain/explain_trace.h"

/* Keeps that the subtask was done with a buffer, and what it has used up in all. */
void snap_explain_rates_take(struct snap_explain_takes *takes, snap_ns at_ns,
                             const struct snap_fact_amount *taken);

/* Fills in the rates of all subtasks, whose totals are known by now. */
void snap_explain_rates_end(struct snap_explain_trace *trace);

#endif
