// SPDX-License-Identifier: Apache-2.0
/*
 * state_types.h: the few types that states here have, as Flink's serializers write them.
 *
 * - Keys and values are longs or strings (union snap_value), elements of lists also bytes.
 * - Strings that are read lie in the arena they are read into.
 * Flink: LongSerializer, StringSerializer, BytePrimitiveArraySerializer.
 */
#ifndef SNAP_STORAGE_STATE_TYPES_H
#define SNAP_STORAGE_STATE_TYPES_H

#include "flink/serializer.h"
#include "model/datum.h"
#include "model/record.h"
#include "state/packed.h"
#include "state/state_spec.h"
#include "storage/image.h"

/* Returns "offset N: " of what a type is called in the bytes of its file, of the part of it that is
 * not known here if there is one; "" if it does not stand there. */
const char *snap_serializer_place(const struct snap_serializer *serializer, struct snap_bytes file,
                                  struct snap_arena *arena);

/* Returns the serializer of keys or values of the kind, of elements of the type. */
struct snap_serializer snap_serializer_of_value(enum snap_value_kind kind);
struct snap_serializer snap_serializer_of_element(enum snap_element_type type);

/* Returns the serializer of a keyed state's values. `kinds` are those of names and values in a map;
 * of other shapes the second is that of values or elements. Memory of the arena. */
struct snap_serializer snap_serializer_of_shape(enum snap_state_shape shape,
                                                struct snap_schema kinds, struct snap_arena *arena);

/* Returns "Long" and the like; "nothing" for NULL. Memory of the arena. */
const char *snap_serializer_words(const struct snap_serializer *serializer,
                                  struct snap_arena *arena);

/* Appends name and value of a map's field; nothing if the value is null. */
void snap_field_name_write(struct snap_byte_writer *writer, enum snap_value_kind kind,
                           const struct snap_map_field *field);
void snap_field_value_write(struct snap_byte_writer *writer, const struct snap_map_field *field);

/* Makes the field of what was read of its name and value. The tree of the name must be of the kind;
 * that of the value may be null. `bytes` is where the name lies if it is a long. */
struct snap_map_field snap_field_of(const struct snap_datum *name, const struct snap_datum *value,
                                    uint8_t bytes[SNAP_LONG_NAME_BYTES]);

/* Appends a key or value, an element. */
void snap_state_value_write(struct snap_byte_writer *writer, enum snap_value_kind kind,
                            union snap_value value);
void snap_state_element_write(struct snap_byte_writer *writer, const struct snap_element *element);

/* Reads them; the reader fails if they are not whole, or null. */
union snap_value snap_state_value_read(struct snap_byte_reader *reader, enum snap_value_kind kind,
                                       struct snap_arena *arena);
struct snap_element snap_state_element_read(struct snap_byte_reader *reader,
                                            enum snap_element_type type, struct snap_arena *arena);

/* Notes for people that a state of the snapshot is nobody's; the name is borrowed. */
void snap_unread_state_note(const struct snap_image_operator *of, const char *name);

/* Where a key was found: in a key group of a file. */
struct snap_found_key {
    enum snap_value_kind kind;
    union snap_value key;
    struct snap_bytes bytes; /* of the key */
    uint32_t key_group;
};

/* Returns whether the key belongs to that group. Errors: SNAP_ERROR_SNAPSHOT with the offset, if
 * the bytes lie in `file`. */
bool snap_state_check_group(const struct snap_found_key *found, struct snap_bytes file,
                            uint32_t max_parallelism, struct snap_error *error);

#endif
