// SPDX-License-Identifier: Apache-2.0
/*
 * state_digest.h: tells what a subtask's state holds, as a number: when a snapshot is taken, and
 * again after it was put back. Nothing is computed unless somebody wants the events.
 *
 * - A digest is a sum over all entries of keyed state and all items of lists, with their
 *   operator's uid and their name: it does not depend on their order, nor on who holds which part,
 *   and is the same in every execution of the job.
 * - `dealt` is the same without lists whose items tell of their subtask, and without used-up
 *   splits: added up over all subtasks it stays the same when the state is dealt to another number
 *   of them, and when it went through files.
 * - After a restore the operators are asked for their state anew: what counts is what they have,
 *   not what they were given.
 * - Of a program's operators it is state by key and timers.
 * - Left out are sinks that commit (taking their state closes a part), sources that cannot replay
 *   (their cursors win over the state), operators that hold records back (they are under way again)
 *   and union and broadcast lists (everybody is given all of them).
 */
#ifndef SNAP_RUNTIME_STATE_DIGEST_H
#define SNAP_RUNTIME_STATE_DIGEST_H

#include "runtime/savepoint.h"
#include "runtime/task.h"

/* Sets the snapshot's digest and tells STATE_TAKEN. */
void snap_state_digest_taken(struct snap_task *task, struct snap_task_snapshot *snapshot);

/* Tells STATE_RESTORED of a task that has just opened its operators with a checkpoint's state. */
void snap_state_digest_restored(struct snap_task *task);

/* Returns `dealt` of what was read from files, before it is dealt; of operators that nobody takes
 * nothing counts. */
uint64_t snap_state_digest_read(const struct snap_savepoint *savepoint);

#endif
