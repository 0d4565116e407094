// SPDX-License-Identifier: Apache-2.0
/*
 * virtual.h: the runtime in virtual time: one thread, deterministic, far ahead where it may be.
 *
 * - Horizon rule: W is the least promise of all actors, so every future send happens at W or
 *   later; an actor may go on up to W plus the least latency of any link into it, because what it
 *   does not know yet cannot reach it before. A pass steps all actors that have something to do
 *   before their horizon, in any order.
 * - Two checks stay on: nobody sends before W, and nothing arrives before its target's horizon.
 * - SNAP_PACE_EVERY_RECORD steps only the actor that is next, one boundary at a time: slow and
 *   plainly right, what run-ahead is compared with.
 */
#ifndef SNAP_RUNTIME_VIRTUAL_H
#define SNAP_RUNTIME_VIRTUAL_H

#include "runtime/world.h"

enum snap_pace { SNAP_PACE_RUN_AHEAD, SNAP_PACE_EVERY_RECORD };

/*
 * Runs the world from its start to the end of the job or to sim->until_ns, closes it and returns
 * the instant of the end. `interrupted` (may be NULL) is asked now and then; true ends the run.
 */
snap_ns snap_virtual_run(struct snap_world *world, enum snap_pace pace, bool (*interrupted)(void));

/* Frees what the runtime added; after snap_world_fini. */
void snap_virtual_fini(struct snap_world *world);

/* To be called before snap_world_start: gives the actors their memory and their clock. */
void snap_virtual_init(struct snap_world *world);

#endif
