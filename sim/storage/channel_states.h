// SPDX-License-Identifier: Apache-2.0
/*
 * channel_states.h: records under way between an image and Flink's files of channel state.
 *
 * - Each piece is a network buffer of its own that holds whole records. What is read may be cut
 *   anywhere: the consumer's buffers and the producer's of a channel are one stream; the record
 * that is cut between them is the producer's.
 * - A record is its value alone where the producer can tell the key from it, else key and value.
 *   Watermarks are elements, too. Without event time a record has Flink's timestamp of none.
 * - Small states lie in `_metadata`, a handle a channel; else those of a subtask are one file.
 * Flink: ChannelStateWriterImpl, StreamElementSerializer.
 */
#ifndef SNAP_STORAGE_CHANNEL_STATES_H
#define SNAP_STORAGE_CHANNEL_STATES_H

#include "flink/metadata.h"
#include "storage/image.h"
#include "storage/state_stream.h"

/* Whose channels are written. */
struct snap_channel_owner {
    const struct snap_image *image;
    uint32_t operator_index;
    uint32_t subtask;
    bool merges; /* version 6: one handle for the channels of a file */
};

/* Adds handles of all channels of the subtask. Errors: SNAP_ERROR_IO. */
bool snap_channel_states_write(const struct snap_channel_owner *owner,
                               struct snap_state_stream *stream, struct snap_metadata_subtask *to,
                               struct snap_error *error);

/* Bytes that were read of one channel's side. */
struct snap_channel_bytes {
    uint32_t edge;
    enum snap_image_side side;
    uint32_t producer;
    uint32_t consumer;
    struct snap_bytes bytes;
    const char *place; /* of its first byte, for messages */
};

/* Returns the edge of the image that a place of the operator's handle means; SNAP_NO_INDEX: none.
 */
uint32_t snap_channel_edge(const struct snap_image *image, uint32_t operator_index,
                           enum snap_image_side side, uint32_t number);

/* Makes the pieces of the image of all that was read; memory of the arena. Errors:
 * SNAP_ERROR_SNAPSHOT. */
bool snap_channel_states_parse(struct snap_image *image, const struct snap_channel_bytes *channels,
                               uint32_t count, struct snap_arena *arena, struct snap_error *error);

#endif
