// SPDX-License-Identifier: Apache-2.0
/*
 * datum_codec.h: values between a serializer's bytes and trees (model/datum.h).
 *
 * - What is read is bounded by the bytes there are: a value has one at the least, its place in the
 *   tree a few times as many.
 * - A serializer that is unknown, or has an unknown one nested, takes all bytes that are left: its
 *   values can be read only where something else says how long they are.
 * - Writing the tree that was read gives the same bytes. A tree that does not fit the serializer is
 *   a bug of the caller's.
 */
#ifndef SNAP_FLINK_DATUM_CODEC_H
#define SNAP_FLINK_DATUM_CODEC_H

#include "flink/serializer.h"
#include "model/datum.h"

/* Reads one value; texts and items lie in the arena, BYTES and OPAQUE in what is read. */
bool snap_datum_read(struct snap_byte_reader *reader, const struct snap_serializer *serializer,
                     struct snap_arena *arena, struct snap_datum *datum);

/* Goes over one value. Returns false if the reader failed. */
bool snap_datum_skip(struct snap_byte_reader *reader, const struct snap_serializer *serializer);

/* The same for a serializer of which the caller has found out that no part is unknown. */
bool snap_datum_skip_known(struct snap_byte_reader *reader,
                           const struct snap_serializer *serializer);

void snap_datum_write(struct snap_byte_writer *writer, const struct snap_serializer *serializer,
                      const struct snap_datum *datum);

#endif
