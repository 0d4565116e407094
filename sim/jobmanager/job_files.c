// SPDX-License-Identifier: Apache-2.0
/*
 * The files of a snapshot: written when the last acknowledgement is there, before it counts.
 *
 * - A state that cannot be written is declined for its task, as the task itself does in Flink;
 *   metadata that cannot be written fail what would be complete. Either counts against the number
 *   of failures that the job tolerates.
 * - What another rule refuses anyway is not written.
 * Flink: AsyncCheckpointRunnable, CheckpointCoordinator.finalizeCheckpoint.
 */
#include "snapshot/checkpoint_files.h"
#include "jobmanager/job_manager.h"
#include "snapshot/task_snapshot.h"
#include "snapshot/task_files.h"

static const struct snap_checkpoint_record *pending_of(const struct snap_job_manager *jm,
                                                       snap_checkpoint_id checkpoint)
{
    const struct snap_checkpoint_record *record = jm->coordinator.pending.first;

    while (record->id != checkpoint)
        record = record->next;
    return record;
}

/* The record as it will be with the acknowledgement; lists that it changes are the arena's. */
static struct snap_checkpoint_record with_ack(const struct snap_checkpoint_record *record,
                                              const struct snap_task_ack *ack,
                                              struct snap_arena *arena)
{
    struct snap_checkpoint_record full = *record;
    uint32_t tasks = record->shape.tasks;

    full.task_parts = snap_arena_copy(arena, full.task_parts, tasks * sizeof(*full.task_parts));
    full.task_states = snap_arena_copy(arena, full.task_states, tasks * sizeof(*full.task_states));
    full.unions = snap_arena_copy(arena, full.unions, tasks * sizeof(*full.unions));
    full.ended = snap_arena_copy(arena, full.ended, tasks * sizeof(*full.ended));
    full.plan.finished =
        snap_arena_copy(arena, full.plan.finished, tasks * sizeof(*full.plan.finished));
    snap_checkpoint_record_ack_task(&full, ack);
    return full;
}

static bool is_refused(const struct snap_job_manager *jm,
                       const struct snap_checkpoint_record *record)
{
    return jm->coordinator.storage_failing ||
           (jm->coordinator.config.after_tasks_finish &&
            snap_checkpoint_record_splits_union(record, &jm->graph));
}

static struct snap_files_outcome write_with(struct snap_job_manager *jm,
                                            snap_checkpoint_id checkpoint,
                                            const struct snap_task_ack *ack)
{
    struct snap_files_outcome outcome = {.end = SNAP_FILES_WRITTEN};
    struct snap_world *world = jm->actor.world;
    struct snap_arena arena;
    struct snap_checkpoint_record record;

    if (!world->files || !snap_coordinator_would_complete(&jm->coordinator, checkpoint, ack))
        return outcome;
    snap_arena_init(&arena);
    record = with_ack(pending_of(jm, checkpoint), ack, &arena);
    if (!is_refused(jm, &record))
        outcome = snap_checkpoint_files_write(
            world->files, &record,
            record.request != SNAP_NO_REQUEST ? &world->timeline.actions[record.request] : NULL,
            jm->actor.now_ns);
    snap_arena_fini(&arena);
    return outcome;
}

/* What completes a checkpoint is its metadata, which goes to the same storage. */
static void tell_whether_storage_works(struct snap_job_manager *jm)
{
    if (snap_storage_model_fails(&jm->storage, jm->actor.now_ns) ||
        snap_storage_model_is_full(&jm->storage, jm->actor.now_ns))
        snap_coordinator_storage_fails(&jm->coordinator, jm->actor.now_ns);
    else
        snap_coordinator_storage_recovers(&jm->coordinator, jm->actor.now_ns);
}

bool snap_job_manager_write_files(struct snap_job_manager *jm, snap_checkpoint_id checkpoint,
                                  const struct snap_task_ack *ack)
{
    struct snap_task_decline decline = {.checkpoint = checkpoint,
                                        .reason = SNAP_FAILURE_CHECKPOINT_ASYNC_EXCEPTION};
    struct snap_files_outcome outcome;

    tell_whether_storage_works(jm);
    outcome = write_with(jm, checkpoint, ack);
    switch (outcome.end) {
    case SNAP_FILES_WRITTEN:
        return true;
    case SNAP_FILES_HOPELESS:
        jm->error = outcome.error;
        jm->files_failed = true;
        snap_coordinator_storage_fails(&jm->coordinator, jm->actor.now_ns);
        return true;
    case SNAP_FILES_METADATA_FAILED:
        snap_coordinator_storage_fails(&jm->coordinator, jm->actor.now_ns);
        return true;
    case SNAP_FILES_STATE_FAILED:
        break;
    }
    SNAP_EVENT(&jm->actor, WRITE_REFUSED, jm->actor.now_ns, outcome.task);
    decline.task = outcome.task;
    snap_coordinator_decline(&jm->coordinator, jm->actor.now_ns, &decline);
    snap_task_snapshot_free(ack->state);
    return false;
}

void snap_job_manager_end_if_hopeless(struct snap_job_manager *jm)
{
    if (!jm->files_failed)
        return;
    jm->files_failed = false;
    snap_job_manager_fail_globally(jm, SNAP_CAUSE_CHECKPOINT_FAILURES);
}

void snap_job_manager_tell_damage(struct snap_job_manager *jm, uint32_t task)
{
    const struct snap_checkpoint_record *from = snap_job_manager_latest(jm);
    const struct snap_task_snapshot *snapshot = from ? from->task_states[task] : NULL;
    struct snap_task_files files = {jm->actor.world->job, task, 0, NULL};

    if (!snapshot)
        return;
    files.checkpoint = from->id;
    files.machine = snapshot->lies_there ? &snapshot->machine : NULL;
    snap_task_files_check(jm->actor.world->files, &files, jm->actor.now_ns);
}
