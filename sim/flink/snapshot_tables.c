// SPDX-License-Identifier: Apache-2.0
#include "flink/snapshot_tables.h"

static bool open_table(const struct snap_describer *describer,
                       const struct snap_stream_handle *stream, struct snap_open_tables *tables)
{
    struct snap_error elsewhere = {0};

    if (!snap_describer_open(describer, stream, &tables->bytes[tables->count], &elsewhere))
        return false;
    tables->streams[tables->count++] = stream;
    return true;
}

static bool open_named(const struct snap_describer *describer,
                       const struct snap_named_streams *streams, struct snap_open_tables *tables)
{
    for (uint32_t i = 0; i < streams->count; i++)
        if (snap_rocksdb_is_table(streams->items[i].name) &&
            !open_table(describer, &streams->items[i].stream, tables))
            return false;
    return true;
}

enum snap_tables_result snap_tables_open(const struct snap_describer *describer,
                                         const struct snap_keyed_handle *handle,
                                         struct snap_arena *arena, struct snap_open_tables *tables,
                                         struct snap_error *error)
{
    uint32_t most = handle->shared.count + handle->own.count;

    *tables = (struct snap_open_tables){.count = 0};
    tables->streams = SNAP_ARENA_ARRAY(arena, const struct snap_stream_handle *, most);
    tables->bytes = SNAP_ARENA_ARRAY(arena, struct snap_bytes, most);
    tables->tables = SNAP_ARENA_ARRAY(arena, struct snap_sst, most);
    if (!open_named(describer, &handle->shared, tables) ||
        !open_named(describer, &handle->own, tables))
        return SNAP_TABLES_ELSEWHERE;
    for (uint32_t i = 0; i < tables->count; i++) {
        struct snap_error found = {0};

        if (snap_sst_open(&tables->tables[i], tables->bytes[i], arena, &found))
            continue;
        if (found.code == SNAP_ERROR_UNSUPPORTED)
            return SNAP_TABLES_ELSEWHERE;
        snap_error_set(error, found.code, "%s", found.message);
        snap_describer_fail(describer, tables->streams[i], error);
        return SNAP_TABLES_DAMAGED;
    }
    return SNAP_TABLES_OPEN;
}

static uint32_t count_parts(const struct snap_keyed_handle *handle)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < handle->changes.count; i++)
        count += handle->changes.items[i].part_count;
    return count;
}

static bool open_parts(const struct snap_describer *describer,
                       const struct snap_keyed_handle *handle, struct snap_open_tables *tables,
                       struct snap_changelog_part *parts)
{
    for (uint32_t i = 0; i < handle->part_count; i++) {
        uint32_t index = tables->count;

        if (!open_table(describer, &handle->parts[i].stream, tables))
            return false;
        parts[index].file = tables->bytes[index];
        parts[index].offset = handle->parts[i].offset;
    }
    return handle->part_count > 0;
}

enum snap_tables_result snap_changes_open(const struct snap_describer *describer,
                                          const struct snap_keyed_handle *handle,
                                          struct snap_arena *arena, struct snap_open_tables *tables,
                                          struct snap_changelog_source *changes)
{
    uint32_t most = count_parts(handle);
    struct snap_changelog_part *parts = SNAP_ARENA_ARRAY(arena, struct snap_changelog_part, most);

    *tables = (struct snap_open_tables){.count = 0};
    tables->streams = SNAP_ARENA_ARRAY(arena, const struct snap_stream_handle *, most);
    tables->bytes = SNAP_ARENA_ARRAY(arena, struct snap_bytes, most);
    if (handle->materialized.count > 0 || most == 0)
        return SNAP_TABLES_ELSEWHERE;
    for (uint32_t i = 0; i < handle->changes.count; i++)
        if (!open_parts(describer, &handle->changes.items[i], tables, parts))
            return SNAP_TABLES_ELSEWHERE;
    changes->parts = parts;
    changes->part_count = most;
    return SNAP_TABLES_OPEN;
}

void snap_tables_close(const struct snap_describer *describer, struct snap_open_tables *tables)
{
    for (uint32_t i = 0; i < tables->count; i++)
        snap_describer_close(describer, tables->streams[i], tables->bytes[i]);
    tables->count = 0;
}

void snap_tables_relax(const struct snap_describer *describer,
                       const struct snap_open_tables *tables)
{
    for (uint32_t i = 0; i < tables->count; i++)
        snap_describer_relax(describer, tables->streams[i], tables->bytes[i]);
}

void snap_tables_name(const struct snap_describer *describer, const struct snap_open_tables *tables,
                      const struct snap_rocksdb_state *rocksdb, struct snap_error *error)
{
    const struct snap_sst *table = snap_rocksdb_state_damaged(rocksdb);

    if (table)
        snap_describer_fail(describer, tables->streams[table - rocksdb->tables], error);
}
