// SPDX-License-Identifier: Apache-2.0
/*
 * source_state.h: what sources put into a snapshot: splits of the readers, and what the coordinator
 * has not handed out.
 *
 * - A reader's split is an element of the list "SourceReaderState": version of the split's
 *   serializer, length, the split.
 * - Two forms of splits are known: that of Flink's number sequence (id, from, to), and that of a
 *   numbered split (number, next, end), 20 bytes. Others are bytes.
 * Flink: SourceOperator, SourceCoordinator, SourceCoordinatorSerdeUtils,
 * SimpleVersionedSerialization, NumberSequenceSource.
 */
#ifndef SNAP_FLINK_SOURCE_STATE_H
#define SNAP_FLINK_SOURCE_STATE_H

#include "flink/byte_reader.h"
#include "flink/byte_writer.h"

#define SNAP_SOURCE_STATE_NAME "SourceReaderState"

struct snap_versioned {
    int32_t version;
    struct snap_bytes data;
};

/* Reads a version, a length and so many bytes up to the end. */
bool snap_versioned_read(struct snap_bytes bytes, struct snap_versioned *versioned,
                         struct snap_error *error);

enum snap_split_form { SNAP_SPLIT_OTHER, SNAP_SPLIT_NUMBERED, SNAP_SPLIT_SEQUENCE };

struct snap_split_position {
    enum snap_split_form form;
    int32_t number;       /* NUMBERED */
    struct snap_bytes id; /* SEQUENCE, modified UTF-8 */
    int64_t next;         /* the first record that was not read */
    int64_t end;          /* NUMBERED: exclusive; SEQUENCE: the last number, inclusive */
};

/* Recognises the form by its bytes. */
struct snap_split_position snap_split_position_read(struct snap_bytes split);

/* The coordinator's part: the version of its frame, that of the enumerator, the enumerator. */
struct snap_coordinator_state {
    int32_t serde_version;
    int32_t enumerator_version;
    struct snap_bytes enumerator;
};

/* Returns false without an error if the bytes are not of this form: other coordinators have others.
 */
bool snap_coordinator_state_read(struct snap_bytes bytes, struct snap_coordinator_state *state);
void snap_coordinator_state_write(struct snap_byte_writer *writer,
                                  const struct snap_coordinator_state *state);

#endif
