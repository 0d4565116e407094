// SPDX-License-Identifier: Apache-2.0
/*
 * world_life.h: the life of a world: it is built with all its actors, started, stepped, closed and
 * freed. Here the actors are known as tasks and JobManager; they themselves know only each other's
 * mails.
 */
#ifndef SNAP_RUNTIME_WORLD_LIFE_H
#define SNAP_RUNTIME_WORLD_LIFE_H

#include <stdbool.h>

#include "actor/world.h"

/* What a run needs besides the simulation; everything is borrowed for the run. */
struct snap_world_options {
    struct snap_fs *fs;
    const struct snap_observer *observers;
    uint32_t observer_count;
    struct snap_savepoints *savepoints;
    struct snap_checkpoint_files *files; /* or NULL */
    struct snap_large_states *large_states;
    const struct snap_resume *resume; /* NULL: the first execution */
};

/* Builds all actors; nothing runs yet. Blocks and runtime are set by the runtime. */
void snap_world_init(struct snap_world *world, const struct snap_simulation *sim,
                     const struct snap_world_options *options);

/* Frees everything; the world must have come to its end. */
void snap_world_fini(struct snap_world *world);

/* Puts the first mails into the inboxes: the start of the job and the timeline's instants. */
void snap_world_start(struct snap_world *world);

/* Returns whether the job has come to its end (finished or failed). */
bool snap_world_is_over(const struct snap_world *world);

/* Returns the job's status. */
enum snap_job_status snap_world_job_status(const struct snap_world *world);

/* Returns when the job came to its end; before that, SNAP_NEVER. */
snap_ns snap_world_ended_ns(const struct snap_world *world);

/* Ends the run at `at_ns`: accounts all times up to there and emits the totals. */
void snap_world_close(struct snap_world *world, snap_ns at_ns);

/* Runs the actor up to its horizon; sets next_ns and promise_ns. */
void snap_actor_step(struct snap_actor *actor);

/* Returns whether the actor may send something because of the mail, which is on its way to it,
 * before it would have sent something anyway. */
bool snap_actor_may_answer(const struct snap_actor *actor, const struct snap_mail *mail);

#endif
