// SPDX-License-Identifier: Apache-2.0
/*
 * threads.h: the runtime on real threads: one thread a task and one for the JobManager.
 *
 * - The same task loop as in virtual time; a buffer is the unit that crosses threads.
 * - Each actor has a post box: a list under a mutex that others add to, and one word that says
 *   whether mail is waiting or the owner is parked. Only a parked owner is woken. Nobody polls.
 * - Lock order: one post box at a time; no lock is held while another is taken, nor while actor
 *   code runs. An actor's memory is touched by its own thread only; what crosses is in a mail.
 * - Network latency is what the machine gives; the link's bandwidth, storage latency, costs (as
 *   model.cost-mode says), synchronous parts and timers are spent in real time.
 * - A thread ends with its attempt: a crash ends all threads of the region, and each deployment
 *   joins the old one and starts a new one. A task that has finished keeps its thread, to serve
 *   credits. A stop ends each thread at its next boundary.
 */
#ifndef SNAP_RUNTIME_THREADS_H
#define SNAP_RUNTIME_THREADS_H

#include "actor/world.h"

/* To be called before snap_world_start: gives each actor its memory, post box and clock. */
void snap_threads_init(struct snap_world *world);

/* Runs all threads until the job is over, sim->until_ns has passed, or `interrupted` says so (asked
 * every 50 ms; may be NULL); joins them, closes the world and returns the instant of the end.
 * Errors: a thread cannot be started. */
snap_ns snap_threads_run(struct snap_world *world, bool (*interrupted)(void),
                         struct snap_error *error);

/* Frees what the runtime added; after snap_world_fini. */
void snap_threads_fini(struct snap_world *world);

#endif
