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
    rocksdb_column_family_handle_t *unnamed; /* the default family of one opened again; or NULL */
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

/* ---- values in parts ---- */

static const char *joiner_name(void *unused)
{
    (void)unused;
    return "StringAppendTESTOperator";
}

static void forget_nothing(void *unused)
{
    (void)unused;
}

/* The library frees it. */
static char *join(const char *first, size_t first_bytes, const char *const *parts,
                  const size_t *part_bytes, int count, size_t *bytes)
{
    size_t total = first ? first_bytes : 0;
    char *joined;

    for (int i = 0; i < count; i++)
        total += part_bytes[i] + 1;
    joined = snap_heap_take(total + 1);
    *bytes = 0;
    if (first) {
        memcpy(joined, first, first_bytes);
        *bytes = first_bytes;
    }
    for (int i = 0; i < count; i++) {
        if (first || i > 0)
            joined[(*bytes)++] = ',';
        memcpy(joined + *bytes, parts[i], part_bytes[i]);
        *bytes += part_bytes[i];
    }
    return joined;
}

static char *join_all(void *unused, const char *key, size_t key_bytes, const char *existing,
                      size_t existing_bytes, const char *const *parts, const size_t *part_bytes,
                      int count, unsigned char *success, size_t *bytes)
{
    (void)unused;
    (void)key;
    (void)key_bytes;
    *success = 1;
    return join(existing, existing_bytes, parts, part_bytes, count, bytes);
}

static char *join_parts(void *unused, const char *key, size_t key_bytes, const char *const *parts,
                        const size_t *part_bytes, int count, unsigned char *success, size_t *bytes)
{
    (void)unused;
    (void)key;
    (void)key_bytes;
    *success = 1;
    return join(NULL, 0, parts, part_bytes, count, bytes);
}

/* ---- opening ---- */

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
    rocksdb_options_set_merge_operator(db->options,
                                       rocksdb_mergeoperator_create(NULL, forget_nothing, join_all,
                                                                    join_parts, NULL, joiner_name));
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

static struct family *add_family(struct snap_rocksdb *db, const char *name)
{
    struct family *family;

    db->families = snap_heap_resize(db->families, (db->family_count + 1) * sizeof(*db->families));
    family = &db->families[db->family_count++];
    *family = (struct family){.name = snap_heap_take(strlen(name) + 1)};
    memcpy(family->name, name, strlen(name) + 1);
    return family;
}

static uint64_t number_of(const struct snap_rocksdb *db, const struct family *family,
                          const char *property)
{
    char *text = rocksdb_property_value_cf(db->db, family->handle, property);
    uint64_t number = text ? strtoull(text, NULL, 10) : 0;

    rocksdb_free(text);
    return number;
}

/* What it has counts as merged: when its tables become one follows from what comes. */
static void take_family(struct snap_rocksdb *db, const char *name,
                        rocksdb_column_family_handle_t *handle)
{
    struct family *family = add_family(db, name);

    family->handle = handle;
    family->merged = number_of(db, family, "rocksdb.estimate-num-keys");
    family->runs = (uint32_t)number_of(db, family, "rocksdb.num-files-at-level0");
}

static void open_families(struct snap_rocksdb *db, const char *directory, char **names,
                          size_t count)
{
    const rocksdb_options_t **options = snap_heap_zeroed(count, sizeof(*options));
    rocksdb_column_family_handle_t **handles = snap_heap_zeroed(count, sizeof(*handles));
    char *failure = NULL;

    for (size_t i = 0; i < count; i++)
        options[i] = db->options;
    db->db = rocksdb_open_column_families(db->options, directory, (int)count,
                                          (const char *const *)names, options, handles, &failure);
    note(db, failure);
    for (size_t i = 0; i < count && db->db; i++) {
        if (strcmp(names[i], "default") == 0)
            db->unnamed = handles[i];
        else
            take_family(db, names[i], handles[i]);
    }
    free(handles);
    free(options);
}

struct snap_rocksdb *snap_rocksdb_reopen(const char *directory, struct snap_error *error)
{
    struct snap_rocksdb *db = snap_heap_zeroed(1, sizeof(*db));
    char *failure = NULL;
    size_t count = 0;
    char **names;

    make_options(db);
    names = rocksdb_list_column_families(db->options, directory, &count, &failure);
    note(db, failure);
    if (names && !db->failure)
        open_families(db, directory, names, count);
    if (names)
        rocksdb_list_column_families_destroy(names, count);
    if (tell(db, error))
        return db;
    snap_rocksdb_close(db);
    return NULL;
}

void snap_rocksdb_close(struct snap_rocksdb *db)
{
    if (!db)
        return;
    if (db->unnamed)
        rocksdb_column_family_handle_destroy(db->unnamed);
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

/* Returns `family_count` if there is none. */
static uint32_t find_family(const struct snap_rocksdb *db, const char *name)
{
    uint32_t at = 0;

    while (at < db->family_count && strcmp(db->families[at].name, name) != 0)
        at++;
    return at;
}

bool snap_rocksdb_has_family(const struct snap_rocksdb *db, const char *name)
{
    return find_family(db, name) < db->family_count;
}

void snap_rocksdb_keep_families(struct snap_rocksdb *db, const char *const *names, uint32_t count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < db->family_count; i++) {
        struct family family = db->families[i];
        char *failure = NULL;
        uint32_t n = 0;

        while (n < count && strcmp(names[n], family.name) != 0)
            n++;
        if (n < count) {
            db->families[kept++] = family;
            continue;
        }
        rocksdb_drop_column_family(db->db, family.handle, &failure);
        note(db, failure);
        rocksdb_column_family_handle_destroy(family.handle);
        free(family.name);
    }
    db->family_count = kept;
}

uint32_t snap_rocksdb_family(struct snap_rocksdb *db, const char *name)
{
    uint32_t at = find_family(db, name);
    struct family *family;
    char *failure = NULL;

    if (at < db->family_count)
        return at;
    family = add_family(db, name);
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
    rocksdb_compact_range_cf(db->db, family->handle, NULL, 0, NULL, 0);
    family->merged = number_of(db, family, "rocksdb.estimate-num-keys");
    family->stale = 0;
    family->runs = 0;
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
