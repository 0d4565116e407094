// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint_files_parts.h: what a run knows of its files, for the parts of checkpoint_files.h.
 *
 * - checkpoint_files.c writes, checkpoint_files_end.c begins with what was restored and removes.
 * - Owner and thread: those of checkpoint_files.h.
 */
#ifndef SNAP_SNAPSHOT_CHECKPOINT_FILES_PARTS_H
#define SNAP_SNAPSHOT_CHECKPOINT_FILES_PARTS_H

#include "snapshot/checkpoint_files.h"
#include "snapshot/shared_files.h"
#include "snapshot/storage_notes.h"

enum { SNAP_JOB_ID_TEXT_BYTES = 33 };

/* A snapshot that has files and belongs to the job. */
struct snap_kept_files {
    snap_checkpoint_id id;
    struct snap_fs *fs;
    const char *directory;
    bool is_claimed; /* the job started from it */
};

/* A snapshot that stays when its execution is over. */
struct snap_left_files {
    struct snap_files_left told; /* its directory is not known yet */
    struct snap_fs *fs;
    const char *directory;
};

struct snap_checkpoint_files {
    const struct snap_simulation *sim;
    struct snap_fs *run_fs;     /* of the output directory; borrowed */
    struct snap_fs *machine_fs; /* for absolute paths */
    struct snap_arena arena;
    const struct snap_job *job;
    uint32_t executions;
    char job_id[SNAP_JOB_ID_TEXT_BYTES];
    bool has_job_dir;
    struct snap_kept_files *kept;
    uint32_t kept_count;
    uint32_t kept_capacity;
    struct snap_left_files *left; /* of all executions */
    uint32_t left_count;
    uint32_t left_capacity;
    struct snap_rocksdb_states *rocksdb; /* NULL: the backend is hashmap */
    struct snap_shared_files shared;
    struct snap_kept_files waiting; /* claimed and subsumed, but files of it are used; or zeroed */
    struct snap_storage_notes notes;
    uint32_t failures_in_a_row;
};

/* Notes that the snapshot stays; `name` is borrowed from the simulation. */
void snap_checkpoint_files_leave(struct snap_checkpoint_files *files,
                                 const struct snap_left_files *left);

#endif
