// SPDX-License-Identifier: Apache-2.0
/*
 * operator_file.h: a file of operator state: lists whose elements the handle points at, and
 * broadcast maps.
 *
 * - An element reaches at most to the next one that any list of the handle has, or to the end of
 * the file: that is how far one of an unknown serializer is shown.
 * - A broadcast map is one element: a count, then keys and values.
 * - Compressed elements are decompressed one at a time.
 * Flink: OperatorStateRestoreOperation, DefaultOperatorStateBackendSnapshotStrategy.
 */
#ifndef SNAP_FLINK_OPERATOR_FILE_H
#define SNAP_FLINK_OPERATOR_FILE_H

#include "flink/datum_codec.h"
#include "flink/handles.h"
#include "flink/state_meta.h"

struct snap_operator_reader {
    struct snap_bytes data;
    const struct snap_operator_handle *handle; /* borrowed */
    struct snap_operator_head head;
    const int64_t *starts; /* of all elements, rising; arena */
    uint32_t start_count;
    struct snap_byte_writer plain;
    struct snap_error *error;
};

/* Reads the head; `arena` holds it and must outlive the reader. Errors: SNAP_ERROR_SNAPSHOT. */
bool snap_operator_reader_open(struct snap_operator_reader *reader, struct snap_bytes data,
                               const struct snap_operator_handle *handle, struct snap_arena *arena);

/* Returns what the head says about a list of the handle, NULL if nothing. */
const struct snap_state_meta *snap_operator_reader_meta(const struct snap_operator_reader *reader,
                                                        const struct snap_list_place *list);

/* Prepares the bytes of an element; valid until the next one is. */
bool snap_operator_reader_element(struct snap_operator_reader *reader, int64_t offset,
                                  struct snap_byte_reader *bytes);

/* Reads an element as a tree: of a broadcast map a MAP; memory of the arena. Without a known
 * serializer all its bytes are one. */
bool snap_operator_reader_datum(struct snap_operator_reader *reader,
                                const struct snap_list_place *list, int64_t offset,
                                struct snap_arena *arena, struct snap_datum *datum);

/* Elements to write, as their serializer made them; for a broadcast state one, the whole map. */
struct snap_operator_list {
    struct snap_bytes name;
    enum snap_list_mode mode;
    const struct snap_bytes *elements;
    uint32_t count;
};

struct snap_operator_content {
    const struct snap_operator_head *head; /* has each list's meta; says whether to compress */
    const struct snap_operator_list *lists;
    uint32_t count;
};

/* Writes the file; returns the lists with their offsets for the handle, memory of the arena. */
const struct snap_list_place *snap_operator_file_write(struct snap_byte_writer *writer,
                                                       const struct snap_operator_content *content,
                                                       struct snap_arena *arena);

#endif
