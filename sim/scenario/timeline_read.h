// SPDX-License-Identifier: Apache-2.0
/*
 * timeline_read.h: `timeline`: what happens during the run, and when.
 *
 * - An entry has at (an instant) or when (an event in words) with an optional delay, and one action
 *   (action_read.h). every, times and probability say how often.
 */
#ifndef SNAP_SCENARIO_TIMELINE_READ_H
#define SNAP_SCENARIO_TIMELINE_READ_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

/* What the entries of a timeline refer to. */
struct snap_timeline_surroundings {
    const struct snap_job *job;
    snap_ns heartbeat_timeout_ns; /* Flink's setting */
};

/* Reads the list (NULL or null: none). In one with restarts an entry that does not fit the job is
 * left for later, without a text. Errors: at what is wrong. */
bool snap_timeline_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_timeline_surroundings *around,
                        struct snap_timeline *timeline);

/* Reads what was left, now that the jobs of restarts are there: an entry may name what any of them
 * has. Errors: at what is wrong. */
bool snap_timeline_read_rest(struct snap_reader *reader, const struct snap_node *list,
                             const struct snap_timeline_surroundings *around,
                             struct snap_timeline *timeline);

#endif
