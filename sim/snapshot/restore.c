// SPDX-License-Identifier: Apache-2.0
#include "snapshot/restore.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "operators/operator.h"
#include "snapshot/channel_image.h"
#include "snapshot/restored_baseline.h"
#include "snapshot/restored_parts.h"
#include "snapshot/snapshot_image.h"
#include "snapshot/state_digest.h"
#include "storage/local_path.h"
#include "storage/snapshot_dropped.h"
#include "storage/snapshot_read.h"

struct snap_restored {
    struct snap_arena arena;
    struct snap_fs *own_fs; /* NULL: the request had one */
    struct snap_snapshot_reading reading;
    struct snap_resume resume;
    struct snap_baseline baseline;
    struct snap_moved_files moved;
    struct snap_restored_tables tables;
    enum snap_restore_stage stage; /* what goes on now, or where it ended */
    const char *text;
    const char *dropped; /* lines; "" while states were not read */
    bool is_handed_over; /* the shares of the tasks are the run's */
};

/* What the job's snapshots name has no ".." in it. */
const char *snap_restore_pointer(const char *written, struct snap_arena *arena)
{
    const char *path = strncmp(written, "file:", 5) == 0 ? written + 5 : written;

    if (!*path || (path[0] != '/' && strstr(path, ":/")) ||
        (path[0] == '/' && !snap_local_path_climbs(path)))
        return written;
    return snap_local_path_full(arena, snap_local_path(arena, written));
}

/* ---- opening ---- */

static void free_states(const struct snap_savepoint *savepoint)
{
    for (uint32_t t = 0; savepoint && t < savepoint->job->task_count; t++)
        snap_task_snapshot_free(savepoint->tasks[t]);
}

/* Sources whose places cannot be dealt to other subtasks. */
static bool check_places(const struct snap_image *image, struct snap_error *error)
{
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *of = &image->operators[i];

        if (of->op && of->op->type->split_is_subtask && of->parallelism != of->op->parallelism)
            return snap_error_set(error, SNAP_ERROR_RESTORE,
                                  "the source \"%s\" had %u %s in the snapshot and has %u in this "
                                  "job: each keeps its place, so it keeps its parallelism",
                                  of->op->uid, of->parallelism,
                                  snap_plural(of->parallelism, "subtask", "subtasks"),
                                  of->op->parallelism);
    }
    return true;
}

/* Flink's JobManager looks at operators and their numbers before any task reads a state. */
static bool check_graph(struct snap_restored *restored, const struct snap_simulation *sim,
                        const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_restart restart = {.job = (struct snap_job *)sim->job,
                                   .allow_non_restored = request->allow_non_restored};
    struct snap_savepoint *outline =
        snap_image_savepoint(&reading->image, reading->site.directory, &restored->arena);
    struct snap_assignment_input in = {
        .from = outline, .to = &restart, .config = &sim->config.checkpoint};
    bool good =
        snap_savepoint_check(&in, &restored->arena, error) && check_places(&reading->image, error);

    free_states(outline);
    return good;
}

static bool assign(struct snap_restored *restored, const struct snap_simulation *sim,
                   const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_restart restart = {.job = (struct snap_job *)sim->job,
                                   .allow_non_restored = request->allow_non_restored};
    struct snap_assignment_input in = {
        .from = restored->resume.savepoint, .to = &restart, .config = &sim->config.checkpoint};

    if (snap_savepoint_assign(&in, &restored->arena, &restored->resume.assigned, error))
        return true;
    if (restored->resume.assigned.fails_in_tasks)
        restored->stage = SNAP_RESTORE_IN_TASKS;
    return false;
}

static bool load_all(struct snap_restored *restored, const struct snap_simulation *sim,
                     const struct snap_restore_request *request, struct snap_error *error)
{
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_savepoint *savepoint;
    bool good;

    if (!check_graph(restored, sim, request, error))
        return false;
    restored->stage = SNAP_RESTORE_IN_TASKS;
    good = snap_snapshot_load_sources(reading, error);
    if (good) {
        reading->image.past_origin = snap_restored_past_origin(&reading->image);
        good = snap_snapshot_load(reading, error);
    }
    if (good || reading->lacks_exchange)
        restored->stage = SNAP_RESTORE_AT_SUBMISSION;
    if (!good)
        return false;
    restored->dropped = snap_snapshot_dropped_text(reading);
    savepoint = snap_image_savepoint(&reading->image, reading->site.directory, &restored->arena);
    restored->resume.savepoint = savepoint;
    restored->text = snap_arena_printf(&restored->arena, "%s%s", restored->text,
                                       snap_restored_parts_text(&reading->image, &restored->arena));
    snap_channel_image_restore(&reading->image, sim->job, savepoint, &restored->arena);
    return assign(restored, sim, request, error);
}

/* Of the metadata. Flink: MetadataSerializers. */
static int32_t version_max(const struct snap_simulation *sim)
{
    return sim->config.version == SNAP_FLINK_1_20 ? 4 : 6;
}

/* Reads the metadata and finds the job's operators in it. */
static struct snap_restored *open_metadata(const struct snap_simulation *sim,
                                           const struct snap_restore_request *request,
                                           struct snap_error *error)
{
    struct snap_restored *restored = snap_memory_take_zeroed(sizeof(*restored));
    struct snap_snapshot_reading *reading = &restored->reading;
    struct snap_snapshot_place place = request->place;

    snap_arena_init(&restored->arena);
    restored->own_fs = request->fs ? NULL : snap_fs_real_create("");
    *reading = (struct snap_snapshot_reading){.fs = request->fs ? request->fs : restored->own_fs,
                                              .arena = &restored->arena,
                                              .version_max = version_max(sim),
                                              .moved = &restored->moved,
                                              .backend = sim->config.storage.backend};
    restored->dropped = "";
    restored->resume.job = sim->job;
    restored->resume.action = SNAP_NO_INDEX;
    restored->resume.claim = request->claim;
    place.uri_root = &sim->model.storage_root;
    if (!snap_snapshot_open(reading, &place, error)) {
        snap_restored_close(restored);
        return NULL;
    }
    snap_image_match(&reading->image, sim->job);
    snap_image_settle_job(&reading->image, (struct snap_job *)sim->job);
    snap_image_settle_restarts(sim->job, &sim->timeline);
    snap_channel_image_edges(&reading->image, sim->job, &restored->arena);
    restored->text = snap_arena_printf(&restored->arena, "%s %lld in %s", reading->format,
                                       (long long)reading->image.id, reading->site.directory);
    return restored;
}

struct snap_restored *snap_restored_check(const struct snap_simulation *sim,
                                          const struct snap_restore_request *request,
                                          struct snap_error *error)
{
    struct snap_restored *restored = open_metadata(sim, request, error);

    if (restored)
        load_all(restored, sim, request, error);
    return restored;
}

/* An operator that is new may begin with something. */
static void note_digest(struct snap_restored *restored)
{
    const struct snap_job *job = restored->resume.job;
    bool all = !*restored->dropped;

    for (uint32_t i = 0; i < job->operator_count; i++)
        all = all && restored->resume.assigned.restored[i];
    restored->baseline.has_digest = all;
    if (all)
        restored->baseline.digest = snap_state_digest_read(restored->resume.savepoint);
}

/* A state that is not of the snapshot is judged like that of an operator that is not in it. Sources
 * and sinks go by what they have. */
static void note_new_beginnings(struct snap_restored *restored)
{
    const struct snap_image *image = &restored->reading.image;
    uint32_t count = restored->resume.job->operator_count;
    bool *known = SNAP_ARENA_ARRAY(&restored->arena, bool, count);

    memcpy(known, restored->baseline.restored, count * sizeof(*known));
    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *of = &image->operators[i];

        if (snap_image_operator_begins_anew(of) &&
            snap_rule_has_state(snap_operator_rules_of(of->op).kind))
            known[of->op->index] = false;
    }
    restored->baseline.restored = known;
}

struct snap_restored *snap_restored_open(const struct snap_simulation *sim,
                                         const struct snap_restore_request *request,
                                         struct snap_error *error)
{
    struct snap_restored *restored = open_metadata(sim, request, error);

    if (restored && load_all(restored, sim, request, error)) {
        restored->baseline = snap_restored_baseline_make(&restored->resume, &restored->arena);
        note_new_beginnings(restored);
        note_digest(restored);
        snap_restored_tables_find(&restored->tables, sim, &restored->reading, &restored->resume);
        return restored;
    }
    snap_restored_close(restored);
    return NULL;
}

const struct snap_image *snap_restored_image(const struct snap_restored *restored)
{
    return &restored->reading.image;
}

void snap_restored_hand_over(struct snap_restored *restored)
{
    SNAP_CHECK(!restored->is_handed_over);
    restored->is_handed_over = true;
}

static void free_shares(const struct snap_restored *restored)
{
    const struct snap_assigned *assigned = &restored->resume.assigned;

    for (uint32_t t = 0; assigned->tasks && t < restored->resume.job->task_count; t++)
        snap_task_snapshot_free(assigned->tasks[t]);
}

void snap_restored_close(struct snap_restored *restored)
{
    if (!restored)
        return;
    if (!restored->is_handed_over)
        free_shares(restored);
    free_states(restored->resume.savepoint);
    snap_fs_destroy(restored->own_fs);
    snap_arena_fini(&restored->arena);
    snap_memory_give_back(restored);
}

const struct snap_resume *snap_restored_resume(const struct snap_restored *restored)
{
    return &restored->resume;
}

const struct snap_baseline *snap_restored_baseline(const struct snap_restored *restored)
{
    return &restored->baseline;
}

struct snap_state_names snap_restored_state_names(const struct snap_restored *restored,
                                                  uint32_t operator_index)
{
    return snap_snapshot_state_names(&restored->reading, operator_index);
}

const char *snap_restored_dropped(const struct snap_restored *restored)
{
    return restored->dropped;
}

enum snap_restore_stage snap_restored_stage(const struct snap_restored *restored)
{
    return restored->stage;
}

const struct snap_moved_files *snap_restored_moved(const struct snap_restored *restored)
{
    return &restored->moved;
}

const struct snap_restored_tables *snap_restored_tables(const struct snap_restored *restored)
{
    return &restored->tables;
}

const char *snap_restored_text(const struct snap_restored *restored)
{
    return restored->text;
}

const char *snap_restored_directory(const struct snap_restored *restored)
{
    return restored->reading.site.directory;
}

void snap_restored_files_each(struct snap_restored *restored,
                              const struct snap_file_visitor *visitor)
{
    snap_snapshot_files_each(&restored->reading, visitor);
    snap_restored_parts_each(&restored->reading.image, &restored->arena, visitor);
}
