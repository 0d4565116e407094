// SPDX-License-Identifier: Apache-2.0
/* rocksdb_absent.c: in place of rocksdb.c where the library is not there. */
#include "base/check.h"
#include "storage/rocksdb.h"

const char *snap_rocksdb_version(void)
{
    return NULL;
}

struct snap_rocksdb *snap_rocksdb_open(const char *directory, struct snap_error *error)
{
    (void)directory;
    snap_error_set(error, SNAP_ERROR_UNSUPPORTED, "RocksDB is not built in");
    return NULL;
}

struct snap_rocksdb *snap_rocksdb_reopen(const char *directory, struct snap_error *error)
{
    return snap_rocksdb_open(directory, error);
}

void snap_rocksdb_close(struct snap_rocksdb *db)
{
    SNAP_CHECK(!db);
}

/* Nobody has a database. */
uint32_t snap_rocksdb_family(struct snap_rocksdb *db, const char *name)
{
    SNAP_CHECK(db && name);
    return 0;
}

bool snap_rocksdb_has_family(const struct snap_rocksdb *db, const char *name)
{
    SNAP_CHECK(db && name);
    return false;
}

void snap_rocksdb_keep_families(struct snap_rocksdb *db, const char *const *names, uint32_t count)
{
    SNAP_CHECK(db && names && count);
}

void snap_rocksdb_put(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key,
                      struct snap_bytes value)
{
    SNAP_CHECK(db && family && key.at && value.at);
}

void snap_rocksdb_delete(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key)
{
    SNAP_CHECK(db && family && key.at);
}

bool snap_rocksdb_checkpoint(struct snap_rocksdb *db, const char *directory,
                             struct snap_error *error)
{
    SNAP_CHECK(db && directory && error);
    return false;
}
