// SPDX-License-Identifier: Apache-2.0
/* The files of a run's checkpoints: with which ones it begins, and when they go. */
#include "snapshot/checkpoint_files_parts.h"
#include "storage/rocksdb_restore.h"
#include "storage/snapshot_dispose.h"
#include "storage/snapshot_write.h"

/* ---- what goes ---- */

/* What is somebody else's in its directory stays. */
static bool dispose_claimed(struct snap_checkpoint_files *files, const struct snap_kept_files *gone,
                            struct snap_error *error)
{
    struct snap_snapshot_reading reading = {.fs = gone->fs, .arena = &files->arena};
    const struct snap_snapshot_place place = {.pointer = gone->directory,
                                              .uri_root = &files->sim->model.storage_root};
    uint32_t outside;

    return snap_snapshot_open(&reading, &place, error) &&
           snap_snapshot_dispose(&reading, &outside, error);
}

/* The lowest checkpoint kept, which is the first whose shared files are needed. */
static snap_checkpoint_id lowest_kept(const struct snap_checkpoint_files *files)
{
    snap_checkpoint_id lowest = INT64_MAX;

    for (uint32_t i = 0; i < files->kept_count; i++)
        if (files->kept[i].id < lowest)
            lowest = files->kept[i].id;
    return lowest;
}

/* A claimed snapshot stays while files in its own directory are used. */
static bool remove_kept(struct snap_checkpoint_files *files, const struct snap_kept_files *gone,
                        struct snap_error *error)
{
    if (!gone->is_claimed)
        return snap_snapshot_remove(gone->fs, gone->directory, error);
    files->waiting = *gone;
    snap_shared_files_leave(&files->shared, gone->id);
    return true;
}

static bool remove_waiting(struct snap_checkpoint_files *files, struct snap_error *error)
{
    struct snap_kept_files gone = files->waiting;

    if (!gone.fs || !files->shared.restored_is_over)
        return true;
    files->waiting = (struct snap_kept_files){.fs = NULL};
    return dispose_claimed(files, &gone, error);
}

/* Flink: CheckpointsCleaner, which logs what it could not discard and goes on. */
void snap_checkpoint_files_discard(struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                   snap_ns now_ns)
{
    for (uint32_t i = 0; files && i < files->kept_count; i++) {
        struct snap_kept_files gone = files->kept[i];
        struct snap_error error = {0};

        if (gone.id != id)
            continue;
        files->kept[i] = files->kept[--files->kept_count];
        if (remove_kept(files, &gone, &error) &&
            snap_shared_files_drop(&files->shared, id, &error) &&
            snap_shared_files_release(&files->shared, lowest_kept(files), &error) &&
            remove_waiting(files, &error))
            return;
        snap_storage_notes_add(
            &files->notes, now_ns,
            snap_arena_printf(&files->arena, "checkpoint %lld is left behind", (long long)id),
            &error);
        return;
    }
}

static bool leaves_checkpoints(const struct snap_checkpoint_files *files,
                               enum snap_job_status status)
{
    enum snap_retention retention = files->sim->config.checkpoint.retention;

    if (status == SNAP_JOB_FINISHED)
        return false;
    if (status == SNAP_JOB_CANCELED)
        return retention == SNAP_RETAIN_ON_CANCELLATION;
    /* What has not ended was killed: nobody could clean up behind it. */
    return status != SNAP_JOB_FAILED || retention != SNAP_RETAIN_NONE;
}

void snap_checkpoint_files_end(struct snap_checkpoint_files *files, enum snap_job_status status,
                               snap_ns now_ns)
{
    if (!files)
        return;
    while (files->kept_count > 0 && !leaves_checkpoints(files, status))
        snap_checkpoint_files_discard(files, files->kept[0].id, now_ns);
    for (uint32_t i = 0; i < files->kept_count; i++)
        snap_checkpoint_files_leave(
            files, &(struct snap_left_files){.told = {files->kept[i].id, false, NULL, NULL},
                                             .fs = files->kept[i].fs,
                                             .directory = files->kept[i].directory});
}

/* ---- what stays ---- */

void snap_checkpoint_files_leave(struct snap_checkpoint_files *files,
                                 const struct snap_left_files *left)
{
    files->left = snap_arena_grow(&files->arena, files->left, files->left_count,
                                  &files->left_capacity, sizeof(*files->left));
    files->left[files->left_count++] = *left;
}

void snap_checkpoint_files_over(struct snap_checkpoint_files *files)
{
    if (files)
        snap_storage_notes_end(&files->notes);
}

void snap_checkpoint_files_each_left(struct snap_checkpoint_files *files,
                                     void (*left)(void *to, const struct snap_files_left *),
                                     void *to)
{
    for (uint32_t i = 0; files && i < files->left_count; i++) {
        struct snap_left_files *at = &files->left[i];

        at->told.directory = snap_fs_full_name(at->fs, at->directory, &files->arena);
        if (at->told.directory)
            left(to, &at->told);
    }
}

/* ---- what a job starts from ---- */

/* Files beside the snapshot are the job's, too; whoever shared them has given them away. */
static void register_shared(struct snap_checkpoint_files *files,
                            const struct snap_files_origin *origin)
{
    const struct snap_snapshot_reading *reading = origin->tables->reading;
    uint32_t count;
    const struct snap_shared_file *shared = snap_snapshot_shared_files(reading, &count);

    snap_shared_files_restored(
        &files->shared, &(struct snap_shared_restored){.id = reading->image.id,
                                                       .is_claimed = origin->claim == SNAP_CLAIM,
                                                       .is_self_contained = reading->is_savepoint});
    /* What only the snapshot uses is nothing to somebody who may not delete it. */
    if (origin->claim == SNAP_CLAIM)
        snap_shared_files_use(&files->shared, reading->image.id, shared, count);
}

static void go_on(struct snap_checkpoint_files *files, const struct snap_files_origin *origin)
{
    const struct snap_restored_tables *tables = origin->tables;
    const struct snap_shared_file *shared;
    uint32_t count;

    for (uint32_t i = 0; i < tables->count; i++) {
        struct snap_error error = {0};

        if (!snap_rocksdb_states_restore(files->rocksdb, tables->reading, &tables->bases[i],
                                         &error))
            snap_storage_notes_add(&files->notes, 0,
                                   "the first checkpoint writes all of a subtask's state, as its "
                                   "restored tables cannot be gone on with",
                                   &error);
    }
    shared = snap_rocksdb_states_shared(files->rocksdb, &count);
    snap_shared_files_use(&files->shared, tables->reading->image.id, shared, count);
    snap_rocksdb_states_confirm(files->rocksdb);
}

void snap_checkpoint_files_restored(struct snap_checkpoint_files *files,
                                    const struct snap_files_origin *origin)
{
    const struct snap_snapshot_reading *reading = origin->tables->reading;

    if (!files || origin->claim == SNAP_NO_CLAIM)
        return;
    register_shared(files, origin);
    if (files->rocksdb && files->sim->config.storage.checkpoint_dir)
        go_on(files, origin);
    if (origin->claim != SNAP_CLAIM)
        return;
    files->kept = snap_arena_grow(&files->arena, files->kept, files->kept_count,
                                  &files->kept_capacity, sizeof(*files->kept));
    files->kept[files->kept_count++] =
        (struct snap_kept_files){reading->image.id, files->machine_fs,
                                 snap_arena_strdup(&files->arena, reading->site.directory), true};
}
