// SPDX-License-Identifier: Apache-2.0
/*
 * timeline_read.h: `timeline`: what happens during the run, and when.
 *
 * - An entry has at (an instant) or when (an event in words) with an optional delay, and one
 *   action. The table of actions is what `snapsim help actions` prints.
 */
#ifndef SNAP_SCENARIO_TIMELINE_READ_H
#define SNAP_SCENARIO_TIMELINE_READ_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

struct snap_action_help {
    const char *name; /* NULL: the end of the table */
    const char *example;
    const char *doc;
};

/* Reads the list (NULL or null: none). Errors: at what is wrong. */
bool snap_timeline_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_job *job, struct snap_timeline *timeline);

/* The actions there are. */
const struct snap_action_help *snap_action_helps(void);

#endif
