// SPDX-License-Identifier: Apache-2.0
#include "snapshot/channel_state.h"

#include "model/stream_mark.h"

void snap_channel_state_add(struct snap_channel_state *state, struct snap_channel_piece *piece)
{
    if (state->last)
        state->last->next = piece;
    else
        state->first = piece;
    state->last = piece;
    state->pieces++;
}

static void copy_record(struct snap_channel_piece *to, const struct snap_channel_piece *from,
                        uint32_t index)
{
    to->records[to->count] = from->records[index];
    if (to->lineage)
        to->lineage[to->count] = from->lineage[index];
    to->count++;
}

void snap_channel_piece_filter(struct snap_channel_piece *piece,
                               const struct snap_piece_filter *filter)
{
    struct snap_channel_piece all = *piece;

    piece->count = 0;
    piece->records = SNAP_ARENA_ARRAY(filter->arena, struct snap_record, all.count);
    if (all.lineage)
        piece->lineage = SNAP_ARENA_ARRAY(filter->arena, uint64_t, all.count);
    for (uint32_t i = 0; i < all.count; i++) {
        if (snap_record_is_mark(&all.records[i]) || filter->keeps(filter, &all.records[i]))
            copy_record(piece, &all, i);
        else
            piece->foreign_bytes += filter->record_bytes;
    }
}

void snap_channel_piece_settle(struct snap_channel_piece *piece, uint32_t record_bytes,
                               struct snap_demultiplexer *demultiplexer, struct snap_arena *arena)
{
    struct snap_channel_piece all = *piece;

    piece->count = 0;
    piece->marks = 0;
    piece->bytes = 0;
    piece->foreign_bytes = 0;
    piece->is_old = false;
    piece->records = SNAP_ARENA_ARRAY(arena, struct snap_record, all.count);
    piece->lineage = all.lineage ? SNAP_ARENA_ARRAY(arena, uint64_t, all.count) : NULL;
    for (uint32_t i = 0; i < all.count; i++) {
        struct snap_record record = all.records[i];
        bool is_mark = snap_record_is_mark(&record);

        if (is_mark && demultiplexer &&
            !snap_demultiplexer_step(demultiplexer, piece->channel, all.old, &record))
            continue;
        piece->marks += is_mark;
        piece->bytes += is_mark ? snap_mark_bytes(&record) : record_bytes;
        copy_record(piece, &all, i);
        piece->records[piece->count - 1] = record;
    }
}
