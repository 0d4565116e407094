// SPDX-License-Identifier: Apache-2.0
/*
 * target_read.h: whom an action strikes or an event is told of: a subtask uid[i], a TaskManager
 * tm[j], the JobManager.
 *
 * - Who calls one of them otherwise ("taskmanager", "count (2/2)") is told how it is written.
 */
#ifndef SNAP_SCENARIO_TARGET_READ_H
#define SNAP_SCENARIO_TARGET_READ_H

#include "model/job.h"
#include "model/timeline.h"
#include "scenario/reader.h"

/* Reads uid[i]. Errors: no such operator, index out of range. */
bool snap_subtask_read(struct snap_reader *reader, const struct snap_node *node, const char *text,
                       const struct snap_job *job, struct snap_action *action);

/* Reads what `crash` takes, any of them, and says so in the action's kind. Errors: as above, and
 * for TaskManagers. */
bool snap_crash_target_read(struct snap_reader *reader, const struct snap_node *node,
                            const struct snap_job *job, struct snap_action *action);

#endif
