// SPDX-License-Identifier: Apache-2.0
#include "snapshot/task_files.h"

#include "model/names.h"
#include "snapshot/channel_image.h"
#include "snapshot/machine_places.h"
#include "snapshot/snapshot_image.h"
#include "storage/snapshot_damage.h"

static const char *name_of(const struct snap_task_files *of, struct snap_arena *arena)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(of->job, of->task);

    return snap_subtask_name(of->job, vertex->operators[0], of->task - vertex->task_first, arena);
}

/* The metadata is the JobManager's, states may lie on another machine. */
static bool open(struct snap_snapshot_reading *reading, const struct snap_task_files *of,
                 const char *directory, struct snap_error *error)
{
    const struct snap_snapshot_place place = {.pointer = directory};

    if (!snap_snapshot_open(reading, &place, error))
        return false;
    if (of->machine)
        snap_snapshot_site_move(&reading->site,
                                snap_machine_directory(directory, *of->machine, reading->arena),
                                reading->arena);
    return true;
}

static bool damage(const struct snap_snapshot_reading *reading, const struct snap_task_files *of,
                   enum snap_stored_damage how, struct snap_error *error)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(of->job, of->task);
    struct snap_operator_id *ids =
        SNAP_ARENA_ARRAY(reading->arena, struct snap_operator_id, vertex->operator_count);
    struct snap_damage_target target = {ids, vertex->operator_count, of->task - vertex->task_first,
                                        how};
    const char *path;

    for (uint32_t i = 0; i < vertex->operator_count; i++)
        ids[i] = of->job->operators[vertex->operators[i]].id;
    return snap_snapshot_damage(reading, &target, &path, error);
}

/* Where the task's part of the checkpoint lies; false if there are no files of it. */
static bool begin(struct snap_snapshot_reading *reading, struct snap_checkpoint_files *files,
                  const struct snap_task_files *of, struct snap_files_place *place)
{
    if (!snap_checkpoint_files_find(files, of->checkpoint, place))
        return false;
    *reading = (struct snap_snapshot_reading){.fs = place->fs, .backend = place->backend};
    return true;
}

void snap_task_files_damage(struct snap_checkpoint_files *files, const struct snap_task_files *of,
                            enum snap_stored_damage how, snap_ns now_ns)
{
    struct snap_snapshot_reading reading;
    struct snap_files_place place;
    struct snap_error error = {0};
    struct snap_arena arena;

    if (!begin(&reading, files, of, &place))
        return;
    snap_arena_init(&arena);
    reading.arena = &arena;
    if (!open(&reading, of, place.directory, &error) || !damage(&reading, of, how, &error)) {
        const char *what = snap_arena_printf(&arena, "the files of %s in checkpoint %lld are whole",
                                             name_of(of, &arena), (long long)of->checkpoint);

        if (error.code != SNAP_OK)
            snap_checkpoint_files_note(files, now_ns, what, &error);
    }
    snap_arena_fini(&arena);
}

/* Only operators of the task are read, and of those only its subtask. */
static bool load(struct snap_snapshot_reading *reading, const struct snap_task_files *of,
                 const uint32_t *subtask, struct snap_error *error)
{
    uint32_t vertex = snap_job_task_vertex(of->job, of->task)->index;

    reading->only_subtask = subtask;
    snap_image_match(&reading->image, of->job);
    snap_channel_image_edges(&reading->image, of->job, reading->arena);
    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        if (reading->image.operators[i].op && reading->image.operators[i].op->vertex != vertex)
            reading->image.operators[i].op = NULL;
    return snap_snapshot_load_sources(reading, error) && snap_snapshot_load(reading, error);
}

/* Whole files that were not found are those of another machine. */
static bool is_reachable(const struct snap_snapshot_reading *reading,
                         const struct snap_task_files *of, struct snap_error *error)
{
    return !of->machine ||
           snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "its files lie in %s, and it runs on another machine now, which has none "
                          "of them",
                          reading->site.directory);
}

void snap_task_files_check(struct snap_checkpoint_files *files, const struct snap_task_files *of,
                           snap_ns now_ns)
{
    uint32_t subtask = of->task - snap_job_task_vertex(of->job, of->task)->task_first;
    struct snap_snapshot_reading reading;
    struct snap_files_place place;
    struct snap_error error = {0};
    struct snap_arena arena;

    if (!begin(&reading, files, of, &place))
        return;
    snap_arena_init(&arena);
    reading.arena = &arena;
    if (!open(&reading, of, place.directory, &error) || !load(&reading, of, &subtask, &error) ||
        !is_reachable(&reading, of, &error)) {
        const char *what = snap_arena_printf(&arena, "%s cannot be restored from checkpoint %lld",
                                             name_of(of, &arena), (long long)of->checkpoint);

        snap_checkpoint_files_note(files, now_ns, what, &error);
    }
    snap_arena_fini(&arena);
}
