// SPDX-License-Identifier: Apache-2.0
#include "storage/state_types.h"

#include <string.h>

#include "flink/java_text.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/string_pool.h"

struct snap_serializer snap_serializer_of_value(enum snap_value_kind kind)
{
    return snap_serializer_of(kind == SNAP_VALUE_LONG ? SNAP_SERIALIZER_LONG
                                                      : SNAP_SERIALIZER_STRING);
}

struct snap_serializer snap_serializer_of_element(enum snap_element_type type)
{
    switch (type) {
    case SNAP_TYPE_LONG:
        return snap_serializer_of(SNAP_SERIALIZER_LONG);
    case SNAP_TYPE_STRING:
        return snap_serializer_of(SNAP_SERIALIZER_STRING);
    case SNAP_TYPE_BYTES:
        break;
    }
    return snap_serializer_of(SNAP_SERIALIZER_BYTE_ARRAY);
}

struct snap_serializer snap_serializer_of_shape(enum snap_state_shape shape,
                                                struct snap_schema kinds, struct snap_arena *arena)
{
    struct snap_serializer plain = snap_serializer_of_value(kinds.value);
    struct snap_serializer number = snap_serializer_of(SNAP_SERIALIZER_LONG);

    if (shape == SNAP_SHAPE_KEYED_LIST)
        return snap_serializer_with(SNAP_SERIALIZER_LIST, &plain, 1, arena);
    if (shape == SNAP_SHAPE_KEYED_MAP)
        return snap_serializer_with(
            SNAP_SERIALIZER_MAP,
            (const struct snap_serializer[]){snap_serializer_of_value(kinds.key), plain}, 2, arena);
    if (shape == SNAP_SHAPE_TTL_VALUE)
        return snap_serializer_with(SNAP_SERIALIZER_TTL,
                                    (const struct snap_serializer[]){number, number}, 2, arena);
    return plain;
}

static void write_text(struct snap_byte_writer *writer, struct snap_bytes text)
{
    snap_write_string(writer, (struct snap_java_string){.text = text});
}

void snap_field_name_write(struct snap_byte_writer *writer, enum snap_value_kind kind,
                           const struct snap_map_field *field)
{
    if (kind == SNAP_VALUE_LONG)
        snap_write_i8(writer, snap_long_of_name(field->name));
    else
        write_text(writer, field->name);
}

void snap_field_value_write(struct snap_byte_writer *writer, const struct snap_map_field *field)
{
    if (field->is_null)
        return;
    if (field->is_text)
        write_text(writer, field->text);
    else
        snap_write_i8(writer, field->value);
}

struct snap_map_field snap_field_of(const struct snap_datum *name, const struct snap_datum *value,
                                    uint8_t bytes[SNAP_LONG_NAME_BYTES])
{
    struct snap_map_field field = {.name = name->kind == SNAP_DATUM_NUMBER
                                               ? snap_long_name(bytes, name->number)
                                               : name->bytes};

    field.is_null = value->kind == SNAP_DATUM_NULL;
    field.is_text = value->kind == SNAP_DATUM_TEXT;
    if (field.is_text)
        field.text = value->bytes;
    else if (!field.is_null)
        field.value = value->number;
    return field;
}

void snap_state_value_write(struct snap_byte_writer *writer, enum snap_value_kind kind,
                            union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        snap_write_i8(writer, value.number);
    else
        write_text(writer,
                   (struct snap_bytes){(const uint8_t *)value.string->bytes, value.string->length});
}

void snap_state_element_write(struct snap_byte_writer *writer, const struct snap_element *element)
{
    switch (element->type) {
    case SNAP_TYPE_LONG:
        snap_write_i8(writer, element->number);
        return;
    case SNAP_TYPE_STRING:
        write_text(writer, element->bytes);
        return;
    case SNAP_TYPE_BYTES:
        snap_write_blob(writer, element->bytes);
        return;
    }
}

static struct snap_bytes read_text(struct snap_byte_reader *reader, struct snap_arena *arena)
{
    struct snap_java_string string = snap_read_string(reader, arena);

    if (!reader->failed && string.is_null)
        snap_byte_reader_fail(reader, "a string is null");
    return reader->failed ? snap_bytes_of("") : string.text;
}

union snap_value snap_state_value_read(struct snap_byte_reader *reader, enum snap_value_kind kind,
                                       struct snap_arena *arena)
{
    union snap_value value = {.number = 0};

    if (kind == SNAP_VALUE_LONG) {
        value.number = snap_read_i8(reader, "a long");
    } else {
        struct snap_bytes text = read_text(reader, arena);

        value.string = snap_string_make(arena, (const char *)text.at, text.count);
    }
    return value;
}

struct snap_element snap_state_element_read(struct snap_byte_reader *reader,
                                            enum snap_element_type type, struct snap_arena *arena)
{
    struct snap_element element = {.type = type};

    switch (type) {
    case SNAP_TYPE_LONG:
        element.number = snap_read_i8(reader, "a long");
        break;
    case SNAP_TYPE_STRING:
        element.bytes = read_text(reader, arena);
        break;
    case SNAP_TYPE_BYTES:
        element.bytes = snap_read_blob(reader, "bytes of an element");
        element.bytes.at = snap_arena_copy(arena, element.bytes.at, element.bytes.count);
        break;
    }
    return element;
}

const char *snap_serializer_words(const struct snap_serializer *serializer,
                                  struct snap_arena *arena)
{
    struct snap_byte_writer name;
    struct snap_bytes text;

    if (!serializer)
        return "a type that the head of the file does not name";
    snap_byte_writer_init(&name, arena, NULL);
    snap_serializer_name(&name, serializer);
    text = snap_byte_writer_bytes(&name);
    return snap_arena_strndup(arena, (const char *)text.at, text.count);
}

/* The first one that is not known, below the others. */
static const struct snap_serializer *unknown_part(const struct snap_serializer *serializer)
{
    for (uint32_t i = 0; i < serializer->nested_count; i++)
        if (snap_serializer_is_unknown(&serializer->nested[i]))
            return unknown_part(&serializer->nested[i]);
    return serializer;
}

const char *snap_serializer_place(const struct snap_serializer *serializer, struct snap_bytes file,
                                  struct snap_arena *arena)
{
    const uint8_t *name = serializer ? unknown_part(serializer)->class_name.at : NULL;

    if (!serializer)
        return "offset 0: ";
    if (!name || !file.at || name < file.at || name >= file.at + file.count)
        return "";
    return snap_arena_printf(arena, "offset %zu: ", (size_t)(name - file.at));
}

void snap_unread_state_note(const struct snap_image_operator *of, const char *name)
{
    struct snap_unread_states *unread = of->unread;

    for (uint32_t i = 0; unread && i < unread->count; i++)
        if (strcmp(unread->names[i], name) == 0)
            return;
    if (unread && unread->count < sizeof(unread->names) / sizeof(unread->names[0]))
        unread->names[unread->count++] = name;
    else if (unread)
        unread->has_more = true;
}

bool snap_state_check_group(const struct snap_found_key *found, struct snap_bytes file,
                            uint32_t max_parallelism, struct snap_error *error)
{
    int32_t hash = found->kind == SNAP_VALUE_LONG ? snap_java_hash_long(found->key.number)
                                                  : found->key.string->java_hash;
    uint32_t group = snap_key_group_of(hash, max_parallelism);
    bool is_inside =
        file.at && found->bytes.at >= file.at && found->bytes.at <= file.at + file.count;

    if (group == found->key_group)
        return true;
    if (!is_inside)
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                              "a key of key group %u lies in key group %u", group,
                              found->key_group);
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "offset %zu: a key of key group %u lies in key group %u",
                          (size_t)(found->bytes.at - file.at), group, found->key_group);
}
