// SPDX-License-Identifier: Apache-2.0
/*
 * state_stream.h: where the bytes of one state go: into `_metadata` itself, or a file beside it.
 *
 * - A state of at most `inline_max` bytes stays in memory until `_metadata` is written; an empty
 * one has no handle. Larger ones are files of the directory, synced before they are named anywhere.
 * - Files that several snapshots use go to a directory of the job's; handles have their full path.
 * - Names look like Flink's and follow from the seed alone: the same run writes the same files.
 * - One thread, that of the snapshot's owner.
 * Flink: FsCheckpointStateOutputStream.
 */
#ifndef SNAP_STORAGE_STATE_STREAM_H
#define SNAP_STORAGE_STATE_STREAM_H

#include "base/arena.h"
#include "base/fs.h"
#include "flink/handles.h"
#include "storage/state_place.h"

enum { SNAP_UUID_TEXT_BYTES = 37 };

/* Names that were not given out yet, drawn from a seed. */
struct snap_uuid_source {
    uint64_t seed;
    uint64_t count;
};

/* Writes the next name: 36 characters and a NUL. Flink: UUID.randomUUID. */
void snap_uuid_next(struct snap_uuid_source *source, char text[SNAP_UUID_TEXT_BYTES]);

struct snap_state_stream {
    struct snap_fs *fs;
    const char *directory;
    size_t inline_max;
    bool is_in_memory;  /* there are no files: a state that is larger is an error */
    bool is_compressed; /* the states that go there are to be */
    struct snap_uuid_source names;
    struct snap_arena *arena; /* has handles and inline bytes */
    uint64_t file_count;
    uint64_t file_bytes;
};

/* Puts the bytes, which must last as long as the arena, into their place. Errors: SNAP_ERROR_IO. */
bool snap_state_stream_put(struct snap_state_stream *stream, struct snap_bytes bytes,
                           struct snap_stream_handle *handle, struct snap_error *error);

/* Puts the bytes into the shared directory, or inside `_metadata` if they are few. *path is the
 * file's, NULL if there is none. Errors: SNAP_ERROR_IO. */
bool snap_state_stream_share(struct snap_state_stream *stream, const struct snap_state_place *place,
                             struct snap_bytes bytes, struct snap_stream_handle *handle,
                             const char **path, struct snap_error *error);

/* Returns the next name, in the arena. */
struct snap_bytes snap_state_stream_name(struct snap_state_stream *stream);

/* Writes a file and makes its bytes safe. Errors: SNAP_ERROR_IO. */
bool snap_state_file_write(struct snap_fs *fs, const char *path, struct snap_bytes bytes,
                           struct snap_error *error);

#endif
