// SPDX-License-Identifier: Apache-2.0
#include "flink/datum_codec.h"

#include <inttypes.h>

#include "flink/java_text.h"

static bool read_known(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                       struct snap_arena *arena, struct snap_datum *datum);

static void set_number(struct snap_datum *datum, int64_t number)
{
    *datum = (struct snap_datum){.kind = SNAP_DATUM_NUMBER, .number = number};
}

static void set_items(struct snap_datum *datum, enum snap_datum_kind kind, struct snap_arena *arena,
                      uint32_t count)
{
    datum->kind = kind;
    datum->count = count;
    datum->items = SNAP_ARENA_ARRAY(arena, struct snap_datum, count);
}

static void read_float(struct snap_byte_reader *reader, struct snap_datum *datum)
{
    uint32_t bits = (uint32_t)snap_read_i4(reader, "a float");
    float real;

    memcpy(&real, &bits, sizeof(real));
    *datum = (struct snap_datum){.kind = SNAP_DATUM_REAL, .real = (double)real};
}

static void read_double(struct snap_byte_reader *reader, struct snap_datum *datum)
{
    uint64_t bits = (uint64_t)snap_read_i8(reader, "a double");

    *datum = (struct snap_datum){.kind = SNAP_DATUM_REAL};
    memcpy(&datum->real, &bits, sizeof(bits));
}

static void read_text(struct snap_byte_reader *reader, struct snap_arena *arena,
                      struct snap_datum *datum)
{
    struct snap_java_string string = snap_read_string(reader, arena);

    *datum = (struct snap_datum){.kind = string.is_null ? SNAP_DATUM_NULL : SNAP_DATUM_TEXT};
    if (!string.is_null)
        datum->bytes = string.text;
}

/* A char is a text of one unit. */
static void read_char(struct snap_byte_reader *reader, struct snap_arena *arena,
                      struct snap_datum *datum)
{
    uint32_t unit = snap_read_u2(reader, "a char");
    uint8_t modified[3];
    struct snap_bytes bytes = {modified, 3};

    modified[0] = (uint8_t)(0xE0 | unit >> 12);
    modified[1] = (uint8_t)(0x80 | (unit >> 6 & 0x3F));
    modified[2] = (uint8_t)(0x80 | (unit & 0x3F));
    *datum = (struct snap_datum){.kind = SNAP_DATUM_TEXT};
    datum->bytes = snap_java_text(arena, bytes);
}

static bool read_label(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                       struct snap_arena *arena, struct snap_datum *datum)
{
    int32_t ordinal = snap_read_i4(reader, "an enum's ordinal");

    if (reader->failed)
        return false;
    if (ordinal < 0 || (uint32_t)ordinal >= serializer->label_count)
        return snap_byte_reader_fail(reader, "the enum has no constant %" PRId32, ordinal);
    *datum = (struct snap_datum){.kind = SNAP_DATUM_TEXT};
    datum->bytes = snap_java_text(arena, serializer->labels[ordinal]);
    return true;
}

static bool read_list(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                      struct snap_arena *arena, struct snap_datum *datum)
{
    uint32_t count = snap_read_count(reader, 1, "number of elements");

    set_items(datum, SNAP_DATUM_LIST, arena, count);
    for (uint32_t i = 0; i < count && !reader->failed; i++)
        read_known(reader, serializer->nested, arena, &datum->items[i]);
    return !reader->failed;
}

static bool read_longs(struct snap_byte_reader *reader, struct snap_arena *arena,
                       struct snap_datum *datum)
{
    uint32_t count = snap_read_count(reader, 8, "number of longs");

    set_items(datum, SNAP_DATUM_LIST, arena, count);
    for (uint32_t i = 0; i < count; i++)
        set_number(&datum->items[i], snap_read_i8(reader, "a long"));
    return !reader->failed;
}

static bool read_map(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                     struct snap_arena *arena, struct snap_datum *datum)
{
    uint32_t count = snap_read_count(reader, 2, "number of a map's entries");

    set_items(datum, SNAP_DATUM_MAP, arena, 2 * count);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        read_known(reader, &serializer->nested[0], arena, &datum->items[2 * i]);
        if (!snap_read_bool(reader, "mark of a null") && !reader->failed)
            read_known(reader, &serializer->nested[1], arena, &datum->items[2 * i + 1]);
    }
    return !reader->failed;
}

static bool read_fields(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                        struct snap_arena *arena, struct snap_datum *items)
{
    for (uint32_t i = 0; i < serializer->nested_count && !reader->failed; i++)
        read_known(reader, &serializer->nested[i], arena, &items[i]);
    return !reader->failed;
}

/* Times of timers are written so that their bytes order as they do. */
static bool read_timer(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                       struct snap_arena *arena, struct snap_datum *datum)
{
    uint64_t bits = (uint64_t)snap_read_i8(reader, "time of a timer") ^ (UINT64_C(1) << 63);

    set_items(datum, SNAP_DATUM_TIMER, arena, 3);
    set_number(&datum->items[0], (int64_t)bits);
    return read_fields(reader, serializer, arena, &datum->items[1]);
}

static void read_window(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_datum *datum)
{
    set_items(datum, SNAP_DATUM_WINDOW, arena, 2);
    set_number(&datum->items[0], snap_read_i8(reader, "start of a window"));
    set_number(&datum->items[1], snap_read_i8(reader, "end of a window"));
}

static bool read_marker(struct snap_byte_reader *reader, struct snap_datum *items)
{
    set_number(&items[1], snap_read_i8(reader, "time of a latency marker"));
    items[2] = (struct snap_datum){.kind = SNAP_DATUM_BYTES};
    items[2].bytes = snap_read_bytes(reader, 16, "operator of a latency marker");
    set_number(&items[3], snap_read_i4(reader, "subtask of a latency marker"));
    return !reader->failed;
}

static bool read_element(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                         struct snap_arena *arena, struct snap_datum *datum)
{
    static const uint8_t widths[SNAP_ELEMENT_TAG_COUNT] = {
        [SNAP_ELEMENT_RECORD] = 3,           [SNAP_ELEMENT_RECORD_PLAIN] = 2,
        [SNAP_ELEMENT_WATERMARK] = 2,        [SNAP_ELEMENT_LATENCY_MARKER] = 4,
        [SNAP_ELEMENT_WATERMARK_STATUS] = 2, [SNAP_ELEMENT_ATTRIBUTES] = 2,
        [SNAP_ELEMENT_INNER_WATERMARK] = 3,
    };
    uint8_t tag = snap_read_u1(reader, "kind of an element");
    struct snap_datum *items;

    if (!reader->failed && tag >= SNAP_ELEMENT_TAG_COUNT)
        return snap_byte_reader_fail(reader, "an element of a stream has no kind %u", tag);
    if (reader->failed)
        return false;
    set_items(datum, SNAP_DATUM_ELEMENT, arena, widths[tag]);
    items = datum->items;
    set_number(&items[0], tag);
    switch ((enum snap_element_tag)tag) {
    case SNAP_ELEMENT_RECORD:
        set_number(&items[1], snap_read_i8(reader, "timestamp of a record"));
        return read_known(reader, serializer->nested, arena, &items[2]);
    case SNAP_ELEMENT_RECORD_PLAIN:
        return read_known(reader, serializer->nested, arena, &items[1]);
    case SNAP_ELEMENT_WATERMARK:
        set_number(&items[1], snap_read_i8(reader, "time of a watermark"));
        break;
    case SNAP_ELEMENT_LATENCY_MARKER:
        return read_marker(reader, items);
    case SNAP_ELEMENT_WATERMARK_STATUS:
        set_number(&items[1], snap_read_i4(reader, "status of watermarks"));
        break;
    case SNAP_ELEMENT_ATTRIBUTES:
        items[1] = (struct snap_datum){.kind = SNAP_DATUM_BOOLEAN};
        items[1].truth = snap_read_bool(reader, "attributes of records");
        break;
    case SNAP_ELEMENT_INNER_WATERMARK:
        set_number(&items[1], snap_read_i4(reader, "subpartition of a watermark"));
        set_number(&items[2], snap_read_i8(reader, "time of a watermark"));
        break;
    case SNAP_ELEMENT_TAG_COUNT:
        break;
    }
    return !reader->failed;
}

static bool read_nullable(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                          struct snap_arena *arena, struct snap_datum *datum)
{
    if (!snap_read_bool(reader, "mark of a null"))
        return read_known(reader, serializer->nested, arena, datum);
    *datum = (struct snap_datum){.kind = SNAP_DATUM_NULL};
    snap_read_bytes(reader, (uint64_t)serializer->padding, "padding of a null");
    return !reader->failed;
}

/* Those whose values are one number, or nothing, behind `one byte`. */
static bool read_plain(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                       struct snap_datum *datum)
{
    unsigned bits = 8 * (unsigned)snap_serializer_length(serializer);
    uint64_t value = snap_read_unsigned(reader, bits / 8, "a number");

    set_number(datum, (int64_t)(value << (64 - bits)) >> (64 - bits));
    return !reader->failed;
}

static bool read_nothing(struct snap_byte_reader *reader, struct snap_datum *datum)
{
    *datum = (struct snap_datum){.kind = SNAP_DATUM_NULL};
    snap_read_u1(reader, "a value without content");
    return !reader->failed;
}

static bool read_known(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                       struct snap_arena *arena, struct snap_datum *datum)
{
    switch (serializer->kind) {
    case SNAP_SERIALIZER_LONG:
    case SNAP_SERIALIZER_INT:
    case SNAP_SERIALIZER_SHORT:
    case SNAP_SERIALIZER_BYTE:
        return read_plain(reader, serializer, datum);
    case SNAP_SERIALIZER_CHAR:
        read_char(reader, arena, datum);
        break;
    case SNAP_SERIALIZER_BOOLEAN:
        *datum = (struct snap_datum){.kind = SNAP_DATUM_BOOLEAN};
        datum->truth = snap_read_bool(reader, "a boolean");
        break;
    case SNAP_SERIALIZER_FLOAT:
        read_float(reader, datum);
        break;
    case SNAP_SERIALIZER_DOUBLE:
        read_double(reader, datum);
        break;
    case SNAP_SERIALIZER_STRING:
        read_text(reader, arena, datum);
        break;
    case SNAP_SERIALIZER_VOID:
    case SNAP_SERIALIZER_VOID_NAMESPACE:
    case SNAP_SERIALIZER_GLOBAL_WINDOW:
        return read_nothing(reader, datum);
    case SNAP_SERIALIZER_BYTE_ARRAY:
        *datum = (struct snap_datum){.kind = SNAP_DATUM_BYTES};
        datum->bytes = snap_read_blob(reader, "bytes");
        break;
    case SNAP_SERIALIZER_LONG_ARRAY:
        return read_longs(reader, arena, datum);
    case SNAP_SERIALIZER_TIME_WINDOW:
        read_window(reader, arena, datum);
        break;
    case SNAP_SERIALIZER_ENUM:
        return read_label(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_LIST:
    case SNAP_SERIALIZER_SET:
        return read_list(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_MAP:
        return read_map(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_TIMER:
        return read_timer(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_TUPLE:
        set_items(datum, SNAP_DATUM_TUPLE, arena, serializer->nested_count);
        return read_fields(reader, serializer, arena, datum->items);
    case SNAP_SERIALIZER_TTL:
        set_items(datum, SNAP_DATUM_TTL, arena, 2);
        return read_fields(reader, serializer, arena, datum->items);
    case SNAP_SERIALIZER_ELEMENT:
        return read_element(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_NULLABLE:
        return read_nullable(reader, serializer, arena, datum);
    case SNAP_SERIALIZER_UNKNOWN:
        return snap_byte_reader_fail(reader, "a value of an unknown serializer inside another");
    }
    return !reader->failed;
}

bool snap_datum_read(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                     struct snap_arena *arena, struct snap_datum *datum)
{
    *datum = (struct snap_datum){.kind = SNAP_DATUM_NULL};
    if (!snap_serializer_is_unknown(serializer))
        return read_known(reader, serializer, arena, datum);
    datum->kind = SNAP_DATUM_OPAQUE;
    datum->bytes = snap_read_bytes(reader, snap_byte_reader_left(reader), "a value");
    return !reader->failed;
}
