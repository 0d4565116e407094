// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "flink/properties.h"

enum {
    STREAM_MAGIC = (int32_t)0xACED0005u,
    FIRST_HANDLE = 0x7E0000,
    FIELDS_MAX = 16,
    DEPTH_MAX = 8,
    NO_CLASS = -1,
    TOKEN_NULL = 0x70,
    TOKEN_REFERENCE = 0x71,
    TOKEN_CLASS = 0x72,
    TOKEN_OBJECT = 0x73,
    TOKEN_STRING = 0x74,
    TOKEN_END = 0x78,
    TOKEN_ENUM = 0x7E,
};

struct java_field {
    uint8_t kind;
    struct snap_bytes name;
};

struct java_class {
    struct java_field fields[FIELDS_MAX];
    uint32_t field_count;
    int super; /* handle, or NO_CLASS */
    struct snap_bytes name;
};

enum java_kind { JAVA_CLASS, JAVA_TEXT, JAVA_OBJECT };

/* What later parts refer to by number. A constant of an enum is the text of its name. */
struct java_handle {
    enum java_kind kind;
    struct java_class of_class;
    struct snap_bytes text;
};

struct java_stream {
    struct snap_byte_reader *reader;
    struct java_handle handles[SNAP_JAVA_HANDLES_MAX];
    int handle_count;
    struct snap_checkpoint_properties *properties;
};

/* What a value was: nothing, or a text. */
struct java_value {
    bool is_null;
    struct snap_bytes text;
};

static bool read_value(struct java_stream *stream, unsigned depth, struct java_value *value);

static struct java_handle *add_handle(struct java_stream *stream, enum java_kind kind)
{
    struct java_handle *handle;

    if (stream->handle_count == SNAP_JAVA_HANDLES_MAX) {
        snap_byte_reader_fail(stream->reader, "the properties have more than %d parts",
                              SNAP_JAVA_HANDLES_MAX);
        return NULL;
    }
    handle = &stream->handles[stream->handle_count++];
    *handle = (struct java_handle){.kind = kind};
    return handle;
}

static const struct java_handle *find_handle(struct java_stream *stream, int *number)
{
    int32_t found = snap_read_i4(stream->reader, "number of a part of the properties");

    *number = NO_CLASS;
    if (stream->reader->failed)
        return NULL;
    if (found < FIRST_HANDLE || found - FIRST_HANDLE >= stream->handle_count) {
        snap_byte_reader_fail(stream->reader, "the properties have no part %" PRIx32,
                              (uint32_t)found);
        return NULL;
    }
    *number = found - FIRST_HANDLE;
    return &stream->handles[*number];
}

static bool fail_token(struct java_stream *stream, uint8_t token, const char *expected)
{
    return snap_byte_reader_fail(stream->reader, "%s expected in the properties, found %02x",
                                 expected, token);
}

static bool read_fields(struct java_stream *stream, struct java_class *of_class, unsigned depth)
{
    struct snap_byte_reader *reader = stream->reader;
    uint32_t count = snap_read_u2(reader, "number of a class's fields");

    if (count > FIELDS_MAX)
        return snap_byte_reader_fail(reader, "a class of the properties has %" PRIu32 " fields",
                                     count);
    for (uint32_t i = 0; i < count; i++) {
        struct java_value signature;

        of_class->fields[i].kind = snap_read_u1(reader, "kind of a field");
        of_class->fields[i].name = snap_read_utf(reader, "name of a field");
        if (reader->failed)
            return false;
        if ((of_class->fields[i].kind == 'L' || of_class->fields[i].kind == '[') &&
            !read_value(stream, depth + 1, &signature))
            return false;
    }
    of_class->field_count = count;
    return true;
}

/* Sets *number to the handle of the class, NO_CLASS for none. */
static bool read_class(struct java_stream *stream, unsigned depth, int *number)
{
    struct snap_byte_reader *reader = stream->reader;
    uint8_t token = snap_read_u1(reader, "a class of the properties");
    struct java_handle *handle;

    *number = NO_CLASS;
    if (reader->failed || token == TOKEN_NULL)
        return !reader->failed;
    if (token == TOKEN_REFERENCE) {
        const struct java_handle *found = find_handle(stream, number);

        return found && (found->kind == JAVA_CLASS || fail_token(stream, token, "a class"));
    }
    if (token != TOKEN_CLASS || depth > DEPTH_MAX)
        return fail_token(stream, token, "a class");
    handle = add_handle(stream, JAVA_CLASS);
    if (!handle)
        return false;
    *number = stream->handle_count - 1;
    handle->of_class.name = snap_read_utf(reader, "name of a class");
    snap_read_bytes(reader, 9, "version and flags of a class");
    if (!read_fields(stream, &handle->of_class, depth))
        return false;
    token = snap_read_u1(reader, "end of a class");
    if (reader->failed || token != TOKEN_END)
        return fail_token(stream, token, "the end of a class");
    return read_class(stream, depth + 1, &handle->of_class.super);
}

static void keep_flag(struct snap_checkpoint_properties *properties, struct snap_bytes name,
                      bool value)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"discardCancelled", &properties->discard_cancelled},
        {"discardFailed", &properties->discard_failed},
        {"discardFinished", &properties->discard_finished},
        {"discardSubsumed", &properties->discard_subsumed},
        {"discardSuspended", &properties->discard_suspended},
        {"forced", &properties->is_forced},
        {"unclaimed", &properties->is_unclaimed},
    };

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (snap_bytes_are(name, flags[i].name))
            *flags[i].flag = value;
}

static void keep_text(struct snap_checkpoint_properties *properties, struct snap_bytes name,
                      struct snap_bytes text)
{
    if (snap_bytes_are(name, "name"))
        properties->name = text;
    else if (snap_bytes_are(name, "sharingFilesStrategy"))
        properties->sharing = text;
    else if (snap_bytes_are(name, "formatType"))
        properties->format = text;
    else if (snap_bytes_are(name, "postCheckpointAction"))
        properties->action = text;
}

static bool read_field(struct java_stream *stream, const struct java_field *field, unsigned depth)
{
    struct snap_byte_reader *reader = stream->reader;
    struct java_value value;

    switch (field->kind) {
    case 'Z':
        keep_flag(stream->properties, field->name, snap_read_bool(reader, "a property"));
        return !reader->failed;
    case 'B':
        snap_read_bytes(reader, 1, "a property");
        return !reader->failed;
    case 'S':
    case 'C':
        snap_read_bytes(reader, 2, "a property");
        return !reader->failed;
    case 'I':
    case 'F':
        snap_read_bytes(reader, 4, "a property");
        return !reader->failed;
    case 'J':
    case 'D':
        snap_read_bytes(reader, 8, "a property");
        return !reader->failed;
    case 'L':
    case '[':
        if (!read_value(stream, depth + 1, &value))
            return false;
        if (!value.is_null)
            keep_text(stream->properties, field->name, value.text);
        return true;
    default:
        return snap_byte_reader_fail(reader, "a field of the properties has the kind %02x",
                                     field->kind);
    }
}

/* The fields of a super class come first. */
static bool read_values(struct java_stream *stream, int number, unsigned depth)
{
    const struct java_class *of_class = &stream->handles[number].of_class;

    if (depth > DEPTH_MAX)
        return snap_byte_reader_fail(stream->reader, "a class of the properties is its own super");
    if (of_class->super != NO_CLASS && !read_values(stream, of_class->super, depth + 1))
        return false;
    for (uint32_t i = 0; i < of_class->field_count; i++)
        if (!read_field(stream, &of_class->fields[i], depth))
            return false;
    return true;
}

static bool read_object(struct java_stream *stream, unsigned depth, struct java_value *value)
{
    struct java_handle *handle;
    int number;

    if (!read_class(stream, depth, &number))
        return false;
    handle = add_handle(stream, JAVA_OBJECT);
    if (!handle)
        return false;
    if (number == NO_CLASS)
        return snap_byte_reader_fail(stream->reader, "an object of the properties has no class");
    handle->text = stream->handles[number].of_class.name;
    value->text = handle->text;
    if (snap_bytes_are(handle->text, "org.apache.flink.runtime.checkpoint.SavepointType"))
        stream->properties->is_savepoint = true;
    return read_values(stream, number, depth + 1);
}

static bool read_constant(struct java_stream *stream, unsigned depth, struct java_value *value)
{
    struct java_handle *handle;
    int number;

    if (!read_class(stream, depth, &number))
        return false;
    handle = add_handle(stream, JAVA_TEXT);
    if (!handle || !read_value(stream, depth + 1, value))
        return false;
    handle->text = value->text;
    return true;
}

static bool read_value(struct java_stream *stream, unsigned depth, struct java_value *value)
{
    struct snap_byte_reader *reader = stream->reader;
    uint8_t token = snap_read_u1(reader, "a value of the properties");
    const struct java_handle *handle;
    int number;

    *value = (struct java_value){.is_null = token == TOKEN_NULL};
    if (reader->failed)
        return false;
    if (depth > DEPTH_MAX)
        return snap_byte_reader_fail(reader, "the properties are nested more than %d deep",
                                     DEPTH_MAX);
    switch (token) {
    case TOKEN_NULL:
        return true;
    case TOKEN_REFERENCE:
        handle = find_handle(stream, &number);
        if (handle)
            value->text = handle->text;
        return handle != NULL;
    case TOKEN_STRING:
        value->text = snap_read_utf(reader, "a text of the properties");
        if (!reader->failed)
            handle = add_handle(stream, JAVA_TEXT);
        if (!reader->failed)
            stream->handles[stream->handle_count - 1].text = value->text;
        return !reader->failed;
    case TOKEN_ENUM:
        return read_constant(stream, depth, value);
    case TOKEN_OBJECT:
        return read_object(stream, depth, value);
    default:
        return fail_token(stream, token, "a value");
    }
}

bool snap_properties_read(struct snap_byte_reader *reader,
                          struct snap_checkpoint_properties *properties)
{
    struct java_stream stream;
    struct java_value value;
    int32_t magic = snap_read_i4(reader, "mark of the properties");

    *properties = (struct snap_checkpoint_properties){0};
    stream.reader = reader;
    stream.handle_count = 0;
    stream.properties = properties;
    if (reader->failed)
        return false;
    if (magic != STREAM_MAGIC) {
        reader->at -= 4;
        return snap_byte_reader_fail(reader, "the properties begin with aced0005, not %08" PRIx32,
                                     (uint32_t)magic);
    }
    if (!read_value(&stream, 1, &value))
        return false;
    properties->is_null = value.is_null;
    return true;
}
