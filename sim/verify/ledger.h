// SPDX-License-Identifier: Apache-2.0
/*
 * ledger.h: the observer with its own books that proves what was lost or duplicated.
 *
 * - It reads spans, events and what sinks and states hold at the end; it never asks a machine what
 *   it believes. What should arrive it works out itself from the source records and the operators'
 *   plain functions (model/operator_rules.h).
 * - While the job runs, each task writes into books of its own: no locks. Afterwards one thread
 *   hands in states and parts and asks for the verdict, once.
 * - Mode `full` remembers each record. Mode `fingerprint` keeps count, sum and xor of the names of
 *   copies and can say: all there exactly once (0 and 0); so many fewer (lost; duplicated is null);
 *   so many more (duplicated; lost is null); as many, but others (at least one of each). Order,
 *   wrong state and pending are null there, and all of lost and duplicated once records are
 *   missing in a job that is stopped, since they may be on their way. No culprit.
 * - A job that ended is FINISHED or FAILED; with any other status it was stopped on its way.
 */
#ifndef SNAP_VERIFY_LEDGER_H
#define SNAP_VERIFY_LEDGER_H

#include "base/arena.h"
#include "model/baseline.h"
#include "model/event.h"
#include "model/observer.h"
#include "model/operator_rules.h"
#include "model/simulation.h"
#include "model/verdict.h"

struct snap_ledger;

/*
 * Makes a ledger with empty books for the simulation's job; its mode must not be `off`. `rules` has
 * an entry an operator. Both are borrowed until the ledger is destroyed.
 */
struct snap_ledger *snap_ledger_create(const struct snap_simulation *simulation,
                                       const struct snap_operator_rules *const *rules);

/*
 * The run starts from a snapshot on disk: nothing is expected of the records below its offsets, and
 * keyed values and windows go on from what it held: verify/window_check.h. Borrowed until the
 * ledger is destroyed; called before the run.
 */
void snap_ledger_begin_at(struct snap_ledger *ledger, const struct snap_baseline *baseline);

/*
 * A new execution of the job starts from a savepoint: state is cut back to it and dealt to the new
 * subtasks, splits go back to it, what sinks wrote stays. Operators are the same ones if their uid
 * is; of one that the job before did not have nothing is expected of before. `rules` has an entry
 * an operator of the new job, borrowed like the first ones. Called between executions.
 */
void snap_ledger_resume(struct snap_ledger *ledger, const struct snap_execution_start *start,
                        const struct snap_operator_rules *const *rules);

/* Gives back all its memory; NULL is fine. */
void snap_ledger_destroy(struct snap_ledger *ledger);

/* Returns the observer to hand to a runtime; it wants spans and local events. */
struct snap_observer snap_ledger_observer(struct snap_ledger *ledger);

/* Takes one entry of keyed state of a task that is alive or has finished at the end. The first
 * argument is the struct snap_ledger, so that this fits where a callback is wanted. */
void snap_ledger_take_state(void *ledger, const struct snap_state_entry *entry);

/* The same for named states: what those hold that are compared with a shadow's. */
void snap_ledger_take_named(void *ledger, const struct snap_named_entry *entry);

/* Takes one part as a reader finds it; its lines are compared at once and not kept. */
void snap_ledger_take_part(void *ledger, const struct snap_sink_part *part);

/* The same for a sink that the last job has no more: of the execution that had it last. */
void snap_ledger_take_removed_part(void *ledger, uint32_t execution,
                                   const struct snap_sink_part *part);

/* Works out the verdict; arrays and texts in it lie in the arena. */
void snap_ledger_judge(struct snap_ledger *ledger, enum snap_job_status status,
                       struct snap_arena *arena, struct snap_verdict *verdict);

#endif
