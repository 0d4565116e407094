// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/datum_codec.h"
#include "flink/java_text.h"

static void write_float(struct snap_byte_writer *writer, double value)
{
    float real = (float)value;
    uint32_t bits;

    memcpy(&bits, &real, sizeof(bits));
    snap_write_u4(writer, bits);
}

static void write_double(struct snap_byte_writer *writer, double real)
{
    int64_t bits;

    memcpy(&bits, &real, sizeof(bits));
    snap_write_i8(writer, bits);
}

/* A char is a text of one unit, which is three bytes of UTF-8 at the most. */
static void write_char(struct snap_byte_writer *writer, struct snap_bytes text)
{
    uint32_t unit;

    SNAP_CHECK(text.count >= 1 && text.count <= 3);
    if (text.count == 1)
        unit = text.at[0];
    else if (text.count == 2)
        unit = (text.at[0] & 0x1Fu) << 6 | (text.at[1] & 0x3Fu);
    else
        unit = (text.at[0] & 0x0Fu) << 12 | (text.at[1] & 0x3Fu) << 6 | (text.at[2] & 0x3Fu);
    snap_write_unsigned(writer, unit, 2);
}

static void write_string(struct snap_byte_writer *writer, const struct snap_datum *datum)
{
    struct snap_java_string string = {.is_null = datum->kind == SNAP_DATUM_NULL};

    if (!string.is_null) {
        SNAP_CHECK(datum->kind == SNAP_DATUM_TEXT);
        string.text = datum->bytes;
    }
    snap_write_string(writer, string);
}

/* Names of enum constants are Java identifiers, whose modified UTF-8 is plain UTF-8 but for
 * characters beyond 16 bits. */
static void write_label(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                        const struct snap_datum *datum)
{
    SNAP_CHECK(datum->kind == SNAP_DATUM_TEXT);
    for (uint32_t i = 0; i < serializer->label_count; i++) {
        if (!snap_bytes_equal(snap_java_text(writer->arena, serializer->labels[i]), datum->bytes))
            continue;
        snap_write_u4(writer, i);
        return;
    }
    SNAP_CHECK(!"the enum has the constant");
}

static void write_items(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                        const struct snap_datum *items)
{
    for (uint32_t i = 0; i < serializer->nested_count; i++)
        snap_datum_write(writer, &serializer->nested[i], &items[i]);
}

static void write_list(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                       const struct snap_datum *datum)
{
    static const struct snap_serializer number = {.kind = SNAP_SERIALIZER_LONG};
    const struct snap_serializer *item =
        serializer->kind == SNAP_SERIALIZER_LONG_ARRAY ? &number : serializer->nested;

    SNAP_CHECK(datum->kind == SNAP_DATUM_LIST);
    snap_write_u4(writer, datum->count);
    for (uint32_t i = 0; i < datum->count; i++)
        snap_datum_write(writer, item, &datum->items[i]);
}

static void write_map(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                      const struct snap_datum *datum)
{
    SNAP_CHECK(datum->kind == SNAP_DATUM_MAP);
    snap_write_u4(writer, datum->count / 2);
    for (uint32_t i = 0; i < datum->count; i += 2) {
        bool is_null = datum->items[i + 1].kind == SNAP_DATUM_NULL;

        snap_datum_write(writer, &serializer->nested[0], &datum->items[i]);
        snap_write_bool(writer, is_null);
        if (!is_null)
            snap_datum_write(writer, &serializer->nested[1], &datum->items[i + 1]);
    }
}

static void write_timer(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                        const struct snap_datum *datum)
{
    SNAP_CHECK(datum->kind == SNAP_DATUM_TIMER);
    snap_write_unsigned(writer, (uint64_t)datum->items[0].number ^ (UINT64_C(1) << 63), 8);
    write_items(writer, serializer, &datum->items[1]);
}

static void write_element(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                          const struct snap_datum *datum)
{
    const struct snap_datum *items = datum->items;

    SNAP_CHECK(datum->kind == SNAP_DATUM_ELEMENT);
    snap_write_u1(writer, (unsigned)items[0].number);
    switch ((enum snap_element_tag)items[0].number) {
    case SNAP_ELEMENT_RECORD:
        snap_write_i8(writer, items[1].number);
        snap_datum_write(writer, serializer->nested, &items[2]);
        break;
    case SNAP_ELEMENT_RECORD_PLAIN:
        snap_datum_write(writer, serializer->nested, &items[1]);
        break;
    case SNAP_ELEMENT_WATERMARK:
        snap_write_i8(writer, items[1].number);
        break;
    case SNAP_ELEMENT_LATENCY_MARKER:
        snap_write_i8(writer, items[1].number);
        snap_write_bytes(writer, items[2].bytes);
        snap_write_i4(writer, (int32_t)items[3].number);
        break;
    case SNAP_ELEMENT_WATERMARK_STATUS:
        snap_write_i4(writer, (int32_t)items[1].number);
        break;
    case SNAP_ELEMENT_ATTRIBUTES:
        snap_write_bool(writer, items[1].truth);
        break;
    case SNAP_ELEMENT_INNER_WATERMARK:
        snap_write_i4(writer, (int32_t)items[1].number);
        snap_write_i8(writer, items[2].number);
        break;
    case SNAP_ELEMENT_TAG_COUNT:
        break;
    }
}

static void write_nullable(struct snap_byte_writer *writer,
                           const struct snap_serializer *serializer, const struct snap_datum *datum)
{
    snap_write_bool(writer, datum->kind == SNAP_DATUM_NULL);
    if (datum->kind != SNAP_DATUM_NULL)
        snap_datum_write(writer, serializer->nested, datum);
    else
        for (int32_t i = 0; i < serializer->padding; i++)
            snap_write_u1(writer, 0);
}

static void write_window(struct snap_byte_writer *writer, const struct snap_datum *datum)
{
    SNAP_CHECK(datum->kind == SNAP_DATUM_WINDOW);
    snap_write_i8(writer, datum->items[0].number);
    snap_write_i8(writer, datum->items[1].number);
}

static void write_known(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                        const struct snap_datum *datum)
{
    switch (serializer->kind) {
    case SNAP_SERIALIZER_LONG:
    case SNAP_SERIALIZER_INT:
    case SNAP_SERIALIZER_SHORT:
    case SNAP_SERIALIZER_BYTE:
        SNAP_CHECK(datum->kind == SNAP_DATUM_NUMBER);
        snap_write_unsigned(writer, (uint64_t)datum->number,
                            serializer->kind == SNAP_SERIALIZER_LONG    ? 8
                            : serializer->kind == SNAP_SERIALIZER_INT   ? 4
                            : serializer->kind == SNAP_SERIALIZER_SHORT ? 2
                                                                        : 1);
        return;
    case SNAP_SERIALIZER_CHAR:
        write_char(writer, datum->bytes);
        return;
    case SNAP_SERIALIZER_BOOLEAN:
        snap_write_bool(writer, datum->truth);
        return;
    case SNAP_SERIALIZER_FLOAT:
        write_float(writer, datum->real);
        return;
    case SNAP_SERIALIZER_DOUBLE:
        write_double(writer, datum->real);
        return;
    case SNAP_SERIALIZER_STRING:
        write_string(writer, datum);
        return;
    case SNAP_SERIALIZER_VOID:
    case SNAP_SERIALIZER_VOID_NAMESPACE:
    case SNAP_SERIALIZER_GLOBAL_WINDOW:
        snap_write_u1(writer, 0);
        return;
    case SNAP_SERIALIZER_BYTE_ARRAY:
        snap_write_blob(writer, datum->bytes);
        return;
    case SNAP_SERIALIZER_TIME_WINDOW:
        write_window(writer, datum);
        return;
    case SNAP_SERIALIZER_ENUM:
        write_label(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_LONG_ARRAY:
    case SNAP_SERIALIZER_LIST:
    case SNAP_SERIALIZER_SET:
        write_list(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_MAP:
        write_map(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_TIMER:
        write_timer(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_TUPLE:
    case SNAP_SERIALIZER_TTL:
        write_items(writer, serializer, datum->items);
        return;
    case SNAP_SERIALIZER_ELEMENT:
        write_element(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_NULLABLE:
        write_nullable(writer, serializer, datum);
        return;
    case SNAP_SERIALIZER_UNKNOWN:
        SNAP_CHECK(!"values of unknown serializers are bytes");
    }
}

/* The bytes of an unknown serializer stand for the whole value, whatever it is nested in. */
void snap_datum_write(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                      const struct snap_datum *datum)
{
    if (datum->kind == SNAP_DATUM_OPAQUE)
        snap_write_bytes(writer, datum->bytes);
    else
        write_known(writer, serializer, datum);
}
