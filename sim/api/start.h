// SPDX-License-Identifier: Apache-2.0
/*
 * start.h: what a run of a program starts from: a snapshot in files, as its options or the job's
 * settings say. Options win.
 *
 * - Opened before anything is written: what does not fit is refused then.
 */
#ifndef SNAP_API_START_H
#define SNAP_API_START_H

#include "model/simulation.h"
#include "snapshot/restore.h"
#include "snap.h"

/* Opens it; *restored is NULL if the run starts from nothing. Free it with snap_restored_close,
 * after the run. `arena` has what the request is made of. Errors: SNAP_ERROR_USAGE, and those of
 * snap_restored_open. */
bool snap_api_start_open(const struct snapsim_start *start, const struct snap_simulation *sim,
                         struct snap_arena *arena, struct snap_restored **restored,
                         struct snap_error *error);

#endif
