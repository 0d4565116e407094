// SPDX-License-Identifier: Apache-2.0
/*
 * state_digest.h: what a subtask's state holds, as a number. Tasks tell it when a snapshot is
 * taken, and again after it was put back: task_digest.h.
 *
 * - A digest is a sum over all entries of keyed state and all items of lists, with their
 *   operator's uid and their name: it does not depend on their order, nor on who holds which part,
 *   and is the same in every execution of the job.
 * - `dealt` is the same without lists whose items tell of their subtask, and without used-up
 *   splits: added up over all subtasks it stays the same when the state is dealt to another number
 *   of them, and when it went through files.
 * - Of a program's operators it is state by key and timers.
 * - Left out are sinks that commit (taking their state closes a part), sources that cannot replay
 *   (their cursors win over the state), operators that hold records back (they are under way again)
 *   and union and broadcast lists (everybody is given all of them).
 */
#ifndef SNAP_SNAPSHOT_STATE_DIGEST_H
#define SNAP_SNAPSHOT_STATE_DIGEST_H

#include "snapshot/savepoint.h"

struct snap_state_digest {
    uint64_t all;
    uint64_t dealt; /* of it, what is dealt to other subtasks */
    bool is_read;   /* from files, where lists do not say whether their items tell of a subtask */
};

/* Returns whether the operator's state counts. */
bool snap_state_digest_counts(const struct snap_operator *op);

/* Adds what was taken of the operator. */
void snap_state_digest_add(struct snap_state_digest *digest,
                           const struct snap_operator_state *taken, const struct snap_operator *op);

/* Returns `dealt` of what was read from files, before it is dealt; of operators that nobody takes
 * nothing counts. */
uint64_t snap_state_digest_read(const struct snap_savepoint *savepoint);

#endif
