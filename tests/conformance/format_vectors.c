// SPDX-License-Identifier: Apache-2.0
/* format_vectors.c: bytes of Flink's own serializers: read, compared, written again. */
#include "format_vectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "flink/channel_file.h"
#include "flink/java_text.h"
#include "flink/keyed_file.h"
#include "flink/metadata.h"
#include "flink/operator_file.h"
#include "flink/snappy.h"
#include "flink/source_state.h"
#include "wire_event.h"
#include "format_json.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/operator_id.h"

/* One case: its bytes, a reader of them, a writer for the way back. */
struct vector {
    struct snap_arena arena;
    struct snap_error error;
    struct snap_bytes bytes;
    struct snap_byte_reader reader;
    struct snap_byte_writer writer;
    const json_t *json;
    struct snap_text *why;
};

static void read_hex(struct vector *vector, const char *key)
{
    vector->bytes = format_hex_read(&vector->arena, conform_string(vector->json, key));
    snap_byte_reader_init(&vector->reader, vector->bytes, 0, &vector->error);
}

/* Everything was read, and written again it is the same. */
static void same_bytes(struct vector *vector, const char *where)
{
    struct snap_bytes written = snap_byte_writer_bytes(&vector->writer);
    json_t *expected, *actual;

    snap_byte_reader_end(&vector->reader, where);
    if (vector->error.code != SNAP_OK)
        snap_text_printf(vector->why, "%s: %s\n", where, vector->error.message);
    if (!snap_bytes_equal(written, vector->bytes)) {
        expected = format_json_hex(vector->bytes);
        actual = format_json_hex(written);
        conform_same_json(vector->why, where, expected, actual);
        json_decref(expected);
        json_decref(actual);
    }
    snap_byte_writer_clear(&vector->writer);
}

static void same_json(struct vector *vector, const char *where, const json_t *expected,
                      json_t *actual)
{
    conform_same_json(vector->why, where, expected, actual);
    json_decref(actual);
}

static void run_serializer(struct vector *vector)
{
    struct snap_serializer serializer;
    const char *type = conform_string(vector->json, "name");

    read_hex(vector, "versioned_snapshot");
    if (snap_serializer_read(&vector->reader, &vector->arena, &serializer)) {
        snap_serializer_write(&vector->writer, &serializer);
        conform_same_integer(vector->why, "length", conform_integer(vector->json, "length"),
                             snap_serializer_length(&serializer));
    }
    same_bytes(vector, "snapshot");
    /* What snapsim makes itself for the type is the same too. */
    serializer = format_type_read(&vector->arena, &type);
    snap_write_i4(&vector->writer, 2);
    snap_serializer_write(&vector->writer, &serializer);
    read_hex(vector, "with_proxy_version");
    vector->reader.at = vector->reader.end;
    same_bytes(vector, "made");
}

static void run_datum(struct vector *vector, const char *type, const char *value)
{
    struct snap_serializer serializer = format_type_read(&vector->arena, &type);
    struct snap_datum datum;
    struct snap_byte_reader again;

    read_hex(vector, "bytes");
    again = vector->reader;
    if (snap_datum_read(&vector->reader, &serializer, &vector->arena, &datum)) {
        same_json(vector, "value", json_object_get(vector->json, value), format_json_datum(&datum));
        snap_datum_write(&vector->writer, &serializer, &datum);
    }
    same_bytes(vector, "value");
    snap_datum_skip(&again, &serializer);
    if (!snap_byte_reader_end(&again, "a value gone over"))
        snap_text_printf(vector->why, "skip: %s\n", vector->error.message);
}

static void run_value(struct vector *vector)
{
    run_datum(vector, conform_string(vector->json, "serializer"), "value");
}

static struct snap_bytes string_bytes(struct vector *vector, const json_t *text)
{
    struct snap_byte_writer writer;
    struct snap_java_string string = {.text = snap_bytes_of(json_string_value(text))};

    snap_byte_writer_init(&writer, &vector->arena, NULL);
    snap_write_string(&writer, string);
    return snap_byte_writer_bytes(&writer);
}

static struct snap_bytes namespace_bytes(struct vector *vector, const json_t *name_space)
{
    struct snap_byte_writer writer;

    if (json_is_string(name_space))
        return string_bytes(vector, name_space);
    snap_byte_writer_init(&writer, &vector->arena, NULL);
    if (json_is_array(name_space))
        for (size_t i = 0; i < 2; i++)
            snap_write_i8(&writer, json_integer_value(json_array_get(name_space, i)));
    else
        snap_write_u1(&writer, 0);
    return snap_byte_writer_bytes(&writer);
}

static void run_composite_key(struct vector *vector)
{
    struct snap_serializer string = snap_serializer_of(SNAP_SERIALIZER_STRING);
    const char *type = conform_string(vector->json, "namespace_serializer");
    struct snap_serializer name_space = format_type_read(&vector->arena, &type);
    const json_t *user_key = json_object_get(vector->json, "user_key");
    struct snap_composite_key form = {
        .max_parallelism = (uint32_t)conform_integer(vector->json, "max_parallelism"),
        .key = &string,
        .name_space = &name_space,
        .is_map = json_is_string(user_key),
        .user_key = json_is_string(user_key) ? &string : NULL,
    };
    struct snap_keyed_item item = {
        .key_group = (uint32_t)conform_integer(vector->json, "key_group"),
        .key = string_bytes(vector, json_object_get(vector->json, "key")),
        .name_space = namespace_bytes(vector, json_object_get(vector->json, "namespace")),
    };
    struct snap_keyed_item found = {0};

    if (form.user_key)
        item.user_key = string_bytes(vector, user_key);
    snap_composite_key_write(&vector->writer, &form, &item);
    read_hex(vector, "bytes");
    snap_composite_key_read(&vector->reader, &form, &found);
    same_bytes(vector, "key");
    if (found.key_group != item.key_group || !snap_bytes_equal(found.key, item.key) ||
        !snap_bytes_equal(found.name_space, item.name_space) ||
        !snap_bytes_equal(found.user_key, item.user_key))
        snap_text_add_string(vector->why, "the key is taken apart differently\n");
}

static void run_delimited(struct vector *vector)
{
    struct snap_serializer element = snap_serializer_of(SNAP_SERIALIZER_LONG);
    struct snap_serializer pair[2] = {
        snap_serializer_with(SNAP_SERIALIZER_LIST, &element, 1, &vector->arena),
        snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE),
    };
    struct snap_state_meta meta =
        snap_state_meta_of_keyed(&vector->arena, snap_bytes_of("list"), SNAP_KEYED_LIST, pair);
    struct snap_keyed_reader reader = {.layout = SNAP_LAYOUT_CANONICAL, .error = &vector->error};
    struct snap_keyed_item item = {0};
    struct snap_datum datum;

    reader.head.states = (struct snap_state_metas){&meta, 1};
    read_hex(vector, "bytes");
    item.value = vector->bytes;
    vector->reader.at = vector->reader.end;
    if (snap_keyed_item_value(&reader, &item, &vector->arena, &datum)) {
        for (uint32_t i = 0; i < datum.count; i++) {
            if (i > 0)
                snap_keyed_delimiter_write(&vector->writer);
            snap_datum_write(&vector->writer, &element, &datum.items[i]);
        }
        same_json(vector, "value", json_object_get(vector->json, "value"),
                  format_json_datum(&datum));
    }
    same_bytes(vector, "list");
}

static void run_channel_handle(struct vector *vector, const char *kind)
{
    struct snap_channel_handle handle = {.side = !strncmp(kind, "input", 5) ? SNAP_CHANNEL_INPUT
                                                                            : SNAP_CHANNEL_RESULT};
    enum snap_channel_form form =
        strstr(kind, "v2") ? SNAP_CHANNEL_FORM_TYPED : SNAP_CHANNEL_FORM_OLD;

    if (!snap_channel_handle_read(&vector->reader, &vector->arena, form, &handle))
        return;
    same_json(vector, "fields", json_object_get(vector->json, "fields"),
              format_json_channel(&handle));
    snap_channel_handle_write(&vector->writer, form, &handle);
}

static void run_handle(struct vector *vector)
{
    const char *kind = conform_string(vector->json, "kind");
    const json_t *fields = json_object_get(vector->json, "fields");
    struct snap_stream_handle stream;
    struct snap_keyed_handle keyed;
    struct snap_operator_handle of_operator;

    read_hex(vector, "bytes");
    if (!strcmp(kind, "stream") &&
        snap_stream_handle_read(&vector->reader, &vector->arena, &stream)) {
        same_json(vector, "fields", fields, format_json_stream(&stream));
        snap_stream_handle_write(&vector->writer, &stream);
    } else if (!strcmp(kind, "keyed") &&
               snap_keyed_handle_read(&vector->reader, &vector->arena, &keyed)) {
        same_json(vector, "fields", fields, format_json_keyed(&keyed));
        snap_keyed_handle_write(&vector->writer, &keyed);
    } else if (!strcmp(kind, "operator") &&
               snap_operator_handle_read(&vector->reader, &vector->arena, &of_operator)) {
        same_json(vector, "fields", fields, format_json_operator(&of_operator));
        snap_operator_handle_write(&vector->writer, &of_operator);
    } else if (strstr(kind, "channel")) {
        run_channel_handle(vector, kind);
    }
    same_bytes(vector, "handle");
}

static struct snap_checkpoint_properties made_properties(const char *name, bool *is_made)
{
    enum snap_savepoint_format format =
        strstr(name, "native") ? SNAP_SAVEPOINT_NATIVE : SNAP_SAVEPOINT_CANONICAL;
    enum snap_retention retention = SNAP_RETAIN_ON_CANCELLATION;

    *is_made = true;
    if (!strcmp(name, "savepoint_canonical") || !strcmp(name, "savepoint_native"))
        return snap_properties_of_savepoint(SNAP_KIND_SAVEPOINT, format);
    if (!strcmp(name, "savepoint_suspend"))
        return snap_properties_of_savepoint(SNAP_KIND_SAVEPOINT_SUSPEND, format);
    if (!strcmp(name, "savepoint_terminate"))
        return snap_properties_of_savepoint(SNAP_KIND_SAVEPOINT_TERMINATE, format);
    if (!strcmp(name, "checkpoint_never_retain"))
        retention = SNAP_RETAIN_NONE;
    else if (!strcmp(name, "checkpoint_retain_on_failure"))
        retention = SNAP_RETAIN_ON_FAILURE;
    else
        *is_made = !strcmp(name, "checkpoint_retain_on_cancellation");
    return snap_properties_of_checkpoint(SNAP_KIND_CHECKPOINT, retention);
}

static void run_properties(struct vector *vector)
{
    struct snap_checkpoint_properties properties;
    bool is_made;

    read_hex(vector, "bytes");
    if (snap_properties_read(&vector->reader, &properties))
        snap_properties_write(&vector->writer, &properties);
    same_bytes(vector, "properties");
    properties = made_properties(conform_string(vector->json, "name"), &is_made);
    if (is_made) {
        snap_properties_write(&vector->writer, &properties);
        same_bytes(vector, "properties made");
    }
}

static void run_metadata(struct vector *vector)
{
    struct snap_metadata metadata;

    read_hex(vector, "bytes");
    vector->reader.at = vector->reader.end;
    if (snap_metadata_read(vector->bytes, &vector->arena, &metadata, &vector->error))
        snap_metadata_write(&vector->writer, &metadata);
    same_bytes(vector, "metadata");
}

static void run_metadata_error(struct vector *vector)
{
    struct snap_metadata metadata;

    snap_write_u4(&vector->writer, 0x4960672du);
    snap_write_i4(&vector->writer, (int32_t)conform_integer(vector->json, "version"));
    snap_write_bytes(&vector->writer, (struct snap_bytes){(const uint8_t *)"\0\0\0\0\0\0\0\0", 8});
    if (snap_metadata_read(snap_byte_writer_bytes(&vector->writer), &vector->arena, &metadata,
                           &vector->error) ||
        !strstr(vector->error.message, "offset 4:"))
        snap_text_printf(vector->why, "the version is not refused: %s\n", vector->error.message);
}

static void run_keyed_head(struct vector *vector)
{
    struct snap_keyed_head head;

    read_hex(vector, "bytes");
    if (snap_keyed_head_read(&vector->reader, &vector->arena, &head)) {
        snap_keyed_head_write(&vector->writer, &head);
        if (head.is_compressed != conform_boolean(vector->json, "compression"))
            snap_text_add_string(vector->why, "compression is read differently\n");
    }
    same_bytes(vector, "head");
}

static void run_operator_head(struct vector *vector)
{
    struct snap_operator_head head;

    read_hex(vector, "bytes");
    if (snap_operator_head_read(&vector->reader, &vector->arena, &head))
        snap_operator_head_write(&vector->writer, &head);
    same_bytes(vector, "head");
}

static void run_event(struct vector *vector)
{
    struct snap_wire_event event;

    read_hex(vector, "bytes");
    if (snap_wire_event_read(&vector->reader, &event)) {
        same_json(vector, "fields", json_object_get(vector->json, "fields"),
                  format_json_event(&event));
        snap_wire_event_write(&vector->writer, &event);
    }
    same_bytes(vector, "event");
}

static void run_framing(struct vector *vector)
{
    struct snap_serializer number = snap_serializer_of(SNAP_SERIALIZER_LONG);
    struct snap_serializer serializer =
        snap_serializer_with(SNAP_SERIALIZER_ELEMENT, &number, 1, &vector->arena);
    struct snap_bytes bytes = {NULL, 0};
    struct snap_byte_reader element;
    struct snap_byte_writer whole;
    struct snap_datum datum;

    read_hex(vector, "bytes");
    snap_channel_element_next(&vector->reader, &bytes);
    snap_byte_reader_init(&element, bytes, 4, &vector->error);
    if (snap_datum_read(&element, &serializer, &vector->arena, &datum)) {
        snap_byte_writer_init(&whole, &vector->arena, NULL);
        snap_datum_write(&whole, &serializer, &datum);
        snap_write_blob(&vector->writer, snap_byte_writer_bytes(&whole));
        conform_same_integer(vector->why, "value", 7, datum.items[1].number);
    }
    same_bytes(vector, "element");
}

static void run_operator_id(struct vector *vector)
{
    const char *uid = conform_string(vector->json, "uid");
    struct snap_operator_id id = snap_operator_id_of_uid(uid, strlen(uid));
    char text[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&id, text);
    conform_same_string(vector->why, "id", conform_string(vector->json, "id"), text);
}

static void run_key_group(struct vector *vector)
{
    const char *type = conform_string(vector->json, "type");
    const json_t *key = json_object_get(vector->json, "key");
    int64_t number =
        json_is_string(key) ? strtoll(json_string_value(key), NULL, 10) : json_integer_value(key);
    int32_t hash = !strcmp(type, "String")
                       ? snap_java_hash_utf8(json_string_value(key), json_string_length(key))
                   : !strcmp(type, "Long") ? snap_java_hash_long(number)
                                           : (int32_t)number;

    conform_same_integer(vector->why, "hash", conform_integer(vector->json, "hash"), hash);
    conform_same_integer(
        vector->why, "key group", conform_integer(vector->json, "key_group"),
        snap_key_group_of(hash, (uint32_t)conform_integer(vector->json, "max_parallelism")));
}

static void run_ranges(struct vector *vector)
{
    struct snap_parallelism parallelism = {
        (uint32_t)conform_integer(vector->json, "parallelism"),
        (uint32_t)conform_integer(vector->json, "max_parallelism"),
    };
    json_t *ranges = json_array();

    for (uint32_t i = 0; i < parallelism.subtasks; i++) {
        struct snap_key_group_range range = snap_key_group_range(i, parallelism);

        json_array_append_new(ranges, json_pack("[i,i]", (int)range.first, (int)range.last));
    }
    same_json(vector, "ranges", conform_array(vector->json, "ranges"), ranges);
}

static void run_default(struct vector *vector)
{
    uint32_t max = 0;

    snap_max_parallelism_default(conform_integer(vector->json, "parallelism"), &max,
                                 &vector->error);
    conform_same_integer(vector->why, "max parallelism", conform_integer(vector->json, "value"),
                         max);
}

/* What Flink compressed is read; what we compress is read back by ourselves. */
static void run_snappy(struct vector *vector)
{
    struct snap_bytes plain =
        format_hex_read(&vector->arena, conform_string(vector->json, "uncompressed"));
    struct snap_byte_writer ours, scratch;

    snap_byte_writer_init(&ours, &vector->arena, NULL);
    snap_byte_writer_init(&scratch, &vector->arena, NULL);
    read_hex(vector, "bytes");
    snap_snappy_read(&vector->reader, SNAP_SNAPPY_ALL, &vector->writer);
    vector->bytes = plain;
    same_bytes(vector, "plain");
    snap_snappy_write_start(&ours);
    snap_snappy_write(&ours, plain, &scratch);
    snap_byte_reader_init(&vector->reader, snap_byte_writer_bytes(&ours), 0, &vector->error);
    snap_snappy_read(&vector->reader, SNAP_SNAPPY_ALL, &vector->writer);
    same_bytes(vector, "our own");
}

/* Our own sources write theirs by themselves, and those of a sequence of Flink's are only read. */
static void write_split(struct snap_byte_writer *writer, const struct snap_split_position *split)
{
    SNAP_CHECK(split->form != SNAP_SPLIT_OTHER);
    if (split->form == SNAP_SPLIT_NUMBERED)
        snap_write_i4(writer, split->number);
    else
        snap_write_utf(writer, split->id);
    snap_write_i8(writer, split->next);
    snap_write_i8(writer, split->end);
}

static void run_source(struct vector *vector)
{
    struct snap_versioned versioned;
    struct snap_split_position split;
    bool is_wrapped = strstr(conform_string(vector->json, "name"), "wrap") != NULL;

    read_hex(vector, "bytes");
    if (is_wrapped) {
        if (snap_versioned_read(vector->bytes, &versioned, &vector->error)) {
            split = snap_split_position_read(versioned.data);
            snap_write_i4(&vector->writer, versioned.version);
            snap_write_u4(&vector->writer, (uint32_t)versioned.data.count);
            write_split(&vector->writer, &split);
        }
    } else {
        uint32_t count = snap_read_count(&vector->reader, 1, "splits");
        struct snap_bytes rest =
            snap_read_bytes(&vector->reader, snap_byte_reader_left(&vector->reader), "splits");

        conform_same_integer(vector->why, "splits", 1, count);
        split = snap_split_position_read(rest);
        snap_write_u4(&vector->writer, count);
        write_split(&vector->writer, &split);
    }
    vector->reader.at = vector->reader.end;
    same_bytes(vector, "split");
}

static const struct {
    const char *name;
    void (*run)(struct vector *vector);
} vector_suites[] = {
    {"serializer_snapshots", run_serializer},
    {"values", run_value},
    {"list_delimited", run_delimited},
    {"composite_keys", run_composite_key},
    {"handles", run_handle},
    {"checkpoint_properties", run_properties},
    {"metadata_files", run_metadata},
    {"metadata_errors", run_metadata_error},
    {"keyed_proxy", run_keyed_head},
    {"operator_proxy", run_operator_head},
    {"events", run_event},
    {"record_framing", run_framing},
    {"operator_ids", run_operator_id},
    {"key_groups", run_key_group},
    {"key_group_ranges", run_ranges},
    {"default_max_parallelism", run_default},
    {"snappy", run_snappy},
    {"source", run_source},
};

bool conform_is_format_vectors(const json_t *document)
{
    return json_is_array(json_object_get(document, "serializer_snapshots"));
}

enum conform_result conform_format_vector_case(const struct conform_case *at, struct snap_text *why)
{
    struct vector vector = {.json = at->json, .why = why};

    if (!strcmp(at->suite, "generated_operator_ids"))
        return conform_generated_ids_case(at, why);
    if (!strcmp(at->suite, "snapshots"))
        return conform_format_snapshot_case(at, why);
    for (size_t i = 0; i < sizeof(vector_suites) / sizeof(vector_suites[0]); i++) {
        if (strcmp(vector_suites[i].name, at->suite))
            continue;
        snap_byte_writer_init(&vector.writer, &vector.arena, NULL);
        vector_suites[i].run(&vector);
        snap_arena_fini(&vector.arena);
        return conform_verdict(why);
    }
    return conform_skip(why, at->suite);
}
