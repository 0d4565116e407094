// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/channel_file.h"
#include "model/stream_mark.h"
#include "storage/channel_states.h"
#include "storage/state_types.h"

/* One channel of the subtask, and its buffers. */
struct channel {
    int32_t number; /* gate or partition */
    int32_t peer;
    struct snap_bytes *buffers;
    uint32_t count;
};

struct writing {
    const struct snap_channel_owner *owner;
    enum snap_image_side side;
    struct snap_state_stream *stream;
    struct channel *channels;
    uint32_t count;
    uint32_t capacity;
};

/* ---- elements ---- */

static void write_mark(struct snap_byte_writer *to, const struct snap_record *mark)
{
    switch (snap_mark_kind_of(mark)) {
    case SNAP_MARK_WATERMARK:
        snap_write_u1(to, SNAP_ELEMENT_WATERMARK);
        snap_write_i8(to, mark->timestamp_ms);
        return;
    case SNAP_MARK_IDLE:
        snap_write_u1(to, SNAP_ELEMENT_WATERMARK_STATUS);
        snap_write_i4(to, -1);
        return;
    case SNAP_MARK_ACTIVE:
        snap_write_u1(to, SNAP_ELEMENT_WATERMARK_STATUS);
        snap_write_i4(to, 0);
        return;
    }
}

static void write_record(const struct snap_image *image, const struct snap_image_edge *edge,
                         struct snap_byte_writer *to, const struct snap_record *record)
{
    const struct snap_schema schema = edge->op->schema;
    union snap_value key;

    snap_write_u1(to, SNAP_ELEMENT_RECORD);
    snap_write_i8(to, image->has_event_time ? record->timestamp_ms : INT64_MIN);
    if (!edge->wire_key || !edge->wire_key(edge->op, record->value, &key))
        snap_state_value_write(to, schema.key, record->key);
    snap_state_value_write(to, schema.value, record->value);
}

/* All records of the piece, each behind its length. */
static struct snap_bytes buffer_of(const struct writing *writing,
                                   const struct snap_image_piece *piece)
{
    const struct snap_image *image = writing->owner->image;
    struct snap_byte_writer all;
    struct snap_byte_writer one;

    snap_byte_writer_init(&all, writing->stream->arena, NULL);
    snap_byte_writer_init(&one, writing->stream->arena, NULL);
    for (uint32_t i = 0; i < piece->count; i++) {
        snap_byte_writer_clear(&one);
        if (snap_record_is_mark(&piece->records[i]))
            write_mark(&one, &piece->records[i]);
        else
            write_record(image, &image->edges[piece->edge], &one, &piece->records[i]);
        snap_write_blob(&all, snap_byte_writer_bytes(&one));
    }
    return snap_byte_writer_bytes(&all);
}

/* ---- channels ---- */

static struct channel *channel_of(struct writing *writing, int32_t number, int32_t peer)
{
    struct channel *channel;

    for (uint32_t i = 0; i < writing->count; i++)
        if (writing->channels[i].number == number && writing->channels[i].peer == peer)
            return &writing->channels[i];
    writing->channels = snap_arena_grow(writing->stream->arena, writing->channels, writing->count,
                                        &writing->capacity, sizeof(*writing->channels));
    channel = &writing->channels[writing->count++];
    *channel = (struct channel){number, peer, NULL, 0};
    return channel;
}

static void add_piece(struct writing *writing, const struct snap_image_piece *piece)
{
    const struct snap_image_edge *edge = &writing->owner->image->edges[piece->edge];
    bool is_input = writing->side == SNAP_IMAGE_INPUT;
    struct channel *channel =
        channel_of(writing, (int32_t)(is_input ? edge->gate : edge->partition),
                   (int32_t)(is_input ? piece->producer : piece->consumer));
    struct snap_bytes *longer =
        SNAP_ARENA_ARRAY(writing->stream->arena, struct snap_bytes, channel->count + 1);

    for (uint32_t i = 0; i < channel->count; i++)
        longer[i] = channel->buffers[i];
    longer[channel->count++] = buffer_of(writing, piece);
    channel->buffers = longer;
}

static void gather(struct writing *writing)
{
    const struct snap_channel_owner *owner = writing->owner;

    for (uint32_t i = 0; i < owner->image->piece_count; i++) {
        const struct snap_image_piece *piece = &owner->image->pieces[i];
        const struct snap_image_edge *edge = &owner->image->edges[piece->edge];
        bool is_input = writing->side == SNAP_IMAGE_INPUT;

        if (piece->side == writing->side && piece->count > 0 &&
            (is_input ? edge->consumer : edge->producer) == owner->operator_index &&
            (is_input ? piece->consumer : piece->producer) == owner->subtask)
            add_piece(writing, piece);
    }
}

/* ---- handles ---- */

static int64_t *offsets_of(struct snap_byte_writer *file, const struct channel *channel,
                           struct snap_arena *arena)
{
    int64_t *offsets = SNAP_ARENA_ARRAY(arena, int64_t, channel->count);

    for (uint32_t i = 0; i < channel->count; i++)
        offsets[i] = snap_channel_file_write(file, channel->buffers[i]);
    return offsets;
}

static struct snap_channel_place place_of(const struct channel *channel, const int64_t *offsets)
{
    return (struct snap_channel_place){.gate = channel->number,
                                       .channel = channel->peer,
                                       .size = snap_channel_size(channel->buffers, channel->count),
                                       .offsets = offsets,
                                       .offset_count = channel->count};
}

static struct snap_channel_handle handle_of(const struct writing *writing,
                                            const struct snap_channel_place *places, uint32_t count)
{
    struct snap_channel_handle handle = {
        .side = writing->side == SNAP_IMAGE_INPUT ? SNAP_CHANNEL_INPUT : SNAP_CHANNEL_RESULT,
        .is_merged = writing->owner->merges,
        .subtask = (int32_t)writing->owner->subtask,
        .places = places,
        .place_count = count};

    for (uint32_t i = 0; i < count; i++)
        handle.size += places[i].size;
    return handle;
}

static int64_t total_of(const struct writing *writing)
{
    int64_t bytes = 4;

    for (uint32_t i = 0; i < writing->count; i++)
        bytes += snap_channel_size(writing->channels[i].buffers, writing->channels[i].count);
    return bytes;
}

static const int64_t inline_offset = SNAP_CHANNEL_INLINE_OFFSET;

/* Small ones: a handle each, over bytes of its own, in which all buffers are one. */
static bool put_inline(const struct writing *writing, struct snap_channel_handle *handles,
                       struct snap_error *error)
{
    struct snap_arena *arena = writing->stream->arena;

    for (uint32_t i = 0; i < writing->count; i++) {
        const struct channel *channel = &writing->channels[i];
        struct snap_channel_place *place = SNAP_ARENA_NEW(arena, struct snap_channel_place);
        struct snap_byte_writer file;

        snap_byte_writer_init(&file, arena, NULL);
        snap_channel_inline_write(&file, channel->buffers, channel->count);
        *place = place_of(channel, &inline_offset);
        place->offset_count = 1;
        place->size = (int64_t)file.used;
        handles[i] = handle_of(writing, place, 1);
        if (!snap_state_stream_put(writing->stream, snap_byte_writer_bytes(&file),
                                   &handles[i].stream, error))
            return false;
    }
    return true;
}

/* One file; merged one handle, else one a channel over the same file. */
static bool put_file(const struct writing *writing, struct snap_channel_handle *handles,
                     uint32_t *handle_count, struct snap_error *error)
{
    struct snap_arena *arena = writing->stream->arena;
    struct snap_channel_place *places =
        SNAP_ARENA_ARRAY(arena, struct snap_channel_place, writing->count);
    struct snap_stream_handle stream;
    struct snap_byte_writer file;

    snap_byte_writer_init(&file, arena, NULL);
    snap_channel_file_start(&file);
    for (uint32_t i = 0; i < writing->count; i++)
        places[i] =
            place_of(&writing->channels[i], offsets_of(&file, &writing->channels[i], arena));
    if (!snap_state_stream_put(writing->stream, snap_byte_writer_bytes(&file), &stream, error))
        return false;
    *handle_count = writing->owner->merges ? 1 : writing->count;
    for (uint32_t i = 0; i < *handle_count; i++) {
        handles[i] = handle_of(writing, &places[i], writing->owner->merges ? writing->count : 1);
        handles[i].stream = stream;
    }
    return true;
}

static bool put_side(struct writing *writing, const struct snap_channel_handle **handles,
                     uint32_t *count, struct snap_error *error)
{
    struct snap_channel_handle *made;

    *count = 0;
    gather(writing);
    if (writing->count == 0)
        return true;
    made = SNAP_ARENA_ARRAY(writing->stream->arena, struct snap_channel_handle, writing->count);
    *handles = made;
    *count = writing->count;
    if ((uint64_t)total_of(writing) <= writing->stream->inline_max)
        return put_inline(writing, made, error);
    return put_file(writing, made, count, error);
}

bool snap_channel_states_write(const struct snap_channel_owner *owner,
                               struct snap_state_stream *stream, struct snap_metadata_subtask *to,
                               struct snap_error *error)
{
    struct writing inputs = {.owner = owner, .side = SNAP_IMAGE_INPUT, .stream = stream};
    struct writing results = {.owner = owner, .side = SNAP_IMAGE_RESULT, .stream = stream};

    return put_side(&inputs, &to->inputs, &to->input_count, error) &&
           put_side(&results, &to->results, &to->result_count, error);
}
