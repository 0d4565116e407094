// SPDX-License-Identifier: Apache-2.0
/*
 * java_text.h: texts as Java writes them, and as the rest of snapsim reads them.
 *
 * - A Java string is a row of UTF-16 units. Names and paths are written in modified UTF-8 (U+0000
 *   is C0 80, a surrogate is three bytes), values of the String serializer as a varint each unit.
 * - In memory texts are UTF-8. A surrogate without its pair, which UTF-8 has not, is kept as three
 *   bytes, so that nothing is lost on the way there and back.
 * - Bytes that are no modified UTF-8 become U+FFFD, one each.
 * Flink: StringValue; Java: DataInput.readUTF.
 */
#ifndef SNAP_FLINK_JAVA_TEXT_H
#define SNAP_FLINK_JAVA_TEXT_H

#include "base/arena.h"
#include "flink/byte_reader.h"
#include "flink/byte_writer.h"

/* Returns the text in UTF-8; memory of the arena, with a NUL behind it. */
struct snap_bytes snap_java_text(struct snap_arena *arena, struct snap_bytes modified);

/* Returns a text of UTF-8 as modified UTF-8; memory of the arena. */
struct snap_bytes snap_java_modified(struct snap_arena *arena, struct snap_bytes text);

/* What the String serializer wrote: a text, or null. */
struct snap_java_string {
    bool is_null;
    struct snap_bytes text; /* UTF-8, memory of the arena */
};

struct snap_java_string snap_read_string(struct snap_byte_reader *reader, struct snap_arena *arena);

/* Goes over a string without keeping it. */
void snap_skip_string(struct snap_byte_reader *reader);

void snap_write_string(struct snap_byte_writer *writer, struct snap_java_string string);

#endif
