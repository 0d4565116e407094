// SPDX-License-Identifier: Apache-2.0
/*
 * serializer.h: what a snapshot says about how its values are written.
 *
 * - A serializer is known by the class of its snapshot; those of collections have nested ones, at
 *   most SNAP_SERIALIZER_DEPTH_MAX deep.
 * - Snapshots have no length. One of an unknown class keeps its name and takes the bytes up to the
 *   next place where the file makes sense again: state_meta.h. Its values are shown as bytes.
 * - Texts are modified UTF-8 and point into the bytes that were read; arrays lie in the arena.
 * - What was read and is written again has the same bytes.
 * Flink: TypeSerializerSnapshot, CompositeTypeSerializerSnapshot, SimpleTypeSerializerSnapshot.
 */
#ifndef SNAP_FLINK_SERIALIZER_H
#define SNAP_FLINK_SERIALIZER_H

#include "base/arena.h"
#include "flink/byte_reader.h"
#include "flink/byte_writer.h"

enum { SNAP_SERIALIZER_DEPTH_MAX = 16, SNAP_SERIALIZER_NESTED_MAX = 25 };

enum snap_serializer_kind {
    SNAP_SERIALIZER_LONG,
    SNAP_SERIALIZER_INT,
    SNAP_SERIALIZER_SHORT,
    SNAP_SERIALIZER_BYTE,
    SNAP_SERIALIZER_CHAR,
    SNAP_SERIALIZER_BOOLEAN,
    SNAP_SERIALIZER_FLOAT,
    SNAP_SERIALIZER_DOUBLE,
    SNAP_SERIALIZER_STRING,
    SNAP_SERIALIZER_VOID,
    SNAP_SERIALIZER_BYTE_ARRAY,
    SNAP_SERIALIZER_LONG_ARRAY,
    SNAP_SERIALIZER_VOID_NAMESPACE,
    SNAP_SERIALIZER_TIME_WINDOW,
    SNAP_SERIALIZER_GLOBAL_WINDOW,
    SNAP_SERIALIZER_ENUM,
    SNAP_SERIALIZER_LIST,
    SNAP_SERIALIZER_SET,
    SNAP_SERIALIZER_MAP,
    SNAP_SERIALIZER_TIMER,
    SNAP_SERIALIZER_TUPLE,
    SNAP_SERIALIZER_TTL,
    SNAP_SERIALIZER_ELEMENT,
    SNAP_SERIALIZER_NULLABLE,
    SNAP_SERIALIZER_UNKNOWN,
};

struct snap_serializer {
    enum snap_serializer_kind kind;
    int32_t version;                      /* of the snapshot */
    struct snap_bytes class_name;         /* of the snapshot */
    const struct snap_serializer *nested; /* nested_count entries; arena */
    uint32_t nested_count;
    uint32_t nested_declared;  /* more than nested_count if an unknown one hides the rest */
    int32_t padding;           /* NULLABLE: bytes behind the flag of a null */
    struct snap_bytes outer;   /* TUPLE, ENUM: class; simple ones of version 2: a text */
    struct snap_bytes *labels; /* ENUM: label_count constants; arena */
    uint32_t label_count;
    struct snap_bytes body; /* behind an unknown one: what could not be read */
};

/* Reads class, version and body. An unknown class ends it with an empty body. */
bool snap_serializer_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_serializer *serializer);

void snap_serializer_write(struct snap_byte_writer *writer,
                           const struct snap_serializer *serializer);

/* Returns a serializer without nested ones, of Flink's class and version for this kind. */
struct snap_serializer snap_serializer_of(enum snap_serializer_kind kind);

/* The same with copies of `count` nested ones, memory of the arena. A tuple gets the class of its
 * width. */
struct snap_serializer snap_serializer_with(enum snap_serializer_kind kind,
                                            const struct snap_serializer *nested, uint32_t count,
                                            struct snap_arena *arena);

/* Whether values of this serializer, or of one nested in it, can only be shown as bytes. */
bool snap_serializer_is_unknown(const struct snap_serializer *serializer);

/* Returns the length that the serializer claims for each of its values, -1 if they differ. For the
 * void namespace it claims 0 and writes one byte. Flink: TypeSerializer.getLength. */
int32_t snap_serializer_length(const struct snap_serializer *serializer);

/* Appends "Map<String,Long>"; of an unknown one the class. */
void snap_serializer_name(struct snap_byte_writer *writer,
                          const struct snap_serializer *serializer);

#endif
