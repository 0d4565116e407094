// SPDX-License-Identifier: Apache-2.0
#include "wire_event.h"

#include <inttypes.h>

#include "base/check.h"

/* Kinds by their number on the wire. */
static const enum snap_snapshot_kind kinds[] = {
    SNAP_KIND_CHECKPOINT,          SNAP_KIND_SAVEPOINT,       SNAP_KIND_SAVEPOINT_SUSPEND,
    SNAP_KIND_SAVEPOINT_TERMINATE, SNAP_KIND_FULL_CHECKPOINT,
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

static bool read_barrier(struct snap_byte_reader *reader, struct snap_wire_event *event)
{
    uint8_t kind, alignment;
    int32_t length;

    event->checkpoint_id = snap_read_i8(reader, "id of a checkpoint");
    event->timestamp_ms = snap_read_i8(reader, "time of a barrier");
    kind = snap_read_u1(reader, "kind of a checkpoint");
    if (kind >= KIND_COUNT)
        return snap_byte_reader_fail(reader, "a barrier has the kind %u", kind);
    event->kind = kinds[kind];
    if (snap_kind_is_savepoint(event->kind))
        event->is_native = snap_read_bool(reader, "format of a savepoint");
    length = snap_read_i4(reader, "length of a location");
    event->has_location = length >= 0;
    if (event->has_location)
        event->location = snap_read_bytes(reader, (uint64_t)length, "a location");
    alignment = snap_read_u1(reader, "alignment of a barrier");
    if (alignment > SNAP_ALIGN_FORCED_ALIGNED)
        return snap_byte_reader_fail(reader, "a barrier has the alignment %u", alignment);
    event->alignment = (enum snap_alignment)alignment;
    event->aligned_timeout_ms = snap_read_i8(reader, "timeout of a barrier");
    return !reader->failed;
}

static bool read_type(struct snap_byte_reader *reader, enum snap_wire_event_type *type)
{
    uint32_t number = (uint32_t)snap_read_i4(reader, "type of an event");

    if (number >= SNAP_WIRE_TYPE_COUNT)
        return snap_byte_reader_fail(reader, "no event has the type %" PRIu32, number);
    *type = (enum snap_wire_event_type)number;
    return !reader->failed;
}

static bool read_body(struct snap_byte_reader *reader, enum snap_wire_event_type type,
                      struct snap_wire_event *event)
{
    switch (type) {
    case SNAP_WIRE_END_OF_PARTITION:
    case SNAP_WIRE_END_OF_SUPERSTEP:
    case SNAP_WIRE_END_OF_OUTPUT_STATE:
    case SNAP_WIRE_END_OF_INPUT_STATE:
    case SNAP_WIRE_END_OF_SEGMENT:
    case SNAP_WIRE_TYPE_COUNT:
        break;
    case SNAP_WIRE_BARRIER:
        return read_barrier(reader, event);
    case SNAP_WIRE_CANCEL_CHECKPOINT:
        event->checkpoint_id = snap_read_i8(reader, "id of a checkpoint");
        break;
    case SNAP_WIRE_ANNOUNCEMENT:
        event->sequence_number = snap_read_i4(reader, "number of an announcement");
        if (!read_type(reader, &event->announced))
            return false;
        if (event->announced == SNAP_WIRE_ANNOUNCEMENT)
            return snap_byte_reader_fail(reader, "an announcement is announced");
        return read_body(reader, event->announced, event);
    case SNAP_WIRE_SUBTASK_CONNECTION:
        event->input_subtask = snap_read_i4(reader, "an input subtask");
        event->output_subtask = snap_read_i4(reader, "an output subtask");
        break;
    case SNAP_WIRE_END_OF_DATA:
        event->is_drained = !snap_read_bool(reader, "whether data is drained");
        break;
    case SNAP_WIRE_RECOVERY:
        event->subpartition = snap_read_i4(reader, "a subpartition");
        break;
    case SNAP_WIRE_OTHER:
    case SNAP_WIRE_WATERMARK:
        event->body = snap_read_bytes(reader, snap_byte_reader_left(reader), "an event");
        break;
    }
    return !reader->failed;
}

bool snap_wire_event_read(struct snap_byte_reader *reader, struct snap_wire_event *event)
{
    *event = (struct snap_wire_event){0};
    return read_type(reader, &event->type) && read_body(reader, event->type, event);
}

static void write_barrier(struct snap_byte_writer *writer, const struct snap_wire_event *event)
{
    unsigned kind = 0;

    while (kind < KIND_COUNT && kinds[kind] != event->kind)
        kind++;
    SNAP_CHECK(kind < KIND_COUNT);
    snap_write_i8(writer, event->checkpoint_id);
    snap_write_i8(writer, event->timestamp_ms);
    snap_write_u1(writer, kind);
    if (snap_kind_is_savepoint(event->kind))
        snap_write_bool(writer, event->is_native);
    if (event->has_location)
        snap_write_blob(writer, event->location);
    else
        snap_write_i4(writer, -1);
    snap_write_u1(writer, event->alignment);
    snap_write_i8(writer, event->aligned_timeout_ms);
}

static void write_body(struct snap_byte_writer *writer, enum snap_wire_event_type type,
                       const struct snap_wire_event *event)
{
    switch (type) {
    case SNAP_WIRE_END_OF_PARTITION:
    case SNAP_WIRE_END_OF_SUPERSTEP:
    case SNAP_WIRE_END_OF_OUTPUT_STATE:
    case SNAP_WIRE_END_OF_INPUT_STATE:
    case SNAP_WIRE_END_OF_SEGMENT:
    case SNAP_WIRE_TYPE_COUNT:
        break;
    case SNAP_WIRE_BARRIER:
        write_barrier(writer, event);
        break;
    case SNAP_WIRE_CANCEL_CHECKPOINT:
        snap_write_i8(writer, event->checkpoint_id);
        break;
    case SNAP_WIRE_ANNOUNCEMENT:
        SNAP_CHECK(event->announced != SNAP_WIRE_ANNOUNCEMENT);
        snap_write_i4(writer, event->sequence_number);
        snap_write_i4(writer, (int32_t)event->announced);
        write_body(writer, event->announced, event);
        break;
    case SNAP_WIRE_SUBTASK_CONNECTION:
        snap_write_i4(writer, event->input_subtask);
        snap_write_i4(writer, event->output_subtask);
        break;
    case SNAP_WIRE_END_OF_DATA:
        snap_write_bool(writer, !event->is_drained);
        break;
    case SNAP_WIRE_RECOVERY:
        snap_write_i4(writer, event->subpartition);
        break;
    case SNAP_WIRE_OTHER:
    case SNAP_WIRE_WATERMARK:
        snap_write_bytes(writer, event->body);
        break;
    }
}

void snap_wire_event_write(struct snap_byte_writer *writer, const struct snap_wire_event *event)
{
    snap_write_i4(writer, (int32_t)event->type);
    write_body(writer, event->type, event);
}
