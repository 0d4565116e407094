// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/handles.h"

static void write_offsets(struct snap_byte_writer *writer, const int64_t *offsets, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        snap_write_i8(writer, offsets[i]);
}

void snap_stream_handle_write(struct snap_byte_writer *writer,
                              const struct snap_stream_handle *handle)
{
    snap_write_u1(writer, handle->type);
    switch (handle->type) {
    case SNAP_STREAM_NONE:
    case SNAP_STREAM_EMPTY:
        break;
    case SNAP_STREAM_INLINE:
        snap_write_utf(writer, handle->path);
        snap_write_blob(writer, handle->data);
        break;
    case SNAP_STREAM_FILE:
        snap_write_i8(writer, handle->size);
        snap_write_utf(writer, handle->path);
        break;
    case SNAP_STREAM_KEY_GROUPS:
        snap_write_i4(writer, handle->group_first);
        snap_write_u4(writer, handle->offset_count);
        write_offsets(writer, handle->offsets, handle->offset_count);
        snap_stream_handle_write(writer, handle->inner);
        break;
    case SNAP_STREAM_RELATIVE:
        snap_write_utf(writer, handle->path);
        snap_write_i8(writer, handle->size);
        break;
    case SNAP_STREAM_SEGMENT:
        snap_write_i8(writer, handle->start);
        snap_write_i8(writer, handle->size);
        snap_write_i4(writer, (int32_t)handle->scope);
        snap_write_utf(writer, handle->path);
        snap_write_utf(writer, handle->logical_id);
        break;
    }
}

static void write_range(struct snap_byte_writer *writer, const struct snap_keyed_handle *handle)
{
    snap_write_i4(writer, handle->group_first);
    snap_write_i4(writer, handle->group_count);
}

static void write_named(struct snap_byte_writer *writer, struct snap_named_streams streams)
{
    snap_write_u4(writer, streams.count);
    for (uint32_t i = 0; i < streams.count; i++) {
        snap_write_utf(writer, streams.items[i].name);
        snap_stream_handle_write(writer, &streams.items[i].stream);
    }
}

static void write_incremental(struct snap_byte_writer *writer,
                              const struct snap_keyed_handle *handle)
{
    bool is_old = handle->type == SNAP_KEYED_INCREMENTAL_OLD;

    snap_write_i8(writer, handle->checkpoint_id);
    snap_write_utf(writer, handle->backend_id);
    write_range(writer, handle);
    if (!is_old)
        snap_write_i8(writer, handle->checkpointed_size);
    snap_stream_handle_write(writer, &handle->stream);
    write_named(writer, handle->shared);
    write_named(writer, handle->own);
    if (!is_old)
        snap_write_utf(writer, handle->id);
}

static void write_several(struct snap_byte_writer *writer, struct snap_keyed_handles handles)
{
    snap_write_u4(writer, handles.count);
    for (uint32_t i = 0; i < handles.count; i++)
        snap_keyed_handle_write(writer, &handles.items[i]);
}

static void write_changelog(struct snap_byte_writer *writer, const struct snap_keyed_handle *handle)
{
    write_range(writer, handle);
    snap_write_i8(writer, handle->checkpointed_size);
    write_several(writer, handle->materialized);
    write_several(writer, handle->changes);
    snap_write_i8(writer, handle->materialization_id);
    if (handle->type == SNAP_KEYED_CHANGELOG)
        snap_write_i8(writer, handle->checkpoint_id);
    snap_write_utf(writer, handle->id);
}

static void write_changes_inline(struct snap_byte_writer *writer,
                                 const struct snap_keyed_handle *handle)
{
    write_range(writer, handle);
    snap_write_i8(writer, handle->from);
    snap_write_i8(writer, handle->to);
    snap_write_u4(writer, handle->inline_change_count);
    for (uint32_t i = 0; i < handle->inline_change_count; i++) {
        snap_write_i4(writer, handle->inline_changes[i].key_group);
        snap_write_blob(writer, handle->inline_changes[i].data);
    }
    snap_write_utf(writer, handle->id);
}

static void write_changes(struct snap_byte_writer *writer, const struct snap_keyed_handle *handle)
{
    write_range(writer, handle);
    snap_write_u4(writer, handle->part_count);
    for (uint32_t i = 0; i < handle->part_count; i++) {
        snap_write_i8(writer, handle->parts[i].offset);
        snap_stream_handle_write(writer, &handle->parts[i].stream);
    }
    snap_write_i8(writer, handle->size);
    snap_write_i8(writer, handle->checkpointed_size);
    snap_write_utf(writer, handle->id);
    if (handle->type == SNAP_KEYED_CHANGES)
        snap_write_utf(writer, handle->storage_id);
}

void snap_keyed_handle_write(struct snap_byte_writer *writer,
                             const struct snap_keyed_handle *handle)
{
    snap_write_u1(writer, handle->type);
    switch (handle->type) {
    case SNAP_KEYED_NONE:
        break;
    case SNAP_KEYED_GROUPS:
    case SNAP_KEYED_GROUPS_OLD:
    case SNAP_KEYED_SAVEPOINT:
        write_range(writer, handle);
        write_offsets(writer, handle->offsets, (uint32_t)handle->group_count);
        snap_stream_handle_write(writer, &handle->stream);
        if (handle->type == SNAP_KEYED_GROUPS)
            snap_write_utf(writer, handle->id);
        break;
    case SNAP_KEYED_INCREMENTAL:
    case SNAP_KEYED_INCREMENTAL_OLD:
        write_incremental(writer, handle);
        break;
    case SNAP_KEYED_CHANGELOG:
    case SNAP_KEYED_CHANGELOG_OLD:
        write_changelog(writer, handle);
        break;
    case SNAP_KEYED_CHANGES_INLINE:
        write_changes_inline(writer, handle);
        break;
    case SNAP_KEYED_CHANGES:
    case SNAP_KEYED_CHANGES_OLD:
        write_changes(writer, handle);
        break;
    }
}

void snap_operator_handle_write(struct snap_byte_writer *writer,
                                const struct snap_operator_handle *handle)
{
    snap_write_u1(writer, handle->type);
    if (handle->type == SNAP_OPERATOR_HANDLE_NONE)
        return;
    snap_write_u4(writer, handle->list_count);
    for (uint32_t i = 0; i < handle->list_count; i++) {
        const struct snap_list_place *list = &handle->lists[i];

        snap_write_utf(writer, list->name);
        snap_write_u1(writer, list->mode);
        snap_write_u4(writer, list->offset_count);
        write_offsets(writer, list->offsets, list->offset_count);
    }
    if (handle->type == SNAP_OPERATOR_HANDLE_MERGING) {
        snap_write_utf(writer, handle->task_owned_dir);
        snap_write_utf(writer, handle->shared_dir);
        snap_write_bool(writer, handle->is_empty);
    }
    snap_stream_handle_write(writer, &handle->stream);
}

static void write_single(struct snap_byte_writer *writer, const struct snap_channel_handle *handle)
{
    const struct snap_channel_place *place = handle->places;

    SNAP_CHECK(handle->place_count == 1);
    snap_write_i4(writer, handle->subtask);
    snap_write_i4(writer, place->gate);
    snap_write_i4(writer, place->channel);
    snap_write_u4(writer, place->offset_count);
    write_offsets(writer, place->offsets, place->offset_count);
    snap_write_i8(writer, handle->size);
    snap_stream_handle_write(writer, &handle->stream);
}

static void write_merged(struct snap_byte_writer *writer, const struct snap_channel_handle *handle)
{
    uint64_t bytes = 4;

    snap_write_i4(writer, handle->subtask);
    snap_write_i8(writer, handle->size);
    snap_stream_handle_write(writer, &handle->stream);
    for (uint32_t i = 0; i < handle->place_count; i++)
        bytes += 20 + UINT64_C(8) * handle->places[i].offset_count;
    SNAP_CHECK(bytes <= INT32_MAX);
    snap_write_u4(writer, (uint32_t)bytes);
    snap_write_u4(writer, handle->place_count);
    for (uint32_t i = 0; i < handle->place_count; i++) {
        const struct snap_channel_place *place = &handle->places[i];

        snap_write_i4(writer, place->gate);
        snap_write_i4(writer, place->channel);
        snap_write_i8(writer, place->size);
        snap_write_u4(writer, place->offset_count);
        write_offsets(writer, place->offsets, place->offset_count);
    }
}

void snap_channel_handle_write(struct snap_byte_writer *writer, enum snap_channel_form form,
                               const struct snap_channel_handle *handle)
{
    unsigned type = (handle->side == SNAP_CHANNEL_INPUT ? 1u : 2u) + (handle->is_merged ? 2u : 0u);

    if (form == SNAP_CHANNEL_FORM_TYPED)
        snap_write_u1(writer, type);
    SNAP_CHECK(form == SNAP_CHANNEL_FORM_TYPED || !handle->is_merged);
    if (handle->is_merged)
        write_merged(writer, handle);
    else
        write_single(writer, handle);
}
