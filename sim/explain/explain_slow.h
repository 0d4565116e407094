// SPDX-License-Identifier: Apache-2.0
/*
 * explain_slow.h: what of a walk made the checkpoint slow, and which subtask it is about.
 *
 * - Of what took time only the kind that took longest counts; in queues it is asked further whether
 *   all are alike, one subtask lags, or one input.
 * - A subtask that lags and is backpressured, not busy, waits for others: the one behind it that
 *   has more to do than the rest of its vertex is named, or none if they are all alike. How busy a
 *   subtask is may not be known (NaN): then it stands for itself.
 * - What subtasks did before they can be sure to have begun their work is start-up, nothing else.
 * - The walk is filled in; scratch memory is taken from the arena. One thread.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_SLOW_H
#define SNAP_EXPLAIN_EXPLAIN_SLOW_H

#include "explain/explain_walk.h"

/* A subtask that works so much of its time is busy; waits so much for room, backpressured. */
#define SNAP_BUSY_MIN 0.5

/* It has more to do than the others of its vertex. */
#define SNAP_LOADED_FACTOR_MIN 1.3

/* So much more than the others of its vertex tells something; what is less than the other of a
 * difference is none. */
#define SNAP_LEAD_MIN 0.03
#define SNAP_ALIKE_MAX 0.01

/* Finds the longest step, what made it slow, and the culprit. The steps stand in order. */
void snap_explain_slow_find(struct snap_explain_walk *walk, struct snap_arena *arena);

/* Returns the share by which the subtask has more to do than the others of its vertex in the mean:
 * more records than chance would give it, or more of its time at work. 0: it has not, or it is not
 * known. Where all wait for room the one that leads is what they wait for, by however little. */
double snap_explain_lead(const struct snap_facts *facts, uint32_t task);

/* Whether the culprit is known to have neither more records nor more work than the others. */
bool snap_explain_is_alike(const struct snap_explain_walk *walk);

/* Whether the culprit is known not to have many more records than the others of its vertex. */
bool snap_explain_is_even(const struct snap_explain_walk *walk);

#endif
