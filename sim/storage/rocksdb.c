// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb.h"

#include <rocksdb/c.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/heap.h"

/* From rocksdb/table.h, which only C++ can read. */
enum { CHECKSUM_CRC32C = 1, TABLE_FORMAT = 5, LOG_WARNINGS = 2 };

enum {
    BATCH_BYTES_MAX = 1 << 20,
    WRITE_BUFFER_BYTES = 64 << 20,
    RUNS_MIN = 4,    /* below that many tables nothing is merged */
    RUNS_MAX = 20,   /* from then on they are, however small */
    STALE_SHARE = 4, /* merged when the changes are a quarter of what there is */
};

struct family {
    char *name;
    rocksdb_column_family_handle_t *handle;
    uint64_t changed; /* entries put or removed since the last checkpoint */
    uint64_t stale;   /* likewise, since the tables were merged */
    uint64_t merged;  /* entries in the table that they became */
    uint32_t runs;    /* tables since then */
};

struct snap_rocksdb {
    rocksdb_t *db;
    rocksdb_options_t *options;
    rocksdb_block_based_table_options_t *tables;
    rocksdb_writeoptions_t *writing;
    rocksdb_flushoptions_t *flushing;
    rocksdb_writebatch_t *batch;
    size_t batch_bytes;
    struct family *families;
    uint32_t family_count;
    char *failure; /* the library's memory */
};

const char *snap_rocksdb_version(void)
{
    return SNAP_ROCKSDB_VERSION;
}

/* The first failure is the one that matters. */
static void note(struct snap_rocksdb *db, char *failure)
{
    if (!failure)
        return;
    if (db->failure)
        rocksdb_free(failure);
    else
        db->failure = failure;
}

static bool tell(struct snap_rocksdb *db, struct snap_error *error)
{
    if (!db->failure)
        return true;
    return snap_error_set(error, SNAP_ERROR_IO, "RocksDB: %s", db->failure);
}

static void make_options(struct snap_rocksdb *db)
{
    db->tables = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_checksum(db->tables, CHECKSUM_CRC32C);
    rocksdb_block_based_options_set_format_version(db->tables, TABLE_FORMAT);
    db->options = rocksdb_options_create();
    rocksdb_options_set_block_based_table_factory(db->options, db->tables);
    rocksdb_options_set_create_if_missing(db->options, 1);
    rocksdb_options_set_compression(db->options, rocksdb_snappy_compression);
    rocksdb_options_set_write_buffer_size(db->options, WRITE_BUFFER_BYTES);
    rocksdb_options_set_disable_auto_compactions(db->options, 1);
    rocksdb_options_set_max_background_jobs(db->options, 1);
    rocksdb_options_set_info_log_level(db->options, LOG_WARNINGS);
    db->writing = rocksdb_writeoptions_create();
    rocksdb_writeoptions_disable_WAL(db->writing, 1);
    db->flushing = rocksdb_flushoptions_create();
    rocksdb_flushoptions_set_wait(db->flushing, 1);
    db->batch = rocksdb_writebatch_create();
}

struct snap_rocksdb *snap_rocksdb_open(const char *directory, struct snap_error *error)
{
    struct snap_rocksdb *db = snap_heap_zeroed(1, sizeof(*db));
    char *failure = NULL;

    make_options(db);
    db->db = rocksdb_open(db->options, directory, &failure);
    note(db, failure);
    if (tell(db, error))
        return db;
    snap_rocksdb_close(db);
    return NULL;
}

void snap_rocksdb_close(struct snap_rocksdb *db)
{
    if (!db)
        return;
    for (uint32_t i = 0; i < db->family_count; i++) {
        rocksdb_column_family_handle_destroy(db->families[i].handle);
        free(db->families[i].name);
    }
    free(db->families);
    if (db->db)
        rocksdb_close(db->db);
    rocksdb_writebatch_destroy(db->batch);
    rocksdb_flushoptions_destroy(db->flushing);
    rocksdb_writeoptions_destroy(db->writing);
    rocksdb_options_destroy(db->options);
    rocksdb_block_based_options_destroy(db->tables);
    if (db->failure)
        rocksdb_free(db->failure);
    free(db);
}

uint32_t snap_rocksdb_family(struct snap_rocksdb *db, const char *name)
{
    struct family *family;
    char *failure = NULL;

    for (uint32_t i = 0; i < db->family_count; i++)
        if (strcmp(db->families[i].name, name) == 0)
            return i;
    db->families = snap_heap_resize(db->families, (db->family_count + 1) * sizeof(*db->families));
    family = &db->families[db->family_count++];
    *family = (struct family){.name = snap_heap_take(strlen(name) + 1)};
    memcpy(family->name, name, strlen(name) + 1);
    family->handle = rocksdb_create_column_family(db->db, db->options, name, &failure);
    note(db, failure);
    return db->family_count - 1;
}

static void write_batch(struct snap_rocksdb *db)
{
    char *failure = NULL;

    if (!db->failure)
        rocksdb_write(db->db, db->writing, db->batch, &failure);
    note(db, failure);
    rocksdb_writebatch_clear(db->batch);
    db->batch_bytes = 0;
}

static void count_change(struct snap_rocksdb *db, uint32_t family, size_t bytes)
{
    db->families[family].changed++;
    db->batch_bytes += bytes;
    if (db->batch_bytes > BATCH_BYTES_MAX)
        write_batch(db);
}

void snap_rocksdb_put(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key,
                      struct snap_bytes value)
{
    SNAP_CHECK(family < db->family_count);
    if (db->failure)
        return;
    rocksdb_writebatch_put_cf(db->batch, db->families[family].handle, (const char *)key.at,
                              key.count, (const char *)value.at, value.count);
    count_change(db, family, key.count + value.count);
}

void snap_rocksdb_delete(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key)
{
    SNAP_CHECK(family < db->family_count);
    if (db->failure)
        return;
    rocksdb_writebatch_delete_cf(db->batch, db->families[family].handle, (const char *)key.at,
                                 key.count);
    count_change(db, family, key.count);
}

static void merge_tables(struct snap_rocksdb *db, struct family *family)
{
    char *count;

    rocksdb_compact_range_cf(db->db, family->handle, NULL, 0, NULL, 0);
    count = rocksdb_property_value_cf(db->db, family->handle, "rocksdb.estimate-num-keys");
    family->merged = count ? strtoull(count, NULL, 10) : 0;
    family->stale = 0;
    family->runs = 0;
    rocksdb_free(count);
}

/* One more table of what has changed; all of them become one when that is worth the writing. */
static void write_out(struct snap_rocksdb *db, struct family *family)
{
    char *failure = NULL;

    if (family->changed == 0)
        return;
    rocksdb_flush_cf(db->db, db->flushing, family->handle, &failure);
    note(db, failure);
    family->stale += family->changed;
    family->changed = 0;
    family->runs++;
    if (family->runs >= RUNS_MAX ||
        (family->runs >= RUNS_MIN && family->stale >= family->merged / STALE_SHARE))
        merge_tables(db, family);
}

bool snap_rocksdb_checkpoint(struct snap_rocksdb *db, const char *directory,
                             struct snap_error *error)
{
    rocksdb_checkpoint_t *checkpoint;
    char *failure = NULL;

    write_batch(db);
    for (uint32_t i = 0; i < db->family_count && !db->failure; i++)
        write_out(db, &db->families[i]);
    if (!tell(db, error))
        return false;
    checkpoint = rocksdb_checkpoint_object_create(db->db, &failure);
    note(db, failure);
    failure = NULL;
    if (checkpoint) {
        rocksdb_checkpoint_create(checkpoint, directory, 0, &failure);
        note(db, failure);
        rocksdb_checkpoint_object_destroy(checkpoint);
    }
    return tell(db, error);
}
