// SPDX-License-Identifier: Apache-2.0
/*
 * judges.h: who judges a run: the ledger and the oracles, from the first event to the verdict.
 *
 * - Created before the run, they watch as observers, follow it from one execution to the next, and
 *   are heard when it has ended, as long as the run is there.
 * - The rules and the verdict's texts lie in the arena, which outlives them.
 */
#ifndef SNAP_API_JUDGES_H
#define SNAP_API_JUDGES_H

#include "base/arena.h"
#include "model/simulation.h"
#include "model/verdict.h"
#include "runtime/run.h"
#include "verify/ledger.h"
#include "verify/oracles.h"

struct snap_judges {
    struct snap_ledger *ledger; /* NULL: off */
    struct snap_oracles *oracles;
    struct snap_arena *arena; /* borrowed */
};

/* Appoints the judges that the simulation asks for; it is borrowed. */
void snap_judges_create(struct snap_judges *judges, const struct snap_simulation *sim,
                        struct snap_arena *arena);
void snap_judges_destroy(struct snap_judges *judges);

/* Adds them behind `count` observers; returns how many there are then. */
uint32_t snap_judges_observe(const struct snap_judges *judges, struct snap_observer *observers,
                             uint32_t count);

/* The run starts from a snapshot on disk; called before it. */
void snap_judges_begin_at(struct snap_judges *judges, const struct snap_baseline *baseline);

/* The run goes on with another execution. */
void snap_judges_resume(struct snap_judges *judges, const struct snap_execution_start *start);

/*
 * Fills the verdict of the run that has ended so; a counter that nobody judges is SNAP_UNJUDGED.
 * Errors: what a sink has written cannot be read; then the ledger has not judged.
 */
bool snap_judges_hear(struct snap_judges *judges, struct snap_run *run,
                      const struct snap_run_result *ended, struct snap_verdict *verdict,
                      struct snap_error *error);

#endif
