// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_read.h: reads a snapshot that Flink or snapsim wrote, for a job that is to start from
 * it.
 *
 * - Where it is, and where its files are, says snapshot_site.h.
 * - Two steps: `open` reads `_metadata`; `load` reads the states of the operators that the job has.
 *   Between them the caller says which those are. Nothing is written and nothing changed.
 * - What is damaged is told with the file, the offset and what was expected there.
 * Flink: AbstractFsCheckpointStorageAccess.resolveCheckpointPointer, Checkpoints.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_READ_H
#define SNAP_STORAGE_SNAPSHOT_READ_H

#include "base/fs.h"
#include "model/config.h"
#include "storage/image.h"
#include "storage/snapshot_site.h"

struct snap_metadata;
struct snap_channel_bytes;

/* Files of a snapshot that are not where it says, and were found in the job's directory. */
struct snap_moved_files {
    uint32_t count;
    const char *first; /* where it should be; arena of the reading */
};

struct snap_snapshot_reading {
    struct snap_fs *fs; /* borrowed; paths are below its root */
    struct snap_arena *arena;
    struct snap_snapshot_site site; /* after open */
    enum snap_backend_kind backend; /* the job's: it reads canonical savepoints and its own files */
    const uint32_t *only_subtask;   /* of each operator; NULL: all are read */
    struct snap_bytes metadata_bytes;
    int32_t version_max;            /* of the metadata, that the job's Flink reads; 0: any */
    struct snap_moved_files *moved; /* counted here, if not NULL */
    struct snap_metadata *metadata;
    struct snap_image image; /* after open: without what states hold */
    bool is_savepoint;
    bool lacks_exchange; /* load failed as the job has no exchange for data under way */
    struct snap_channel_bytes *channels; /* data under way, as read so far */
    uint32_t channel_count;
    uint32_t channel_capacity;
    const char *format; /* "canonical", "native" of a savepoint; else "checkpoint" */
};

/* Finds and reads `_metadata`; fs and arena are set. States say then only whether there is
 * something. Errors: SNAP_ERROR_RESTORE if there is none, SNAP_ERROR_SNAPSHOT, SNAP_ERROR_IO. */
bool snap_snapshot_open(struct snap_snapshot_reading *reading,
                        const struct snap_snapshot_place *place, struct snap_error *error);

/* Reads the states of the sources among the operators whose `op` is set: what they have sent says
 * which records are past (image.past_origin). Errors: as load. */
bool snap_snapshot_load_sources(struct snap_snapshot_reading *reading, struct snap_error *error);

/* Reads the states of all other operators whose `op` is set by now, and the data under way over the
 * edges of the image, which the caller has set. Errors: as open, and SNAP_ERROR_RESTORE if the job
 * cannot take a state. */
bool snap_snapshot_load(struct snap_snapshot_reading *reading, struct snap_error *error);

#endif
