// SPDX-License-Identifier: Apache-2.0
#include "snapshot/checkpoint_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/murmur.h"
#include "snapshot/checkpoint_files_parts.h"
#include "snapshot/machine_places.h"
#include "snapshot/snapshot_image.h"
#include "storage/snapshot_write.h"
#include "storage/uri_root.h"

/* Where a directory of the settings is. */
struct root {
    struct snap_fs *fs;
    const char *path;
};

/* ---- places ---- */

static bool may_write_savepoints(const struct snap_timeline *timeline)
{
    for (uint32_t i = 0; i < timeline->count; i++)
        if (timeline->actions[i].savepoint &&
            snap_savepoint_names_directory(timeline->actions[i].savepoint))
            return true;
    return false;
}

bool snap_checkpoint_files_wanted(const struct snap_simulation *sim)
{
    const struct snap_storage_config *config = &sim->config.storage;

    return config->checkpoint_dir || config->savepoint_dir || may_write_savepoints(&sim->timeline);
}

struct snap_checkpoint_files *snap_checkpoint_files_create(const struct snap_simulation *sim,
                                                           struct snap_fs *fs,
                                                           const struct snap_storage_notes *notes,
                                                           const char *claimed)
{
    struct snap_checkpoint_files *files;

    if (!fs || (!claimed && !snap_checkpoint_files_wanted(sim)))
        return NULL;
    files = snap_memory_take_zeroed(sizeof(*files));
    files->sim = sim;
    /* What was removed from a file system in memory still takes room there. */
    files->run_fs = snap_fs_mirror(fs);
    files->machine_fs = snap_fs_real_create("");
    files->notes = *notes;
    snap_arena_init(&files->arena);
    return files;
}

void snap_checkpoint_files_destroy(struct snap_checkpoint_files *files)
{
    if (!files)
        return;
    snap_storage_notes_end(&files->notes);
    snap_rocksdb_states_destroy(files->rocksdb);
    snap_shared_files_fini(&files->shared);
    snap_fs_destroy(files->machine_fs);
    snap_arena_fini(&files->arena);
    snap_memory_give_back(files);
}

static struct root machine_root_of(struct snap_checkpoint_files *files, const char *text)
{
    const char *path = snap_uri_root_path(&files->sim->model.storage_root, &files->arena, text);
    bool is_absolute = path[0] == '/';
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return (struct root){is_absolute ? files->machine_fs : files->run_fs,
                         snap_arena_strndup(&files->arena, path, length)};
}

/* Checkpoints are kept by the JobManager alone unless there is a directory for them. */
static bool writes_checkpoints(const struct snap_checkpoint_files *files)
{
    return files->sim->config.storage.checkpoint_dir != NULL;
}

/* All states are part of the metadata, which may have a directory all the same. Flink:
 * MemoryBackendCheckpointStorageAccess. */
static bool is_in_memory(const struct snap_checkpoint_files *files)
{
    const struct snap_storage_config *storage = &files->sim->config.storage;

    return storage->kind == SNAP_STORAGE_JOB_MANAGER && storage->kind_given;
}

/* The directory of the settings, on the JobManager's machine. */
static struct root root_of(struct snap_checkpoint_files *files, const char *text)
{
    struct root root = machine_root_of(files, text);

    if (files->sim->model.storage_is_local)
        root.path = snap_arena_printf(&files->arena, "%s/jobmanager", root.path);
    return root;
}

static const char *job_dir(struct snap_checkpoint_files *files, const struct root *root)
{
    return files->sim->config.storage.creates_subdir
               ? snap_arena_printf(&files->arena, "%s/%s", root->path, files->job_id)
               : root->path;
}

/* The same run has the same ids; one that is taken is never taken again. */
static void draw_job_id(struct snap_checkpoint_files *files)
{
    for (uint32_t draw = 0;; draw++) {
        const char *text =
            snap_arena_printf(&files->arena, "%s/%llu/%u/%u", files->sim->name,
                              (unsigned long long)files->sim->seed, files->executions, draw);
        struct snap_operator_id id;
        struct snap_fs_names names = {.arena = &files->arena};
        struct snap_error ignored = {0};
        struct root root;

        snap_murmur128(text, strlen(text), 0, id.bytes);
        snap_operator_id_format(&id, files->job_id);
        if (!writes_checkpoints(files))
            return;
        root = root_of(files, files->sim->config.storage.checkpoint_dir);
        root.fs->list(root.fs, snap_arena_printf(&files->arena, "%s/%s", root.path, files->job_id),
                      &names, &ignored);
        if (names.count == 0)
            return;
    }
}

/* The subtasks of a job begin with databases of their own. */
static void begin_backend(struct snap_checkpoint_files *files)
{
    snap_shared_files_begin(&files->shared, files->run_fs, files->machine_fs);
    snap_rocksdb_states_destroy(files->rocksdb);
    files->rocksdb = NULL;
    if (files->sim->config.storage.backend == SNAP_BACKEND_ROCKSDB)
        files->rocksdb =
            snap_rocksdb_states_create(snap_hash_bytes(files->job_id, sizeof(files->job_id) - 1));
}

void snap_checkpoint_files_begin(struct snap_checkpoint_files *files, const struct snap_job *job)
{
    if (!files)
        return;
    files->job = job;
    draw_job_id(files);
    files->executions++;
    files->has_job_dir = false;
    files->kept_count = 0;
    files->waiting = (struct snap_kept_files){.fs = NULL};
    begin_backend(files);
}

/* ---- writing ---- */

static uint64_t seed_of(const struct snap_checkpoint_files *files, snap_checkpoint_id id)
{
    return snap_hash_bytes(files->job_id, sizeof(files->job_id) - 1) ^ snap_mix64((uint64_t)id);
}

static bool make_job_dir(struct snap_checkpoint_files *files, const struct root *root,
                         struct snap_error *error)
{
    static const char *const beside[] = {"shared", "taskowned"};

    if (is_in_memory(files))
        return root->fs->make_dirs(root->fs, job_dir(files, root), error);
    for (int i = 0; i < 2 && !files->has_job_dir; i++)
        if (!root->fs->make_dirs(
                root->fs,
                snap_arena_printf(&files->arena, "%s/%s", job_dir(files, root), beside[i]), error))
            return false;
    files->has_job_dir = true;
    return true;
}

/* The full name of a path below the root of its file system. */
static const char *uri_of(struct snap_checkpoint_files *files, struct snap_fs *fs, const char *path)
{
    const char *directory = fs->directory(fs);
    const struct snap_uri_root *root = &files->sim->model.storage_root;
    char *full = directory && *directory ? realpath(directory, NULL) : NULL;
    const char *uri =
        snap_uri_root_name(root, &files->arena,
                           snap_arena_printf(&files->arena, "%s%s%s", full ? full : "",
                                             *path == '/' ? "" : "/", path));

    free(full);
    return uri;
}

/* Where checkpoints share files: beside them, in the directory of the job. */
static struct snap_rocksdb_writing rocksdb_writing(struct snap_checkpoint_files *files,
                                                   const struct root *checkpoint)
{
    const char *slash = strrchr(checkpoint->path, '/');
    const char *shared =
        snap_arena_printf(&files->arena, "%.*s/shared", (int)(slash ? slash - checkpoint->path : 0),
                          checkpoint->path);

    return (struct snap_rocksdb_writing){
        .states = files->rocksdb,
        .is_incremental = files->sim->config.storage.is_incremental,
        .shared = {shared, uri_of(files, checkpoint->fs, shared)},
    };
}

/* Shared files are the checkpoint's from now on; or nobody's, if it was not written. */
static void settle_shared(struct snap_checkpoint_files *files, snap_checkpoint_id id, bool written)
{
    uint32_t count;
    const struct snap_shared_file *shared;

    if (!files->rocksdb)
        return;
    shared = snap_rocksdb_states_shared(files->rocksdb, &count);
    if (written && files->sim->model.storage_is_local) {
        snap_rocksdb_states_confirm(files->rocksdb);
    } else if (written) {
        snap_shared_files_use(&files->shared, id, shared, count);
        snap_rocksdb_states_confirm(files->rocksdb);
    } else {
        snap_shared_files_undo(&files->shared, shared, count);
        snap_rocksdb_states_give_up(files->rocksdb);
    }
}

static void write_image(struct snap_checkpoint_files *files,
                        const struct snap_checkpoint_record *record, struct root root,
                        const struct snap_action *action, struct snap_files_outcome *outcome)
{
    const struct snap_config *config = &files->sim->config;
    struct snap_snapshot_writing how = {
        .fs = root.fs,
        .directory = root.path,
        .inline_max = config->storage.inline_max_bytes,
        .is_compressed = config->storage.is_compressed,
        .version = config->version,
        .retention = config->checkpoint.retention,
        .format = action ? action->format : SNAP_SAVEPOINT_CANONICAL,
        .seed = seed_of(files, record->id),
    };
    struct snap_rocksdb_writing rocksdb = rocksdb_writing(files, &root);
    struct snap_arena scratch;
    struct snap_snapshot_written written;
    struct snap_image image;
    bool whole;

    how.rocksdb = files->rocksdb ? &rocksdb : NULL;
    if (is_in_memory(files)) {
        how.inline_max = SNAP_MEMORY_STATE_BYTES_MAX;
        how.is_in_memory = true;
    }
    snap_arena_init(&scratch);
    image = snap_image_of_record(files->job, record, &scratch);
    if (files->sim->model.storage_is_local)
        how.places = snap_machine_places(&image, record, root.path, &scratch);
    whole = snap_snapshot_write(&image, &how, &written, &outcome->error);
    if (!whole && outcome->error.code != SNAP_ERROR_IO) {
        outcome->end = SNAP_FILES_HOPELESS;
    } else if (!whole && written.operator_index == SNAP_NO_INDEX) {
        outcome->end = SNAP_FILES_METADATA_FAILED;
    } else if (!whole) {
        outcome->end = SNAP_FILES_STATE_FAILED;
        outcome->task = image.operators[written.operator_index].task_first + written.subtask;
    }
    snap_arena_fini(&scratch);
    settle_shared(files, record->id, whole);
}

static void write_checkpoint(struct snap_checkpoint_files *files,
                             const struct snap_checkpoint_record *record,
                             struct snap_files_outcome *outcome)
{
    struct root root;

    if (!writes_checkpoints(files))
        return;
    root = root_of(files, files->sim->config.storage.checkpoint_dir);
    if (!make_job_dir(files, &root, &outcome->error)) {
        outcome->end = SNAP_FILES_HOPELESS;
        return;
    }
    root.path = snap_arena_printf(&files->arena, "%s/chk-%lld", job_dir(files, &root),
                                  (long long)record->id);
    write_image(files, record, root, NULL, outcome);
    if (outcome->end != SNAP_FILES_WRITTEN)
        return;
    files->kept = snap_arena_grow(&files->arena, files->kept, files->kept_count,
                                  &files->kept_capacity, sizeof(*files->kept));
    files->kept[files->kept_count++] =
        (struct snap_kept_files){record->id, root.fs, root.path, false};
}

static void write_savepoint(struct snap_checkpoint_files *files,
                            const struct snap_checkpoint_record *record,
                            const struct snap_action *action, struct snap_files_outcome *outcome)
{
    const char *text = action->savepoint && snap_savepoint_names_directory(action->savepoint)
                           ? action->savepoint
                           : files->sim->config.storage.savepoint_dir;
    uint64_t drawn = snap_mix64(seed_of(files, record->id));
    struct root root;

    if (!text)
        return;
    root = root_of(files, text);
    root.path = snap_arena_printf(&files->arena, "%s/savepoint-%.6s-%012llx", root.path,
                                  files->job_id, (unsigned long long)(drawn >> 16));
    write_image(files, record, root, action, outcome);
    if (outcome->end == SNAP_FILES_WRITTEN)
        snap_checkpoint_files_leave(
            files, &(struct snap_left_files){.told = {record->id, true, action->savepoint, NULL},
                                             .fs = root.fs,
                                             .directory = root.path});
}

/* Failures are told; one that follows on too many others is the last. */
static void settle_failure(struct snap_checkpoint_files *files,
                           const struct snap_checkpoint_record *record, snap_ns now_ns,
                           struct snap_files_outcome *outcome)
{
    bool is_savepoint = snap_kind_is_savepoint(record->kind);
    const char *what;

    if (outcome->end == SNAP_FILES_WRITTEN)
        files->failures_in_a_row = 0;
    if (outcome->end == SNAP_FILES_WRITTEN || outcome->end == SNAP_FILES_HOPELESS)
        return;
    if (++files->failures_in_a_row == SNAP_FILES_FAILURES_MAX)
        outcome->end = SNAP_FILES_HOPELESS;
    what = snap_arena_printf(&files->arena, "%s %lld failed",
                             is_savepoint ? "savepoint" : "checkpoint", (long long)record->id);
    snap_storage_notes_add(&files->notes, now_ns, what, &outcome->error);
}

struct snap_files_outcome snap_checkpoint_files_write(struct snap_checkpoint_files *files,
                                                      const struct snap_checkpoint_record *record,
                                                      const struct snap_action *action,
                                                      snap_ns now_ns)
{
    struct snap_files_outcome outcome = {.end = SNAP_FILES_WRITTEN, .task = SNAP_NO_INDEX};

    if (!files)
        return outcome;
    if (snap_kind_is_savepoint(record->kind))
        write_savepoint(files, record, action, &outcome);
    else
        write_checkpoint(files, record, &outcome);
    settle_failure(files, record, now_ns, &outcome);
    return outcome;
}

bool snap_checkpoint_files_find(const struct snap_checkpoint_files *files, snap_checkpoint_id id,
                                struct snap_files_place *place)
{
    for (uint32_t i = 0; files && i < files->kept_count; i++) {
        if (files->kept[i].id != id)
            continue;
        *place = (struct snap_files_place){files->kept[i].fs, files->kept[i].directory,
                                           files->sim->config.storage.backend};
        return true;
    }
    return false;
}

void snap_checkpoint_files_note(struct snap_checkpoint_files *files, snap_ns now_ns,
                                const char *what, const struct snap_error *error)
{
    snap_storage_notes_add(&files->notes, now_ns, what, error);
}
