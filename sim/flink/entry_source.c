// SPDX-License-Identifier: Apache-2.0
#include "flink/entry_source.h"

enum { PASSED_BYTES_MAX = 4 << 20 };

/* RocksDB's keys and values are as in the canonical layout. */
static enum snap_tables_result open_rocksdb(struct snap_entry_source *source,
                                            const struct snap_keyed_file *file,
                                            struct snap_arena *arena, struct snap_error *error)
{
    struct snap_byte_reader bytes;
    enum snap_tables_result result;

    source->kind = SNAP_ENTRIES_ROCKSDB;
    source->reader.layout = SNAP_LAYOUT_CANONICAL;
    snap_byte_reader_init(&bytes, file->data, 0, error);
    if (!snap_keyed_head_read(&bytes, arena, &source->reader.head))
        return SNAP_TABLES_DAMAGED;
    result = snap_tables_open(source->describer, file->handle, arena, &source->tables, error);
    source->rocksdb = (struct snap_rocksdb_state){
        .head = &source->reader.head,
        .handle = file->handle,
        .max_parallelism = file->max_parallelism,
        .arena = arena,
        .error = error,
        .tables = source->tables.tables,
        .table_count = source->tables.count,
    };
    return result;
}

/* Files of changes are opened as tables are: all together. */
static enum snap_tables_result open_changelog(struct snap_entry_source *source,
                                              const struct snap_keyed_file *file,
                                              struct snap_arena *arena, struct snap_error *error)
{
    struct snap_changelog_source changes = {.max_parallelism = file->max_parallelism};
    enum snap_tables_result result;

    source->kind = SNAP_ENTRIES_CHANGELOG;
    source->reader.layout = SNAP_LAYOUT_NATIVE;
    result = snap_changes_open(source->describer, file->handle, arena, &source->tables, &changes);
    if (result != SNAP_TABLES_OPEN)
        return result;
    if (!snap_changelog_state_load(&source->changelog, &changes, arena, error))
        return error->code == SNAP_OK ? SNAP_TABLES_ELSEWHERE : SNAP_TABLES_DAMAGED;
    source->reader.head = source->changelog.head;
    return SNAP_TABLES_OPEN;
}

enum snap_tables_result snap_entry_source_open(struct snap_entry_source *source,
                                               const struct snap_describer *describer,
                                               const struct snap_keyed_file *file,
                                               struct snap_arena *arena, struct snap_error *error)
{
    const struct snap_keyed_handle *handle = file->handle;

    *source = (struct snap_entry_source){.describer = describer};
    source->reader.file = *file;
    source->reader.error = error;
    if (handle->offsets)
        return snap_keyed_reader_open(&source->reader, file, arena, error) ? SNAP_TABLES_OPEN
                                                                           : SNAP_TABLES_DAMAGED;
    if (handle->type == SNAP_KEYED_INCREMENTAL || handle->type == SNAP_KEYED_INCREMENTAL_OLD)
        return open_rocksdb(source, file, arena, error);
    return open_changelog(source, file, arena, error);
}

const char *snap_entry_source_layout(const struct snap_entry_source *source)
{
    switch (source->kind) {
    case SNAP_ENTRIES_GROUPS:
        return source->reader.layout == SNAP_LAYOUT_NATIVE ? "native" : "canonical";
    case SNAP_ENTRIES_ROCKSDB:
        return "rocksdb";
    case SNAP_ENTRIES_CHANGELOG:
        return "changelog";
    }
    return NULL;
}

void snap_entry_source_start(struct snap_entry_source *source, uint32_t state)
{
    if (source->kind == SNAP_ENTRIES_ROCKSDB)
        snap_rocksdb_state_start(&source->rocksdb,
                                 state == SNAP_SNAPSHOT_NONE ? SNAP_ROCKSDB_ALL : state);
}

static void relax(struct snap_entry_source *source)
{
    const struct snap_keyed_file *file = &source->reader.file;

    if (source->kind == SNAP_ENTRIES_GROUPS)
        snap_describer_relax(source->describer, &file->handle->stream, file->data);
    else
        snap_tables_relax(source->describer, &source->tables);
    source->passed_bytes = 0;
}

static bool next(struct snap_entry_source *source, struct snap_keyed_item *item)
{
    switch (source->kind) {
    case SNAP_ENTRIES_GROUPS:
        return snap_keyed_reader_next(&source->reader, item);
    case SNAP_ENTRIES_ROCKSDB:
        return snap_rocksdb_state_next(&source->rocksdb, item);
    case SNAP_ENTRIES_CHANGELOG:
        return snap_changelog_state_next(&source->changelog, item);
    }
    return false;
}

bool snap_entry_source_next(struct snap_entry_source *source, struct snap_keyed_item *item)
{
    if (source->passed_bytes > PASSED_BYTES_MAX)
        relax(source);
    if (!next(source, item))
        return false;
    source->passed_bytes += item->key.count + item->name_space.count + item->value.count;
    return true;
}

bool snap_entry_source_has_failed(const struct snap_entry_source *source)
{
    return source->kind == SNAP_ENTRIES_ROCKSDB ? source->rocksdb.failed : source->reader.failed;
}

bool snap_entry_source_is_fleeting(const struct snap_entry_source *source)
{
    return source->kind == SNAP_ENTRIES_ROCKSDB || source->reader.head.is_compressed;
}

void snap_entry_source_close(struct snap_entry_source *source, struct snap_error *error)
{
    if (error->code != SNAP_OK && source->kind == SNAP_ENTRIES_ROCKSDB)
        snap_tables_name(source->describer, &source->tables, &source->rocksdb, error);
    if (error->code != SNAP_OK && source->kind == SNAP_ENTRIES_CHANGELOG && source->tables.count)
        snap_describer_fail(source->describer, source->tables.streams[0], error);
    snap_tables_close(source->describer, &source->tables);
}
