// SPDX-License-Identifier: Apache-2.0
/*
 * explain_recovery.h: barriers that waited for the end of what a restore had put back.
 *
 * - A channel stands still at the end of its restored data until all channels of the input have
 *   come to theirs, and a barrier that overtakes is not heard there until then.
 * - What was put back is told by channels_restored. With events of buffers it is known when the
 *   last of it was used up; without them how long it can have taken at most.
 * - Once a checkpoint has completed nothing of that is left.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_RECOVERY_H
#define SNAP_EXPLAIN_EXPLAIN_RECOVERY_H

#include "explain/explain_trace.h"
#include "explain/explain_walk.h"

/* The sender put a buffer into the channel: the first ones are those of a restore. */
void snap_explain_recovery_queued(struct snap_explain_trace *trace,
                                  struct snap_explain_channel *channel);

/* So many bytes of the channel were used up at the instant. */
void snap_explain_recovery_taken(struct snap_explain_trace *trace,
                                 struct snap_explain_channel *channel, int64_t bytes,
                                 snap_ns at_ns);

/* Takes an event that is none of buffers. */
void snap_explain_recovery_event(struct snap_explain_trace *trace, const struct snap_event *event);

/* Completes the facts of the tasks. */
void snap_explain_recovery_end(struct snap_explain_trace *trace);

/* Whether the longest step, in queues, went by for most of its time until the receiver had used up
 * what was restored. */
bool snap_explain_recovery_rules(const struct snap_explain_walk *walk);

#endif
