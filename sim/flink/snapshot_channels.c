// SPDX-License-Identifier: Apache-2.0
/* snapshot_channels.c: data in flight in the description of a snapshot, channel by channel. */
#include <stdlib.h>

#include "base/check.h"
#include "flink/channel_file.h"
#include "flink/snapshot_edges.h"
#include "flink/snapshot_parts.h"

static void add_pieces(struct snap_channel_piece *pieces, uint32_t *count, uint32_t of,
                       const struct snap_channel_handle *handle)
{
    for (uint32_t i = 0; i < handle->place_count; i++, ++*count) {
        if (!pieces)
            continue;
        pieces[*count] = (struct snap_channel_piece){
            .of = of,
            .side = handle->side,
            .subtask = (uint32_t)handle->subtask,
            .gate = (uint32_t)handle->places[i].gate,
            .channel = (uint32_t)handle->places[i].channel,
            .stream = &handle->stream,
            .place = &handle->places[i],
        };
    }
}

/* Counts the pieces of all handles; fills them in if there is an array. */
static uint32_t gather(const struct snap_metadata *metadata, struct snap_channel_piece *pieces)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < metadata->operator_count; i++) {
        const struct snap_metadata_operator *of = &metadata->operators[i];

        for (uint32_t j = 0; j < of->subtask_count; j++) {
            const struct snap_metadata_subtask *subtask = &of->subtasks[j];

            for (uint32_t k = 0; k < subtask->input_count; k++)
                add_pieces(pieces, &count, i, &subtask->inputs[k]);
            for (uint32_t k = 0; k < subtask->result_count; k++)
                add_pieces(pieces, &count, i, &subtask->results[k]);
        }
    }
    return count;
}

static int compare_numbers(uint32_t one, uint32_t other)
{
    return (one > other) - (one < other);
}

/* By edge, sender, receiver; what the receiver had comes first. */
static int compare_pieces(const void *one, const void *other)
{
    const struct snap_channel_piece *a = one, *b = other;
    int order = compare_numbers(a->edge, b->edge);

    if (order == 0)
        order = compare_numbers(snap_piece_from(a), snap_piece_from(b));
    if (order == 0)
        order = compare_numbers(snap_piece_to(a), snap_piece_to(b));
    return order ? order : compare_numbers(a->side, b->side);
}

static bool is_same_channel(const struct snap_channel_piece *one,
                            const struct snap_channel_piece *other)
{
    return one->edge == other->edge && one->side != other->side &&
           snap_piece_from(one) == snap_piece_from(other) &&
           snap_piece_to(one) == snap_piece_to(other);
}

static bool join_side(const struct snap_describer *describer,
                      const struct snap_stream_handle *stream,
                      const struct snap_channel_place *place, struct snap_byte_writer *joined,
                      struct snap_error *error)
{
    struct snap_bytes data;
    bool good;

    if (!snap_describer_open(describer, stream, &data, error))
        return false;
    good = snap_channel_file_read(data, place, joined, error);
    snap_describer_close(describer, stream, data);
    return good || snap_describer_fail(describer, stream, error);
}

bool snap_channel_join(const struct snap_describer *describer,
                       const struct snap_channel_source *source, struct snap_byte_writer *joined,
                       int64_t bytes[2], struct snap_error *error)
{
    for (unsigned side = 0; side < 2; side++) {
        size_t before = joined->used;

        bytes[side] = -1;
        if (!source->streams[side])
            continue;
        if (!join_side(describer, source->streams[side], source->places[side], joined, error))
            return false;
        bytes[side] = (int64_t)(joined->used - before);
    }
    return true;
}

static void place_channel(const struct snap_channel_piece *piece,
                          struct snap_snapshot_channel *channel, struct snap_channel_source *source)
{
    source->streams[piece->side] = piece->stream;
    source->places[piece->side] = piece->place;
    channel->from = piece->from;
    channel->to = piece->to;
    channel->from_subtask = snap_piece_from(piece);
    channel->to_subtask = snap_piece_to(piece);
}

static bool describe_channel(const struct snap_describer *describer,
                             const struct snap_channel_source *source,
                             struct snap_snapshot_channel *channel, struct snap_error *error)
{
    struct snap_arena scratch;
    struct snap_byte_writer joined;
    struct snap_record_guess guess;
    int64_t bytes[2];
    bool good;

    snap_arena_init(&scratch);
    snap_byte_writer_init(&joined, &scratch, NULL);
    good = snap_channel_join(describer, source, &joined, bytes, error);
    if (good) {
        channel->input_bytes = bytes[SNAP_CHANNEL_INPUT];
        channel->result_bytes = bytes[SNAP_CHANNEL_RESULT];
        channel->records = -1;
        if (snap_records_guess(snap_byte_writer_bytes(&joined), &guess)) {
            channel->records = (int64_t)guess.records;
            channel->record_type = guess.name;
        }
    }
    snap_arena_fini(&scratch);
    return good;
}

bool snap_describe_channels(struct snap_describer *describer, struct snap_error *error)
{
    const struct snap_metadata *metadata = &describer->metadata;
    struct snap_arena *arena = describer->arena;
    struct snap_pieces pieces = {.count = gather(metadata, NULL)};
    struct snap_channel_source *sources =
        SNAP_ARENA_ARRAY(arena, struct snap_channel_source, pieces.count);
    struct snap_snapshot_channel *channels =
        SNAP_ARENA_ARRAY(arena, struct snap_snapshot_channel, pieces.count);
    uint32_t count = 0;

    pieces.items = SNAP_ARENA_ARRAY(arena, struct snap_channel_piece, pieces.count);
    gather(metadata, pieces.items);
    if (!snap_pieces_match(describer, &pieces, error))
        return false;
    if (pieces.count)
        qsort(pieces.items, pieces.count, sizeof(*pieces.items), compare_pieces);
    for (uint32_t i = 0; i < pieces.count; i++) {
        const struct snap_channel_piece *piece = &pieces.items[i];

        channels[count].index = count;
        place_channel(piece, &channels[count], &sources[count]);
        if (i + 1 < pieces.count && is_same_channel(piece, piece + 1))
            place_channel(&pieces.items[++i], &channels[count], &sources[count]);
        if (!describe_channel(describer, &sources[count], &channels[count], error))
            return false;
        count++;
    }
    describer->channel_sources = sources;
    describer->snapshot->channels = channels;
    describer->snapshot->channel_count = count;
    describer->snapshot->has_channel_state = count > 0;
    return true;
}

/* Shows the value of each record; what else passes by on a channel has none. */
static bool walk_records(struct snap_bytes joined, const struct snap_record_guess *guess,
                         const struct snap_item_visitor *visitor, struct snap_error *error)
{
    struct snap_byte_reader reader, part;
    struct snap_bytes element;
    struct snap_arena scratch;
    bool more = true;

    snap_arena_init(&scratch);
    snap_byte_reader_init(&reader, joined, 0, error);
    while (more && snap_channel_element_next(&reader, &element)) {
        struct snap_datum datum;
        struct snap_snapshot_item item = {.value = &datum};

        snap_arena_reset(&scratch);
        snap_byte_reader_init(&part, element, 0, error);
        if (!snap_datum_read(&part, &guess->serializer, &scratch, &datum))
            break;
        if (datum.items[0].number > SNAP_ELEMENT_RECORD_PLAIN)
            continue;
        item.value = &datum.items[datum.count - 1];
        more = visitor->visit(visitor->context, &item);
    }
    snap_arena_fini(&scratch);
    return error->code == SNAP_OK;
}

bool snap_walk_channel(const struct snap_describer *describer,
                       const struct snap_snapshot_choice *choice,
                       const struct snap_item_visitor *visitor, struct snap_error *error)
{
    const struct snap_channel_source *source = &describer->channel_sources[choice->channel->index];
    struct snap_arena scratch;
    struct snap_byte_writer joined;
    struct snap_record_guess guess;
    int64_t bytes[2];
    bool good;

    snap_arena_init(&scratch);
    snap_byte_writer_init(&joined, &scratch, NULL);
    good = snap_channel_join(describer, source, &joined, bytes, error);
    if (good && snap_records_guess(snap_byte_writer_bytes(&joined), &guess))
        good = walk_records(snap_byte_writer_bytes(&joined), &guess, visitor, error);
    snap_arena_fini(&scratch);
    return good;
}
