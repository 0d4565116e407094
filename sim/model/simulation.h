// SPDX-License-Identifier: Apache-2.0
/*
 * simulation.h: one run, completely described: what the scenario reader makes (one variant, all
 * overrides applied) and the runtimes perform.
 *
 * - Plain data, constant once made, owned by the arena of whoever made it.
 * - Two runs of the same simulation in virtual time are equal byte for byte.
 */
#ifndef SNAP_MODEL_SIMULATION_H
#define SNAP_MODEL_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"
#include "model/job.h"
#include "model/sabotage.h"
#include "model/timeline.h"

enum snap_ledger_mode { SNAP_LEDGER_OFF, SNAP_LEDGER_FINGERPRINT, SNAP_LEDGER_FULL };

enum snap_runtime_kind { SNAP_RUNTIME_VIRTUAL, SNAP_RUNTIME_THREADS };

struct snap_simulation {
    const char *name;    /* of the scenario */
    const char *variant; /* NULL: the scenario without overrides */
    uint64_t seed;
    snap_ns until_ns; /* SNAP_NEVER: until all sources have finished, or SNAP_DURATION_MAX */
    const struct snap_job *job;
    struct snap_config config;
    struct snap_cost_model model;
    struct snap_timeline timeline;
    enum snap_ledger_mode ledger;
    uint32_t sabotage; /* enum snap_sabotage bits */
};

/* Returns the instant at which the run ends if the job has not ended before. */
static inline snap_ns snap_simulation_end_ns(const struct snap_simulation *sim)
{
    return snap_ns_min(sim->until_ns, SNAP_DURATION_MAX);
}

#endif
