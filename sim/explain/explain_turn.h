// SPDX-License-Identifier: Apache-2.0
/*
 * explain_turn.h: how long barriers that overtake wait for a turn on the cores, as it was and by
 * closed form (`model: unaligned-turn`).
 *
 * - A trace does not tell it. All barriers that a subtask sends over the network leave at once, so
 *   what its quickest receiver waited beyond a message is the turn, and at most a record in work.
 * - Of a real job nothing is known of turns: they count as queues.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_TURN_H
#define SNAP_EXPLAIN_EXPLAIN_TURN_H

#include "explain/explain_forms.h"

/* Returns how much of the hop, which was taken, its sender waited for its turn; 0: none. Never more
 * than the longest turn, nor than the hop has behind the timeout of aligned checkpoints. */
snap_ns snap_explain_turn_of(const struct snap_facts *facts, const struct snap_fact_hop *hop);

/* Returns what the turns of an unaligned checkpoint take over the walk, in the mean: a subtask goes
 * on with the first barrier of its N senders, 1 / (N + 1) of all turns; the last subtask of the
 * walk needs all of them, N / (N + 1). */
snap_ns snap_form_turns(const struct snap_forms_of *forms);

#endif
