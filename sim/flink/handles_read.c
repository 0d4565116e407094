// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "flink/handles.h"

static bool read_stream(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_stream_handle *handle, unsigned depth);
static bool read_keyed(struct snap_byte_reader *reader, struct snap_arena *arena,
                       struct snap_keyed_handle *handle, unsigned depth);

static bool check_depth(struct snap_byte_reader *reader, unsigned depth)
{
    return depth <= SNAP_HANDLE_DEPTH_MAX ||
           snap_byte_reader_fail(reader, "handles are nested more than %d deep",
                                 SNAP_HANDLE_DEPTH_MAX);
}

static const int64_t *read_offsets(struct snap_byte_reader *reader, struct snap_arena *arena,
                                   uint32_t count)
{
    int64_t *offsets = SNAP_ARENA_ARRAY(arena, int64_t, count);

    for (uint32_t i = 0; i < count; i++)
        offsets[i] = snap_read_i8(reader, "an offset");
    return offsets;
}

static bool read_key_group_stream(struct snap_byte_reader *reader, struct snap_arena *arena,
                                  struct snap_stream_handle *handle, unsigned depth)
{
    struct snap_stream_handle *inner = SNAP_ARENA_NEW(arena, struct snap_stream_handle);

    handle->group_first = snap_read_i4(reader, "first key group");
    handle->offset_count = snap_read_count(reader, 8, "number of key groups");
    handle->offsets = read_offsets(reader, arena, handle->offset_count);
    handle->inner = inner;
    return read_stream(reader, arena, inner, depth + 1);
}

static bool read_segment(struct snap_byte_reader *reader, struct snap_stream_handle *handle)
{
    uint32_t scope;

    handle->start = snap_read_i8(reader, "start of a segment");
    handle->size = snap_read_i8(reader, "size of a segment");
    scope = (uint32_t)snap_read_i4(reader, "scope of a segment");
    if (scope > SNAP_SCOPE_SHARED || handle->start < 0 || handle->size < 0)
        return snap_byte_reader_fail(reader, "a segment has a negative place or no known scope");
    handle->scope = (enum snap_handle_scope)scope;
    handle->path = snap_read_utf(reader, "path of a segment's file");
    handle->logical_id = snap_read_utf(reader, "id of a segment's file");
    return !reader->failed;
}

static bool read_stream(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_stream_handle *handle, unsigned depth)
{
    uint8_t type = snap_read_u1(reader, "type of a stream handle");

    *handle = (struct snap_stream_handle){.type = SNAP_STREAM_NONE};
    if (reader->failed || !check_depth(reader, depth))
        return false;
    switch (type) {
    case SNAP_STREAM_NONE:
    case SNAP_STREAM_EMPTY:
        break;
    case SNAP_STREAM_INLINE:
        handle->path = snap_read_utf(reader, "name of state in the metadata");
        handle->data = snap_read_blob(reader, "state in the metadata");
        handle->size = (int64_t)handle->data.count;
        break;
    case SNAP_STREAM_FILE:
        handle->size = snap_read_i8(reader, "size of a file");
        handle->path = snap_read_utf(reader, "path of a file");
        break;
    case SNAP_STREAM_KEY_GROUPS:
        read_key_group_stream(reader, arena, handle, depth);
        break;
    case SNAP_STREAM_RELATIVE:
        handle->path = snap_read_utf(reader, "path of a file");
        handle->size = snap_read_i8(reader, "size of a file");
        break;
    case SNAP_STREAM_SEGMENT:
        read_segment(reader, handle);
        break;
    default:
        return snap_byte_reader_fail(reader, "no stream handle has the type %u", type);
    }
    handle->type = (enum snap_stream_type)type;
    return !reader->failed;
}

bool snap_stream_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                             struct snap_stream_handle *handle)
{
    return read_stream(reader, arena, handle, 1);
}

static void read_range(struct snap_byte_reader *reader, struct snap_keyed_handle *handle)
{
    handle->group_first = snap_read_i4(reader, "first key group");
    handle->group_count = snap_read_i4(reader, "number of key groups");
    if (handle->group_first < 0 || handle->group_count < 0 ||
        handle->group_count > INT32_MAX - handle->group_first)
        snap_byte_reader_fail(reader,
                              "key groups from %" PRId32 " on, %" PRId32 " of them, are none",
                              handle->group_first, handle->group_count);
}

static void read_groups(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_keyed_handle *handle)
{
    read_range(reader, handle);
    if (!snap_byte_reader_has(reader, (uint64_t)handle->group_count * 8, "offsets of key groups"))
        return;
    handle->offsets = read_offsets(reader, arena, (uint32_t)handle->group_count);
    snap_stream_handle_read(reader, arena, &handle->stream);
    if (handle->type == SNAP_KEYED_GROUPS)
        handle->id = snap_read_utf(reader, "id of a handle");
}

static void read_named(struct snap_byte_reader *reader, struct snap_arena *arena,
                       struct snap_named_streams *streams)
{
    uint32_t count = snap_read_count(reader, 3, "number of files");
    struct snap_named_stream *items = SNAP_ARENA_ARRAY(arena, struct snap_named_stream, count);

    streams->items = items;
    streams->count = count;
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        items[i].name = snap_read_utf(reader, "name of a backend's file");
        snap_stream_handle_read(reader, arena, &items[i].stream);
    }
}

static void read_incremental(struct snap_byte_reader *reader, struct snap_arena *arena,
                             struct snap_keyed_handle *handle)
{
    bool is_old = handle->type == SNAP_KEYED_INCREMENTAL_OLD;

    handle->checkpoint_id = snap_read_i8(reader, "id of a checkpoint");
    handle->backend_id = snap_read_utf(reader, "id of a backend");
    read_range(reader, handle);
    if (!is_old)
        handle->checkpointed_size = snap_read_i8(reader, "checkpointed size");
    snap_stream_handle_read(reader, arena, &handle->stream);
    read_named(reader, arena, &handle->shared);
    read_named(reader, arena, &handle->own);
    if (!is_old)
        handle->id = snap_read_utf(reader, "id of a handle");
}

static void read_several(struct snap_byte_reader *reader, struct snap_arena *arena,
                         struct snap_keyed_handles *handles, unsigned depth)
{
    uint32_t count = snap_read_count(reader, 1, "number of handles");
    struct snap_keyed_handle *items;

    /* A handle in memory is large; one that is none takes a byte: it grows with what is read. */
    items = SNAP_ARENA_ARRAY(arena, struct snap_keyed_handle, count < 64 ? count : 64);
    for (uint32_t i = 0, capacity = 64; i < count && !reader->failed; i++) {
        items = snap_arena_grow(arena, items, i, &capacity, sizeof(*items));
        read_keyed(reader, arena, &items[i], depth + 1);
        handles->count = i + 1;
    }
    handles->items = items;
}

static void read_changelog(struct snap_byte_reader *reader, struct snap_arena *arena,
                           struct snap_keyed_handle *handle, unsigned depth)
{
    read_range(reader, handle);
    handle->checkpointed_size = snap_read_i8(reader, "checkpointed size");
    read_several(reader, arena, &handle->materialized, depth);
    read_several(reader, arena, &handle->changes, depth);
    handle->materialization_id = snap_read_i8(reader, "id of a materialization");
    handle->checkpoint_id = handle->materialization_id;
    if (handle->type == SNAP_KEYED_CHANGELOG)
        handle->checkpoint_id = snap_read_i8(reader, "id of a checkpoint");
    handle->id = snap_read_utf(reader, "id of a handle");
}

static void read_changes_inline(struct snap_byte_reader *reader, struct snap_arena *arena,
                                struct snap_keyed_handle *handle)
{
    struct snap_inline_change *changes;
    uint32_t count;

    read_range(reader, handle);
    handle->from = snap_read_i8(reader, "first number of changes");
    handle->to = snap_read_i8(reader, "last number of changes");
    count = snap_read_count(reader, 8, "number of changes");
    changes = SNAP_ARENA_ARRAY(arena, struct snap_inline_change, count);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        changes[i].key_group = snap_read_i4(reader, "key group of a change");
        changes[i].data = snap_read_blob(reader, "a change");
    }
    handle->inline_changes = changes;
    handle->inline_change_count = count;
    handle->id = snap_read_utf(reader, "id of a handle");
}

static void read_changes(struct snap_byte_reader *reader, struct snap_arena *arena,
                         struct snap_keyed_handle *handle)
{
    struct snap_change_part *parts;
    uint32_t count;

    read_range(reader, handle);
    count = snap_read_count(reader, 9, "number of files with changes");
    parts = SNAP_ARENA_ARRAY(arena, struct snap_change_part, count);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        parts[i].offset = snap_read_i8(reader, "offset of changes");
        snap_stream_handle_read(reader, arena, &parts[i].stream);
    }
    handle->parts = parts;
    handle->part_count = count;
    handle->size = snap_read_i8(reader, "size of changes");
    handle->checkpointed_size = snap_read_i8(reader, "checkpointed size");
    handle->id = snap_read_utf(reader, "id of a handle");
    if (handle->type == SNAP_KEYED_CHANGES)
        handle->storage_id = snap_read_utf(reader, "id of a storage for changes");
}

static bool read_keyed(struct snap_byte_reader *reader, struct snap_arena *arena,
                       struct snap_keyed_handle *handle, unsigned depth)
{
    uint64_t offset = snap_byte_reader_offset(reader);
    uint8_t type = snap_read_u1(reader, "type of a keyed handle");

    *handle = (struct snap_keyed_handle){.type = (enum snap_keyed_type)type, .offset = offset};
    if (reader->failed || !check_depth(reader, depth))
        return false;
    switch (type) {
    case SNAP_KEYED_NONE:
        break;
    case SNAP_KEYED_GROUPS:
    case SNAP_KEYED_GROUPS_OLD:
    case SNAP_KEYED_SAVEPOINT:
        read_groups(reader, arena, handle);
        break;
    case SNAP_KEYED_INCREMENTAL:
    case SNAP_KEYED_INCREMENTAL_OLD:
        read_incremental(reader, arena, handle);
        break;
    case SNAP_KEYED_CHANGELOG:
    case SNAP_KEYED_CHANGELOG_OLD:
        read_changelog(reader, arena, handle, depth);
        break;
    case SNAP_KEYED_CHANGES_INLINE:
        read_changes_inline(reader, arena, handle);
        break;
    case SNAP_KEYED_CHANGES:
    case SNAP_KEYED_CHANGES_OLD:
        read_changes(reader, arena, handle);
        break;
    default:
        handle->type = SNAP_KEYED_NONE;
        return snap_byte_reader_fail(reader, "no keyed handle has the type %u", type);
    }
    return !reader->failed;
}

bool snap_keyed_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                            struct snap_keyed_handle *handle)
{
    return read_keyed(reader, arena, handle, 1);
}

static bool read_list(struct snap_byte_reader *reader, struct snap_arena *arena,
                      struct snap_list_place *list)
{
    uint8_t mode;

    list->name = snap_read_utf(reader, "name of operator state");
    mode = snap_read_u1(reader, "mode of operator state");
    if (mode > SNAP_LIST_BROADCAST)
        return snap_byte_reader_fail(reader, "operator state has no mode %u", mode);
    list->mode = (enum snap_list_mode)mode;
    list->offset_count = snap_read_count(reader, 8, "number of offsets");
    list->offsets = read_offsets(reader, arena, list->offset_count);
    return !reader->failed;
}

bool snap_operator_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                               struct snap_operator_handle *handle)
{
    uint8_t type = snap_read_u1(reader, "type of an operator state handle");
    struct snap_list_place *lists;

    *handle = (struct snap_operator_handle){.type = (enum snap_operator_handle_type)type};
    if (reader->failed || type == SNAP_OPERATOR_HANDLE_NONE)
        return !reader->failed;
    if (type != SNAP_OPERATOR_HANDLE_PLAIN && type != SNAP_OPERATOR_HANDLE_MERGING)
        return snap_byte_reader_fail(reader, "no operator state handle has the type %u", type);
    handle->list_count = snap_read_count(reader, 7, "number of operator states");
    lists = SNAP_ARENA_ARRAY(arena, struct snap_list_place, handle->list_count);
    handle->lists = lists;
    for (uint32_t i = 0; i < handle->list_count && !reader->failed; i++)
        read_list(reader, arena, &lists[i]);
    if (type == SNAP_OPERATOR_HANDLE_MERGING) {
        handle->task_owned_dir = snap_read_utf(reader, "directory of a TaskManager");
        handle->shared_dir = snap_read_utf(reader, "directory of a subtask");
        handle->is_empty = snap_read_bool(reader, "mark of an empty handle");
    }
    return snap_stream_handle_read(reader, arena, &handle->stream);
}

static bool read_place(struct snap_byte_reader *reader, struct snap_arena *arena,
                       struct snap_channel_place *place)
{
    place->gate = snap_read_i4(reader, "gate or partition");
    place->channel = snap_read_i4(reader, "channel or subpartition");
    place->offset_count = snap_read_count(reader, 8, "number of offsets");
    place->offsets = read_offsets(reader, arena, place->offset_count);
    return !reader->failed;
}

static void read_merged_place(struct snap_byte_reader *reader, struct snap_arena *arena,
                              struct snap_channel_place *place)
{
    place->gate = snap_read_i4(reader, "gate or partition");
    place->channel = snap_read_i4(reader, "channel or subpartition");
    place->size = snap_read_i8(reader, "size of a channel's state");
    place->offset_count = snap_read_count(reader, 8, "number of offsets");
    place->offsets = read_offsets(reader, arena, place->offset_count);
}

/* The places lie in a block of bytes of their own. */
static bool read_merged(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_channel_handle *handle)
{
    struct snap_channel_place *places;
    struct snap_byte_reader block;
    uint32_t count;

    handle->subtask = snap_read_i4(reader, "subtask of channels");
    handle->size = snap_read_i8(reader, "size of channel state");
    snap_stream_handle_read(reader, arena, &handle->stream);
    block = snap_byte_reader_of_part(reader, snap_read_blob(reader, "places of channels"));
    count = snap_read_count(&block, 20, "number of channels");
    places = SNAP_ARENA_ARRAY(arena, struct snap_channel_place, count);
    for (uint32_t i = 0; i < count && !block.failed; i++)
        read_merged_place(&block, arena, &places[i]);
    handle->places = places;
    handle->place_count = count;
    if (!snap_byte_reader_end(&block, "the places of channels"))
        return snap_byte_reader_fail(reader, "places of channels cannot be read");
    return !reader->failed;
}

static bool read_single(struct snap_byte_reader *reader, struct snap_arena *arena,
                        struct snap_channel_handle *handle)
{
    struct snap_channel_place *place = SNAP_ARENA_NEW(arena, struct snap_channel_place);

    handle->subtask = snap_read_i4(reader, "subtask of a channel");
    handle->places = place;
    handle->place_count = 1;
    read_place(reader, arena, place);
    handle->size = snap_read_i8(reader, "size of channel state");
    place->size = handle->size;
    return snap_stream_handle_read(reader, arena, &handle->stream);
}

bool snap_channel_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                              enum snap_channel_form form, struct snap_channel_handle *handle)
{
    enum snap_channel_side side = handle->side;
    uint8_t single = side == SNAP_CHANNEL_INPUT ? 1 : 2;
    uint8_t type = single;

    *handle = (struct snap_channel_handle){.side = side};
    if (form == SNAP_CHANNEL_FORM_TYPED)
        type = snap_read_u1(reader, "type of a channel handle");
    if (reader->failed)
        return false;
    if (type == single)
        return read_single(reader, arena, handle);
    if (type != single + 2)
        return snap_byte_reader_fail(reader, "a channel handle has the type %u, not %u or %u", type,
                                     single, single + 2);
    handle->is_merged = true;
    return read_merged(reader, arena, handle);
}
