// SPDX-License-Identifier: Apache-2.0
/*
 * wire_event.h: events as they go over Flink's network: barriers and what accompanies data.
 *
 * - They are never in a snapshot (channel state has data only), but a location in a barrier says
 *   where one goes to.
 * - Texts and the location point into what was read.
 * Flink: EventSerializer.
 */
#ifndef SNAP_TESTS_WIRE_EVENT_H
#define SNAP_TESTS_WIRE_EVENT_H

#include "flink/byte_reader.h"
#include "flink/byte_writer.h"
#include "model/checkpoint.h"

/* Numbers are those on the wire. */
enum snap_wire_event_type {
    SNAP_WIRE_END_OF_PARTITION = 0,
    SNAP_WIRE_BARRIER = 1,
    SNAP_WIRE_END_OF_SUPERSTEP = 2,
    SNAP_WIRE_OTHER = 3,
    SNAP_WIRE_CANCEL_CHECKPOINT = 4,
    SNAP_WIRE_END_OF_OUTPUT_STATE = 5,
    SNAP_WIRE_ANNOUNCEMENT = 6,
    SNAP_WIRE_SUBTASK_CONNECTION = 7,
    SNAP_WIRE_END_OF_DATA = 8,
    SNAP_WIRE_END_OF_SEGMENT = 9,
    SNAP_WIRE_RECOVERY = 10,
    SNAP_WIRE_WATERMARK = 11,
    SNAP_WIRE_END_OF_INPUT_STATE = 12,
    SNAP_WIRE_TYPE_COUNT,
};

struct snap_wire_event {
    enum snap_wire_event_type type;
    int32_t sequence_number; /* ANNOUNCEMENT: then the fields of the barrier announced follow */
    enum snap_wire_event_type announced;
    /* BARRIER; CANCEL_CHECKPOINT has the id */
    int64_t checkpoint_id;
    int64_t timestamp_ms;
    enum snap_snapshot_kind kind;
    bool is_native; /* savepoints */
    bool has_location;
    struct snap_bytes location;
    enum snap_alignment alignment;
    int64_t aligned_timeout_ms; /* INT64_MAX: none */
    /* SUBTASK_CONNECTION */
    int32_t input_subtask;
    int32_t output_subtask;
    bool is_drained;        /* END_OF_DATA */
    int32_t subpartition;   /* RECOVERY */
    struct snap_bytes body; /* OTHER, WATERMARK: what stands behind the type */
};

bool snap_wire_event_read(struct snap_byte_reader *reader, struct snap_wire_event *event);
void snap_wire_event_write(struct snap_byte_writer *writer, const struct snap_wire_event *event);

#endif
