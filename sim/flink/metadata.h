// SPDX-License-Identifier: Apache-2.0
/*
 * metadata.h: the `_metadata` file: a snapshot's operators and where their state lies.
 *
 * - Versions 2 to 6 are read; 4 is what Flink 1.20 writes and 6 what 2.3 writes.
 * - Texts are modified UTF-8. Texts and inline state point into the bytes that were read; arrays
 * lie in the arena.
 * - What was read and is written again in its version has the same bytes.
 * - A file that is cut off anywhere, or has more bytes behind its end, is refused.
 * Flink: MetadataSerializer, OperatorState, OperatorSubtaskState.
 */
#ifndef SNAP_FLINK_METADATA_H
#define SNAP_FLINK_METADATA_H

#include "flink/handles.h"
#include "flink/properties.h"
#include "model/operator_id.h"

enum {
    SNAP_METADATA_VERSION_LEAST = 2,
    SNAP_METADATA_VERSION_1_20 = 4,
    SNAP_METADATA_VERSION_2_3 = 6,
    SNAP_METADATA_VERSION_MOST = 6,
};

/* State of a hook on the JobManager. Flink: MasterState. */
struct snap_master_state {
    int32_t version;
    struct snap_bytes name;
    struct snap_bytes data;
};

struct snap_metadata_subtask {
    uint64_t offset; /* where it stood in the file that was read */
    int32_t index;
    bool is_finished; /* then nothing else */
    struct snap_operator_handle managed_operator;
    struct snap_operator_handle raw_operator;
    struct snap_keyed_handle managed_keyed;
    struct snap_keyed_handle raw_keyed;
    const struct snap_channel_handle *inputs;
    uint32_t input_count;
    const struct snap_channel_handle *results;
    uint32_t result_count;
};

struct snap_metadata_operator {
    struct snap_bytes name; /* version 5 on; empty: none */
    struct snap_bytes uid;
    struct snap_operator_id id;
    uint64_t offset; /* where its parallelism stood in the file that was read */
    int32_t parallelism;
    int32_t max_parallelism;
    struct snap_stream_handle coordinator;
    bool is_finished; /* wholly: no subtasks */
    const struct snap_metadata_subtask *subtasks;
    uint32_t subtask_count;
    int32_t chain_length; /* version 2 */
};

struct snap_metadata {
    int32_t version;
    int64_t checkpoint_id;
    const struct snap_master_state *masters;
    uint32_t master_count;
    const struct snap_metadata_operator *operators;
    uint32_t operator_count;
    struct snap_checkpoint_properties properties; /* version 4 on; else is_null */
};

/* Reads the whole file. Errors: SNAP_ERROR_SNAPSHOT with the offset. */
bool snap_metadata_read(struct snap_bytes file, struct snap_arena *arena,
                        struct snap_metadata *metadata, struct snap_error *error);

/* Writes the file in metadata->version. What a version has not (names, merged channels, finished
 * subtasks) must not be there, names excepted. */
void snap_metadata_write(struct snap_byte_writer *writer, const struct snap_metadata *metadata);

/* Visits every stream that the subtask's handles have: keyed state, operator state, channels. */
void snap_subtask_handles_walk(const struct snap_metadata_subtask *subtask,
                               const struct snap_stream_visitor *visitor);

#endif
