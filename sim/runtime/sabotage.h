// SPDX-License-Identifier: Apache-2.0
/*
 * sabotage.h: what the runtime does when a rule is broken on purpose: model/sabotage.h.
 *
 * - Each function does nothing, or gives back what it was given, unless its rule is broken.
 * - Each rule has one place here or, for skip-alignment, in task_items.c. SABOTAGED is told when
 *   breaking it made a difference, by the actor that broke it.
 * - A function of a task is called in the task's thread, one of the JobManager in its.
 */
#ifndef SNAP_RUNTIME_SABOTAGE_H
#define SNAP_RUNTIME_SABOTAGE_H

#include <stdbool.h>

#include "runtime/job_manager.h"
#include "runtime/task.h"

/* A write to the storage that came to its end while its task was alive. */
struct snap_stored_write {
    uint32_t task;
    uint64_t request;
};

static inline bool snap_breaks(const struct snap_world *world, enum snap_broken_rule rule)
{
    return (world->sim->sabotage >> rule & 1) != 0;
}

void snap_tell_sabotaged(struct snap_actor *actor, enum snap_broken_rule rule,
                         snap_checkpoint_id checkpoint);

/* commit-before-complete: sinks hear of the completion as soon as their snapshot is taken. Returns
 * false if one could not write. */
bool snap_sabotage_commit_early(struct snap_task *task, snap_checkpoint_id checkpoint);

/* forget-state, forget-split, double-restore: what the operators of the chain are given back. The
 * result is the snapshot's, or a changed copy in the attempt's arena. */
const struct snap_operator_state *snap_sabotage_restored(struct snap_task *task,
                                                         const struct snap_task_snapshot *from);

/* no-blocking-without-capture: whether data that comes before its channel's barrier, to a task that
 * has taken its snapshot, is let through. */
bool snap_sabotage_lets_pass(struct snap_task *task, const struct snap_async_part *part,
                             const struct snap_buffer *buffer);

/* forget-overtaken-output: whether data that a barrier overtakes in an output is not saved. */
bool snap_sabotage_forgets_output(struct snap_task *task, const struct snap_async_part *part,
                                  const struct snap_buffer *buffer);

/* forget-channel-state, double-channel-restore: how often in-flight data is put back. */
uint32_t snap_sabotage_restores(struct snap_task *task, const struct snap_channel_state *state,
                                bool outputs);
/* overbook-buffers: gives the channel an exclusive buffer that nobody has, where its gate has
 * exclusive ones. */
void snap_sabotage_overbook(struct snap_task *task, struct snap_input_channel *channel);

/* forget-blocked-time: what the task tells of its times has none of that sort. */
void snap_sabotage_times(struct snap_task *task);

/* skip-initializing: whether the task keeps its status to itself. */
bool snap_sabotage_skips_status(struct snap_task *task);

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
