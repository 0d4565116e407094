// SPDX-License-Identifier: Apache-2.0
/*
 * resume.h: how a run goes on after an execution of its job has ended: with the next one, from a
 * savepoint.
 *
 * - A run is a list of executions, each a world of its own: its job, actors, coordinator and clock
 *   that goes on. Worlds before the last stay until the run ends; nothing runs in them any more.
 * - What outlives an execution: files, savepoints, the observers, and the world memory of each
 *   operator and subtask (strings, lists, part numbers, cursors), which moves to the subtask of the
 *   same uid and number.
 * - Attempts count on, so that no file is named twice.
 * - Called between executions, by one thread.
 */
#ifndef SNAP_RUNTIME_RESUME_H
#define SNAP_RUNTIME_RESUME_H

#include "snapshot/savepoint.h"
#include "actor/world.h"

/*
 * Finds the RESTART_FROM that follows the end of the world's job: one that came while it ran, else
 * the next one. Returns false if there is none before the run's end.
 */
bool snap_resume_find(struct snap_world *ended, uint32_t *action, snap_ns *start_ns);

/* Prepares the execution that the action wants; memory of the ended world's arena. NULL without an
 * error: there is nothing to start from, and the action is optional. Errors: SNAP_ERROR_RESTORE. */
struct snap_resume *snap_resume_prepare(struct snap_world *ended, uint32_t action, snap_ns start_ns,
                                        struct snap_error *error);

/* For world.c: sets what the world of the execution starts with; moves world memory into it. */
void snap_resume_world(struct snap_world *world);
void snap_resume_memory(struct snap_world *world);

#endif
