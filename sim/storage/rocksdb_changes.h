// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb_changes.h: what has changed in a subtask's tables since the last time, put into its
 * database.
 *
 * - A copy of the tables is kept from one time to the next. Entries of a key group keep their
 *   order, so both are gone through side by side: what is missing was removed, what is more at the
 *   end is new. If the order differs all the same, entries are removed and put again.
 */
#ifndef SNAP_STORAGE_ROCKSDB_CHANGES_H
#define SNAP_STORAGE_ROCKSDB_CHANGES_H

#include "storage/keyed_tables.h"
#include "storage/rocksdb.h"

/* The tables of the last time; zeroed is none. */
struct snap_rocksdb_last {
    struct snap_arena arenas[2]; /* in turn */
    uint32_t turn;
    struct snap_keyed_table *tables;
    uint32_t count;
};

/* Puts the changes into the database and remembers the tables. */
void snap_rocksdb_put_changes(struct snap_rocksdb *db, struct snap_rocksdb_last *last,
                              const struct snap_keyed_tables *tables, uint32_t max_parallelism);

/* Takes the tables for what the database has. */
void snap_rocksdb_remember(struct snap_rocksdb_last *last, const struct snap_keyed_tables *tables);

/* Forgets everything. */
void snap_rocksdb_last_fini(struct snap_rocksdb_last *last);

#endif
