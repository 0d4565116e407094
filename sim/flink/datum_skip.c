// SPDX-License-Identifier: Apache-2.0
#include "flink/datum_codec.h"
#include "flink/java_text.h"

static bool skip_bytes(struct snap_byte_reader *reader, uint64_t count)
{
    snap_read_bytes(reader, count, "a value");
    return !reader->failed;
}

static bool skip_list(struct snap_byte_reader *reader, const struct snap_serializer *serializer)
{
    uint32_t count = snap_read_count(reader, 1, "number of elements");

    while (count-- > 0 && snap_datum_skip_known(reader, serializer->nested))
        continue;
    return !reader->failed;
}

static bool skip_map(struct snap_byte_reader *reader, const struct snap_serializer *serializer)
{
    uint32_t count = snap_read_count(reader, 2, "number of a map's entries");

    for (; count > 0 && !reader->failed; count--)
        if (snap_datum_skip_known(reader, &serializer->nested[0]) &&
            !snap_read_bool(reader, "mark of a null"))
            snap_datum_skip_known(reader, &serializer->nested[1]);
    return !reader->failed;
}

static bool skip_fields(struct snap_byte_reader *reader, const struct snap_serializer *serializer)
{
    for (uint32_t i = 0; i < serializer->nested_count && !reader->failed; i++)
        snap_datum_skip_known(reader, &serializer->nested[i]);
    return !reader->failed;
}

static bool skip_element(struct snap_byte_reader *reader, const struct snap_serializer *serializer)
{
    static const uint8_t bytes[SNAP_ELEMENT_TAG_COUNT] = {
        [SNAP_ELEMENT_RECORD] = 8,           [SNAP_ELEMENT_WATERMARK] = 8,
        [SNAP_ELEMENT_LATENCY_MARKER] = 28,  [SNAP_ELEMENT_ATTRIBUTES] = 1,
        [SNAP_ELEMENT_WATERMARK_STATUS] = 4, [SNAP_ELEMENT_INNER_WATERMARK] = 12,
    };
    uint8_t tag = snap_read_u1(reader, "kind of an element");

    if (!reader->failed && tag >= SNAP_ELEMENT_TAG_COUNT)
        return snap_byte_reader_fail(reader, "an element of a stream has no kind %u", tag);
    if (reader->failed || !skip_bytes(reader, bytes[tag]))
        return false;
    return tag > SNAP_ELEMENT_RECORD_PLAIN || snap_datum_skip_known(reader, serializer->nested);
}

bool snap_datum_skip_known(struct snap_byte_reader *reader,
                           const struct snap_serializer *serializer)
{
    switch (serializer->kind) {
    case SNAP_SERIALIZER_LONG:
    case SNAP_SERIALIZER_DOUBLE:
        return skip_bytes(reader, 8);
    case SNAP_SERIALIZER_INT:
    case SNAP_SERIALIZER_FLOAT:
    case SNAP_SERIALIZER_ENUM:
        return skip_bytes(reader, 4);
    case SNAP_SERIALIZER_SHORT:
    case SNAP_SERIALIZER_CHAR:
        return skip_bytes(reader, 2);
    case SNAP_SERIALIZER_BYTE:
    case SNAP_SERIALIZER_BOOLEAN:
    case SNAP_SERIALIZER_VOID:
    case SNAP_SERIALIZER_VOID_NAMESPACE:
    case SNAP_SERIALIZER_GLOBAL_WINDOW:
        return skip_bytes(reader, 1);
    case SNAP_SERIALIZER_TIME_WINDOW:
        return skip_bytes(reader, 16);
    case SNAP_SERIALIZER_STRING:
        snap_skip_string(reader);
        return !reader->failed;
    case SNAP_SERIALIZER_BYTE_ARRAY:
        return skip_bytes(reader, snap_read_count(reader, 1, "number of bytes"));
    case SNAP_SERIALIZER_LONG_ARRAY:
        return skip_bytes(reader, UINT64_C(8) * snap_read_count(reader, 8, "number of longs"));
    case SNAP_SERIALIZER_LIST:
    case SNAP_SERIALIZER_SET:
        return skip_list(reader, serializer);
    case SNAP_SERIALIZER_MAP:
        return skip_map(reader, serializer);
    case SNAP_SERIALIZER_TIMER:
        return skip_bytes(reader, 8) && skip_fields(reader, serializer);
    case SNAP_SERIALIZER_TUPLE:
    case SNAP_SERIALIZER_TTL:
        return skip_fields(reader, serializer);
    case SNAP_SERIALIZER_ELEMENT:
        return skip_element(reader, serializer);
    case SNAP_SERIALIZER_NULLABLE:
        if (!snap_read_bool(reader, "mark of a null"))
            return snap_datum_skip_known(reader, serializer->nested);
        return skip_bytes(reader, (uint64_t)serializer->padding);
    case SNAP_SERIALIZER_UNKNOWN:
        return snap_byte_reader_fail(reader, "a value of an unknown serializer inside another");
    }
    return !reader->failed;
}

bool snap_datum_skip(struct snap_byte_reader *reader, const struct snap_serializer *serializer)
{
    if (snap_serializer_is_unknown(serializer))
        return skip_bytes(reader, snap_byte_reader_left(reader));
    return snap_datum_skip_known(reader, serializer);
}
