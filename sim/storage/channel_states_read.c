// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "flink/channel_file.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/stream_mark.h"
#include "model/string_pool.h"
#include "storage/channel_states.h"
#include "storage/state_types.h"

/* Records of one side of a channel, on their way out of bytes. */
struct reading {
    const struct snap_image *image;
    const struct snap_image_edge *edge;
    uint32_t consumer; /* subtask */
    struct snap_arena *arena;
    struct snap_error *error;
    const char *place; /* of what is read */
    struct snap_record *records;
    uint32_t count;
    uint32_t capacity;
};

uint32_t snap_channel_edge(const struct snap_image *image, uint32_t operator_index,
                           enum snap_image_side side, uint32_t number)
{
    for (uint32_t e = 0; e < image->edge_count; e++) {
        const struct snap_image_edge *edge = &image->edges[e];

        if (side == SNAP_IMAGE_INPUT
                ? edge->consumer == operator_index && edge->gate == number
                : edge->producer == operator_index && edge->partition == number)
            return e;
    }
    return SNAP_NO_INDEX;
}

static void read_record(struct reading *reading, struct snap_byte_reader *bytes, bool has_time,
                        struct snap_record *record)
{
    const struct snap_schema schema = reading->edge->op->schema;
    bool (*wire_key)(const struct snap_operator *, union snap_value, union snap_value *) =
        reading->edge->wire_key;
    union snap_value none = {.number = 0};

    if (has_time)
        record->timestamp_ms = snap_read_i8(bytes, "timestamp of a record");
    if (record->timestamp_ms == INT64_MIN)
        record->timestamp_ms = 0;
    /* Whether there is a key is a question of the operator's settings, not of the value. */
    if (wire_key && !wire_key(reading->edge->op, none, &record->key))
        wire_key = NULL;
    if (!wire_key)
        record->key = snap_state_value_read(bytes, schema.key, reading->arena);
    record->value = snap_state_value_read(bytes, schema.value, reading->arena);
    if (wire_key && !bytes->failed && !wire_key(reading->edge->op, record->value, &record->key))
        snap_byte_reader_fail(bytes, "a record under way has no key");
}

/* A subtask has no state for keys of others. */
static bool check_key(const struct reading *reading, struct snap_byte_reader *bytes,
                      union snap_value key)
{
    const struct snap_image_operator *to = &reading->image->operators[reading->edge->consumer];
    struct snap_parallelism parallelism = {to->parallelism, to->max_parallelism};
    int32_t hash = reading->edge->op->schema.key == SNAP_VALUE_LONG
                       ? snap_java_hash_long(key.number)
                       : key.string->java_hash;
    uint32_t owner = snap_key_group_subtask(snap_key_group_of(hash, parallelism.max), parallelism);

    if (!reading->edge->is_keyed || owner == reading->consumer)
        return true;
    snap_byte_reader_fail(bytes, "a record under way has a key of another subtask");
    return false;
}

static bool read_element(struct reading *reading, struct snap_byte_reader *bytes)
{
    struct snap_record record = {0};
    uint8_t tag = snap_read_u1(bytes, "tag of an element");

    switch (tag) {
    case SNAP_ELEMENT_RECORD:
    case SNAP_ELEMENT_RECORD_PLAIN:
        read_record(reading, bytes, tag == SNAP_ELEMENT_RECORD, &record);
        if (bytes->failed || !check_key(reading, bytes, record.key))
            return false;
        break;
    case SNAP_ELEMENT_WATERMARK:
        record = snap_mark_make(SNAP_MARK_WATERMARK, snap_read_i8(bytes, "time of a watermark"));
        break;
    case SNAP_ELEMENT_WATERMARK_STATUS:
        record = snap_mark_make(snap_read_i4(bytes, "status of watermarks") == 0 ? SNAP_MARK_ACTIVE
                                                                                 : SNAP_MARK_IDLE,
                                0);
        break;
    default:
        return true; /* latency markers and such mean nothing after a restore */
    }
    if (bytes->failed || !snap_byte_reader_end(bytes, "an element under way"))
        return false;
    reading->records = snap_arena_grow(reading->arena, reading->records, reading->count,
                                       &reading->capacity, sizeof(*reading->records));
    reading->records[reading->count++] = record;
    return true;
}

/* Reads whole elements; *rest is what is left of one that goes on elsewhere. */
static bool read_elements(struct reading *reading, struct snap_bytes bytes, struct snap_bytes *rest)
{
    struct snap_byte_reader reader;
    struct snap_bytes element;

    snap_byte_reader_init(&reader, bytes, 0, reading->error);
    while (snap_channel_element_next(&reader, &element)) {
        struct snap_byte_reader one = snap_byte_reader_of_part(&reader, element);

        if (!read_element(reading, &one))
            return false;
    }
    *rest = (struct snap_bytes){reader.at, snap_byte_reader_left(&reader)};
    return !reader.failed;
}

static struct snap_bytes join(struct snap_arena *arena, struct snap_bytes one,
                              struct snap_bytes other)
{
    uint8_t *both = snap_arena_alloc(arena, one.count + other.count + 1);

    if (one.count)
        memcpy(both, one.at, one.count);
    if (other.count)
        memcpy(both + one.count, other.at, other.count);
    return (struct snap_bytes){both, one.count + other.count};
}

static bool is_same_channel(const struct snap_channel_bytes *one,
                            const struct snap_channel_bytes *other)
{
    return one->edge == other->edge && one->producer == other->producer &&
           one->consumer == other->consumer;
}

/* NULL: nothing is under way on that side. */
static const struct snap_channel_bytes *side_of(const struct snap_channel_bytes *channels,
                                                uint32_t count,
                                                const struct snap_channel_bytes *like,
                                                enum snap_image_side side)
{
    for (uint32_t i = 0; i < count; i++)
        if (channels[i].side == side && is_same_channel(&channels[i], like))
            return &channels[i];
    return NULL;
}

/* Whether a side of the channel stands further in front. */
static bool was_parsed(const struct snap_channel_bytes *channels, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (is_same_channel(&channels[i], &channels[index]))
            return true;
    return false;
}

/* Both sides of one channel. */
static bool parse_channel(struct reading *reading, const struct snap_channel_bytes *channel,
                          const struct snap_channel_bytes *const sides[2],
                          struct snap_image_piece pieces[2])
{
    const struct snap_bytes nothing = {NULL, 0};
    struct snap_bytes rest = nothing;
    struct snap_bytes bytes;

    for (int side = 0; side < 2; side++) {
        if (sides[side])
            reading->place = sides[side]->place;
        reading->records = NULL;
        reading->count = 0;
        reading->capacity = 0;
        bytes = sides[side] ? sides[side]->bytes : nothing;
        if (!read_elements(reading, join(reading->arena, rest, bytes), &rest))
            return false;
        pieces[side] = (struct snap_image_piece){.edge = channel->edge,
                                                 .side = (enum snap_image_side)side,
                                                 .producer = channel->producer,
                                                 .consumer = channel->consumer,
                                                 .records = reading->records,
                                                 .count = reading->count};
    }
    return rest.count == 0 ||
           snap_error_set(reading->error, SNAP_ERROR_SNAPSHOT, "it ends within a record");
}

/* Offsets are those in the bytes of one channel, which stand in its file in several pieces. */
static bool fail_edge(const struct reading *reading)
{
    char message[sizeof(reading->error->message)];

    memcpy(message, reading->error->message, sizeof(message));
    reading->error->code = SNAP_OK;
    return snap_error_set(reading->error, SNAP_ERROR_SNAPSHOT,
                          "%s: data in flight from \"%s\" to \"%s\" is no records of what the job "
                          "sends there: %s",
                          reading->place, reading->edge->op->uid,
                          reading->image->operators[reading->edge->consumer].uid, message);
}

bool snap_channel_states_parse(struct snap_image *image, const struct snap_channel_bytes *channels,
                               uint32_t count, struct snap_arena *arena, struct snap_error *error)
{
    struct snap_image_piece *pieces =
        SNAP_ARENA_ARRAY(arena, struct snap_image_piece, 2 * (size_t)count);

    for (uint32_t i = 0; i < count; i++) {
        const struct snap_image_edge *edge = &image->edges[channels[i].edge];
        struct reading reading = {.image = image,
                                  .edge = edge,
                                  .consumer = channels[i].consumer,
                                  .arena = arena,
                                  .error = error};
        const struct snap_channel_bytes *const sides[2] = {
            side_of(channels, count, &channels[i], SNAP_IMAGE_INPUT),
            side_of(channels, count, &channels[i], SNAP_IMAGE_RESULT)};

        if (was_parsed(channels, i))
            continue;
        if (!parse_channel(&reading, &channels[i], sides, &pieces[image->piece_count]))
            return fail_edge(&reading);
        image->piece_count += 2;
    }
    image->pieces = pieces;
    return true;
}
