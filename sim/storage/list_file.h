// SPDX-License-Identifier: Apache-2.0
/*
 * list_file.h: operator state of one subtask between its lists of items and Flink's file.
 *
 * - Items become elements as the operator declares it. A list that it does not declare is written
 *   as byte arrays, if its items mean the same in another process; else it cannot be written.
 * - Read are the lists that the operator declares, and byte arrays of others; what else is there is
 *   dropped, as Flink drops what nobody asks for.
 * Flink: DefaultOperatorStateBackend.
 */
#ifndef SNAP_STORAGE_LIST_FILE_H
#define SNAP_STORAGE_LIST_FILE_H

#include "flink/changelog_state.h"
#include "flink/handles.h"
#include "storage/image.h"
#include "storage/state_stream.h"

/* Writes the lists of the state; the handle is NONE if there are none. Errors: SNAP_ERROR_IO,
 * SNAP_ERROR_UNSUPPORTED. */
bool snap_list_file_write(const struct snap_image_operator *of,
                          const struct snap_operator_state *state, struct snap_state_stream *stream,
                          struct snap_operator_handle *handle, struct snap_error *error);

/* A file that was read, and whose state it is. */
struct snap_state_bytes {
    const struct snap_image_operator *of;
    struct snap_bytes data;
    uint32_t subtask;
    uint64_t past_origin;
    const struct snap_bytes *tables; /* keyed state in RocksDB's files: its tables */
    const char *const *table_paths;  /* for messages */
    uint32_t table_count;
    struct snap_changelog_state *changes; /* keyed state in a change log: in place of a file */
};

/* Adds the lists in the file to `state`; memory of the arena. Errors: SNAP_ERROR_SNAPSHOT,
 * SNAP_ERROR_RESTORE if a list's elements are of another type than the operator's. */
bool snap_list_file_read(const struct snap_state_bytes *from,
                         const struct snap_operator_handle *handle, struct snap_arena *arena,
                         struct snap_operator_state *state, struct snap_error *error);

#endif
