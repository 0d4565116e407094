// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_describe.h: makes a description (model/snapshot.h) of a snapshot's files.
 *
 * - Bytes come from `streams`, who finds them by their handles; this folder opens nothing.
 * - To describe, every state file is read once from front to back; nothing of it stays in memory
 * but counts. Walking over values reads them again.
 * - A file that cannot be had or read makes the description fail, with the error of that file.
 */
#ifndef SNAP_FLINK_SNAPSHOT_DESCRIBE_H
#define SNAP_FLINK_SNAPSHOT_DESCRIBE_H

#include "flink/metadata.h"
#include "model/snapshot.h"

/* Finds the bytes of a stream. They stay valid until they are closed. */
struct snap_streams {
    bool (*open)(void *context, const struct snap_stream_handle *stream, struct snap_bytes *bytes,
                 struct snap_error *error);
    void (*close)(void *context, const struct snap_stream_handle *stream, struct snap_bytes bytes);
    /* Much of the bytes has been read: what of them lies in memory may go, and come again. */
    void (*relax)(void *context, const struct snap_stream_handle *stream, struct snap_bytes bytes);
    /* Adds to an error in these bytes which file it is in. */
    void (*name)(void *context, const struct snap_stream_handle *stream, struct snap_error *error);
    void *context;
};

/*
 * Reads the metadata and describes what it says. `arena` holds the description; `file` and
 * `streams` must outlive it. Errors: SNAP_ERROR_SNAPSHOT, SNAP_ERROR_IO.
 */
bool snap_snapshot_describe(struct snap_bytes file, const struct snap_streams *streams,
                            struct snap_arena *arena, struct snap_snapshot *snapshot,
                            struct snap_error *error);

/* Opens every file that the snapshot has, also those that a description does not read. Errors: the
 * first that is missing or too short. */
bool snap_snapshot_verify(const struct snap_snapshot *snapshot, struct snap_error *error);

#endif
