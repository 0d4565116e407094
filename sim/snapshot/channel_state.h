// SPDX-License-Identifier: Apache-2.0
/*
 * channel_state.h: what an unaligned checkpoint holds of the channels of one task.
 *
 * - A piece is what is left of a buffer: the records that end in it, and the bytes of them and of
 *   the record that ends in a later one.
 * - Pieces of a channel stand in order. Memory of the snapshot's arena.
 * - A piece that was dealt to another task says of which old channel it is; records of it that
 *   belong to others are left out, but their bytes count on: they are read and carried, and only
 *   then dropped.
 * Flink: InputChannelStateHandle, ResultSubpartitionStateHandle.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_STATE_H
#define SNAP_SNAPSHOT_CHANNEL_STATE_H

#include "base/arena.h"
#include "protocol/buffer.h"
#include "protocol/demultiplexer.h"

struct snap_operator;

enum snap_channel_end { SNAP_CHANNEL_INPUT, SNAP_CHANNEL_OUTPUT };

/* Records that an unaligned checkpoint found in front of its barrier on one channel. */
struct snap_channel_piece {
    struct snap_channel_piece *next;
    uint32_t channel; /* of the task's inputs, or of its outputs */
    uint32_t count;
    uint32_t marks; /* of `count` */
    uint32_t bytes; /* on the wire */
    struct snap_record *records;
    uint64_t *lineage; /* NULL while no ledger is on */
    bool is_old;       /* `old` is known */
    struct snap_old_channel old;
    uint32_t foreign_bytes; /* of records that were left out */
};

/* In-flight data of all input channels, or of all output channels, in order. */
struct snap_channel_state {
    struct snap_channel_piece *first;
    struct snap_channel_piece *last;
    uint32_t pieces;
    int64_t bytes;
};

/* Adds the piece as the last one; its bytes are the caller's to count. */
void snap_channel_state_add(struct snap_channel_state *state, struct snap_channel_piece *piece);

/* Which records of a piece stay: those for one subtask of the consumer. Marks are for all. */
struct snap_piece_filter {
    struct snap_arena *arena; /* for what stays */
    uint32_t record_bytes;
    const struct snap_operator *consumer;
    enum snap_value_kind key_kind;
    uint32_t subtask;
    bool (*keeps)(const struct snap_piece_filter *filter, const struct snap_record *record);
};

/* Leaves out the records of others; the arrays that the piece had stay as they are. */
void snap_channel_piece_filter(struct snap_channel_piece *piece,
                               const struct snap_piece_filter *filter);

/*
 * Makes the piece one of its new channel alone: its marks say what all virtual channels together
 * do, and it holds whole records only. NULL: the channel is made of one only. New arrays lie in the
 * arena.
 */
void snap_channel_piece_settle(struct snap_channel_piece *piece, uint32_t record_bytes,
                               struct snap_demultiplexer *demultiplexer, struct snap_arena *arena);

#endif
