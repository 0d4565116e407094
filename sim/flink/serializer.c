// SPDX-License-Identifier: Apache-2.0
#include "flink/serializer.h"

#include <inttypes.h>

#include "base/check.h"
#include "flink/serializer_table.h"

enum {
    VERSION = 3,     /* of all snapshots that are written */
    VERSION_OLD = 2, /* simple ones: a text follows */
    COMPOSITE_MAGIC = 911108,
    NESTED_MAGIC = 1333245,
    NESTED_VERSION = 1,
    SNAPSHOT_BYTES_LEAST = 6,
};

static bool read_at_depth(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_serializer *serializer, unsigned depth);

static enum snap_serializer_kind find_kind(struct snap_bytes class_name)
{
    for (unsigned i = 0; i < SNAP_SERIALIZER_KNOWN_COUNT; i++)
        if (snap_bytes_are(class_name, snap_serializer_rows[i].class_name))
            return (enum snap_serializer_kind)i;
    return SNAP_SERIALIZER_UNKNOWN;
}

static bool expect_number(struct snap_byte_reader *reader, int32_t expected, const char *what)
{
    int32_t found = snap_read_i4(reader, what);

    if (reader->failed)
        return false;
    return found == expected ||
           snap_byte_reader_fail(reader, "%s: %" PRId32 " expected, found %" PRId32, what, expected,
                                 found);
}

/* The width of a tuple is free, the others have what their row says. */
static bool width_fits(const struct snap_serializer *serializer)
{
    uint32_t wanted = snap_serializer_rows[serializer->kind].nested;

    if (serializer->kind == SNAP_SERIALIZER_TUPLE)
        return serializer->nested_declared >= wanted &&
               serializer->nested_declared <= SNAP_SERIALIZER_NESTED_MAX;
    return serializer->nested_declared == wanted;
}

static bool read_nested(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_serializer *serializer, unsigned depth)
{
    struct snap_serializer *nested;

    serializer->nested_declared =
        snap_read_count(reader, SNAPSHOT_BYTES_LEAST, "number of nested serializers");
    if (!reader->failed && !width_fits(serializer))
        return snap_byte_reader_fail(reader, "a %s serializer has %" PRIu32 " nested ones",
                                     snap_serializer_rows[serializer->kind].name,
                                     serializer->nested_declared);
    if (reader->failed)
        return false;
    serializer->nested_count = serializer->nested_declared;
    nested = SNAP_ARENA_ARRAY(arena, struct snap_serializer, serializer->nested_count);
    serializer->nested = nested;
    for (uint32_t i = 0; i < serializer->nested_count; i++) {
        if (!read_at_depth(reader, arena, &nested[i], depth + 1))
            return false;
        /* Where it ends is not known, so neither is where its neighbour begins. */
        if (snap_serializer_is_unknown(&nested[i])) {
            serializer->nested_count = i + 1;
            return true;
        }
    }
    return serializer->kind != SNAP_SERIALIZER_TTL || nested[0].kind == SNAP_SERIALIZER_LONG ||
           snap_byte_reader_fail(reader, "the time of last access is no Long");
}

static bool read_composite(struct snap_byte_reader *reader, struct snap_arena *arena,
                           struct snap_serializer *serializer, unsigned depth)
{
    const struct snap_serializer_row *row = &snap_serializer_rows[serializer->kind];

    if (!expect_number(reader, COMPOSITE_MAGIC, "mark of nested serializers") ||
        !expect_number(reader, row->outer_version, "version of a serializer's own part"))
        return false;
    if (serializer->kind == SNAP_SERIALIZER_TUPLE)
        serializer->outer = snap_read_utf(reader, "class of a tuple");
    if (serializer->kind == SNAP_SERIALIZER_NULLABLE)
        serializer->padding = snap_read_i4(reader, "padding of a null");
    if (serializer->padding < 0)
        return snap_byte_reader_fail(reader, "padding of a null is negative");
    return expect_number(reader, NESTED_MAGIC, "second mark of nested serializers") &&
           expect_number(reader, NESTED_VERSION, "version of nested serializers") &&
           read_nested(reader, arena, serializer, depth);
}

static bool read_enum(struct snap_byte_reader *reader, struct snap_arena *arena,
                      struct snap_serializer *serializer)
{
    serializer->outer = snap_read_utf(reader, "class of an enum");
    serializer->label_count = snap_read_count(reader, 2, "number of an enum's constants");
    if (reader->failed)
        return false;
    serializer->labels = SNAP_ARENA_ARRAY(arena, struct snap_bytes, serializer->label_count);
    for (uint32_t i = 0; i < serializer->label_count; i++)
        serializer->labels[i] = snap_read_utf(reader, "a constant of an enum");
    return !reader->failed;
}

static bool read_body(struct snap_byte_reader *reader, struct snap_arena *arena,
                      struct snap_serializer *serializer, unsigned depth)
{
    const struct snap_serializer_row *row = &snap_serializer_rows[serializer->kind];

    if (row->form == SNAP_FORM_SIMPLE && serializer->version == VERSION_OLD) {
        serializer->outer = snap_read_utf(reader, "text of an old serializer snapshot");
        return !reader->failed;
    }
    if (serializer->version != VERSION)
        return snap_byte_reader_fail(reader, "version %" PRId32 " of a %s serializer is not known",
                                     serializer->version, row->name);
    switch (row->form) {
    case SNAP_FORM_SIMPLE:
        return true;
    case SNAP_FORM_COMPOSITE:
        return read_composite(reader, arena, serializer, depth);
    case SNAP_FORM_ENUM:
        return read_enum(reader, arena, serializer);
    }
    return false;
}

static bool read_at_depth(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_serializer *serializer, unsigned depth)
{
    *serializer = (struct snap_serializer){0};
    if (depth > SNAP_SERIALIZER_DEPTH_MAX)
        return snap_byte_reader_fail(reader, "serializers are nested more than %d deep",
                                     SNAP_SERIALIZER_DEPTH_MAX);
    serializer->class_name = snap_read_utf(reader, "class of a serializer snapshot");
    serializer->kind = find_kind(serializer->class_name);
    serializer->version = snap_read_i4(reader, "version of a serializer snapshot");
    if (reader->failed || serializer->kind == SNAP_SERIALIZER_UNKNOWN)
        return !reader->failed;
    return read_body(reader, arena, serializer, depth);
}

bool snap_serializer_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_serializer *serializer)
{
    return read_at_depth(reader, arena, serializer, 1);
}

static void write_composite(struct snap_byte_writer *writer,
                            const struct snap_serializer *serializer)
{
    snap_write_i4(writer, COMPOSITE_MAGIC);
    snap_write_i4(writer, snap_serializer_rows[serializer->kind].outer_version);
    if (serializer->kind == SNAP_SERIALIZER_TUPLE)
        snap_write_utf(writer, serializer->outer);
    if (serializer->kind == SNAP_SERIALIZER_NULLABLE)
        snap_write_i4(writer, serializer->padding);
    snap_write_i4(writer, NESTED_MAGIC);
    snap_write_i4(writer, NESTED_VERSION);
    snap_write_u4(writer, serializer->nested_declared);
    for (uint32_t i = 0; i < serializer->nested_count; i++)
        snap_serializer_write(writer, &serializer->nested[i]);
}

static void write_enum(struct snap_byte_writer *writer, const struct snap_serializer *serializer)
{
    snap_write_utf(writer, serializer->outer);
    snap_write_u4(writer, serializer->label_count);
    for (uint32_t i = 0; i < serializer->label_count; i++)
        snap_write_utf(writer, serializer->labels[i]);
}

void snap_serializer_write(struct snap_byte_writer *writer,
                           const struct snap_serializer *serializer)
{
    snap_write_utf(writer, serializer->class_name);
    snap_write_i4(writer, serializer->version);
    if (serializer->kind == SNAP_SERIALIZER_UNKNOWN) {
        snap_write_bytes(writer, serializer->body);
        return;
    }
    switch (snap_serializer_rows[serializer->kind].form) {
    case SNAP_FORM_SIMPLE:
        if (serializer->version == VERSION_OLD)
            snap_write_utf(writer, serializer->outer);
        break;
    case SNAP_FORM_COMPOSITE:
        write_composite(writer, serializer);
        break;
    case SNAP_FORM_ENUM:
        write_enum(writer, serializer);
        break;
    }
    /* The bytes behind an unknown one that is nested belong to the outermost. */
    snap_write_bytes(writer, serializer->body);
}

struct snap_serializer snap_serializer_of(enum snap_serializer_kind kind)
{
    SNAP_CHECK(kind < SNAP_SERIALIZER_UNKNOWN);
    return (struct snap_serializer){.kind = kind,
                                    .version = VERSION,
                                    .class_name =
                                        snap_bytes_of(snap_serializer_rows[kind].class_name)};
}

struct snap_serializer snap_serializer_with(enum snap_serializer_kind kind,
                                            const struct snap_serializer *nested, uint32_t count,
                                            struct snap_arena *arena)
{
    struct snap_serializer serializer = snap_serializer_of(kind);

    serializer.nested = snap_arena_copy(arena, nested, count * sizeof(*nested));
    serializer.nested_count = count;
    serializer.nested_declared = count;
    SNAP_CHECK(width_fits(&serializer));
    if (kind == SNAP_SERIALIZER_TUPLE)
        serializer.outer = snap_bytes_of(
            snap_arena_printf(arena, "org.apache.flink.api.java.tuple.Tuple%" PRIu32, count));
    return serializer;
}

bool snap_serializer_is_unknown(const struct snap_serializer *serializer)
{
    if (serializer->nested_count == 0)
        return serializer->kind == SNAP_SERIALIZER_UNKNOWN;
    if (serializer->kind == SNAP_SERIALIZER_UNKNOWN)
        return true;
    for (uint32_t i = 0; i < serializer->nested_count; i++)
        if (snap_serializer_is_unknown(&serializer->nested[i]))
            return true;
    return false;
}

int32_t snap_serializer_length(const struct snap_serializer *serializer)
{
    int32_t length;

    if (serializer->kind == SNAP_SERIALIZER_UNKNOWN)
        return -1;
    if (serializer->kind == SNAP_SERIALIZER_NULLABLE && serializer->padding > 0)
        return serializer->padding < INT32_MAX ? 1 + serializer->padding : -1;
    length = snap_serializer_rows[serializer->kind].length;
    if (length < 0 || snap_serializer_rows[serializer->kind].form != SNAP_FORM_COMPOSITE)
        return length;
    length = serializer->kind == SNAP_SERIALIZER_TIMER ? 8 : 0;
    for (uint32_t i = 0; i < serializer->nested_count; i++) {
        int32_t part = snap_serializer_length(&serializer->nested[i]);

        if (part < 0)
            return -1;
        length = part < INT32_MAX / 64 ? length + part : -1;
        if (length < 0)
            return -1;
    }
    return length;
}

static void add(struct snap_byte_writer *writer, const char *text)
{
    snap_write_bytes(writer, snap_bytes_of(text));
}

/* The time of last access is part of every Ttl, and not named unless it is what is unknown. */
void snap_serializer_name(struct snap_byte_writer *writer, const struct snap_serializer *serializer)
{
    uint32_t first = serializer->kind == SNAP_SERIALIZER_TTL && serializer->nested_count > 0 &&
                     serializer->nested[0].kind != SNAP_SERIALIZER_UNKNOWN;
    uint32_t width = serializer->nested_declared;

    if (serializer->kind == SNAP_SERIALIZER_UNKNOWN) {
        snap_write_bytes(writer, serializer->class_name);
        return;
    }
    add(writer, snap_serializer_rows[serializer->kind].name);
    if (serializer->kind == SNAP_SERIALIZER_TUPLE) {
        if (width >= 10)
            snap_write_u1(writer, '0' + width / 10);
        snap_write_u1(writer, '0' + width % 10);
    }
    for (uint32_t i = first; i < serializer->nested_count; i++) {
        add(writer, i == first ? "<" : ",");
        snap_serializer_name(writer, &serializer->nested[i]);
    }
    if (serializer->nested_count > first)
        add(writer, ">");
}
