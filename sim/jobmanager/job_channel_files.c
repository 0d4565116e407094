// SPDX-License-Identifier: Apache-2.0
/*
 * Which subtasks write their data in flight into one file, and how many files a checkpoint has.
 *
 * - Subtasks of a TaskManager share files, so many at a time, in the order of their ids. Flink
 *   takes them in the order in which they start.
 * - The first of a group to write for a checkpoint opens the file; the others only add bytes.
 * Flink: ChannelStateWriteRequestExecutorFactory, ChannelStateCheckpointWriter.
 */
#include "jobmanager/job_manager.h"
#include "snapshot/task_snapshot.h"

void snap_job_manager_group_files(struct snap_job_manager *jm)
{
    struct snap_world *world = jm->actor.world;
    const struct snap_job *job = world->job;
    uint32_t per_file = world->sim->config.checkpoint.unaligned.subtasks_per_file_max;
    uint32_t *counts = SNAP_ARENA_ARRAY(&world->arena, uint32_t, job->task_manager_count);
    uint32_t *groups = SNAP_ARENA_ARRAY(&world->arena, uint32_t, job->task_manager_count);

    jm->file_groups = SNAP_ARENA_ARRAY(&world->arena, uint32_t, job->task_count);
    jm->files_opened = SNAP_ARENA_ARRAY(&world->arena, snap_checkpoint_id, job->task_count);
    for (uint32_t t = 0; t < job->task_count; t++) {
        uint32_t on = job->task_manager[t];

        if (counts[on]++ % per_file == 0)
            groups[on] = jm->file_group_count++;
        jm->file_groups[t] = groups[on];
    }
}

bool snap_job_manager_joins_file(struct snap_job_manager *jm, uint32_t task,
                                 snap_checkpoint_id checkpoint)
{
    snap_checkpoint_id *opened = &jm->files_opened[jm->file_groups[task]];

    if (*opened == checkpoint)
        return true;
    *opened = checkpoint;
    return false;
}

void snap_job_manager_tell_files(struct snap_job_manager *jm,
                                 const struct snap_checkpoint_record *record)
{
    struct snap_arena scratch;
    bool *used;
    int64_t files = 0;
    int64_t subtasks = 0;
    int64_t bytes = 0;

    snap_arena_init(&scratch);
    used = SNAP_ARENA_ARRAY(&scratch, bool, jm->file_group_count);
    for (uint32_t t = 0; t < record->shape.tasks; t++) {
        const struct snap_task_snapshot *snapshot = record->task_states[t];
        int64_t of_task = snapshot ? snapshot->inputs.bytes + snapshot->outputs.bytes : 0;

        if (of_task == 0)
            continue;
        files += !used[jm->file_groups[t]];
        used[jm->file_groups[t]] = true;
        subtasks++;
        bytes += of_task;
    }
    snap_arena_fini(&scratch);
    if (files > 0)
        SNAP_EVENT(&jm->actor, CHANNEL_FILES, jm->actor.now_ns, record->id, files, subtasks, bytes);
}
