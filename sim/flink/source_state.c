// SPDX-License-Identifier: Apache-2.0
#include "flink/source_state.h"

enum { NUMBERED_BYTES = 20, SEQUENCE_BYTES = 18 };

bool snap_versioned_read(struct snap_bytes bytes, struct snap_versioned *versioned,
                         struct snap_error *error)
{
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, bytes, 0, error);
    versioned->version = snap_read_i4(&reader, "version of a split");
    versioned->data = snap_read_blob(&reader, "a split");
    return snap_byte_reader_end(&reader, "a split");
}

/* A text at the front and two numbers behind it that fill the bytes exactly. */
static bool read_sequence(struct snap_bytes split, struct snap_split_position *position)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, split, 0, &none);
    position->id = snap_read_utf(&reader, "id of a split");
    position->next = snap_read_i8(&reader, "next number of a split");
    position->end = snap_read_i8(&reader, "last number of a split");
    return snap_byte_reader_end(&reader, "a split") && position->id.count > 0;
}

struct snap_split_position snap_split_position_read(struct snap_bytes split)
{
    struct snap_split_position position = {.form = SNAP_SPLIT_OTHER};
    struct snap_error none = {0};
    struct snap_byte_reader reader;

    if (split.count > SEQUENCE_BYTES && read_sequence(split, &position)) {
        position.form = SNAP_SPLIT_SEQUENCE;
    } else if (split.count == NUMBERED_BYTES) {
        snap_byte_reader_init(&reader, split, 0, &none);
        position.form = SNAP_SPLIT_NUMBERED;
        position.number = snap_read_i4(&reader, "number of a split");
        position.next = snap_read_i8(&reader, "next record of a split");
        position.end = snap_read_i8(&reader, "end of a split");
    }
    return position;
}

/* Version 0 allows bytes behind the enumerator. */
bool snap_coordinator_state_read(struct snap_bytes bytes, struct snap_coordinator_state *state)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, bytes, 0, &none);
    state->serde_version = snap_read_i4(&reader, "version of a coordinator's state");
    state->enumerator_version = snap_read_i4(&reader, "version of an enumerator");
    state->enumerator = snap_read_blob(&reader, "an enumerator");
    if (reader.failed || state->serde_version < 0 || state->serde_version > 1)
        return false;
    return state->serde_version == 0 || snap_byte_reader_left(&reader) == 0;
}

void snap_coordinator_state_write(struct snap_byte_writer *writer,
                                  const struct snap_coordinator_state *state)
{
    snap_write_i4(writer, state->serde_version);
    snap_write_i4(writer, state->enumerator_version);
    snap_write_blob(writer, state->enumerator);
}
