// SPDX-License-Identifier: Apache-2.0
/*
 * spans.h: shows runs of records to the observers, and record by record where that is wanted.
 *
 * - Called in the task's thread, with records as they are before the operator changes them
 *   (AFFECTED) or as they went out (EMITTED, WRITTEN), and what windows tell of themselves.
 * - A record event carries the instant at which its input record is complete.
 */
#ifndef SNAP_TASK_SPANS_H
#define SNAP_TASK_SPANS_H

#include "task/chain.h"

/* Shows the batch; `span` has kind and part set, the rest is filled in. */
void snap_chain_show(struct snap_chain_operator *at, struct snap_span *span,
                     const struct snap_batch *batch);

/* Tells the record events gathered for the span that runs, up to the instant and in the order of
 * their instants. No more are gathered once this was called, until all are told. */
void snap_chain_tell_records(struct snap_chain *chain, snap_ns until_ns);

#endif
