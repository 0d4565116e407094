// SPDX-License-Identifier: Apache-2.0
/*
 * action_read.h: what can be done to a run: the table of actions, and how each is written.
 *
 * - The table (action_table.c) is what `snapsim help actions` and docs/SCENARIO.md print.
 * - Rows of one name are told apart by what they are meant for.
 */
#ifndef SNAP_SCENARIO_ACTION_READ_H
#define SNAP_SCENARIO_ACTION_READ_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

/* What an action does something to. */
enum snap_action_target {
    SNAP_TARGET_SUBTASK,
    SNAP_TARGET_TASK_MANAGER,
    SNAP_TARGET_JOB_MANAGER,
    SNAP_TARGET_STORAGE,
    SNAP_TARGET_MESSAGE,
    SNAP_TARGET_LINK,
};

struct snap_action_help {
    enum snap_action_kind kind;
    enum snap_action_target target;
    const char *name; /* NULL: the end of the table */
    const char *form;
    const char *example;
    const char *doc;
};

/* The actions there are. */
const struct snap_action_help *snap_action_helps(void);

/* Reads the value of an action whose kind is that of the first row of its name. Errors: at what is
 * wrong. */
bool snap_action_read(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_job *job, struct snap_action *action);

/* Returns "crash counts[1]", for messages. */
const char *snap_action_describe(struct snap_reader *reader, const struct snap_job *job,
                                 const struct snap_action *action);

#endif
