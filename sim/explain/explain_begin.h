// SPDX-License-Identifier: Apache-2.0
/*
 * explain_begin.h: what is known of a checkpoint before the events are looked at: the job's graph,
 * and what the statistics say.
 *
 * - Text is copied into the facts' arena, or is constant.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_BEGIN_H
#define SNAP_EXPLAIN_EXPLAIN_BEGIN_H

#include "explain/explain_facts.h"
#include "trace/statistics.h"

/* Fills the facts of the checkpoint, which the statistics have. */
void snap_explain_begin(struct snap_facts *facts, const struct snap_statistics *statistics,
                        const struct snap_checkpoint_stats *checkpoint);

#endif
