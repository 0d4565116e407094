// SPDX-License-Identifier: Apache-2.0
/*
 * task_files.h: what a checkpoint on disk has of one task: it can be damaged, and looked at.
 *
 * - Restores within a run take the states from memory; whether one fails follows from what the
 *   timeline has done. What the user is told of it comes from the files, which are really read.
 * - NULL as `files`, and checkpoints without files: nothing happens.
 * - The JobManager's thread.
 */
#ifndef SNAP_SNAPSHOT_TASK_FILES_H
#define SNAP_SNAPSHOT_TASK_FILES_H

#include "snapshot/checkpoint_files.h"

struct snap_task_files {
    const struct snap_job *job;
    uint32_t task;
    snap_checkpoint_id checkpoint;
    const struct snap_machine *machine; /* that has the files; NULL: all can read them */
};

/* Damages a file of the task's; the user hears of it if that does not work. */
void snap_task_files_damage(struct snap_checkpoint_files *files, const struct snap_task_files *of,
                            enum snap_stored_damage damage, snap_ns now_ns);

/* Reads the task's states and tells the user what is wrong with them, if anything is. */
void snap_task_files_check(struct snap_checkpoint_files *files, const struct snap_task_files *of,
                           snap_ns now_ns);

#endif
