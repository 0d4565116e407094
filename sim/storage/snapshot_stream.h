// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_stream.h: how the reader of a snapshot gets at the bytes that a handle names; for
 * snapshot_*.c only.
 *
 * - Where files lie says snapshot_site.h.
 * - Bytes lie in the arena of the reading.
 */
#ifndef SNAP_STORAGE_SNAPSHOT_STREAM_H
#define SNAP_STORAGE_SNAPSHOT_STREAM_H

#include "flink/handles.h"
#include "storage/snapshot_read.h"

/* Bytes of a state, and the file they are in, for messages. */
struct snap_found_stream {
    struct snap_bytes bytes;
    const char *path;
};

/* Reads all bytes of the handle. Errors: SNAP_ERROR_SNAPSHOT, SNAP_ERROR_RESTORE, SNAP_ERROR_IO. */
bool snap_snapshot_open_stream(const struct snap_snapshot_reading *reading,
                               const struct snap_stream_handle *handle,
                               struct snap_found_stream *to, struct snap_error *error);

/* Returns where the file of a handle lies that has one. NULL: nowhere that may be looked at;
 * Errors: SNAP_ERROR_RESTORE. */
const char *snap_snapshot_stream_path(const struct snap_snapshot_reading *reading,
                                      const struct snap_stream_handle *handle,
                                      struct snap_error *error);

/* Reads a whole file. */
bool snap_snapshot_read_file(const struct snap_snapshot_reading *reading, const char *path,
                             struct snap_bytes *bytes, struct snap_error *error);

/* Puts the place of an error in front of its message, which then is whole; returns false. */
bool snap_snapshot_fold_place(struct snap_error *error);

/* Puts the name of the file in front of the message; returns false. */
bool snap_snapshot_in_file(const char *path, struct snap_error *error);

#endif
