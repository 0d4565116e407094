// SPDX-License-Identifier: Apache-2.0
/*
 * job_sabotage.h: what the JobManager does when a rule is broken on purpose; see
 * model/sabotage.h.
 *
 * - Each function does nothing, or gives back what it was given, unless its rule is broken.
 * - Called in the JobManager's thread.
 */
#ifndef SNAP_JOBMANAGER_JOB_SABOTAGE_H
#define SNAP_JOBMANAGER_JOB_SABOTAGE_H

#include <stdbool.h>

#include "actor/broken.h"
#include "jobmanager/job_manager.h"

/* forget-checkpoint: whether the action, which tells of the end of a checkpoint that was given up,
 * is left out. */
bool snap_sabotage_forgets_end(struct snap_job_manager *jm,
                               const struct snap_coordinator_action *action);

/* forget-restart: whether the region, which is to be deployed again, is not. */
bool snap_sabotage_forgets_restart(struct snap_job_manager *jm);

/* take-late-ack: returns the checkpoint for which the acknowledgement counts; sets its attempt. */
snap_checkpoint_id snap_sabotage_late_ack(struct snap_job_manager *jm,
                                          snap_checkpoint_id checkpoint, struct snap_task_ack *ack);

/* restore-older: returns the checkpoint that a restart begins with, NULL for none. */
const struct snap_checkpoint_record *
snap_sabotage_restored_from(struct snap_job_manager *jm, const struct snap_checkpoint_record *from);

/* ack-before-persist: remembers a write that was finished (`mail` answers it), and returns NULL in
 * place of a snapshot whose write never was. */
void snap_sabotage_note_stored(struct snap_job_manager *jm, const struct snap_mail *mail);
struct snap_task_snapshot *snap_sabotage_found(const struct snap_job_manager *jm, uint32_t task,
                                               struct snap_task_snapshot *snapshot);

#endif
