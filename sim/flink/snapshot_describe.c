// SPDX-License-Identifier: Apache-2.0
#include "flink/snapshot_describe.h"

#include <stdlib.h>

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/snapshot_parts.h"

/* Files of a subtask are counted first, then filled in. */
struct file_list {
    const struct snap_describer *describer;
    struct snap_snapshot_file *files; /* NULL: only counted */
    uint32_t count;
    enum snap_file_role role;
};

bool snap_describer_fail(const struct snap_describer *describer,
                         const struct snap_stream_handle *stream, struct snap_error *error)
{
    describer->streams.name(describer->streams.context, stream, error);
    return false;
}

bool snap_describer_open(const struct snap_describer *describer,
                         const struct snap_stream_handle *stream, struct snap_bytes *bytes,
                         struct snap_error *error)
{
    if (describer->streams.open(describer->streams.context, stream, bytes, error))
        return true;
    return snap_describer_fail(describer, stream, error);
}

void snap_describer_close(const struct snap_describer *describer,
                          const struct snap_stream_handle *stream, struct snap_bytes bytes)
{
    describer->streams.close(describer->streams.context, stream, bytes);
}

void snap_describer_relax(const struct snap_describer *describer,
                          const struct snap_stream_handle *stream, struct snap_bytes bytes)
{
    describer->streams.relax(describer->streams.context, stream, bytes);
}

const char *snap_describer_text(const struct snap_describer *describer, struct snap_bytes modified)
{
    return (const char *)snap_java_text(describer->arena, modified).at;
}

const char *snap_serializer_text(struct snap_arena *arena, const struct snap_serializer *serializer)
{
    struct snap_byte_writer writer;

    snap_byte_writer_init(&writer, arena, NULL);
    if (!serializer)
        return NULL;
    snap_serializer_name(&writer, serializer);
    return (const char *)snap_java_text(arena, snap_byte_writer_bytes(&writer)).at;
}

static const char *text_or_null(const struct snap_describer *describer, struct snap_bytes text)
{
    return text.count ? snap_describer_text(describer, text) : NULL;
}

static enum snap_place place_of(const struct snap_stream_handle *stream)
{
    switch (stream->type) {
    case SNAP_STREAM_NONE:
    case SNAP_STREAM_EMPTY:
        return SNAP_PLACE_NOWHERE;
    case SNAP_STREAM_INLINE:
        return SNAP_PLACE_INLINE;
    case SNAP_STREAM_FILE:
        return SNAP_PLACE_SHARED;
    case SNAP_STREAM_RELATIVE:
        return SNAP_PLACE_EXCLUSIVE;
    case SNAP_STREAM_SEGMENT:
        return SNAP_PLACE_SEGMENT;
    case SNAP_STREAM_KEY_GROUPS:
        return place_of(stream->inner);
    }
    return SNAP_PLACE_NOWHERE;
}

static void fill_file(const struct snap_describer *describer,
                      const struct snap_stream_handle *stream, struct snap_snapshot_file *file)
{
    if (stream->type == SNAP_STREAM_KEY_GROUPS)
        stream = stream->inner;
    file->place = place_of(stream);
    file->bytes = stream->size;
    if (file->place != SNAP_PLACE_NOWHERE && file->place != SNAP_PLACE_INLINE)
        file->path = snap_describer_text(describer, stream->path);
}

static void add_stream(void *context, const struct snap_stream_handle *stream,
                       const struct snap_bytes *name, bool is_shared)
{
    struct file_list *list = context;

    (void)is_shared;
    if (place_of(stream) == SNAP_PLACE_NOWHERE)
        return;
    if (list->files) {
        struct snap_snapshot_file *file = &list->files[list->count];

        fill_file(list->describer, stream, file);
        file->role = list->role;
        file->name = name ? snap_describer_text(list->describer, *name) : NULL;
    }
    list->count++;
}

static void add_keyed(struct file_list *list, const struct snap_keyed_handle *handle,
                      enum snap_file_role role)
{
    struct snap_stream_visitor visitor = {add_stream, list};

    list->role = role;
    snap_keyed_handle_walk(handle, &visitor);
}

static void add_plain(struct file_list *list, const struct snap_stream_handle *stream,
                      enum snap_file_role role)
{
    list->role = role;
    add_stream(list, stream, NULL, false);
}

/* Many channels share a file: each counts with its own buffers. */
static void add_channel(struct file_list *list, const struct snap_channel_handle *handle,
                        enum snap_file_role role)
{
    uint32_t index = list->count;

    add_plain(list, &handle->stream, role);
    if (list->files && list->count > index)
        list->files[index].bytes = handle->size;
}

static void list_files(struct file_list *list, const struct snap_metadata_subtask *from)
{
    list->count = 0;
    add_plain(list, &from->managed_operator.stream, SNAP_ROLE_OPERATOR);
    add_plain(list, &from->raw_operator.stream, SNAP_ROLE_RAW_OPERATOR);
    add_keyed(list, &from->managed_keyed, SNAP_ROLE_KEYED);
    add_keyed(list, &from->raw_keyed, SNAP_ROLE_RAW_KEYED);
    for (uint32_t i = 0; i < from->input_count; i++)
        add_channel(list, &from->inputs[i], SNAP_ROLE_INPUT);
    for (uint32_t i = 0; i < from->result_count; i++)
        add_channel(list, &from->results[i], SNAP_ROLE_RESULT);
}

static bool describe_subtask(const struct snap_describer *describer,
                             const struct snap_metadata_operator *of,
                             const struct snap_metadata_subtask *from,
                             struct snap_snapshot_subtask *subtask, struct snap_error *error)
{
    struct file_list list = {.describer = describer};

    subtask->index = (uint32_t)from->index;
    subtask->is_finished = from->is_finished;
    if (from->is_finished)
        return true;
    list_files(&list, from);
    list.files = SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_file, list.count);
    list_files(&list, from);
    subtask->files = list.files;
    subtask->file_count = list.count;
    return snap_describe_lists(describer, &from->managed_operator, subtask, error) &&
           snap_describe_keyed(describer, of, &from->managed_keyed, &subtask->keyed, error) &&
           snap_describe_raw_timers(describer, &from->raw_keyed, &subtask->raw_keyed, error);
}

static int compare_subtasks(const void *one, const void *other)
{
    int32_t a = ((const struct snap_metadata_subtask *)one)->index;
    int32_t b = ((const struct snap_metadata_subtask *)other)->index;

    return (a > b) - (a < b);
}

/* The metadata is ours: its subtasks are put in order there, so that both have the same places. */
static bool describe_subtasks(const struct snap_describer *describer,
                              struct snap_metadata_operator *from,
                              struct snap_snapshot_operator *of, struct snap_error *error)
{
    struct snap_metadata_subtask *ordered =
        snap_arena_copy(describer->arena, from->subtasks, from->subtask_count * sizeof(*ordered));
    struct snap_snapshot_subtask *subtasks =
        SNAP_ARENA_ARRAY(describer->arena, struct snap_snapshot_subtask, from->subtask_count);

    if (from->subtask_count)
        qsort(ordered, from->subtask_count, sizeof(*ordered), compare_subtasks);
    from->subtasks = ordered;
    of->subtasks = subtasks;
    of->subtask_count = from->subtask_count;
    for (uint32_t i = 0; i < of->subtask_count; i++) {
        subtasks[i].is_source = of->enumerator.is_there;
        if (!describe_subtask(describer, from, &ordered[i], &subtasks[i], error))
            return false;
    }
    return true;
}

static bool describe_operator(const struct snap_describer *describer,
                              struct snap_metadata_operator *from,
                              struct snap_snapshot_operator *of, struct snap_error *error)
{
    of->name = text_or_null(describer, from->name);
    of->uid = text_or_null(describer, from->uid);
    of->id = from->id;
    of->parallelism = (uint32_t)from->parallelism;
    of->max_parallelism = (uint32_t)from->max_parallelism;
    of->is_finished = from->is_finished;
    fill_file(describer, &from->coordinator, &of->coordinator);
    snap_describe_enumerator(describer, from, &of->enumerator);
    return describe_subtasks(describer, from, of, error);
}

static void describe_properties(const struct snap_describer *describer,
                                struct snap_snapshot_properties *to)
{
    const struct snap_checkpoint_properties *from = &describer->metadata.properties;

    if (from->is_null)
        return;
    *to = (struct snap_snapshot_properties){
        .is_known = true,
        .is_savepoint = from->is_savepoint,
        .name = text_or_null(describer, from->name),
        .format = text_or_null(describer, from->format),
        .sharing = text_or_null(describer, from->sharing),
        .discard_subsumed = from->discard_subsumed,
        .discard_finished = from->discard_finished,
        .discard_cancelled = from->discard_cancelled,
        .discard_failed = from->discard_failed,
        .discard_suspended = from->discard_suspended,
        .is_forced = from->is_forced,
        .is_unclaimed = from->is_unclaimed,
    };
}

const struct snap_metadata_subtask *
snap_describer_subtask(const struct snap_describer *describer,
                       const struct snap_snapshot_choice *choice)
{
    size_t of = (size_t)(choice->of - describer->snapshot->operators);
    size_t subtask = (size_t)(choice->subtask - choice->of->subtasks);

    SNAP_CHECK(of < describer->metadata.operator_count);
    return &describer->metadata.operators[of].subtasks[subtask];
}

static bool walk(void *context, const struct snap_snapshot_choice *choice,
                 const struct snap_item_visitor *visitor, struct snap_error *error)
{
    const struct snap_describer *describer = context;

    if (choice->channel)
        return snap_walk_channel(describer, choice, visitor, error);
    if (choice->list)
        return snap_walk_list(describer, choice, visitor, error);
    SNAP_CHECK(choice->keyed && choice->keyed->is_readable);
    if (choice->keyed == &choice->subtask->raw_keyed)
        return snap_walk_raw_timers(describer, choice, visitor, error);
    return snap_walk_keyed(describer, choice, visitor, error);
}

bool snap_snapshot_describe(struct snap_bytes file, const struct snap_streams *streams,
                            struct snap_arena *arena, struct snap_snapshot *snapshot,
                            struct snap_error *error)
{
    struct snap_describer *describer = SNAP_ARENA_NEW(arena, struct snap_describer);
    struct snap_metadata *metadata = &describer->metadata;
    struct snap_snapshot_operator *operators;
    struct snap_metadata_operator *from;

    *snapshot = (struct snap_snapshot){.source = {walk, describer}};
    describer->streams = *streams;
    describer->arena = arena;
    describer->snapshot = snapshot;
    if (!snap_metadata_read(file, arena, metadata, error))
        return false;
    snapshot->metadata_version = metadata->version;
    snapshot->metadata_bytes = (int64_t)file.count;
    snapshot->checkpoint_id = metadata->checkpoint_id;
    snapshot->master_count = metadata->master_count;
    describe_properties(describer, &snapshot->properties);
    operators = SNAP_ARENA_ARRAY(arena, struct snap_snapshot_operator, metadata->operator_count);
    from = snap_arena_copy(arena, metadata->operators, metadata->operator_count * sizeof(*from));
    metadata->operators = from;
    snapshot->operators = operators;
    snapshot->operator_count = metadata->operator_count;
    for (uint32_t i = 0; i < metadata->operator_count; i++)
        if (!describe_operator(describer, &from[i], &operators[i], error))
            return false;
    return snap_describe_channels(describer, error);
}
