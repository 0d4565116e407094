// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb_restore.h"

#include <string.h>

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/metadata.h"
#include "flink/rocksdb_state.h"
#include "storage/local_path.h"
#include "storage/rocksdb_database.h"
#include "storage/snapshot_stream.h"
#include "storage/uri_root.h"

/* One database on its way. */
struct restoring {
    struct snap_rocksdb_states *states;
    struct snap_database *database;
    struct snap_snapshot_reading reading; /* in the scratch arena */
    const struct snap_rocksdb_base *base;
    struct snap_arena scratch; /* of one file */
    struct snap_arena arena;   /* of the head */
    struct snap_keyed_head head;
    struct snap_error *error;
};

const struct snap_keyed_handle *snap_rocksdb_base_find(const struct snap_snapshot_reading *reading,
                                                       uint32_t operator_index,
                                                       struct snap_key_group_range range)
{
    const struct snap_metadata_operator *from = &reading->metadata->operators[operator_index];
    const struct snap_keyed_handle *found = NULL;

    for (uint32_t i = 0; i < from->subtask_count; i++) {
        const struct snap_keyed_handle *handle = &from->subtasks[i].managed_keyed;
        int64_t first = handle->group_first;
        int64_t last = first + handle->group_count - 1;

        if (handle->type == SNAP_KEYED_NONE || last < range.first || first > range.last)
            continue;
        if (found || handle->type != SNAP_KEYED_INCREMENTAL || handle->shared.count == 0 ||
            first != range.first || last != range.last)
            return NULL;
        found = handle;
    }
    return found;
}

/* ---- files ---- */

/* The name of a file in the database's directory. */
static const char *name_of(struct restoring *restoring, struct snap_bytes text)
{
    const char *name = (const char *)snap_java_text(&restoring->scratch, text).at;

    if (*name && !strchr(name, '/') && !snap_local_path_climbs(name))
        return name;
    snap_error_set(restoring->error, SNAP_ERROR_SNAPSHOT,
                   "%s: \"%s\" is no name of a file of RocksDB", restoring->reading.site.metadata,
                   name);
    return NULL;
}

static bool copy_file(struct restoring *restoring, const struct snap_named_stream *from,
                      struct snap_found_stream *found)
{
    struct snap_fs *fs = restoring->states->fs;
    const char *name = name_of(restoring, from->name);

    return name &&
           snap_snapshot_open_stream(&restoring->reading, &from->stream, found, restoring->error) &&
           snap_state_file_write(
               fs, snap_arena_printf(&restoring->scratch, "%s/%s", restoring->database->id, name),
               found->bytes, restoring->error);
}

/* The handle that later snapshots name the table by; NONE if they must not: what is a part of a
 * file cannot go with its last use. */
static struct snap_known_file known_of(struct restoring *restoring,
                                       const struct snap_named_stream *from,
                                       const struct snap_found_stream *found)
{
    struct snap_known_file known = {
        .name = (const char *)snap_java_text(&restoring->scratch, from->name).at,
        .handle = {.type = from->stream.type, .size = (int64_t)found->bytes.count}};

    if (from->stream.type == SNAP_STREAM_INLINE) {
        known.handle = from->stream;
    } else if (from->stream.type == SNAP_STREAM_FILE || from->stream.type == SNAP_STREAM_RELATIVE) {
        known.path = found->path;
        known.handle.type = SNAP_STREAM_FILE;
        known.handle.path =
            snap_java_modified(&restoring->scratch,
                               snap_bytes_of(snap_uri_root_name(restoring->reading.site.uri_root,
                                                                &restoring->scratch, found->path)));
    } else {
        known.handle.type = SNAP_STREAM_NONE;
    }
    return known;
}

static bool restore_shared(struct restoring *restoring, const struct snap_named_stream *from)
{
    struct snap_found_stream found;
    struct snap_known_file known;

    if (!copy_file(restoring, from, &found))
        return false;
    known = known_of(restoring, from, &found);
    if (known.handle.type == SNAP_STREAM_NONE || !snap_rocksdb_is_table(from->name))
        return true;
    snap_database_keep(restoring->database, &known);
    snap_database_note_shared(restoring->states,
                              &(struct snap_shared_file){.path = known.path, .is_new = true});
    return true;
}

static bool restore_files(struct restoring *restoring)
{
    const struct snap_keyed_handle *handle = restoring->base->handle;
    struct snap_fs *fs = restoring->states->fs;
    struct snap_found_stream found;

    if (!fs->make_dirs(fs, restoring->database->id, restoring->error))
        return false;
    snap_database_begin_list(restoring->database);
    for (uint32_t i = 0; i < handle->shared.count; i++) {
        if (!restore_shared(restoring, &handle->shared.items[i]))
            return false;
        snap_arena_reset(&restoring->scratch);
    }
    for (uint32_t i = 0; i < handle->own.count; i++) {
        if (!copy_file(restoring, &handle->own.items[i], &found))
            return false;
        snap_arena_reset(&restoring->scratch);
    }
    return true;
}

/* ---- what the database has ---- */

static bool read_head(struct restoring *restoring)
{
    struct snap_byte_reader bytes;
    struct snap_found_stream found;
    struct snap_snapshot_reading reading = restoring->reading;
    bool read;

    /* Texts of the head point into what was read. */
    reading.arena = &restoring->arena;
    if (!snap_snapshot_open_stream(&reading, &restoring->base->handle->stream, &found,
                                   restoring->error))
        return false;
    snap_byte_reader_init(&bytes, found.bytes, 0, restoring->error);
    read = snap_keyed_head_read(&bytes, &restoring->arena, &restoring->head);
    return read || snap_snapshot_in_file(found.path, restoring->error);
}

static struct snap_bytes bytes_of(struct restoring *restoring,
                                  const struct snap_serializer *serializer)
{
    struct snap_byte_writer writer;

    snap_byte_writer_init(&writer, &restoring->scratch, NULL);
    if (serializer)
        snap_serializer_write(&writer, serializer);
    return snap_byte_writer_bytes(&writer);
}

static bool same_serializer(struct restoring *restoring, const struct snap_serializer *a,
                            const struct snap_serializer *b)
{
    return snap_bytes_equal(bytes_of(restoring, a), bytes_of(restoring, b));
}

/* Whether entries of the state, as the snapshot has it, are those that would be put now. */
static bool is_same_state(struct restoring *restoring, const struct snap_state_meta *now)
{
    for (uint32_t i = 0; i < restoring->head.states.count; i++) {
        const struct snap_state_meta *was = &restoring->head.states.items[i];

        if (was->kind == now->kind && was->keyed_type == now->keyed_type &&
            snap_bytes_equal(was->name, now->name))
            return same_serializer(restoring, was->value, now->value) &&
                   same_serializer(restoring, was->key, now->key) &&
                   same_serializer(restoring, was->name_space, now->name_space);
    }
    return false;
}

/* The tables that are in the database as they stand; all others will be put. */
static void take_tables(struct restoring *restoring)
{
    struct snap_rocksdb *db = restoring->database->db;
    struct snap_keyed_tables tables;
    const char **names;
    uint32_t kept = 0;

    snap_keyed_tables_init(&tables, &restoring->scratch, restoring->base->of,
                           restoring->base->state);
    names = SNAP_ARENA_ARRAY(&restoring->scratch, const char *, tables.count);
    for (uint32_t i = 0; i < tables.count; i++) {
        if (!snap_rocksdb_has_family(db, tables.items[i].name) ||
            !same_serializer(restoring, &tables.head.key, &restoring->head.key) ||
            !is_same_state(restoring, &tables.metas[i]))
            continue;
        names[kept] = tables.items[i].name;
        tables.items[kept++] = tables.items[i];
    }
    tables.count = kept;
    snap_rocksdb_keep_families(db, names, kept);
    snap_rocksdb_remember(&restoring->database->last, &tables);
}

static bool open_restored(struct restoring *restoring)
{
    struct snap_database *database = restoring->database;
    struct snap_bytes id = restoring->base->handle->backend_id;

    database->db =
        snap_rocksdb_reopen(snap_arena_printf(&restoring->scratch, "%s/%s",
                                              restoring->states->scratch.path, database->id),
                            restoring->error);
    if (!database->db)
        return false;
    if (id.count == SNAP_UUID_TEXT_BYTES - 1)
        memcpy(database->backend_id, id.at, id.count);
    take_tables(restoring);
    return true;
}

/* ---- the whole ---- */

static bool restore_database(struct restoring *restoring)
{
    const struct snap_rocksdb_target target = {.operator_index = restoring->base->operator_index,
                                               .subtask = restoring->base->subtask};

    SNAP_CHECK(!snap_database_find(restoring->states, &target));
    if (!read_head(restoring))
        return false;
    restoring->database = snap_database_make(restoring->states, &target, restoring->error);
    if (!restoring->database)
        return false;
    if (restore_files(restoring) && open_restored(restoring))
        return true;
    snap_database_take_back(restoring->states);
    return false;
}

bool snap_rocksdb_states_restore(struct snap_rocksdb_states *states,
                                 const struct snap_snapshot_reading *reading,
                                 const struct snap_rocksdb_base *base, struct snap_error *error)
{
    struct restoring restoring = {
        .states = states, .reading = *reading, .base = base, .error = error};
    uint32_t before = states->shared_count;
    bool restored;

    snap_arena_init(&restoring.scratch);
    snap_arena_init(&restoring.arena);
    restoring.reading.arena = &restoring.scratch;
    restoring.reading.moved = NULL;
    restored = restore_database(&restoring);
    if (!restored)
        states->shared_count = before;
    snap_arena_fini(&restoring.scratch);
    snap_arena_fini(&restoring.arena);
    return restored;
}
