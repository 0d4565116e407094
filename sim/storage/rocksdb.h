// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb.h: a database of RocksDB as the storage needs it: entries in, files of a checkpoint out.
 *
 * - RocksDB's own library does all of it, if it was there when snapsim was built; rocksdb_absent.c
 *   stands for it otherwise, and only says so.
 * - A column family a state, made when it is first asked for. No write-ahead log: what was put is
 *   in the files of the next checkpoint, as Flink has it.
 * - Tables are in a form that the versions of RocksDB in Flink 1.20 and 2.3 read: format 5,
 *   checksums CRC-32C.
 * - Nothing happens in the background: a checkpoint writes out one table a family with changes,
 *   and merges a family's tables first when they hold too much that is old. The same entries give
 *   the same numbers of files.
 * - Values that Flink left in parts, of lists, are joined as it joins them.
 * - The first error stays; the next checkpoint tells it. One thread at a time.
 */
#ifndef SNAP_STORAGE_ROCKSDB_H
#define SNAP_STORAGE_ROCKSDB_H

#include "base/bytes.h"
#include "base/error.h"

struct snap_rocksdb;

/* Returns the version of the library, NULL if it is not built in. */
const char *snap_rocksdb_version(void);

/* Opens a new database in the directory, whose parent must exist; the caller owns it. NULL with
 * SNAP_ERROR_IO or, without the library, SNAP_ERROR_UNSUPPORTED. */
struct snap_rocksdb *snap_rocksdb_open(const char *directory, struct snap_error *error);

/* Opens the database whose files lie in the directory, with the families that it has. Errors: as
 * open. */
struct snap_rocksdb *snap_rocksdb_reopen(const char *directory, struct snap_error *error);

/* Closes the database; its files stay. NULL is allowed. */
void snap_rocksdb_close(struct snap_rocksdb *db);

/* Returns the number of the family with this name (copied). */
uint32_t snap_rocksdb_family(struct snap_rocksdb *db, const char *name);

bool snap_rocksdb_has_family(const struct snap_rocksdb *db, const char *name);

/* Gives up all families but these. */
void snap_rocksdb_keep_families(struct snap_rocksdb *db, const char *const *names, uint32_t count);

/* Puts an entry, over one that has the key; removes one. */
void snap_rocksdb_put(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key,
                      struct snap_bytes value);
void snap_rocksdb_delete(struct snap_rocksdb *db, uint32_t family, struct snap_bytes key);

/* Makes the directory with the files of everything put so far; tables are links to the
 * database's. Errors: SNAP_ERROR_IO, of this call or one before. */
bool snap_rocksdb_checkpoint(struct snap_rocksdb *db, const char *directory,
                             struct snap_error *error);

#endif
