// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_write.h"

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/metadata.h"
#include "flink/source_state.h"
#include "storage/channel_states.h"
#include "storage/keyed_states.h"
#include "storage/list_file.h"

#define METADATA "_metadata"
#define METADATA_PART "._metadata.inprogress"

/* One snapshot on its way into a directory. */
struct writing {
    const struct snap_image *image;
    const struct snap_snapshot_writing *how;
    struct snap_arena arena;
    struct snap_state_stream stream;
    uint32_t operator_index; /* whose state is being written; SNAP_NO_INDEX: nobody's */
    uint32_t subtask;
    struct snap_error *error;
};

static bool is_canonical(const struct writing *writing)
{
    return snap_kind_is_savepoint(writing->image->kind) &&
           writing->how->format == SNAP_SAVEPOINT_CANONICAL;
}

static bool has_states(const struct snap_image_operator *of)
{
    for (uint32_t i = 0; i < of->parallelism; i++)
        if (of->subtasks[i].is_taken)
            return true;
    return false;
}

/* No source here keeps splits back: its coordinator has none left. Where their number was given by
 * the parallelism of the first job it is written down, for jobs with another. */
static bool put_coordinator(struct writing *writing, const struct snap_image_operator *of,
                            struct snap_stream_handle *handle)
{
    struct snap_coordinator_state state = {.serde_version = 1};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    struct snap_byte_writer enumerator, bytes;

    snap_byte_writer_init(&enumerator, &writing->arena, NULL);
    snap_byte_writer_init(&bytes, &writing->arena, NULL);
    snap_write_i4(&enumerator, 0);
    if (of->split_count > 0)
        snap_write_u4(&enumerator, of->split_count);
    state.enumerator_version =
        of->split_count > 0 ? SNAP_ENUMERATOR_COUNTED : SNAP_ENUMERATOR_PLAIN;
    state.enumerator = snap_byte_writer_bytes(&enumerator);
    snap_coordinator_state_write(&bytes, &state);
    snap_operator_id_format(&of->id, id);
    *handle = (struct snap_stream_handle){.type = SNAP_STREAM_INLINE};
    handle->path = snap_bytes_of(snap_arena_strdup(&writing->arena, id));
    handle->data = snap_byte_writer_bytes(&bytes);
    handle->size = (int64_t)handle->data.count;
    return true;
}

/* A native savepoint lies in its own directory, whatever the checkpoints do. */
static bool put_rocksdb(struct writing *writing, uint32_t operator_index, uint32_t index,
                        struct snap_keyed_handle *handle)
{
    const struct snap_rocksdb_writing *how = writing->how->rocksdb;
    const struct snap_image_operator *of = &writing->image->operators[operator_index];
    struct snap_rocksdb_target target = {
        .stream = &writing->stream,
        .shared = &how->shared,
        .form = how->is_incremental ? SNAP_ROCKSDB_INCREMENTAL : SNAP_ROCKSDB_FULL,
        .uses_nothing_older = writing->image->kind == SNAP_KIND_FULL_CHECKPOINT,
        .checkpoint = writing->image->id,
        .operator_index = operator_index,
        .subtask = index,
    };

    /* Machines that share nothing have no tables in common with what others wrote. */
    if (writing->how->places)
        target.form = SNAP_ROCKSDB_FULL;
    if (snap_kind_is_savepoint(writing->image->kind))
        target.form = SNAP_ROCKSDB_SELF_CONTAINED;
    return snap_rocksdb_states_write(how->states, of, of->subtasks[index].state, &target, handle,
                                     writing->error);
}

static bool put_keyed(struct writing *writing, uint32_t operator_index, uint32_t index,
                      struct snap_keyed_handle *handle)
{
    const struct snap_image_operator *of = &writing->image->operators[operator_index];
    struct snap_keyed_target target = {
        &writing->stream, is_canonical(writing) ? SNAP_LAYOUT_CANONICAL : SNAP_LAYOUT_NATIVE,
        index};

    if (writing->how->rocksdb && !is_canonical(writing))
        return put_rocksdb(writing, operator_index, index, handle);
    return snap_keyed_states_write(of, of->subtasks[index].state, &target, handle, writing->error);
}

static bool enter_place(struct writing *writing, const struct snap_subtask_place *place)
{
    writing->stream.directory = place->directory;
    return writing->how->fs->make_dirs(writing->how->fs, place->directory, writing->error);
}

static bool put_states(struct writing *writing, uint32_t operator_index, uint32_t index,
                       struct snap_metadata_subtask *to)
{
    const struct snap_image_operator *of = &writing->image->operators[operator_index];
    struct snap_channel_owner owner = {writing->image, operator_index, index,
                                       writing->how->version != SNAP_FLINK_1_20};

    return snap_list_file_write(of, of->subtasks[index].state, &writing->stream,
                                &to->managed_operator, writing->error) &&
           put_keyed(writing, operator_index, index, &to->managed_keyed) &&
           snap_channel_states_write(&owner, &writing->stream, to, writing->error);
}

static bool put_subtask(struct writing *writing, uint32_t operator_index, uint32_t index,
                        struct snap_metadata_subtask *to)
{
    const struct snap_image_subtask *from =
        &writing->image->operators[operator_index].subtasks[index];
    const struct snap_subtask_place *place =
        writing->how->places ? &writing->how->places[operator_index][index] : NULL;
    uint64_t files = writing->stream.file_count;
    bool put;

    writing->operator_index = operator_index;
    writing->subtask = index;
    to->index = (int32_t)index;
    to->is_finished = from->is_finished;
    if (from->is_finished)
        return true;
    put = (!place || enter_place(writing, place)) && put_states(writing, operator_index, index, to);
    if (place && writing->stream.file_count > files)
        *place->has_files = true;
    writing->stream.directory = writing->how->directory;
    return put;
}

/* A task of which no subtask took part is listed without subtasks. */
static bool put_operator(struct writing *writing, uint32_t index, struct snap_metadata_operator *to)
{
    const struct snap_image_operator *of = &writing->image->operators[index];
    struct snap_metadata_subtask *subtasks;

    to->name = snap_java_modified(&writing->arena, snap_bytes_of(of->name));
    to->uid = snap_java_modified(&writing->arena, snap_bytes_of(of->uid));
    to->id = of->id;
    to->parallelism = (int32_t)of->parallelism;
    to->max_parallelism = (int32_t)of->max_parallelism;
    to->is_finished = of->is_finished;
    if (of->is_finished)
        return true;
    if (of->has_coordinator_state && !put_coordinator(writing, of, &to->coordinator))
        return false;
    if (!has_states(of))
        return true;
    subtasks = SNAP_ARENA_ARRAY(&writing->arena, struct snap_metadata_subtask, of->parallelism);
    to->subtasks = subtasks;
    for (uint32_t i = 0; i < of->parallelism; i++) {
        if (!of->subtasks[i].is_taken && !of->subtasks[i].is_finished)
            continue;
        if (!put_subtask(writing, index, i, &subtasks[to->subtask_count++]))
            return false;
    }
    return true;
}

static struct snap_checkpoint_properties properties_of(const struct writing *writing)
{
    enum snap_snapshot_kind kind = writing->image->kind;

    return snap_kind_is_savepoint(kind)
               ? snap_properties_of_savepoint(kind, writing->how->format)
               : snap_properties_of_checkpoint(kind, writing->how->retention);
}

/* It is complete when it has its name. */
static bool put_metadata(struct writing *writing, const struct snap_metadata *metadata)
{
    struct snap_fs *fs = writing->how->fs;
    const char *directory = writing->how->directory;
    const char *part = snap_arena_printf(&writing->arena, "%s/" METADATA_PART, directory);
    const char *path = snap_arena_printf(&writing->arena, "%s/" METADATA, directory);
    struct snap_byte_writer bytes;

    writing->operator_index = SNAP_NO_INDEX;
    snap_byte_writer_init(&bytes, &writing->arena, NULL);
    snap_metadata_write(&bytes, metadata);
    writing->stream.file_count++;
    writing->stream.file_bytes += snap_byte_writer_offset(&bytes);
    return snap_state_file_write(fs, part, snap_byte_writer_bytes(&bytes), writing->error) &&
           fs->rename(fs, part, path, writing->error);
}

static bool put_all(struct writing *writing)
{
    const struct snap_image *image = writing->image;
    struct snap_metadata_operator *operators =
        SNAP_ARENA_ARRAY(&writing->arena, struct snap_metadata_operator, image->operator_count);
    struct snap_metadata metadata = {
        .version = writing->how->version == SNAP_FLINK_1_20 ? SNAP_METADATA_VERSION_1_20
                                                            : SNAP_METADATA_VERSION_2_3,
        .checkpoint_id = image->id,
        .operators = operators,
        .operator_count = image->operator_count,
        .properties = properties_of(writing),
    };

    if (!writing->how->fs->make_dirs(writing->how->fs, writing->how->directory, writing->error))
        return false;
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (!put_operator(writing, i, &operators[i]))
            return false;
    return put_metadata(writing, &metadata);
}

bool snap_snapshot_write(const struct snap_image *image, const struct snap_snapshot_writing *how,
                         struct snap_snapshot_written *written, struct snap_error *error)
{
    struct writing writing = {
        .image = image, .how = how, .operator_index = SNAP_NO_INDEX, .error = error};
    bool whole;

    SNAP_CHECK(how->inline_max >= 0);
    snap_arena_init(&writing.arena);
    writing.stream = (struct snap_state_stream){.fs = how->fs,
                                                .directory = how->directory,
                                                .inline_max = (size_t)how->inline_max,
                                                .is_in_memory = how->is_in_memory,
                                                .is_compressed = how->is_compressed,
                                                .names = {.seed = how->seed},
                                                .arena = &writing.arena};
    whole = put_all(&writing);
    if (written)
        *written =
            (struct snap_snapshot_written){writing.stream.file_count, writing.stream.file_bytes,
                                           writing.operator_index, writing.subtask};
    if (!whole) {
        struct snap_error ignored = {0};

        snap_snapshot_remove(how->fs, how->directory, &ignored);
    }
    snap_arena_fini(&writing.arena);
    return whole;
}

bool snap_snapshot_remove(struct snap_fs *fs, const char *directory, struct snap_error *error)
{
    struct snap_arena arena;
    struct snap_fs_names names = {.arena = &arena};
    bool removed;

    snap_arena_init(&arena);
    removed = fs->list(fs, directory, &names, error);
    /* Without its metadata it is incomplete at once, whatever happens to the rest. */
    for (int rest = 0; rest < 2; rest++)
        for (uint32_t i = 0; removed && i < names.count; i++) {
            bool is_metadata = strcmp(names.names[i], METADATA) == 0;

            if (is_metadata == (rest == 0))
                removed = fs->remove(
                    fs, snap_arena_printf(&arena, "%s/%s", directory, names.names[i]), error);
        }
    removed = removed && fs->remove_dir(fs, directory, error);
    snap_arena_fini(&arena);
    return removed;
}
