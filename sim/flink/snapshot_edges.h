// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_edges.h: which sender's data in flight goes on with which receiver's.
 *
 * - The files do not say what is connected: a receiver knows its gates and channels, a sender its
 *   partitions and subpartitions. Channel c of subtask d and subpartition d of subtask c belong
 *   together if their operators are connected all to all.
 * - A gate and a partition are taken for one edge if neither has another choice: numbers must fit,
 *   no operator feeds itself in a circle, the records must go on across the cut. What stays open is
 *   left alone.
 * - Neither is the type of records in the files: it is the first of a few whose bytes make sense.
 */
#ifndef SNAP_FLINK_SNAPSHOT_EDGES_H
#define SNAP_FLINK_SNAPSHOT_EDGES_H

#include "flink/handles.h"
#include "flink/serializer.h"
#include "flink/snapshot_parts.h"

/* One side of a channel. */
struct snap_channel_piece {
    uint32_t of; /* operator */
    enum snap_channel_side side;
    uint32_t subtask;
    uint32_t gate;    /* or partition */
    uint32_t channel; /* or subpartition */
    const struct snap_stream_handle *stream;
    const struct snap_channel_place *place;
    uint32_t edge; /* the same for both sides, once matched */
    uint32_t from; /* operators at the ends, once matched; SNAP_SNAPSHOT_NONE: not known */
    uint32_t to;
};

struct snap_pieces {
    struct snap_channel_piece *items;
    uint32_t count;
};

static inline uint32_t snap_piece_from(const struct snap_channel_piece *piece)
{
    return piece->side == SNAP_CHANNEL_INPUT ? piece->channel : piece->subtask;
}

static inline uint32_t snap_piece_to(const struct snap_channel_piece *piece)
{
    return piece->side == SNAP_CHANNEL_INPUT ? piece->subtask : piece->channel;
}

/* Sets edge and ends of each piece. Errors: data that cannot be read. */
bool snap_pieces_match(const struct snap_describer *describer, struct snap_pieces *pieces,
                       struct snap_error *error);

/* Appends the data of a channel, the receiver's first; `bytes` by side, -1 for one that is not
 * there. */
bool snap_channel_join(const struct snap_describer *describer,
                       const struct snap_channel_source *source, struct snap_byte_writer *joined,
                       int64_t bytes[2], struct snap_error *error);

/* What the records of a channel look like. */
struct snap_record_guess {
    const char *name;
    struct snap_serializer serializer; /* of elements */
    struct snap_serializer nested[3];
    uint64_t records;
    size_t rest_bytes; /* of an element that is not whole */
};

/* Returns false if the bytes make no sense as any type that is tried. */
bool snap_records_guess(struct snap_bytes joined, struct snap_record_guess *guess);

#endif
