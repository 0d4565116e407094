// SPDX-License-Identifier: Apache-2.0
#include "jobmanager/job_sabotage.h"

#include "snapshot/task_snapshot.h"

bool snap_sabotage_forgets_end(struct snap_job_manager *jm,
                               const struct snap_coordinator_action *action)
{
    if (!snap_breaks(jm->actor.world, SNAP_BROKEN_FORGET_CHECKPOINT))
        return false;
    if (action->type == SNAP_COORDINATOR_CHECKPOINT_ABORTED)
        snap_tell_sabotaged(&jm->actor, SNAP_BROKEN_FORGET_CHECKPOINT, action->checkpoint);
    return true;
}

bool snap_sabotage_forgets_restart(struct snap_job_manager *jm)
{
    if (!snap_breaks(jm->actor.world, SNAP_BROKEN_FORGET_RESTART))
        return false;
    snap_tell_sabotaged(&jm->actor, SNAP_BROKEN_FORGET_RESTART, SNAP_NO_CHECKPOINT);
    return true;
}

/* The place of the real one may be taken by a late one: nobody else has its snapshot. */
static void drop_second(const struct snap_checkpoint_record *record, snap_checkpoint_id checkpoint,
                        struct snap_task_ack *ack)
{
    while (record && record->id != checkpoint)
        record = record->next;
    if (!record || record->task_parts[ack->task] == SNAP_PART_MISSING || !ack->state)
        return;
    snap_task_snapshot_free(ack->state);
    ack->state = NULL;
}

snap_checkpoint_id snap_sabotage_late_ack(struct snap_job_manager *jm,
                                          snap_checkpoint_id checkpoint, struct snap_task_ack *ack)
{
    const struct snap_checkpoint_record *record;

    if (!snap_breaks(jm->actor.world, SNAP_BROKEN_TAKE_LATE_ACK))
        return checkpoint;
    record = jm->coordinator.pending.first;
    if (snap_coordinator_is_pending(&jm->coordinator, checkpoint)) {
        drop_second(record, checkpoint, ack);
        return checkpoint;
    }
    while (record && record->task_parts[ack->task] != SNAP_PART_MISSING)
        record = record->next;
    if (!record)
        return checkpoint;
    ack->attempt = record->attempts[ack->task];
    snap_tell_sabotaged(&jm->actor, SNAP_BROKEN_TAKE_LATE_ACK, record->id);
    return record->id;
}

const struct snap_checkpoint_record *
snap_sabotage_restored_from(struct snap_job_manager *jm, const struct snap_checkpoint_record *from)
{
    const struct snap_checkpoint_record *older = NULL;

    if (!from || !snap_breaks(jm->actor.world, SNAP_BROKEN_RESTORE_OLDER))
        return from;
    for (const struct snap_checkpoint_record *at = jm->coordinator.store.kept.first; at != from;
         at = at->next)
        older = at;
    snap_tell_sabotaged(&jm->actor, SNAP_BROKEN_RESTORE_OLDER,
                        older ? older->id : SNAP_NO_CHECKPOINT);
    return older;
}

void snap_sabotage_note_stored(struct snap_job_manager *jm, const struct snap_mail *mail)
{
    const struct snap_known_task *task = &jm->tasks[mail->target];

    if (!snap_breaks(jm->actor.world, SNAP_BROKEN_ACK_BEFORE_PERSIST) || mail->flag ||
        mail->attempt != jm->regions[task->region].attempt || task->status != SNAP_TASK_RUNNING)
        return;
    jm->stored = snap_arena_grow(&jm->actor.world->arena, jm->stored, jm->stored_count,
                                 &jm->stored_capacity, sizeof(*jm->stored));
    jm->stored[jm->stored_count++] = (struct snap_stored_write){mail->target, mail->request};
}

struct snap_task_snapshot *snap_sabotage_found(const struct snap_job_manager *jm, uint32_t task,
                                               struct snap_task_snapshot *snapshot)
{
    if (!snapshot || snapshot->request == 0)
        return snapshot;
    for (uint32_t i = 0; i < jm->stored_count; i++)
        if (jm->stored[i].task == task && jm->stored[i].request == snapshot->request)
            return snapshot;
    return NULL;
}
