// SPDX-License-Identifier: Apache-2.0
/*
 * channel_file.h: a file of data that was in flight: network buffers of channels, mixed.
 *
 * - Whose a buffer is the handle says: the offsets of a channel's buffers, in their order.
 * - Buffers of a channel, joined, are elements with their length in front. An element may go on in
 *   the next buffer, and from the input side of a channel into its result side.
 * - The serializer of the elements is not in the snapshot.
 * Flink: ChannelStateSerializerImpl, ChannelStateChunkReader, SpanningRecordSerializer.
 */
#ifndef SNAP_FLINK_CHANNEL_FILE_H
#define SNAP_FLINK_CHANNEL_FILE_H

#include "flink/datum_codec.h"
#include "flink/handles.h"

/* Appends the contents of the channel's buffers to `joined` (in memory). Errors:
 * SNAP_ERROR_SNAPSHOT.
 */
bool snap_channel_file_read(struct snap_bytes data, const struct snap_channel_place *place,
                            struct snap_byte_writer *joined, struct snap_error *error);

/* Writes the version that a file begins with. */
void snap_channel_file_start(struct snap_byte_writer *writer);

/* Writes a buffer; returns its offset for the handle. */
int64_t snap_channel_file_write(struct snap_byte_writer *writer, struct snap_bytes buffer);

/* Returns the size that a channel's handle has for its buffers in a file. */
int64_t snap_channel_size(const struct snap_bytes *buffers, uint32_t count);

/*
 * Writes what a channel has if it is kept inside the metadata: a file of its own, with all buffers
 * joined into one at offset SNAP_CHANNEL_INLINE_OFFSET. The size in its handle is all of it.
 */
enum { SNAP_CHANNEL_INLINE_OFFSET = 4, SNAP_CHANNEL_INLINE_BYTES = 8 };
void snap_channel_inline_write(struct snap_byte_writer *writer, const struct snap_bytes *buffers,
                               uint32_t count);

/*
 * Reads the next whole element of joined buffers. Returns false at the end, where `reader` stands
 * before what is left of an element that goes on elsewhere, or with the error set.
 */
bool snap_channel_element_next(struct snap_byte_reader *reader, struct snap_bytes *element);

#endif
