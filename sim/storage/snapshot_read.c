// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_read.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "flink/channel_file.h"
#include "flink/java_text.h"
#include "flink/metadata.h"
#include "flink/source_state.h"
#include "model/operator_type.h"
#include "storage/channel_states.h"
#include "storage/list_file.h"
#include "storage/snapshot_keyed.h"
#include "storage/snapshot_stream.h"
#include "storage/state_types.h"

/* Others must have room above it. */
#define CHECKPOINT_ID_MAX (INT64_MAX / 2)

/* Subtasks of all operators together: each takes memory, though the file need not tell of it. */
enum { SUBTASKS_MAX = 1 << 20 };

/* ---- the file of metadata ---- */

static bool find_metadata(struct snap_snapshot_reading *reading,
                          const struct snap_snapshot_place *place, struct snap_error *error)
{
    return snap_snapshot_site_find(reading->fs, place, reading->arena, &reading->site, error) ||
           snap_snapshot_fold_place(error);
}

static bool check_operator(const struct snap_metadata_operator *from, struct snap_error *error)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    if (from->parallelism >= 1 && from->max_parallelism >= from->parallelism &&
        from->max_parallelism <= 32768)
        return true;
    snap_operator_id_format(&from->id, id);
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "offset %" PRIu64 ": operator %s has parallelism %" PRId32
                          " and max parallelism %" PRId32
                          "; expected 1 or more, and as many or more up to 32768",
                          from->offset, id, from->parallelism, from->max_parallelism);
}

/* Of a source of ours: how many splits it had. */
static uint32_t split_count_of(const struct snap_metadata_operator *from)
{
    struct snap_error ignored = {0};
    struct snap_coordinator_state state;
    struct snap_byte_reader bytes;

    if (from->coordinator.type != SNAP_STREAM_INLINE ||
        !snap_coordinator_state_read(from->coordinator.data, &state) ||
        state.enumerator_version != SNAP_ENUMERATOR_COUNTED || state.enumerator.count != 8)
        return 0;
    snap_byte_reader_init(&bytes, state.enumerator, 0, &ignored);
    snap_read_i4(&bytes, "number of splits kept back");
    return (uint32_t)snap_read_i4(&bytes, "number of splits");
}

static bool has_state(const struct snap_metadata_subtask *subtask)
{
    return subtask->managed_operator.list_count > 0 || subtask->raw_operator.list_count > 0 ||
           subtask->managed_keyed.type != SNAP_KEYED_NONE ||
           subtask->raw_keyed.type != SNAP_KEYED_NONE || subtask->input_count > 0 ||
           subtask->result_count > 0;
}

/* Before states are read, and of an operator that the job has not, it matters only that there is
 * something. */
static const struct snap_operator_state *noted_state(const struct snap_snapshot_reading *reading,
                                                     const struct snap_metadata_subtask *subtask)
{
    const struct snap_list_snapshot unknown = {.name = "unknown", .mode = SNAP_LIST_SPLIT};
    struct snap_operator_state *state = SNAP_ARENA_NEW(reading->arena, struct snap_operator_state);

    if (has_state(subtask))
        snap_operator_state_add_list(state, reading->arena, &unknown);
    return state;
}

static bool refuse_subtask(const struct snap_metadata_operator *of,
                           const struct snap_metadata_subtask *subtask, const char *expected,
                           struct snap_error *error)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(&of->id, id);
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "offset %" PRIu64 ": operator %s of parallelism %" PRId32
                          " has the subtask %" PRId32 "; expected %s",
                          subtask->offset, id, of->parallelism, subtask->index, expected);
}

static bool fill_operator(struct snap_snapshot_reading *reading,
                          const struct snap_metadata_operator *from, struct snap_image_operator *to,
                          struct snap_error *error)
{
    if (!check_operator(from, error))
        return false;
    to->id = from->id;
    to->uid = (const char *)snap_java_text(reading->arena, from->uid).at;
    to->name = (const char *)snap_java_text(reading->arena, from->name).at;
    to->parallelism = (uint32_t)from->parallelism;
    to->max_parallelism = (uint32_t)from->max_parallelism;
    to->is_finished = from->is_finished;
    to->split_count = split_count_of(from);
    to->has_coordinator_state = from->coordinator.type != SNAP_STREAM_NONE;
    to->subtasks = SNAP_ARENA_ARRAY(reading->arena, struct snap_image_subtask, to->parallelism);
    to->unread = SNAP_ARENA_NEW(reading->arena, struct snap_unread_states);
    for (uint32_t i = 0; i < from->subtask_count; i++) {
        const struct snap_metadata_subtask *subtask = &from->subtasks[i];

        if (subtask->index < 0 || (uint32_t)subtask->index >= to->parallelism)
            return refuse_subtask(from, subtask, "one below it", error);
        if (to->subtasks[subtask->index].is_taken || to->subtasks[subtask->index].is_finished)
            return refuse_subtask(from, subtask, "each once", error);
        to->subtasks[subtask->index].is_taken = !subtask->is_finished;
        to->subtasks[subtask->index].is_finished = subtask->is_finished;
        if (!subtask->is_finished)
            to->subtasks[subtask->index].state = noted_state(reading, subtask);
    }
    for (uint32_t i = 0; from->is_finished && i < to->parallelism; i++)
        to->subtasks[i].is_finished = true;
    return true;
}

static enum snap_snapshot_kind kind_of(const struct snap_checkpoint_properties *properties)
{
    if (!properties->is_savepoint)
        return snap_bytes_are(properties->sharing, "FORWARD") ? SNAP_KIND_FULL_CHECKPOINT
                                                              : SNAP_KIND_CHECKPOINT;
    if (snap_bytes_are(properties->action, "SUSPEND"))
        return SNAP_KIND_SAVEPOINT_SUSPEND;
    return snap_bytes_are(properties->action, "TERMINATE") ? SNAP_KIND_SAVEPOINT_TERMINATE
                                                           : SNAP_KIND_SAVEPOINT;
}

static bool fill_image(struct snap_snapshot_reading *reading, struct snap_error *error)
{
    const struct snap_metadata *metadata = reading->metadata;
    struct snap_image *image = &reading->image;
    uint32_t subtasks = 0;

    if (metadata->checkpoint_id < 0 || metadata->checkpoint_id > CHECKPOINT_ID_MAX)
        return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                              "offset 8: %" PRId64 " is no id of a checkpoint that others can "
                              "follow",
                              metadata->checkpoint_id);
    image->id = metadata->checkpoint_id;
    image->kind = kind_of(&metadata->properties);
    reading->is_savepoint = metadata->properties.is_savepoint;
    reading->format = !reading->is_savepoint ? "checkpoint"
                      : snap_bytes_are(metadata->properties.format, "NATIVE")
                          ? "native savepoint"
                          : "canonical savepoint";
    image->operator_count = metadata->operator_count;
    image->operators =
        SNAP_ARENA_ARRAY(reading->arena, struct snap_image_operator, image->operator_count);
    for (uint32_t i = 0; i < image->operator_count; i++) {
        if (!fill_operator(reading, &metadata->operators[i], &image->operators[i], error))
            return false;
        subtasks += image->operators[i].parallelism;
        if (subtasks > SUBTASKS_MAX)
            return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                                  "offset %" PRIu64 ": the operators up to here have %u subtasks; "
                                  "expected at most %d",
                                  metadata->operators[i].offset, subtasks, SUBTASKS_MAX);
    }
    return true;
}

/* An older Flink does not know what a newer one writes. Flink: MetadataSerializers. */
static bool check_version(const struct snap_snapshot_reading *reading, struct snap_error *error)
{
    if (!reading->version_max || reading->metadata->version <= reading->version_max)
        return true;
    return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                          "offset 4: metadata of version %" PRId32
                          " is not known to the Flink of this job, which reads versions up to "
                          "%" PRId32 ": a newer Flink wrote the snapshot",
                          reading->metadata->version, reading->version_max);
}

bool snap_snapshot_open(struct snap_snapshot_reading *reading,
                        const struct snap_snapshot_place *place, struct snap_error *error)
{
    struct snap_bytes *bytes = &reading->metadata_bytes;

    reading->metadata = SNAP_ARENA_NEW(reading->arena, struct snap_metadata);
    if (!find_metadata(reading, place, error) ||
        !snap_snapshot_read_file(reading, reading->site.metadata, bytes, error))
        return false;
    reading->site.metadata_bytes = *bytes;
    return (snap_metadata_read(*bytes, reading->arena, reading->metadata, error) &&
            check_version(reading, error) && fill_image(reading, error)) ||
           snap_snapshot_in_file(reading->site.metadata, error);
}

/* ---- states ---- */

static bool load_lists(const struct snap_snapshot_reading *reading, struct snap_state_bytes *from,
                       const struct snap_operator_handle *handle, struct snap_operator_state *state,
                       struct snap_error *error)
{
    struct snap_found_stream stream;

    if (handle->type == SNAP_OPERATOR_HANDLE_NONE || handle->list_count == 0)
        return true;
    if (!snap_snapshot_open_stream(reading, &handle->stream, &stream, error))
        return false;
    from->data = stream.bytes;
    return snap_list_file_read(from, handle, reading->arena, state, error) ||
           snap_snapshot_in_file(stream.path, error);
}

/* Data under way on one channel, both of whose ends the job must have. */
static bool load_channel(struct snap_snapshot_reading *reading, uint32_t index,
                         const struct snap_channel_handle *handle,
                         const struct snap_channel_place *place, struct snap_error *error)
{
    struct snap_channel_bytes channel = {
        .side = handle->side == SNAP_CHANNEL_INPUT ? SNAP_IMAGE_INPUT : SNAP_IMAGE_RESULT};
    bool is_input = channel.side == SNAP_IMAGE_INPUT;
    struct snap_byte_writer joined;
    struct snap_found_stream stream;

    channel.edge = snap_channel_edge(&reading->image, index, channel.side, (uint32_t)place->gate);
    reading->lacks_exchange = channel.edge == SNAP_NO_INDEX;
    if (reading->lacks_exchange)
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "%s: there is data in flight %s \"%s\" over an exchange that this "
                              "job does not have, or that is pointwise now",
                              reading->site.metadata, is_input ? "to" : "from",
                              reading->image.operators[index].uid);
    channel.producer = (uint32_t)(is_input ? place->channel : handle->subtask);
    channel.consumer = (uint32_t)(is_input ? handle->subtask : place->channel);
    if (!snap_snapshot_open_stream(reading, &handle->stream, &stream, error))
        return false;
    snap_byte_writer_init(&joined, reading->arena, NULL);
    if (!snap_channel_file_read(stream.bytes, place, &joined, error))
        return snap_snapshot_in_file(stream.path, error);
    channel.bytes = snap_byte_writer_bytes(&joined);
    if (channel.bytes.count == 0)
        return true;
    channel.place = snap_arena_printf(reading->arena, "%s, from offset %" PRId64 " on", stream.path,
                                      place->offsets[0]);
    reading->channels = snap_arena_grow(reading->arena, reading->channels, reading->channel_count,
                                        &reading->channel_capacity, sizeof(*reading->channels));
    reading->channels[reading->channel_count++] = channel;
    return true;
}

static bool load_channels(struct snap_snapshot_reading *reading, uint32_t index,
                          const struct snap_channel_handle *handles, uint32_t count,
                          struct snap_error *error)
{
    for (uint32_t h = 0; h < count; h++)
        for (uint32_t p = 0; p < handles[h].place_count; p++)
            if (!load_channel(reading, index, &handles[h], &handles[h].places[p], error))
                return false;
    return true;
}

/* Subtasks at both ends must be some that there are. */
static bool check_channels(const struct snap_snapshot_reading *reading, struct snap_error *error)
{
    for (uint32_t i = 0; i < reading->channel_count; i++) {
        const struct snap_channel_bytes *channel = &reading->channels[i];
        const struct snap_image_edge *edge = &reading->image.edges[channel->edge];

        if (channel->producer >= reading->image.operators[edge->producer].parallelism ||
            channel->consumer >= reading->image.operators[edge->consumer].parallelism)
            return snap_error_set(error, SNAP_ERROR_SNAPSHOT,
                                  "%s: data in flight from \"%s\" names subtask %u and %u",
                                  reading->site.metadata, edge->op->uid, channel->producer,
                                  channel->consumer);
    }
    return true;
}

static bool load_operator(struct snap_snapshot_reading *reading, uint32_t index,
                          struct snap_error *error)
{
    const struct snap_metadata_operator *from = &reading->metadata->operators[index];
    struct snap_image_operator *to = &reading->image.operators[index];

    for (uint32_t i = 0; i < from->subtask_count; i++) {
        const struct snap_metadata_subtask *subtask = &from->subtasks[i];
        struct snap_state_bytes bytes = {.of = to,
                                         .subtask = (uint32_t)subtask->index,
                                         .past_origin = reading->image.past_origin};
        struct snap_operator_state *state;

        if (subtask->is_finished ||
            (reading->only_subtask && *reading->only_subtask != bytes.subtask))
            continue;
        state = SNAP_ARENA_NEW(reading->arena, struct snap_operator_state);
        to->subtasks[subtask->index].state = state;
        if (subtask->raw_operator.list_count > 0)
            snap_unread_state_note(to, "raw operator state");
        if (!load_lists(reading, &bytes, &subtask->managed_operator, state, error) ||
            !snap_snapshot_load_keyed(reading, &bytes, &subtask->managed_keyed, state, error) ||
            !snap_snapshot_load_raw(reading, &bytes, &subtask->raw_keyed, state, error) ||
            !load_channels(reading, index, subtask->inputs, subtask->input_count, error) ||
            !load_channels(reading, index, subtask->results, subtask->result_count, error))
            return false;
    }
    return true;
}

static bool is_source(const struct snap_snapshot_reading *reading, uint32_t index)
{
    const struct snap_operator *op = reading->image.operators[index].op;

    return op && op->type->role == SNAP_ROLE_SOURCE;
}

bool snap_snapshot_load_sources(struct snap_snapshot_reading *reading, struct snap_error *error)
{
    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        if (is_source(reading, i) && !load_operator(reading, i, error))
            return false;
    return true;
}

bool snap_snapshot_load(struct snap_snapshot_reading *reading, struct snap_error *error)
{
    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        if (reading->image.operators[i].op && !is_source(reading, i) &&
            !load_operator(reading, i, error))
            return false;
    /* Records across the cut have their other half with another subtask. */
    if (reading->only_subtask)
        return true;
    return check_channels(reading, error) &&
           snap_channel_states_parse(&reading->image, reading->channels, reading->channel_count,
                                     reading->arena, error);
}
