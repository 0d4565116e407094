// SPDX-License-Identifier: Apache-2.0
/*
 * virtual.h: the runtime in virtual time: one thread, deterministic, far ahead where it may be.
 *
 * - Horizon rule: an actor promises the earliest instant at which it sends anything by itself. A
 *   node (a vertex, or the JobManager) sends at the earliest of its actors' promises, or when
 *   something sent by another node can have reached it; that is a shortest path over the links.
 *   What an actor does not know yet cannot reach it before the earliest send of a neighbour plus
 *   the link's latency: up to there it may go on. A pass steps all actors that have something to
 *   do before their horizon, and may send something before it, in any order. The others keep
 *   nobody waiting: they are stepped later, further at a time.
 * - Two checks stay on: nobody sends before W, the least of these instants, and nothing arrives
 *   before its target's horizon.
 * - SNAP_PACE_EVERY_RECORD steps only the actor that is next, one boundary at a time: slow and
 *   plainly right, what run-ahead is compared with.
 */
#ifndef SNAP_RUNTIME_VIRTUAL_H
#define SNAP_RUNTIME_VIRTUAL_H

#include "actor/world.h"

enum snap_pace { SNAP_PACE_RUN_AHEAD, SNAP_PACE_EVERY_RECORD };

/* To be called once after snap_world_start. */
void snap_virtual_start(struct snap_world *world);

/*
 * Makes at most so many passes, or with SNAP_PACE_EVERY_RECORD boundaries, and hands events on now
 * and then. Returns false when the run has come to the end of the job or to sim->until_ns.
 */
bool snap_virtual_advance(struct snap_world *world, enum snap_pace pace, uint64_t passes);

/* Closes the world, be it at its end or not; returns the instant at which it was closed. */
snap_ns snap_virtual_end(struct snap_world *world);

/* Frees what the runtime added; after snap_world_fini. */
void snap_virtual_fini(struct snap_world *world);

/* To be called before snap_world_start: gives the actors their memory and their clock. */
void snap_virtual_init(struct snap_world *world);

#endif
