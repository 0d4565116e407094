// SPDX-License-Identifier: Apache-2.0
/*
 * oracles.h: all oracles together as one observer of a run.
 *
 * - create, observe the run, end, read the results, destroy.
 * - What they look at follows the ledger: with `full` also records and the digests of states, else
 *   events only, which cost nothing that can be measured. Events of buffers they take if somebody
 *   wants them anyway.
 */
#ifndef SNAP_VERIFY_ORACLES_H
#define SNAP_VERIFY_ORACLES_H

#include "verify/oracle.h"

struct snap_oracles;

/* Makes the books. Simulation and rules (an entry an operator) are borrowed until destroy. */
struct snap_oracles *snap_oracles_create(const struct snap_simulation *simulation,
                                         const struct snap_operator_rules *const *rules);
void snap_oracles_destroy(struct snap_oracles *oracles);

/* The run starts from a snapshot on disk: to be called before it. */
void snap_oracles_begin_at(struct snap_oracles *oracles, const struct snap_baseline *baseline);

/* Returns the observer to hand to a runtime. */
struct snap_observer snap_oracles_observer(struct snap_oracles *oracles);

/* The job starts again: ends the watch over the execution before, begins the one over the new
 * one. `rules` has an entry an operator of the new job, borrowed until destroy. */
void snap_oracles_resume(struct snap_oracles *oracles, const struct snap_execution_start *start,
                         const struct snap_operator_rules *const *rules);

/* Ends the watch; `results` gets SNAP_ORACLE_COUNT entries, by enum snap_oracle_id. */
void snap_oracles_end(struct snap_oracles *oracles, const struct snap_oracle_end *end,
                      struct snap_oracle_result *results);

#endif
