// SPDX-License-Identifier: Apache-2.0
/*
 * rocksdb_database.h: the databases behind rocksdb_states.h, for those who fill them.
 *
 * - A table has the name that the database gave it and the handle that snapshots name it by.
 * - Of two lists of tables one is that of the last confirmed snapshot; the other fills while a
 *   snapshot, or what the job starts from, is in work.
 * - Owner and thread: those of the databases.
 */
#ifndef SNAP_STORAGE_ROCKSDB_DATABASE_H
#define SNAP_STORAGE_ROCKSDB_DATABASE_H

#include "storage/rocksdb_changes.h"
#include "storage/rocksdb_states.h"
#include "storage/scratch_directory.h"
#include "storage/state_stream.h"

/* A table of the last confirmed snapshot. */
struct snap_known_file {
    const char *name; /* in the database */
    const char *path; /* in the shared directory; NULL: inside `_metadata` */
    struct snap_stream_handle handle;
};

/* Files of one snapshot. */
struct snap_file_list {
    struct snap_arena arena;
    struct snap_known_file *files;
    uint32_t count;
    uint32_t capacity;
};

/* The backend of one subtask. */
struct snap_database {
    uint32_t operator_index;
    uint32_t subtask;
    struct snap_rocksdb *db;
    char id[SNAP_UUID_TEXT_BYTES];         /* and the name of its directory */
    char backend_id[SNAP_UUID_TEXT_BYTES]; /* of whoever had it first */
    struct snap_rocksdb_last last;
    struct snap_file_list lists[2]; /* confirmed, and of the snapshot in work */
    uint32_t confirmed;
    bool is_in_work;
};

struct snap_rocksdb_states {
    struct snap_scratch_directory scratch;
    struct snap_fs *fs; /* below it; NULL: not made yet */
    struct snap_uuid_source names;
    struct snap_database **databases;
    uint32_t count;
    struct snap_arena work; /* the snapshot in work */
    struct snap_shared_file *shared;
    uint32_t shared_count;
    uint32_t shared_capacity;
};

/* Returns the database of the subtask, NULL if there is none yet. */
struct snap_database *snap_database_find(const struct snap_rocksdb_states *states,
                                         const struct snap_rocksdb_target *target);

/* Makes one without a database behind it, which the caller puts in. NULL with SNAP_ERROR_IO. */
struct snap_database *snap_database_make(struct snap_rocksdb_states *states,
                                         const struct snap_rocksdb_target *target,
                                         struct snap_error *error);

/* Closes and removes the one that was made last. */
void snap_database_take_back(struct snap_rocksdb_states *states);

/* The list that the snapshot in work fills begins empty. */
void snap_database_begin_list(struct snap_database *database);

/* Adds a table to it (copied), for the snapshots to come; returns the copy. */
const struct snap_known_file *snap_database_keep(struct snap_database *database,
                                                 const struct snap_known_file *file);

/* The snapshot in work uses the file (copied). */
void snap_database_note_shared(struct snap_rocksdb_states *states,
                               const struct snap_shared_file *file);

#endif
