// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb_states.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "flink/rocksdb_state.h"
#include "model/key_group.h"
#include "storage/rocksdb_database.h"

/* ---- databases ---- */

struct snap_rocksdb_states *snap_rocksdb_states_create(uint64_t seed)
{
    struct snap_rocksdb_states *states = snap_memory_take_zeroed(sizeof(*states));

    states->names.seed = seed;
    return states;
}

/* Whatever cannot be removed stays; the system clears its own directory some day. */
static void remove_files(struct snap_rocksdb_states *states, const char *directory)
{
    struct snap_error ignored = {0};
    struct snap_arena arena;
    struct snap_fs_names names = {.arena = &arena};

    snap_arena_init(&arena);
    states->fs->list(states->fs, directory, &names, &ignored);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *path = snap_arena_printf(&arena, "%s/%s", directory, names.names[i]);

        if (states->fs->is_file(states->fs, path))
            states->fs->remove(states->fs, path, &ignored);
        else
            states->fs->remove_dir(states->fs, path, &ignored);
    }
    snap_arena_fini(&arena);
    states->fs->remove_dir(states->fs, directory, &ignored);
}

static void destroy_database(struct snap_rocksdb_states *states, struct snap_database *database)
{
    snap_rocksdb_close(database->db);
    remove_files(states, database->id);
    snap_rocksdb_last_fini(&database->last);
    snap_arena_fini(&database->lists[0].arena);
    snap_arena_fini(&database->lists[1].arena);
    snap_memory_give_back(database);
}

void snap_rocksdb_states_destroy(struct snap_rocksdb_states *states)
{
    if (!states)
        return;
    for (uint32_t i = 0; i < states->count; i++)
        destroy_database(states, states->databases[i]);
    snap_scratch_directory_remove(&states->scratch);
    snap_fs_destroy(states->fs);
    snap_arena_fini(&states->work);
    snap_memory_give_back(states->databases);
    snap_memory_give_back(states);
}

static bool make_directory(struct snap_rocksdb_states *states, struct snap_error *error)
{
    if (states->fs)
        return true;
    if (!snap_scratch_directory_make(&states->scratch, "snapsim-rocksdb-", error))
        return false;
    states->fs = snap_fs_real_create(states->scratch.path);
    return true;
}

struct snap_database *snap_database_find(const struct snap_rocksdb_states *states,
                                         const struct snap_rocksdb_target *target)
{
    for (uint32_t i = 0; i < states->count; i++)
        if (states->databases[i]->operator_index == target->operator_index &&
            states->databases[i]->subtask == target->subtask)
            return states->databases[i];
    return NULL;
}

struct snap_database *snap_database_make(struct snap_rocksdb_states *states,
                                         const struct snap_rocksdb_target *target,
                                         struct snap_error *error)
{
    struct snap_database *database;

    if (!make_directory(states, error))
        return NULL;
    database = snap_memory_take_zeroed(sizeof(*database));
    database->operator_index = target->operator_index;
    database->subtask = target->subtask;
    snap_uuid_next(&states->names, database->id);
    memcpy(database->backend_id, database->id, sizeof(database->id));
    states->databases =
        snap_memory_resize(states->databases, (states->count + 1) * sizeof(*states->databases));
    states->databases[states->count++] = database;
    return database;
}

void snap_database_take_back(struct snap_rocksdb_states *states)
{
    destroy_database(states, states->databases[--states->count]);
}

static struct snap_database *open_database(struct snap_rocksdb_states *states,
                                           const struct snap_rocksdb_target *target,
                                           struct snap_error *error)
{
    struct snap_database *database = snap_database_find(states, target);
    struct snap_text path = {0};

    if (database)
        return database;
    database = snap_database_make(states, target, error);
    if (!database)
        return NULL;
    snap_text_printf(&path, "%s/%s", states->scratch.path, database->id);
    database->db = snap_rocksdb_open(path.data, error);
    snap_text_fini(&path);
    if (database->db)
        return database;
    snap_database_take_back(states);
    return NULL;
}

/* ---- one snapshot of one database ---- */

struct writing {
    struct snap_rocksdb_states *states;
    struct snap_database *database;
    const struct snap_rocksdb_target *target;
    struct snap_error *error;
    const char *directory; /* with the files, below that of the databases */
    int64_t new_bytes;
    struct snap_named_stream *shared;
    uint32_t shared_count;
    struct snap_named_stream *own;
    uint32_t own_count;
};

void snap_database_note_shared(struct snap_rocksdb_states *states,
                               const struct snap_shared_file *file)
{
    struct snap_shared_file *to;

    if (!file->path)
        return;
    states->shared = snap_arena_grow(&states->work, states->shared, states->shared_count,
                                     &states->shared_capacity, sizeof(*states->shared));
    to = &states->shared[states->shared_count++];
    *to = *file;
    to->path = snap_arena_strdup(&states->work, file->path);
}

static const struct snap_known_file *find_known(const struct writing *writing, const char *name)
{
    const struct snap_file_list *list = &writing->database->lists[writing->database->confirmed];

    for (uint32_t i = 0; i < list->count && !writing->target->uses_nothing_older; i++)
        if (strcmp(list->files[i].name, name) == 0)
            return &list->files[i];
    return NULL;
}

const struct snap_known_file *snap_database_keep(struct snap_database *database,
                                                 const struct snap_known_file *file)
{
    struct snap_file_list *list = &database->lists[database->confirmed ^ 1];
    struct snap_known_file *to;

    list->files = snap_arena_grow(&list->arena, list->files, list->count, &list->capacity,
                                  sizeof(*list->files));
    to = &list->files[list->count++];
    *to = *file;
    to->name = snap_arena_strdup(&list->arena, file->name);
    to->path = file->path ? snap_arena_strdup(&list->arena, file->path) : NULL;
    to->handle.path.at =
        snap_arena_copy(&list->arena, file->handle.path.at, file->handle.path.count);
    to->handle.data.at =
        snap_arena_copy(&list->arena, file->handle.data.at, file->handle.data.count);
    return to;
}

static bool read_file(struct writing *writing, const char *name, struct snap_bytes *bytes)
{
    struct snap_arena *arena = writing->target->stream->arena;
    struct snap_fs *fs = writing->states->fs;
    struct snap_text text = {0};
    bool read = fs->read(fs, snap_arena_printf(arena, "%s/%s", writing->directory, name), &text,
                         writing->error);

    *bytes = (struct snap_bytes){snap_arena_copy(arena, text.data, text.length), text.length};
    snap_text_fini(&text);
    writing->new_bytes += (int64_t)bytes->count;
    return read;
}

/* A file of an incremental checkpoint: tables are looked for among those of the last one. */
static bool put_shared(struct writing *writing, const char *name, struct snap_named_stream *to)
{
    bool is_table = snap_rocksdb_is_table(snap_bytes_of(name));
    const struct snap_known_file *known = is_table ? find_known(writing, name) : NULL;
    struct snap_known_file fresh = {.name = name};
    struct snap_bytes bytes;

    if (known) {
        snap_database_note_shared(writing->states, &(struct snap_shared_file){.path = known->path});
    } else {
        if (!read_file(writing, name, &bytes) ||
            !snap_state_stream_share(writing->target->stream, writing->target->shared, bytes,
                                     &fresh.handle, &fresh.path, writing->error))
            return false;
        snap_database_note_shared(writing->states,
                                  &(struct snap_shared_file){fresh.path, true, !is_table});
        known = &fresh;
    }
    to->stream = is_table ? snap_database_keep(writing->database, known)->handle : known->handle;
    return true;
}

static bool put_own(struct writing *writing, const char *name, struct snap_named_stream *to)
{
    struct snap_bytes bytes;

    return read_file(writing, name, &bytes) &&
           snap_state_stream_put(writing->target->stream, bytes, &to->stream, writing->error);
}

static bool put_file(struct writing *writing, const char *name)
{
    bool is_table = snap_rocksdb_is_table(snap_bytes_of(name));
    bool is_shared = is_table && writing->target->form != SNAP_ROCKSDB_FULL;
    struct snap_named_stream *to =
        is_shared ? &writing->shared[writing->shared_count++] : &writing->own[writing->own_count++];

    to->name = snap_bytes_of(snap_arena_strdup(writing->target->stream->arena, name));
    return writing->target->form == SNAP_ROCKSDB_INCREMENTAL ? put_shared(writing, name, to)
                                                             : put_own(writing, name, to);
}

static bool put_files(struct writing *writing)
{
    struct snap_arena *arena = writing->target->stream->arena;
    struct snap_fs *fs = writing->states->fs;
    struct snap_fs_names names = {.arena = arena};

    if (!fs->list(fs, writing->directory, &names, writing->error))
        return false;
    writing->shared = SNAP_ARENA_ARRAY(arena, struct snap_named_stream, names.count);
    writing->own = SNAP_ARENA_ARRAY(arena, struct snap_named_stream, names.count);
    for (uint32_t i = 0; i < names.count; i++)
        if (!put_file(writing, names.names[i]))
            return false;
    return true;
}

void snap_database_begin_list(struct snap_database *database)
{
    struct snap_file_list *list = &database->lists[database->confirmed ^ 1];

    snap_arena_reset(&list->arena);
    list->files = NULL;
    list->count = 0;
    list->capacity = 0;
    database->is_in_work = true;
}

static bool put_meta(struct writing *writing, const struct snap_keyed_head *head,
                     struct snap_stream_handle *handle)
{
    struct snap_byte_writer bytes;

    snap_byte_writer_init(&bytes, writing->target->stream->arena, NULL);
    snap_keyed_head_write(&bytes, head);
    writing->new_bytes += (int64_t)snap_byte_writer_offset(&bytes);
    return snap_state_stream_put(writing->target->stream, snap_byte_writer_bytes(&bytes), handle,
                                 writing->error);
}

static void fill_handle(const struct writing *writing, const struct snap_image_operator *of,
                        struct snap_keyed_handle *handle)
{
    struct snap_key_group_range range = snap_key_group_range(
        writing->target->subtask, (struct snap_parallelism){of->parallelism, of->max_parallelism});
    const char *id =
        snap_arena_strdup(writing->target->stream->arena, writing->database->backend_id);

    handle->type = SNAP_KEYED_INCREMENTAL;
    handle->group_first = (int32_t)range.first;
    handle->group_count = (int32_t)(range.last - range.first + 1);
    handle->id = snap_state_stream_name(writing->target->stream);
    handle->checkpoint_id = writing->target->checkpoint;
    handle->backend_id = snap_bytes_of(id);
    handle->checkpointed_size = writing->new_bytes;
    handle->shared = (struct snap_named_streams){writing->shared, writing->shared_count};
    handle->own = (struct snap_named_streams){writing->own, writing->own_count};
}

bool snap_rocksdb_states_write(struct snap_rocksdb_states *states,
                               const struct snap_image_operator *of,
                               const struct snap_operator_state *state,
                               const struct snap_rocksdb_target *target,
                               struct snap_keyed_handle *handle, struct snap_error *error)
{
    struct writing writing = {.states = states, .target = target, .error = error};
    struct snap_keyed_tables tables;
    bool written;

    *handle = (struct snap_keyed_handle){.type = SNAP_KEYED_NONE};
    snap_keyed_tables_init(&tables, target->stream->arena, of, state);
    if (tables.count == 0)
        return true;
    writing.database = open_database(states, target, error);
    if (!writing.database)
        return false;
    if (target->form == SNAP_ROCKSDB_INCREMENTAL)
        snap_database_begin_list(writing.database);
    snap_rocksdb_put_changes(writing.database->db, &writing.database->last, &tables,
                             of->max_parallelism);
    writing.directory = snap_arena_printf(target->stream->arena, "%s-files", writing.database->id);
    written = snap_rocksdb_checkpoint(
        writing.database->db,
        snap_arena_printf(target->stream->arena, "%s/%s", states->scratch.path, writing.directory),
        error);
    written = written && put_files(&writing) && put_meta(&writing, &tables.head, &handle->stream);
    remove_files(states, writing.directory);
    if (written)
        fill_handle(&writing, of, handle);
    return written;
}

/* ---- the snapshot in work ---- */

const struct snap_shared_file *snap_rocksdb_states_shared(const struct snap_rocksdb_states *states,
                                                          uint32_t *count)
{
    *count = states->shared_count;
    return states->shared;
}

static void end_work(struct snap_rocksdb_states *states)
{
    snap_arena_reset(&states->work);
    states->shared = NULL;
    states->shared_count = 0;
    states->shared_capacity = 0;
    for (uint32_t i = 0; i < states->count; i++)
        states->databases[i]->is_in_work = false;
}

void snap_rocksdb_states_confirm(struct snap_rocksdb_states *states)
{
    for (uint32_t i = 0; i < states->count; i++)
        if (states->databases[i]->is_in_work)
            states->databases[i]->confirmed ^= 1;
    end_work(states);
}

void snap_rocksdb_states_give_up(struct snap_rocksdb_states *states)
{
    end_work(states);
}
