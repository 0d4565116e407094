// SPDX-License-Identifier: Apache-2.0
/*
 * progress.h: signs of life of a run that takes long: how far the job has come, and how it fares.
 *
 * - They are made of the statistics of the execution that goes on. On real threads these know
 *   nothing before the run is over: then only its time is told.
 * - A job whose restart strategy never tires may fail for ever, and each restart looks like work:
 *   the note says what the restarts come from.
 * - No clock here: the caller knows how long the user has been waiting, and when to speak.
 */
#ifndef SNAP_VIEW_PROGRESS_H
#define SNAP_VIEW_PROGRESS_H

#include "base/text.h"
#include "trace/statistics.h"

/* Appends "12.345 s of the job after 30 s: 3 checkpoints completed, 1 failed, 2 restarts", without
 * the end of the line. */
void snap_progress_line(struct snap_text *text, const struct snap_statistics *statistics,
                        snap_ns passed_ns);

/* Appends how often the job has restarted, what the last failure was and, where a state was too
 * large for the JobManager's storage, whose; without the end of the line. There was a restart. */
void snap_restarts_note(struct snap_text *text, const struct snap_statistics *statistics);

#endif
