// SPDX-License-Identifier: Apache-2.0
/*
 * properties.h: what a snapshot is and when Flink may discard it: the end of `_metadata`.
 *
 * - The only part that is a Java object stream. Read is the subset that such a stream can consist
 *   of: classes, strings, enum constants, objects of plain fields; at most SNAP_JAVA_HANDLES_MAX of
 *   them. Fields that are not known are gone over.
 * - Texts are modified UTF-8.
 * - What was read of Flink 1.20 and 2.3 and is written again has the same bytes.
 * Flink: CheckpointProperties, CheckpointType, SavepointType.
 */
#ifndef SNAP_FLINK_PROPERTIES_H
#define SNAP_FLINK_PROPERTIES_H

#include "flink/byte_reader.h"
#include "flink/byte_writer.h"
#include "model/checkpoint.h"
#include "model/config.h"
#include "model/timeline.h"

enum { SNAP_JAVA_HANDLES_MAX = 64 };

struct snap_checkpoint_properties {
    bool is_null;
    bool discard_cancelled;
    bool discard_failed;
    bool discard_finished;
    bool discard_subsumed;
    bool discard_suspended;
    bool is_forced;
    bool is_unclaimed;
    bool is_savepoint;
    struct snap_bytes name;    /* "Checkpoint", "Savepoint", ... */
    struct snap_bytes sharing; /* of a checkpoint: "FORWARD_BACKWARD", "FORWARD" */
    struct snap_bytes format;  /* of a savepoint: "CANONICAL", "NATIVE" */
    struct snap_bytes action;  /* of a savepoint: "NONE", "SUSPEND", "TERMINATE" */
};

bool snap_properties_read(struct snap_byte_reader *reader,
                          struct snap_checkpoint_properties *properties);
void snap_properties_write(struct snap_byte_writer *writer,
                           const struct snap_checkpoint_properties *properties);

/* Returns the properties of a periodic checkpoint. */
struct snap_checkpoint_properties snap_properties_of_checkpoint(enum snap_snapshot_kind kind,
                                                                enum snap_retention retention);

/* Returns the properties of a savepoint of a user's. */
struct snap_checkpoint_properties snap_properties_of_savepoint(enum snap_snapshot_kind kind,
                                                               enum snap_savepoint_format format);

#endif
