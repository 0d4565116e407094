// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_parts.h: what the parts of a description share; for snapshot_*.c only.
 *
 * - A describer lies in the arena of the description and is the context of its walks.
 */
#ifndef SNAP_FLINK_SNAPSHOT_PARTS_H
#define SNAP_FLINK_SNAPSHOT_PARTS_H

#include "flink/serializer.h"
#include "flink/snapshot_describe.h"

struct snap_describer {
    struct snap_streams streams;
    struct snap_arena *arena; /* of the description */
    struct snap_metadata metadata;
    struct snap_snapshot *snapshot;
    const struct snap_channel_source *channel_sources; /* by the description's channels */
};

/* Buffers of a channel, by side; NULL where none were kept. */
struct snap_channel_source {
    const struct snap_stream_handle *streams[2];
    const struct snap_channel_place *places[2];
};

/* Opens a stream; an error names it. */
bool snap_describer_open(const struct snap_describer *describer,
                         const struct snap_stream_handle *stream, struct snap_bytes *bytes,
                         struct snap_error *error);

void snap_describer_close(const struct snap_describer *describer,
                          const struct snap_stream_handle *stream, struct snap_bytes bytes);

void snap_describer_relax(const struct snap_describer *describer,
                          const struct snap_stream_handle *stream, struct snap_bytes bytes);

/* Adds the stream to an error; always returns false. */
bool snap_describer_fail(const struct snap_describer *describer,
                         const struct snap_stream_handle *stream, struct snap_error *error);

/* Texts of an arena: a name, a serializer. */
const char *snap_describer_text(const struct snap_describer *describer, struct snap_bytes modified);
const char *snap_serializer_text(struct snap_arena *arena,
                                 const struct snap_serializer *serializer);

/* The metadata's subtask that a description was made of. */
const struct snap_metadata_subtask *
snap_describer_subtask(const struct snap_describer *describer,
                       const struct snap_snapshot_choice *choice);

/* Each fills the part of a subtask's description, or walks over its values. */
bool snap_describe_keyed(const struct snap_describer *describer,
                         const struct snap_metadata_operator *of,
                         const struct snap_keyed_handle *handle, struct snap_snapshot_keyed *keyed,
                         struct snap_error *error);
bool snap_describe_raw_timers(const struct snap_describer *describer,
                              const struct snap_keyed_handle *handle,
                              struct snap_snapshot_keyed *keyed, struct snap_error *error);
bool snap_describe_lists(const struct snap_describer *describer,
                         const struct snap_operator_handle *handle,
                         struct snap_snapshot_subtask *subtask, struct snap_error *error);
void snap_describe_enumerator(const struct snap_describer *describer,
                              const struct snap_metadata_operator *of,
                              struct snap_snapshot_enumerator *enumerator);
bool snap_describe_channels(struct snap_describer *describer, struct snap_error *error);

bool snap_walk_keyed(const struct snap_describer *describer,
                     const struct snap_snapshot_choice *choice,
                     const struct snap_item_visitor *visitor, struct snap_error *error);
bool snap_walk_raw_timers(const struct snap_describer *describer,
                          const struct snap_snapshot_choice *choice,
                          const struct snap_item_visitor *visitor, struct snap_error *error);
bool snap_walk_list(const struct snap_describer *describer,
                    const struct snap_snapshot_choice *choice,
                    const struct snap_item_visitor *visitor, struct snap_error *error);
bool snap_walk_channel(const struct snap_describer *describer,
                       const struct snap_snapshot_choice *choice,
                       const struct snap_item_visitor *visitor, struct snap_error *error);

#endif
