// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_keyed.h"

#include <inttypes.h>

#include "base/check.h"
#include "flink/metadata.h"
#include "flink/rocksdb_state.h"
#include "model/operator_type.h"
#include "storage/changelog_load.h"
#include "storage/keyed_states.h"
#include "storage/raw_timers_load.h"
#include "storage/snapshot_stream.h"

static bool is_readable(enum snap_keyed_type type)
{
    return type == SNAP_KEYED_GROUPS || type == SNAP_KEYED_SAVEPOINT ||
           type == SNAP_KEYED_GROUPS_OLD || type == SNAP_KEYED_INCREMENTAL ||
           type == SNAP_KEYED_INCREMENTAL_OLD;
}

static bool is_changelog(enum snap_keyed_type type)
{
    return type == SNAP_KEYED_CHANGELOG || type == SNAP_KEYED_CHANGELOG_OLD;
}

/* Files of one backend are nothing to the other; a canonical savepoint is for both.
 * Flink: HeapRestoreOperation, RocksDBKeyedStateBackendBuilder. */
static bool check_backend(enum snap_backend_kind backend, const struct snap_state_bytes *from,
                          enum snap_keyed_type type, struct snap_error *error)
{
    bool is_rocksdb = type == SNAP_KEYED_INCREMENTAL || type == SNAP_KEYED_INCREMENTAL_OLD;

    if (type == SNAP_KEYED_SAVEPOINT || is_rocksdb == (backend == SNAP_BACKEND_ROCKSDB))
        return true;
    return snap_error_set(
        error, SNAP_ERROR_RESTORE,
        "keyed state of operator \"%s\" is in files of the state backend %s, which that of this "
        "job, %s, cannot read; a canonical savepoint can be restored with any",
        from->of->uid, is_rocksdb ? "rocksdb" : "hashmap", is_rocksdb ? "hashmap" : "rocksdb");
}

static bool check_groups(const struct snap_state_bytes *from,
                         const struct snap_keyed_handle *handle, struct snap_error *error)
{
    if (handle->group_first >= 0 && handle->group_count >= 0 &&
        (uint32_t)handle->group_first + (uint32_t)handle->group_count <= from->of->max_parallelism)
        return true;
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "offset %" PRIu64
                          ": keyed state of operator \"%s\" has key groups from %" PRId32
                          ", %" PRId32 " of them; expected some of its %u",
                          handle->offset, from->of->uid, handle->group_first, handle->group_count,
                          from->of->max_parallelism);
}

static bool check_keyed(const struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                        struct snap_error *error)
{
    if (!is_readable(handle->type) && !is_changelog(handle->type))
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                              "offset %" PRIu64
                              ": keyed state of operator \"%s\" is in a handle of "
                              "changes; expected one of what they are changes of, too",
                              handle->offset, from->of->uid);
    return check_groups(from, handle, error);
}

/* The tables of a handle, in arrays with room for all. */
struct tables {
    struct snap_bytes *bytes;
    const char **paths;
    uint32_t count;
};

/* The other files have to be there whole, too: the database is opened with them.
 * Flink: RocksDBStateDownloader takes all. */
static bool open_tables(const struct snap_snapshot_reading *reading,
                        const struct snap_named_streams *streams, struct tables *tables,
                        struct snap_error *error)
{
    for (uint32_t i = 0; i < streams->count; i++) {
        struct snap_found_stream stream;
        bool is_table = snap_rocksdb_is_table(streams->items[i].name);

        if (!snap_snapshot_open_stream(reading, &streams->items[i].stream, &stream, error)) {
            if (is_table || error->code != SNAP_ERROR_CONSENT)
                return false;
            /* Nothing of it is read here, so nobody has to agree. */
            *error = (struct snap_error){0};
            continue;
        }
        if (!is_table)
            continue;
        tables->paths[tables->count] = stream.path;
        tables->bytes[tables->count++] = stream.bytes;
    }
    return true;
}

/* Tables of RocksDB, from both lists. */
static bool load_tables(const struct snap_snapshot_reading *reading, struct snap_state_bytes *from,
                        const struct snap_keyed_handle *handle, struct snap_error *error)
{
    const size_t most = (size_t)handle->shared.count + handle->own.count;
    struct tables tables = {SNAP_ARENA_ARRAY(reading->arena, struct snap_bytes, most),
                            SNAP_ARENA_ARRAY(reading->arena, const char *, most), 0};
    bool good = open_tables(reading, &handle->shared, &tables, error) &&
                open_tables(reading, &handle->own, &tables, error);

    from->tables = tables.bytes;
    from->table_paths = tables.paths;
    from->table_count = tables.count;
    return good;
}

/* Handles nest as deep as their reader let them. */
static bool load_changelog(const struct snap_snapshot_reading *reading,
                           struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                           struct snap_operator_state *state, struct snap_error *error)
{
    struct snap_operator_state base = {.bytes = 0};
    const char *path = reading->site.metadata;
    struct snap_changelog_parts parts = {.from = from,
                                         .handle = handle,
                                         .changes = {.max_parallelism = from->of->max_parallelism},
                                         .base = &base};

    if (handle->materialized.count > 1)
        return snap_error_set(
            error, SNAP_ERROR_UNSUPPORTED,
            "%s: below the change log of operator \"%s\" lie several materialized "
            "states, as after a change of parallelism: not in this version",
            reading->site.metadata, from->of->uid);
    for (uint32_t i = 0; i < handle->materialized.count; i++)
        if (!snap_snapshot_load_keyed(reading, from, &handle->materialized.items[i], &base, error))
            return false;
    if (!snap_changelog_open(reading, handle, &parts.changes, &path, error))
        return false;
    /* With several files it is not known in which of them the damage is. */
    if (parts.changes.part_count != 1)
        path = reading->site.metadata;
    return snap_changelog_load(&parts, reading->arena, state, error) ||
           snap_snapshot_in_file(path, error);
}

bool snap_snapshot_load_keyed(const struct snap_snapshot_reading *reading,
                              struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                              struct snap_operator_state *state, struct snap_error *error)
{
    struct snap_found_stream stream;

    if (handle->type == SNAP_KEYED_NONE)
        return true;
    if (!check_keyed(from, handle, error))
        return snap_snapshot_in_file(reading->site.metadata, error);
    if (is_changelog(handle->type))
        return load_changelog(reading, from, handle, state, error);
    if (!check_backend(reading->backend, from, handle->type, error))
        return snap_snapshot_in_file(reading->site.metadata, error);
    if (!snap_snapshot_open_stream(reading, &handle->stream, &stream, error) ||
        !load_tables(reading, from, handle, error))
        return false;
    from->data = stream.bytes;
    if (snap_keyed_states_read(from, handle, reading->arena, state, error))
        return true;
    /* A table names itself. */
    return error->file[0] ? snap_snapshot_fold_place(error)
                          : snap_snapshot_in_file(stream.path, error);
}

/* Timers on the heap beside RocksDB. Flink: what else is raw belongs to whoever wrote it. */
bool snap_snapshot_load_raw(const struct snap_snapshot_reading *reading,
                            struct snap_state_bytes *from, const struct snap_keyed_handle *handle,
                            struct snap_operator_state *state, struct snap_error *error)
{
    struct snap_found_stream stream;

    if (handle->type == SNAP_KEYED_NONE)
        return true;
    if (!handle->offsets)
        return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                              "%s: offset %" PRIu64
                              ": raw keyed state of operator \"%s\" has no key groups",
                              reading->site.metadata, handle->offset, from->of->uid);
    if (!check_groups(from, handle, error))
        return snap_snapshot_in_file(reading->site.metadata, error);
    if (!snap_snapshot_open_stream(reading, &handle->stream, &stream, error))
        return false;
    from->data = stream.bytes;
    return snap_raw_timers_load(from, handle, reading->arena, state, error) ||
           snap_snapshot_in_file(stream.path, error);
}
