// SPDX-License-Identifier: Apache-2.0
/*
 * capability_jobs.h: the operations that the capability table tries, and the jobs for them.
 *
 * - Every job counts the same words: from a number source, over two exchanges, to a slow counter
 *   and a sink with lists. What an operation changes must not change what is counted.
 * - Snapshots are taken of one of three jobs: with uids, without them, and one whose state is a
 *   number of another kind of operator.
 */
#ifndef SNAP_CLI_CAPABILITY_JOBS_H
#define SNAP_CLI_CAPABILITY_JOBS_H

#include "base/arena.h"
#include "view/capability_table.h"

enum snap_capability_backend {
    SNAP_CAPABILITY_HASHMAP,
    SNAP_CAPABILITY_ROCKSDB,
    SNAP_CAPABILITY_INCREMENTAL,
    SNAP_CAPABILITY_BACKENDS
};

/* What becomes of the files between the snapshot and the restore. */
enum snap_capability_move {
    SNAP_CAPABILITY_STAYS,
    SNAP_CAPABILITY_SNAPSHOT_MOVES, /* all else of its job is removed */
    SNAP_CAPABILITY_JOB_MOVES,      /* the directory of the job's checkpoints */
};

struct snap_capability_trial {
    struct snap_capability_row row;
    bool is_tried;
    bool is_reading; /* no job starts: the snapshot's values are read and added up */
    bool ages;       /* its metadata are written anew as an earlier minor version has them */
    bool lacks_uids; /* the snapshot's job */
    bool reduces;    /* likewise: it keeps the last number of each word, and counts nothing */
    bool changes_backend;
    bool allows_non_restored;
    enum snap_capability_move move;
    const char *from_version; /* NULL: that of the table */
    const char *to_version;
    const char *operators; /* of the job that restores; NULL: the same */
    const char *config;    /* more of it; NULL: none */
    uint32_t parallelism;  /* 0: the same */
};

const struct snap_capability_trial *snap_capability_trials(uint32_t *count);

/* "hashmap", "rocksdb", "rocksdb, incremental". */
const char *snap_capability_backend_name(enum snap_capability_backend backend);

/* A job that goes on until it has been cut off, with savepoints on its way. */
struct snap_capability_job {
    const char *version;
    enum snap_capability_backend backend;
    bool is_unaligned;
    bool lacks_uids;
    bool reduces;
};

/* Returns the format of `_metadata` that an earlier minor version of the same major one wrote: the
 * last that is another. Flink: 2.0 wrote 5, 2.1 and later 6; 1.14 wrote 3, 1.19 and 1.20 4. */
int32_t snap_capability_earlier_metadata(const char *version);

/* Texts of scenarios; memory of the arena. The second restores for a trial; no trial: nothing is
 * changed. */
const char *snap_capability_cut_text(const struct snap_capability_job *job,
                                     struct snap_arena *arena);
const char *snap_capability_whole_text(const struct snap_capability_job *job,
                                       const struct snap_capability_trial *trial,
                                       struct snap_arena *arena);

#endif
